"""What needs the operator today: five lists over all organizations, oldest first.

Everything here is read `at_the_desk`, in columns that the role portal_desk is granted, into plain values:
nothing of it may be asked of the database after the desk is closed. Each list costs the same number of
queries however long it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.timesince import timesince
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from brands import states
from brands.models import Brand
from portal.carriers.policy import Value
from portal.clock import Times
from portal.lib.business_days import business_days_before
from portal.lifecycle import gateway
from portal.lifecycle.models import Submission, SubmissionState
from portal.tenancy.models import Invitation, Membership, Organization, Role
from portal.ui.looks import Look, Text

# Eight tries in vain (`lifecycle.schedule.DELAYS`): most outages have passed by then, so a person should look.
STUCK = timedelta(hours=1)
# Mails leave within a minute of being due; by then the mail server has refused several times.
UNDELIVERED = timedelta(minutes=15)
# The start page shows this many of each list; the list's own page shows all up to LONGEST.
SHOWN = 5
LONGEST = 500


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that needs somebody: what it is, whose, since when, and what to know about it."""

    what: Text
    organization_id: UUID
    organization: str
    since: datetime
    # How long ago that was, in words.
    age: str
    look: Look
    note: Text = ""
    # Where somebody decides about it, if anybody has to.
    url: str = ""


@dataclass(frozen=True, slots=True)
class Need:
    """One of the lists. `total` counts all of it, `lines` are the oldest of it."""

    slug: str
    title: Text
    explained: Text
    nothing: Text
    lines: list[Line]
    total: int

    @property
    def hidden(self) -> int:
        """How many lines are not shown here."""
        return self.total - len(self.lines)


Reader = Callable[[Times, int], tuple[list[Line], int]]


def longest_wait() -> Value[timedelta]:
    """How long a brand may usually be in review at the most, in business days, with the source of it."""
    wait = gateway.policy(gateway.default_account()).brand_vetting_wait
    return Value(wait.value.at_most, wait.source, wait.as_of)


def stuck_submissions(times: Times, limit: int) -> tuple[list[Line], int]:
    """Writes whose outcome nobody knows, that wait for a person, or that have not ended for `STUCK`.

    The last ones also when nothing failed: then the loop itself may stand still.
    """
    late = Q(state__in=_MOVING, accepted_at__lt=times.machine - STUCK)
    unclear = Q(state__in=[SubmissionState.UNKNOWN, SubmissionState.PARKED])
    rows = Submission.everywhere.filter(late | unclear).order_by("accepted_at", "pk")
    page = list(
        rows.values(
            "pk",
            "organization_id",
            "organization__name",
            "subject_id",
            "state",
            "failures",
            "last_error",
            "accepted_at",
            "key",
        )[:limit]
    )
    names = _brand_names(row["subject_id"] for row in page)
    lines = [
        Line(
            what=names.get(row["subject_id"], str(row["key"])[:8].upper()),
            organization_id=row["organization_id"],
            organization=row["organization__name"],
            since=row["accepted_at"],
            age=_age(row["accepted_at"], times.machine),
            look=_stuck(row["state"], row["failures"]),
            note=_problem(row["last_error"], row["failures"]),
            url=settlement_url(row["organization_id"], row["pk"], row["state"]),
        )
        for row in page
    ]
    return lines, rows.count()


def slow_brands(times: Times, limit: int) -> tuple[list[Line], int]:
    """Brands that have been in review for longer than the registry ever usually takes."""
    at_most = longest_wait().value
    before = business_days_before(times.business, at_most.days)
    rows = Brand.everywhere.filter(status=states.IN_REVIEW, since__lt=before).order_by("since", "pk")
    return _brand_lines(rows, times, limit)


def unknown_words(times: Times, limit: int) -> tuple[list[Line], int]:
    """Brands of which the registry says a word that we do not know: the adapter has to learn it."""
    rows = Brand.everywhere.filter(status=states.IN_REVIEW).exclude(odd_word="").order_by("since", "pk")
    return _brand_lines(rows, times, limit)


def ownerless(times: Times, limit: int) -> tuple[list[Line], int]:
    """Organizations of which no owner has ever signed in: nobody there can invite anybody."""
    owners = Membership.objects.filter(organization=OuterRef("pk"), role=Role.OWNER)
    rows = Organization.objects.exclude(Exists(owners.filter(user__last_login__isnull=False)))
    rows = rows.annotate(has_owner=Exists(owners)).order_by("created_at", "pk")
    page = rows.values("pk", "name", "created_at", "has_owner")[:limit]
    lines = [
        Line(
            what=row["name"],
            organization_id=row["pk"],
            organization="",
            since=row["created_at"],
            age=_age(row["created_at"], times.machine),
            look=_SILENT,
            note=_("An owner is enrolled and has never signed in.")
            if row["has_owner"]
            else _("No owner yet: the invitation was not accepted, or has expired."),
        )
        for row in page
    ]
    return lines, rows.count()


def undelivered(times: Times, limit: int) -> tuple[list[Line], int]:
    """Open invitations whose mail is overdue, or was given up because the mail server refused it for good."""
    overdue = Q(due_at__lt=times.business - UNDELIVERED)
    given_up = Q(due_at=None)
    rows = Invitation.everywhere.filter(
        overdue | given_up,
        sent_at=None,
        accepted_at=None,
        withdrawn_at=None,
        expires_at__gt=times.business,
    )
    rows = rows.annotate(owed_since=Coalesce("due_at", "created_at")).order_by("owed_since", "pk")
    page = rows.values(
        "organization_id", "organization__name", "email", "due_at", "owed_since", "attempt", "last_error"
    )
    lines = [
        Line(
            what=row["email"],
            organization_id=row["organization_id"],
            organization=row["organization__name"],
            since=row["owed_since"],
            age=_age(row["owed_since"], times.business),
            look=_UNDELIVERED if row["due_at"] else _GIVEN_UP,
            note=_problem(row["last_error"], row["attempt"]),
        )
        for row in page[:limit]
    ]
    return lines, rows.count()


def settlement_url(organization_id: UUID, submission_id: UUID, state: str) -> str:
    """Where an operator decides about a write that waits for a person; "" for any other."""
    if state != SubmissionState.PARKED:
        return ""
    return reverse("operations:settlement", args=[organization_id, submission_id])


_MOVING = (SubmissionState.ACCEPTED, SubmissionState.SENDING, SubmissionState.KNOWN)


def _stuck(state: str, failures: int) -> Look:
    if state == SubmissionState.PARKED:
        return Look(_("Needs a person"), "bad", "warning")
    if state == SubmissionState.UNKNOWN:
        return Look(_("Outcome unknown"), "late", "unknown")
    return (
        Look(_("Keeps failing"), "late", "warning") if failures else Look(_("Not moving"), "bad", "warning")
    )


_SILENT = Look(_("No owner signed in"), "late", "person")
_UNDELIVERED = Look(_("Not delivered"), "late", "mail")
_GIVEN_UP = Look(_("Given up"), "bad", "mail")

# Slug → title, what it means and what to do, what an empty list says, and where its lines come from.
_LISTS: dict[str, tuple[Text, Text, Text, Reader]] = {
    "submissions": (
        _("Submissions that are stuck"),
        _(
            "An unknown outcome is searched at the carrier by itself, and is worth a look when it gets old."
            " “Needs a person” waits for you: look for it on the carrier's own pages, then say what you found."
            " “Not moving” without a failure means that the worker stands still: see “manage.py doctor”."
        ),
        _("Every submission is on its way or answered."),
        stuck_submissions,
    ),
    "slow": (
        _("In review longer than usual"),
        _("Usually at most %(days)d business days (%(source)s). Ask the carrier about them."),
        _("No brand has waited longer than usual."),
        slow_brands,
    ),
    "words": (
        _("Words of the registry that we do not know"),
        _("They are neither a yes nor a no to us. The carrier's adapter has to learn them."),
        _("The registry has said nothing that we do not know."),
        unknown_words,
    ),
    "owners": (
        _("No owner has signed in yet"),
        _("Nobody there can invite others. Ask them on the telephone, or send the invitation again."),
        _("Every organization has an owner who has signed in."),
        ownerless,
    ),
    "invitations": (
        _("Invitations that do not arrive"),
        _("The mail server refuses them or does not answer."),
        _("Every invitation has been sent."),
        undelivered,
    ),
}
SLUGS = tuple(_LISTS)


def need(slug: str, times: Times, *, limit: int = LONGEST) -> Need:
    """One list, at the desk. Raises KeyError for a slug that is none of SLUGS."""
    title, explained, nothing, read = _LISTS[slug]
    lines, total = read(times, limit)
    if slug == "slow":
        wait = longest_wait()
        explained = str(explained) % {"days": wait.value.days, "source": wait.source}
    return Need(slug, title, explained, nothing, lines, total)


def needs(times: Times) -> list[Need]:
    """All lists with their oldest lines, at the desk."""
    return [need(slug, times, limit=SHOWN) for slug in SLUGS]


def _brand_lines(rows: QuerySet[Brand], times: Times, limit: int) -> tuple[list[Line], int]:
    page = rows.select_related("organization").only(
        "status", "since", "legal_name", "display_name", "odd_word", "organization__name", "organization"
    )[:limit]
    lines = [
        Line(
            what=brand.name,
            organization_id=brand.organization_id,
            organization=brand.organization.name,
            since=brand.since,
            age=_age(brand.since, times.business),
            look=brand.look,
        )
        for brand in page
    ]
    return lines, rows.count()


def _age(since: datetime, now: datetime) -> str:
    """The largest unit is enough to see what has waited long: "3 days"."""
    return timesince(since, now, depth=1)


def _brand_names(ids: Iterable[UUID]) -> dict[UUID, str]:
    rows = Brand.everywhere.filter(pk__in=list(ids)).only("legal_name", "display_name")
    return {brand.pk: brand.name for brand in rows}


def _problem(last_error: str, tries: int) -> Text:
    if not last_error:
        return ""
    words = ngettext("%(tries)d try in vain", "%(tries)d tries in vain", tries) % {"tries": tries}
    return f"{words}: {last_error}" if tries else last_error
