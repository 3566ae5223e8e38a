"""What is known about a thing, line by line, ending with why it does not move. No tax id, no payload."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from brands.models import Brand
from campaigns.deriving import seen
from campaigns.models import Campaign
from phone_numbers.models import Assignment, Number
from phone_numbers.states import look_of
from portal.accounts.models import User
from portal.audit.models import Event
from portal.audit.recording import CLEARLINE
from portal.clock import Times
from portal.lifecycle.models import CarrierAccount, CarrierEvent, Due, Heartbeat, Stranger, Submission, Watch
from portal.notifications.models import Notification
from portal.operations.doctor import verdict
from portal.operations.doctor.finding import Found
from portal.tenancy.models import Invitation, Membership, Organization, Staff
from portal.tenancy.scope import acting_for, as_person

# The newest events of a thing; its whole history stands on its page.
EVENTS = 12


def tell(found: Found, times: Times) -> Iterator[str]:
    """Every line about `found`."""
    if found.organization is not None:
        with acting_for(found.organization.pk, by=CLEARLINE):
            lines = list(_theirs(found.row, found.organization, times))
        yield from lines
        return
    match found.row:
        case Organization() as organization:
            yield from _organization(organization, times)
        case User() as user:
            yield from _person(user)
        case CarrierAccount() as account:
            yield from _account(account, times)
        case CarrierEvent() as event:
            yield from _event(event)
        case Stranger() as stranger:
            yield _line("Stranger", f"{stranger.kind} {stranger.reference} at {stranger.account}")
            gone = "It is still on the carrier's list, but deleted: it cannot be read there any more."
            here = "It stands at the carrier under our account, and nobody here made it."
            yield _line("Why", gone if stranger.gone_at else here)


def clocks(times: Times) -> Iterator[str]:
    """Who lives, and what time it is."""
    for pulse in Heartbeat.objects.order_by("name"):
        yield _line("Heartbeat", f"{pulse.name}: {(times.machine - pulse.at).total_seconds():.0f} s ago")
    yield _line("Clocks", f"machine {_time(times.machine)}, business {_time(times.business)}")


def _theirs(row: Any, organization: Organization, times: Times) -> Iterator[str]:
    match row:
        case Brand() as brand:
            yield from _brand(brand, organization, times)
        case Campaign() as campaign:
            yield from _campaign(campaign, organization, times)
        case Number() as number:
            yield from _number(number, organization, times)
        case Invitation() as invitation:
            yield _line("Invitation", f"{invitation.email} as {invitation.role} to {organization.name}")
            yield from _mail(invitation, times)
        case Notification() as notification:
            yield _line("Told", f"{notification.object_name}: {notification.state}, {organization.name}")
            yield from _mail(notification, times)


def _brand(brand: Brand, organization: Organization, times: Times) -> Iterator[str]:
    yield _line("Brand", f"{brand.name} · {brand.pk}")
    yield _line("Belongs to", organization.name + (" (suspended)" if organization.is_suspended else ""))
    yield _line("Status", f"{brand.look.word}, version {brand.version}, since {_time(brand.since)}")
    if brand.reference:
        yield _line("Carrier", " · ".join(filter(None, (brand.reference, brand.registry_id))))
    yield from _work(brand, organization, times)


def _campaign(campaign: Campaign, organization: Organization, times: Times) -> Iterator[str]:
    now = seen(campaign, times.business)
    yield _line("Campaign", f"{campaign.display_name} · {campaign.pk}")
    yield _line("Belongs to", organization.name + (" (suspended)" if organization.is_suspended else ""))
    if campaign.brand is not None:
        yield _line("Brand", f"{campaign.brand.name} · {campaign.brand.look.word}")
    yield _line("Status", f"{now.look.word}, version {campaign.version}, since {_time(campaign.since)}")
    one = now.registration
    if one is not None:
        said = " · ".join(filter(None, (one.reference, one.registry_id, one.word)))
        yield _line("Carrier", f"registration {one.number}: {said}")
        for standing in one.standings.order_by("name"):
            yield _line("", f"{standing.name}: {standing.state} ({standing.word or 'no word'})")
        if one.ends_at is not None:
            renews = {True: "renews", False: "does not renew", None: "has not said whether it renews"}
            yield _line("Period", f"ends {_time(one.ends_at)}, {renews[one.renews]}")
    open_ones = Assignment.objects.open().filter(campaign=campaign).count()
    yield _line("Numbers", f"{open_ones}, {'awake' if now.sends else 'asleep'}")
    if campaign.undo_until is not None and campaign.undo_until > times.machine:
        yield _line("Undo", f"its deletion can be taken back until {_time(campaign.undo_until)}")
    yield from _work(campaign, organization, times)


def _number(number: Number, organization: Organization, times: Times) -> Iterator[str]:
    yield _line("Number", f"{number.e164} · {number.pk}")
    yield _line("Belongs to", organization.name + (" (suspended)" if organization.is_suspended else ""))
    why = "It is on no campaign, so it cannot send."
    for one in Assignment.objects.filter(number=number).select_related("campaign").order_by("since"):
        now = seen(one.campaign, times.business)
        word = look_of(one, awake=now.sends).word
        ended = f", ended {_time(one.ended_at)}: {one.ended_because}" if one.ended_at else ""
        yield _line("On", f"{one.campaign.display_name} · {one.campaign.pk} · {word}{ended}")
        if one.ended_at is None:
            state = Assignment.State(one.state).label.lower()
            asleep = f"It cannot send: it is {state}, and its campaign is {now.look.word}."
            why = "It can send." if one.can_send(times.business) else asleep
    yield _line("Why", why)


def _work(row: Brand | Campaign, organization: Organization, times: Times) -> Iterator[str]:
    """Every write and wait about `row`, what happened to it, and why it does not move."""
    pulses = list(Heartbeat.objects.all())
    accounts = {row.account: row for row in CarrierAccount.objects.all()}
    why = "It is a draft: somebody has to submit it."
    for one in Submission.objects.filter(kind=row.kind, subject_id=row.pk).order_by("accepted_at"):
        due = Due.objects.filter(item=one.pk).first()
        yield _line(
            "Submission", f"{one.purpose} v{one.version} · {one.state} · key {one.key} · {one.account}"
        )
        yield from _progress(one, due, times.machine, times)
        why = verdict.of_submission(one, due, accounts.get(one.account), pulses, times)
    for wait in Watch.objects.filter(kind=row.kind, subject_id=row.pk).order_by("opened_at"):
        due = Due.objects.filter(item=wait.pk).first()
        said = wait.word or "nothing yet"
        read = f"last read {_time(wait.last_read_at)}" if wait.last_read_at else "never read"
        yield _line("Watch", f"{'closed' if wait.closed_at else 'open'} · {read} · the registry says: {said}")
        yield from _progress(wait, due, times.business, times)
        if wait.closed_at is None and not Due.objects.filter(kind=Due.SUBMISSION, key=wait.key).exists():
            why = verdict.of_watch(wait, due, accounts.get(wait.account), pulses, times)
    for event in reversed(
        Event.objects.filter(
            organization_id=organization.pk, object_kind=row.kind, object_id=row.pk
        ).order_by("-id")[:EVENTS]
    ):
        yield _line("Event", f"{_time(event.at)} · {event.action} · {event.actor_name}")
    yield _line("Why", why)


def _progress(row: Submission | Watch, due: Due | None, now: datetime, times: Times) -> Iterator[str]:
    if row.last_error:
        yield _line("", f"last problem: {row.last_error}")
    if due is None:
        return
    wait = (due.due_at - now).total_seconds()
    when = f"due in {wait:.0f} s" if wait > 0 else f"overdue by {-wait:.0f} s"
    held = due.lease_until is not None and due.lease_until > times.machine
    yield _line("", f"{when}, claimed {due.attempt} times{', held by a worker now' if held else ''}")


def _mail(row: Any, times: Times) -> Iterator[str]:
    if row.last_error:
        yield _line("", f"last problem: {row.last_error}")
    if row.sent_at is not None:
        yield _line("Why", f"It was mailed at {_time(row.sent_at)}.")
    elif row.due_at is None:
        yield _line("Why", "No mail is due for it: it was given up, or nobody wants one.")
    elif row.due_at > times.business:
        yield _line("Why", f"Its mail is due at {_time(row.due_at)}.")
    else:
        yield _line("Why", f"Its mail is due since {_time(row.due_at)}; tried {row.attempt} times.")


def _organization(organization: Organization, times: Times) -> Iterator[str]:
    yield _line("Organization", f"{organization.name} · {organization.pk}")
    with acting_for(organization.pk, by=CLEARLINE):
        people = Membership.objects.filter(organization=organization).select_related("user")
        for member in people.order_by("created_at"):
            seen = _time(member.user.last_login) if member.user.last_login else "never"
            yield _line("Member", f"{member.user.email} · {member.role} · last signed in {seen}")
        brands, open_ones = Brand.objects.count(), Due.objects.filter(kind=Due.SUBMISSION).count()
    yield _line("Holds", f"{brands} brands, {open_ones} submissions on their way")
    if organization.suspended_at is None:
        yield _line("Why", "It may work.")
    else:
        yield _line(
            "Why", f"Suspended since {_time(organization.suspended_at)}: {organization.suspended_reason}"
        )


def _person(user: User) -> Iterator[str]:
    yield _line("Person", f"{user.email} · {user.pk}")
    staff = Staff.objects.filter(user=user).first()
    if staff is not None:
        yield _line("Staff", staff.role)
    with as_person(user.pk):
        memberships = list(Membership.objects.filter(user=user).select_related("organization"))
    for one in memberships:
        yield _line("Member of", f"{one.organization.name} as {one.role}")
    if not user.is_active:
        yield _line("Why", "The account is switched off: nobody can sign in with it.")
    elif user.last_login is None:
        yield _line("Why", "Has never signed in.")
    else:
        yield _line("Why", f"Last signed in {_time(user.last_login)}.")


def _account(account: CarrierAccount, times: Times) -> Iterator[str]:
    yield _line("Account", account.account)
    yield _line(
        "Answers", f"last one {_time(account.last_answer_at)}" if account.last_answer_at else "none yet"
    )
    yield _line("Events", f"last one {_time(account.last_event_at)}" if account.last_event_at else "none yet")
    yield _line("Sweep", f"last one {_time(account.swept_at)}" if account.swept_at else "none yet")
    yield _line("Why", verdict.of_account(account, times))


def _event(event: CarrierEvent) -> Iterator[str]:
    yield _line("Event", f"{event.type} · {event.event_id} · {event.account}")
    yield _line("Came", f"{_time(event.received_at)}, {event.times} times, for the key {event.key}")
    heard = (
        f"It caused a look at {_time(event.heard_at)}." if event.heard_at else "Nothing here has its key yet."
    )
    yield _line("Why", heard)


def _line(name: str, text: str) -> str:
    return f"{name:<12}{text}"


def _time(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC"
