"""Organizations in numbers, each with something that needs the operator."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from brands import states
from brands.models import Brand
from portal import clock
from portal.accounts.enrolling import account_for
from portal.audit.recording import CLEARLINE, record
from portal.lifecycle.models import Submission, SubmissionState
from portal.tenancy.models import Invitation, Membership, Organization, Role
from portal.tenancy.scope import acting_for


def organization(name: str, **fields: Any) -> Organization:
    """An organization with nobody in it."""
    return Organization.objects.create(name=name, **fields)


def owner_of(one: Organization, email: str, *, signed_in: bool = True) -> None:
    """Give it an owner."""
    user, _ = account_for(email)
    if signed_in:
        user.last_login = clock.read().machine
        user.save(update_fields=["last_login"])
    with acting_for(one.pk, by=CLEARLINE):
        Membership.objects.create(organization=one, user=user, role=Role.OWNER)


def brand(
    one: Organization, *, status: str = states.IN_REVIEW, days: float = 0, word: str = "", name: str = ""
) -> Brand:
    """A brand that has been in `status` for `days` by business time."""
    since = clock.read().business - timedelta(days=days)
    with acting_for(one.pk, by=CLEARLINE):
        made: Brand = Brand.objects.create(
            organization=one,
            status=status,
            since=since,
            created_at=since,
            saved_at=since,
            terms_accepted_at=since,
            legal_name=name or f"{one.name}, LLC",
            odd_word=word,
        )
        record("brand.created", made, by=CLEARLINE, at=since)
    return made


def submission(
    about: Brand, state: str, *, hours: float, failures: int = 0, error: str = "503 from the carrier"
) -> Submission:
    """A write about a brand that was accepted, and sent, `hours` ago by machine time."""
    then = clock.read().machine - timedelta(hours=hours)
    with acting_for(about.organization_id, by=CLEARLINE):
        made: Submission = Submission.objects.create(
            organization_id=about.organization_id,
            kind="brand",
            subject_id=about.pk,
            purpose="register",
            account="telnyx",
            payload={},
            state=state,
            failures=failures,
            last_error=error,
            accepted_at=then,
            sent_at=then,
        )
    return made


def invitation(one: Organization, email: str, *, hours: float, **fields: Any) -> Invitation:
    """An invitation whose mail was due `hours` ago by business time."""
    now = clock.read().business
    at = now - timedelta(hours=hours)
    with acting_for(one.pk, by=CLEARLINE):
        made: Invitation = Invitation.objects.create(
            organization=one,
            email=email,
            role=Role.OWNER,
            invited_by=one.pk,
            invited_by_name="Olu",
            created_at=at,
            **{"due_at": at, "expires_at": now + timedelta(days=7), **fields},
        )
    return made


def troubled(number: int) -> None:
    """`number` organizations that stand in every list."""
    for place in range(number):
        one = organization(f"Company {place:03}")
        stuck = brand(one, days=20, word="PENDING_MAGIC")
        submission(stuck, SubmissionState.PARKED, hours=5 + place)
        invitation(
            one, f"owner{place}@example.test", hours=2, last_error="refused by the mail server", attempt=3
        )
