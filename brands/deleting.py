"""Deleting a submitted brand: what stands in the way, asking for it, and the write itself.

live ─ask→ deleting ─→ deleted            the carrier's answer decides, and nothing brings it back
                   └→ in review            refused: its true state is read at once
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from brands import states
from brands.models import Brand
from brands.withholding import TaxIds
from portal.audit.recording import CLEARLINE, REGISTRY, Actor
from portal.carriers.contract import Carrier, Created, NotFound, Reason
from portal.clock import Times
from portal.lifecycle import gateway
from portal.lifecycle.blocking import DELETE, Blocked, Blocker, blockers_of
from portal.lifecycle.models import Submission, SubmissionState, Watch, accept, latest, look_again
from portal.lifecycle.nudge import nudge
from portal.lifecycle.states import make
from portal.tenancy.scope import acting_for


def campaigns_there(brand: Brand) -> Iterable[Blocker]:
    """The campaigns that the carrier counts, whoever made them: one of what `blocks`."""
    number = brand.campaigns_there
    if number:
        yield Blocker(
            ngettext(
                "The carrier counts %(number)d campaign under this brand.",
                "The carrier counts %(number)d campaigns under this brand.",
                number,
            )
            % {"number": number},
            _("End them first. A carrier lets a brand go once its campaigns have been inactive long enough."),
            reverse("overview:sms-campaigns") + "#sms-campaigns",
            _("Go to the campaigns"),
        )


def ask_deletion(brand: Brand, *, by: Actor, times: Times) -> Submission:
    """Ask the carrier to delete `brand` for good: move, submission and event in one transaction.

    Raises Blocked, and StaleState where there is nothing (left) to delete.
    """
    with transaction.atomic():
        Brand.objects.select_for_update().get(pk=brand.pk)
        brand.refresh_from_db()
        if brand.status in states.LIVE and (blockers := blockers_of(brand)):
            raise Blocked(blockers)
        filed = brand.filing()
        make(states.DELETE, brand, by=by, at=times.business)
        submission = accept(
            brand,
            purpose=DELETE,
            account=filed.account if filed else gateway.default_account(),
            payload={},
            machine_now=times.machine,
            version=brand.version,
        )
        nudge()
    return submission


def refused_deletion(brand: Brand) -> Submission | None:
    """The latest request to delete `brand`, if the carrier refused it."""
    asked = latest(brand, DELETE)
    return asked if asked is not None and asked.state == SubmissionState.REFUSED else None


class BrandDeletion:
    """The purpose "delete". Safe to repeat: what is not there any more counts as deleted."""

    def send(self, carrier: Carrier, submission: Submission) -> Created:
        """Delete it there; one that never reached the carrier has nothing to delete."""
        reference = _reference(submission)
        if reference:
            with TaxIds(submission.organization_id, submission.subject_id).withheld():
                carrier.delete_brand(reference)
        return Created(reference)

    def search(self, carrier: Carrier, submission: Submission) -> Created | None:
        """Is it gone? While it can be read it is not, and deleting it again does no harm."""
        reference = _reference(submission)
        if not reference:
            return Created(reference)
        with TaxIds(submission.organization_id, submission.subject_id).withheld():
            try:
                carrier.read_brand(reference)
            except NotFound:
                return Created(reference)
        return None

    def filed(self, submission: Submission, times: Times) -> None:
        """Gone: nothing is read any more, so a list that lags behind cannot bring it back."""
        brand = Brand.objects.get(pk=submission.subject_id)
        make(states.DELETION_DONE, brand, by=REGISTRY, at=times.business, odd_word="")
        waits = Watch.objects.filter(kind=Brand.kind, subject_id=brand.pk, closed_at=None)
        waits.update(closed_at=times.business)

    def refused(self, submission: Submission, reasons: tuple[Reason, ...], times: Times) -> None:
        """It stays; the carrier's words are kept, and where it stands now is read at once."""
        brand = Brand.objects.get(pk=submission.subject_id)
        said = " ".join(reason.text for reason in reasons)[:300]
        make(states.DELETION_REFUSED, brand, by=REGISTRY, at=times.business, detail={"word": said})
        look_again(brand, at=times.business, business_now=times.business)


def _reference(submission: Submission) -> str:
    with acting_for(submission.organization_id, by=CLEARLINE):
        reference: str = Brand.objects.get(pk=submission.subject_id).reference
    return reference
