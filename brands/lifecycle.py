"""How a brand is filed with the carrier and how the registry's verdict is read."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta

from brands import states
from brands.models import Brand
from brands.withholding import TaxIds
from portal.audit.recording import CLEARLINE, REGISTRY, record
from portal.carriers.contract import BrandReading, BrandState, Carrier, Created, Reason
from portal.carriers.policy import CarrierPolicy, ReadingPlan
from portal.clock import Times
from portal.lifecycle import gateway
from portal.lifecycle.handlers import Reading
from portal.lifecycle.models import Submission, Watch, watch
from portal.lifecycle.schedule import next_reading
from portal.lifecycle.states import make


def brand_plan(policy: CarrierPolicy) -> ReadingPlan:
    """How often a brand in review is read at this carrier."""
    return policy.brand_reading.value


class BrandRegistration:
    """The purpose "register": a new brand at the carrier."""

    def send(self, carrier: Carrier, submission: Submission) -> Created:
        """Create the brand under the submission's key."""
        tax_ids = TaxIds(submission.organization_id, submission.subject_id)
        with tax_ids.withheld():
            filing = tax_ids.filing(submission.payload)
            return tax_ids.out_of_created(carrier.create_brand(filing, key=str(submission.key)))

    def search(self, carrier: Carrier, submission: Submission) -> Created | None:
        """The brand that carries the submission's key, if an earlier try made one."""
        tax_ids = TaxIds(submission.organization_id, submission.subject_id)
        with tax_ids.withheld():
            found = carrier.find_brand(tax_ids.filing(submission.payload), key=str(submission.key))
            return tax_ids.out_of_created(Created(found.reference, found.raw)) if found else None

    def filed(self, submission: Submission, times: Times) -> None:
        """In review: keep the carrier's reference and wait for the verdict."""
        brand = Brand.objects.get(pk=submission.subject_id)
        make(states.ACCEPT, brand, by=REGISTRY, at=times.business, reference=submission.reference)
        plan = brand_plan(gateway.policy(submission.account))
        watch(
            brand,
            account=submission.account,
            reference=submission.reference,
            first_read_at=times.business + next_reading(plan, timedelta(0)),
            business_now=times.business,
        )

    def refused(self, submission: Submission, reasons: tuple[Reason, ...], times: Times) -> None:
        """The carrier's interface refused what was sent: a person must change something."""
        brand = Brand.objects.get(pk=submission.subject_id)
        make(
            states.REFUSE,
            brand,
            by=REGISTRY,
            at=times.business,
            reasons=[asdict(reason) for reason in reasons],
        )


class BrandWatching:
    """Reading a brand until the registry has decided."""

    def plan(self, policy: CarrierPolicy) -> ReadingPlan:
        """How often, by the age of the wait."""
        return brand_plan(policy)

    def read(self, carrier: Carrier, watch: Watch) -> Reading:
        """The registry's present view of the brand."""
        tax_ids = TaxIds(watch.organization_id, watch.subject_id)
        with tax_ids.withheld():
            seen = tax_ids.out_of_reading(carrier.read_brand(watch.reference))
        return Reading(word=seen.word, answer=dict(seen.raw), seen=seen)

    def apply(self, watch: Watch, reading: Reading, times: Times) -> bool:
        """Verified or rejected ends the wait; a word that we do not know is kept, shown and waited on."""
        seen: BrandReading = reading.seen
        brand = Brand.objects.get(pk=watch.subject_id)
        match seen.state:
            case BrandState.VERIFIED:
                make(
                    states.VERIFY,
                    brand,
                    by=REGISTRY,
                    at=times.business,
                    registry_id=seen.registry_id,
                    odd_word="",
                )
                return True
            case BrandState.UNVERIFIED | BrandState.FAILED:
                make(
                    states.REJECT,
                    brand,
                    by=REGISTRY,
                    at=times.business,
                    registry_id=seen.registry_id,
                    odd_word="",
                    reasons=[asdict(reason) for reason in seen.reasons],
                )
                return True
        odd_word = reading.word[:100] if seen.state == BrandState.UNKNOWN else ""
        if odd_word != brand.odd_word:
            Brand.objects.filter(pk=brand.pk, status=states.IN_REVIEW).update(odd_word=odd_word)
            if odd_word:
                record(states.UNKNOWN_WORD, brand, by=CLEARLINE, at=times.business, detail={"word": odd_word})
        return False
