"""Asking the porting desk for more numbers on a campaign than it takes by itself, and what granting that does.

Support knows no campaign: the type of ticket that is registered here says why one cannot be granted, what was filed,
and lifts the limit of the campaign's roster when the desk approves.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from campaigns import states as campaign_states
from campaigns.deriving import seen
from campaigns.models import Campaign
from phone_numbers import rosters
from phone_numbers.models import Roster
from phone_numbers.pool_forms import GrantForm, grant_form
from phone_numbers.pool_models import PoolReason, PoolRequest
from portal.audit.recording import Actor
from portal.carriers.number_policy import NumberPolicy
from portal.carriers.policy import Span, Value
from portal.clock import Times
from portal.lifecycle import gateway
from portal.support import kinds
from portal.support.deciding import close_all_about
from portal.support.files import NewFile
from portal.support.models import Ticket
from portal.support.opening import open_ticket
from portal.ui.looks import Answer, Text

NUMBER_POOL = "number-pool"


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody asks for. `files`: first the list of numbers, which holds `listed` of them."""

    planned: int
    reason: str
    volume: int | None
    text: str
    listed: int
    own_file: bool
    files: Sequence[NewFile]


def policy_of(campaign: Campaign) -> NumberPolicy:
    """The rules for numbers of the carrier that the campaign is registered at."""
    registration = campaign.registration()
    return gateway.number_policy(registration.account if registration else gateway.default_account())


def bar(campaign: Campaign, at: datetime) -> Text:
    """Why no pool can be had for `campaign` at business time `at`; "" where one can be asked for."""
    now = seen(campaign, at)
    if now.status != campaign_states.ACTIVE:
        words = _("The campaign is not approved (%(status)s). Numbers are added to approved campaigns only.")
        return words % {"status": now.look.word}
    registration = now.registration
    account = registration.account if registration else gateway.default_account()
    direct = rosters.direct_limit(campaign)
    if direct < gateway.campaign_policy(account).direct_limit.value:
        words = ngettext(
            "A campaign of a sole proprietor takes %(number)d number; no more can be had.",
            "A campaign of a sole proprietor takes %(number)d numbers; no more can be had.",
            direct,
        )
        return words % {"number": direct}
    if rosters.room_of(campaign).limit >= policy_of(campaign).pool_limit.value:
        return _("The campaign may have as many numbers as carriers ever grant.")
    return ""


def open_request(campaign: Campaign) -> Ticket | None:
    """The request for this campaign that waits for a decision, if there is one."""
    rows = Ticket.objects.filter(type=NUMBER_POOL, about_id=campaign.pk, ended_at=None)
    ticket: Ticket | None = rows.first()
    return ticket


def ask(campaign: Campaign, asked: Asked, *, token: UUID, by: Actor, times: Times) -> Ticket:
    """Send the request to the porting desk; the ticket that the same form made before, if it did.

    Where the campaign cannot have a pool, the ticket is closed as soon as it arrives. Raises opening.AlreadyOpen.
    """
    with transaction.atomic():
        # One at a time for each campaign: of two forms at once the second finds what the first made.
        Campaign.objects.select_for_update(of=("self",), no_key=True).get(pk=campaign.pk)
        ticket = open_ticket(
            NUMBER_POOL,
            organization_id=campaign.organization_id,
            subject=_("Number pool for %(campaign)s") % {"campaign": campaign.display_name},
            text=asked.text,
            files=asked.files,
            about_id=campaign.pk,
            token=token,
            by=by,
            times=times,
        )
        PoolRequest.objects.get_or_create(
            ticket=ticket,
            organization_id=campaign.organization_id,
            defaults={
                "campaign": campaign,
                "listed": asked.listed,
                "own_file": asked.own_file,
                "planned": asked.planned,
                "reason": asked.reason,
                "volume": asked.volume,
            },
        )
    return ticket


def let_go(campaign: Campaign, why: str, at: datetime) -> None:
    """For `campaigns.deleting.releases`: what was asked for a campaign that is gone is closed."""
    close_all_about(NUMBER_POOL, campaign.pk, _("The campaign was deleted."), at)


def wait() -> Value[Span]:
    """How long it takes, at the most."""
    return gateway.number_policy(gateway.default_account()).pool_wait


# --- the type of ticket


def _campaign(ticket: Ticket) -> Campaign:
    campaign: Campaign = Campaign.objects.select_related("brand").get(pk=ticket.about_id)
    return campaign


def _bars(ticket: Ticket, at: datetime) -> Text:
    return bar(_campaign(ticket), at)


def _filed(ticket: Ticket) -> list[Answer]:
    request = PoolRequest.objects.select_related("campaign").get(ticket=ticket)
    registration = request.campaign.registration()
    where = _("a file of your own") if request.own_file else _("from the inventory")
    return [
        Answer(gettext_lazy("Campaign"), request.campaign.display_name),
        Answer(
            gettext_lazy("Campaign ID"),
            registration.registry_id or registration.reference if registration else "",
            mono=True,
        ),
        Answer(gettext_lazy("Numbers planned in total"), f"{request.planned:,}"),
        Answer(gettext_lazy("Numbers in the list"), f"{request.listed:,} ({where})"),
        Answer(gettext_lazy("Used for"), PoolReason(request.reason).label),
        Answer(gettext_lazy("Messages a day"), f"{request.volume:,}" if request.volume is not None else ""),
    ]


def _standing(ticket: Ticket, at: datetime) -> list[Answer]:
    campaign = _campaign(ticket)
    roster = rosters.room_of(campaign)
    words = _("%(used)d of %(limit)d")
    return [
        Answer(gettext_lazy("Campaign now"), seen(campaign, at).look.word),
        Answer(gettext_lazy("Numbers on it now"), words % {"used": roster.used, "limit": roster.limit}),
    ]


def _form(ticket: Ticket) -> type[GrantForm]:
    campaign = _campaign(ticket)
    limit = rosters.room_of(campaign).limit
    planned = PoolRequest.objects.get(ticket=ticket).planned
    most = policy_of(campaign).pool_limit.value
    return grant_form(least=limit + 1, most=most, planned=max(min(planned, most), limit + 1))


def _approve(ticket: Ticket, answers: Mapping[str, Any], at: datetime) -> dict[str, Any]:
    granted = int(answers["granted"])
    campaign = _campaign(ticket)
    if why := bar(campaign, at):
        raise kinds.CannotApprove(why)
    rosters.roster_of(campaign)
    # After the lock nobody else's approval can come in between.
    roster: Roster = Roster.objects.select_for_update(no_key=True).get(campaign=campaign)
    if not roster.limit < granted <= policy_of(campaign).pool_limit.value:
        words = _("The campaign may have %(limit)d numbers by now: grant more than that.")
        raise kinds.CannotApprove(words % {"limit": roster.limit})
    Roster.objects.filter(pk=roster.pk).update(approved=granted)
    PoolRequest.objects.filter(ticket=ticket).update(granted=granted)
    return {"granted": granted}


def _granted(detail: Mapping[str, Any]) -> Text:
    words = _(
        "The campaign may have %(number)s numbers in total now. Assign them by ticking them in the list."
    )
    return words % {"number": f"{int(detail.get('granted', 0)):,}"}


def _onward(ticket: Ticket) -> tuple[str, Text]:
    product = _campaign(ticket).product
    return f"{reverse('numbers:list')}?product={product}&campaign=none", _("Assign numbers")


def register() -> None:
    """For `ready()`: the words of the request form are those that people know from their phone system (seed)."""
    kinds.register(
        NUMBER_POOL,
        kinds.TicketType(
            NUMBER_POOL,
            gettext_lazy("Number pool"),
            gettext_lazy("Phone number porting"),
            gettext_lazy("SMS concern"),
            wait,
            filed=_filed,
            standing=_standing,
            url=lambda ticket: reverse("campaigns:detail", args=[ticket.about_id]) if ticket.about_id else "",
            deciding=kinds.Deciding(_form, _approve, _granted, _onward, _bars),
        ),
    )
