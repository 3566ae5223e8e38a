"""Deleting a submitted brand: what stands in the way, asking for it, and the write itself.

live ─ask→ deleting ─→ deleted            the carrier's answer decides, and nothing brings it back
                   └→ in review            refused: its true state is read at once
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

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
from portal.lifecycle.models import OPEN, Submission, SubmissionState, Watch, accept, watch
from portal.lifecycle.nudge import nudge
from portal.lifecycle.states import make
from portal.tenancy.scope import acting_for
from portal.ui.looks import Text


@dataclass(frozen=True, slots=True)
class Blocker:
    """Something that must be gone before a brand can be deleted: what it is, and what to do about it."""

    what: Text
    to_do: Text
    url: str = ""
    label: Text = ""


class Blocked(Exception):
    """The brand cannot be deleted now; `blockers` say why."""

    def __init__(self, blockers: list[Blocker]) -> None:
        super().__init__("; ".join(str(one.what) for one in blockers))
        self.blockers = blockers


Finds = Callable[[Brand], Iterable[Blocker]]
_finders: list[Finds] = []


def blocks(find: Finds) -> Finds:
    """Say what of one's own keeps a brand from being deleted: called by upper apps in `ready()`.

    Each gives none or several blockers, in the scope of the brand's organization.
    """
    if find not in _finders:
        _finders.append(find)
    return find


def blockers_of(brand: Brand) -> list[Blocker]:
    """Everything that stands in the way of deleting `brand` now; [] when it can be asked for."""
    return [*_on_its_way(brand), *_campaigns(brand), *(one for find in _finders for one in find(brand))]


def _on_its_way(brand: Brand) -> Iterable[Blocker]:
    """Something that was sent and not answered could arrive after the deletion."""
    under_way = Submission.objects.filter(kind=Brand.kind, subject_id=brand.pk, state__in=OPEN)
    if not under_way.exclude(purpose="delete").exists():
        return
    parked = under_way.filter(state=SubmissionState.PARKED).exists()
    yield Blocker(
        _("Something about this brand is on its way to the carrier, and the answer is not there yet."),
        _("The portal's operator has to look into it first: send them the reference on the brand's page.")
        if parked
        else _("Wait until it is answered, which the brand's page shows, then delete the brand."),
        brand.get_absolute_url(),
        _("Follow it on the brand's page"),
    )


def _campaigns(brand: Brand) -> Iterable[Blocker]:
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
            purpose="delete",
            account=filed.account if filed else gateway.default_account(),
            payload={},
            machine_now=times.machine,
            version=brand.version,
        )
        nudge()
    return submission


def refused_deletion(brand: Brand) -> Submission | None:
    """The latest request to delete `brand`, if the carrier refused it."""
    asked = Submission.objects.filter(kind=Brand.kind, subject_id=brand.pk, purpose="delete")
    latest: Submission | None = asked.order_by("-accepted_at").first()
    return latest if latest is not None and latest.state == SubmissionState.REFUSED else None


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
        wait = brand.open_watch()
        if wait is not None:
            watch(
                brand,
                account=wait.account,
                reference=wait.reference,
                key=wait.key,
                first_read_at=times.business,
                business_now=times.business,
            )


def _reference(submission: Submission) -> str:
    with acting_for(submission.organization_id, by=CLEARLINE):
        reference: str = Brand.objects.get(pk=submission.subject_id).reference
    return reference
