"""What the nightly comparison asks of brands, and the cancelling of a second one that should not be there."""

from __future__ import annotations

from collections.abc import Iterator

import structlog
from django.utils.translation import gettext_lazy as _

from brands import states
from brands.models import Brand
from brands.withholding import TaxIds
from portal.audit.recording import CLEARLINE, record
from portal.audit.sentences import Told
from portal.audit.sentences import teach as teach_sentence
from portal.carriers.contract import Carrier, Created, NotFound, Reason, Refused
from portal.clock import Times
from portal.lifecycle.handlers import Listed
from portal.lifecycle.models import Submission, watch
from portal.tenancy.scope import acting_for

log = structlog.get_logger(__name__)

# Events that are no moves. `lifecycle.twins` writes the first two, `lifecycle.filing` the third.
TWIN_FOUND = "brand.twin-found"
TWIN_TOOK_OVER = "brand.twin-took-over"
SEARCHED_FIRST = "brand.searched-first"
TWIN_CANCELLED = "brand.twin-cancelled"
TWIN_STAYS = "brand.twin-stays"


class BrandSweeping:
    """Brands of the account, compared with the carrier's list."""

    def listed(self, carrier: Carrier) -> Iterator[Listed]:
        """Every brand, oldest first."""
        return (Listed(row.reference, row.word, row.created_at) for row in carrier.list_brands())

    def key_of(self, carrier: Carrier, reference: str) -> str:
        """The key in the address that the carrier keeps for its events."""
        return carrier.read_brand(reference).key

    def take(self, carrier: Carrier, submission: Submission, reference: str) -> Created:
        """The brand as the carrier shows it, without its tax id."""
        tax_ids = TaxIds(submission.organization_id, submission.subject_id)
        with tax_ids.withheld():
            return tax_ids.out_of_created(Created(reference, carrier.read_brand(reference).raw))

    def is_wanted(self, submission: Submission) -> bool:
        """Unless somebody deleted it."""
        return not Brand.objects.filter(pk=submission.subject_id, status__in=states.GOING).exists()

    def is_used(self, submission: Submission) -> bool:
        """Does the carrier count campaigns under it?"""
        return Brand.objects.filter(pk=submission.subject_id, campaigns_there__gt=0).exists()

    def rebind(self, submission: Submission, reference: str, times: Times) -> None:
        """The brand is what stands there under `reference`: read it at once."""
        brand = Brand.objects.get(pk=submission.subject_id)
        Brand.objects.filter(pk=brand.pk).update(reference=reference)
        watch(
            brand,
            account=submission.account,
            reference=reference,
            key=submission.key,
            first_read_at=times.business,
            business_now=times.business,
        )


class TwinCancelling:
    """The purpose "cancel-twin": delete the second registration of a brand.

    The payload names what goes (`reference`), what stays (`keeps`, empty when the brand was deleted) and the
    `key` that both carry. All of it is asked once more right before: a deletion cannot be taken back.
    """

    def send(self, carrier: Carrier, submission: Submission) -> Created:
        """Delete it, if it is what it was. Raises Refused when anything has changed."""
        asked = submission.payload
        with acting_for(submission.organization_id, by=CLEARLINE):
            ours = Brand.objects.values_list("reference", flat=True).get(pk=submission.subject_id)
        if ours == asked["reference"]:
            raise _not_any_more("the brand itself goes by this reference")
        with TaxIds(submission.organization_id, submission.subject_id).withheld():
            try:
                if carrier.read_brand(asked["reference"]).key != asked["key"]:
                    raise _not_any_more("it carries another key")
            except NotFound:
                return Created(asked["reference"])
            try:
                if asked["keeps"] and carrier.read_brand(asked["keeps"]).key != asked["key"]:
                    raise _not_any_more("the one to keep carries another key")
            except NotFound:
                raise _not_any_more("the one to keep is gone") from None
            carrier.delete_brand(asked["reference"])
        return Created(asked["reference"])

    def search(self, carrier: Carrier, submission: Submission) -> Created | None:
        """Is it gone?"""
        reference = submission.payload["reference"]
        with TaxIds(submission.organization_id, submission.subject_id).withheld():
            try:
                carrier.read_brand(reference)
            except NotFound:
                return Created(reference)
        return None

    def filed(self, submission: Submission, times: Times) -> None:
        """It is gone; the brand itself stays as it is."""
        brand = Brand.objects.get(pk=submission.subject_id)
        record(
            TWIN_CANCELLED,
            brand,
            by=CLEARLINE,
            at=times.business,
            detail={"cancelled": submission.payload["reference"]},
        )

    def refused(self, submission: Submission, reasons: tuple[Reason, ...], times: Times) -> None:
        """It stays, and an operator has to look."""
        brand = Brand.objects.get(pk=submission.subject_id)
        reference = submission.payload["reference"]
        log.error("a twin could not be cancelled", reference=reference, why=[one.text for one in reasons])
        record(TWIN_STAYS, brand, by=CLEARLINE, at=times.business, detail={"stays": reference})


def _not_any_more(why: str) -> Refused:
    return Refused(f"not cancelled: {why}", reasons=(Reason("changed", why),))


def teach() -> None:
    """Say how each event is told on timelines."""
    teach_sentence(
        TWIN_FOUND,
        Told(_("The brand was found twice at the registry: the younger one is cancelled"), "late", "warning"),
    )
    teach_sentence(
        TWIN_TOOK_OVER,
        Told(_("The brand is registered under another reference by now"), "mute", "in-review"),
    )
    teach_sentence(TWIN_CANCELLED, Told(_("The second registration was cancelled"), "ok", "deleted"))
    teach_sentence(
        TWIN_STAYS,
        Told(
            _("The second registration could not be cancelled: the operator looks into it"), "late", "warning"
        ),
    )
    teach_sentence(
        SEARCHED_FIRST,
        Told(
            _("It may have arrived at the registry already: it is searched before it is sent"),
            "late",
            "unknown",
        ),
    )
