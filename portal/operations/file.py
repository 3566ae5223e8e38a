"""What the operator sees of one organization. Read at the desk, into plain values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Q
from django.db.models.functions import Lower
from django.utils.translation import pgettext

from brands import states
from brands.models import Brand
from portal.audit.models import Event
from portal.lifecycle.models import OPEN, Submission, SubmissionState
from portal.notifications.models import Notice
from portal.operations.logs import line
from portal.operations.needs import settlement_url
from portal.tenancy.models import Invitation, Membership, Organization, Role
from portal.ui.looks import Look, Moment, Text

# As many rows as one looks through; the tables say how many there are in all.
LONGEST = 200
EVENTS = 8

_ORDER = {role: place for place, role in enumerate(Role.values)}
_SUBMISSIONS: dict[str, Look] = {
    SubmissionState.ACCEPTED: Look(SubmissionState.ACCEPTED.label, "wait", "submitting"),
    SubmissionState.SENDING: Look(SubmissionState.SENDING.label, "wait", "submitting"),
    SubmissionState.KNOWN: Look(SubmissionState.KNOWN.label, "wait", "in-review"),
    SubmissionState.UNKNOWN: Look(SubmissionState.UNKNOWN.label, "late", "unknown"),
    SubmissionState.PARKED: Look(SubmissionState.PARKED.label, "bad", "warning"),
}


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who belongs to it."""

    name: str
    email: str
    role: Text
    last_login: datetime | None
    is_active: bool


@dataclass(frozen=True, slots=True)
class BrandLine:
    """One of its brands, without anything that a registry compares."""

    name: str
    look: Look
    since: datetime


@dataclass(frozen=True, slots=True)
class SubmissionLine:
    """A write that has not ended."""

    what: str
    purpose: str
    key: str
    look: Look
    since: datetime
    failures: int
    last_error: str
    # Where somebody decides about it, if anybody has to.
    url: str = ""


@dataclass(frozen=True, slots=True)
class InvitationLine:
    """An invitation that nobody has taken or withdrawn."""

    email: str
    role: Text
    look: Look
    created_at: datetime
    last_error: str


@dataclass(frozen=True, slots=True)
class Twin:
    """A brand whose tax id stands in other organizations too: seen by operators only, and never which it is."""

    brand: str
    organizations: list[tuple[UUID, str]]


@dataclass(frozen=True, slots=True)
class Counts:
    """What a suspension touches."""

    people: int
    drafts: int
    waiting: int
    verified: int
    open_submissions: int


@dataclass(frozen=True, slots=True)
class File:
    """All of it."""

    members: list[Member]
    invitations: list[InvitationLine]
    brands: list[BrandLine]
    brands_in_all: int
    submissions: list[SubmissionLine]
    events: list[Moment]
    notices: list[Notice]
    twins: list[Twin]
    owner_signed_in: bool


def file_of(organization: Organization, now: datetime) -> File:
    """Everything that the operator's page shows of `organization` at business time `now`."""
    members = _members(organization)
    brands = Brand.everywhere.filter(organization=organization)
    rows = brands.order_by("-since").only("status", "since", "legal_name", "display_name", "odd_word")
    found = list(rows[:LONGEST])
    return File(
        members=members,
        invitations=_invitations(organization, now),
        brands=[BrandLine(brand.name, brand.look, brand.since) for brand in found],
        brands_in_all=brands.count(),
        submissions=_submissions(organization, {brand.pk: brand.name for brand in found}),
        events=_events(organization),
        notices=_notices(organization, now),
        twins=_twins(organization),
        owner_signed_in=owner_signed_in(organization),
    )


def owner_signed_in(organization: Organization) -> bool:
    """Has an owner who can sign in ever done so?"""
    owners = Membership.objects.filter(organization=organization, role=Role.OWNER)
    return owners.filter(user__is_active=True, user__last_login__isnull=False).exists()


def counts_of(organization: Organization) -> Counts:
    """How much of it a suspension touches."""
    brands = Brand.everywhere.filter(organization=organization).aggregate(
        drafts=Count("pk", filter=Q(status=states.DRAFT)),
        waiting=Count("pk", filter=Q(status__in=states.WAITING)),
        verified=Count("pk", filter=Q(status=states.VERIFIED)),
    )
    return Counts(
        people=Membership.objects.filter(organization=organization).count(),
        open_submissions=Submission.everywhere.filter(organization=organization, state__in=OPEN).count(),
        **brands,
    )


def _members(organization: Organization) -> list[Member]:
    rows = Membership.objects.filter(organization=organization).order_by(Lower("user__email"))
    values = rows.values("role", "user__name", "user__email", "user__last_login", "user__is_active")
    found = sorted(values[:LONGEST], key=lambda one: _ORDER[one["role"]])
    return [
        Member(
            one["user__name"],
            one["user__email"],
            Role(one["role"]).label,
            one["user__last_login"],
            one["user__is_active"],
        )
        for one in found
    ]


def _invitations(organization: Organization, now: datetime) -> list[InvitationLine]:
    rows = Invitation.everywhere.filter(organization=organization, accepted_at=None, withdrawn_at=None)
    values = rows.order_by("-created_at").values(
        "email", "role", "created_at", "expires_at", "sent_at", "due_at", "last_error"
    )
    return [
        InvitationLine(
            one["email"],
            Role(one["role"]).label,
            _delivery(one, now),
            one["created_at"],
            one["last_error"],
        )
        for one in values[:LONGEST]
    ]


def _delivery(one: dict[str, Any], now: datetime) -> Look:
    """In the words of the organization's own page (`tenancy.inviting.look_of`)."""
    if one["expires_at"] <= now:
        return Look(pgettext("invitation", "Expired"), "late", "expired")
    if one["sent_at"] is not None:
        return Look(pgettext("invitation", "Mail sent"), "wait", "mail")
    if one["due_at"] is None:
        return Look(pgettext("invitation", "Mail failed"), "bad", "rejected")
    if one["last_error"]:
        return Look(pgettext("invitation", "Mail delayed"), "late", "warning")
    return Look(pgettext("invitation", "Mail waiting"), "wait", "submitting")


def _submissions(organization: Organization, names: dict[UUID, str]) -> list[SubmissionLine]:
    rows = Submission.everywhere.filter(organization=organization, state__in=OPEN).order_by("accepted_at")
    values = rows.values(
        "pk", "subject_id", "purpose", "key", "state", "accepted_at", "failures", "last_error"
    )
    return [
        SubmissionLine(
            names.get(one["subject_id"], ""),
            one["purpose"],
            str(one["key"])[:8].upper(),
            _SUBMISSIONS[one["state"]],
            one["accepted_at"],
            one["failures"],
            one["last_error"],
            settlement_url(organization.pk, one["pk"], one["state"]),
        )
        for one in values[:LONGEST]
    ]


def _twins(organization: Organization) -> list[Twin]:
    """By the keyed hash: the desk cannot read the tax id itself, sealed or masked."""
    mine = Brand.everywhere.filter(organization=organization, tax_identity__isnull=False)
    prints = {
        brand.tax_identity.fingerprint: brand.name
        for brand in mine.select_related("tax_identity").only(
            "legal_name", "display_name", "tax_identity__fingerprint"
        )[:LONGEST]
        if brand.tax_identity
    }
    others = (
        Brand.everywhere.filter(tax_identity__fingerprint__in=prints)
        .exclude(organization=organization)
        .order_by("organization__name", "organization_id")
        .values_list("tax_identity__fingerprint", "organization_id", "organization__name")
        .distinct()
    )
    found: dict[str, list[tuple[UUID, str]]] = {}
    for fingerprint, pk, name in others[:LONGEST]:
        found.setdefault(fingerprint, []).append((pk, name))
    return [Twin(prints[fingerprint], where) for fingerprint, where in found.items()]


def _notices(organization: Organization, now: datetime) -> list[Notice]:
    rows = Notice.objects.filter(organization=organization, withdrawn_at=None, ends_at__gt=now)
    return list(rows.order_by("ends_at")[:LONGEST])


def _events(organization: Organization) -> list[Moment]:
    rows = Event.objects.filter(organization=organization).order_by("-at", "-id")
    return [line(event) for event in rows[:EVENTS]]
