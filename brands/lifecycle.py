"""How a brand is filed with the carrier and how the registry's verdict is read."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from brands import confirming, passwords, states
from brands.explaining_meanings import report_unknown
from brands.models import Brand
from brands.withholding import TaxIds
from portal.audit.recording import CLEARLINE, REGISTRY, record
from portal.carriers.contract import (
    BrandReading,
    BrandState,
    Carrier,
    Created,
    PasswordReading,
    Reason,
    Unavailable,
)
from portal.carriers.policy import ReadingPlan
from portal.clock import Times
from portal.lifecycle import gateway
from portal.lifecycle.handlers import Reading
from portal.lifecycle.models import Submission, Watch, watch
from portal.lifecycle.schedule import next_reading
from portal.lifecycle.states import make
from portal.tenancy.scope import acting_for

# Readings that must find nothing before a brand counts as missing, and the time between them.
MISSES = 2
AGAIN = timedelta(hours=1)


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
        in_review(submission, times, key=submission.key, reference=submission.reference)

    def refused(self, submission: Submission, reasons: tuple[Reason, ...], times: Times) -> None:
        """The carrier's interface refused what was sent: a person must change something."""
        refuse(submission, reasons, times)


def in_review(submission: Submission, times: Times, *, key: UUID | None = None, **changes: Any) -> None:
    """The registry has the brand of `submission`: from now on wait for its verdict.

    `key` is that of the brand's registration, where this is it.
    """
    brand = Brand.objects.get(pk=submission.subject_id)
    make(states.ACCEPT, brand, by=REGISTRY, at=times.business, **changes)
    plan = gateway.policy(submission.account).brand_reading.value
    watch(
        brand,
        account=submission.account,
        reference=brand.reference,
        key=key or registration_of(brand).key,
        first_read_at=times.business + next_reading(plan, timedelta(0)),
        business_now=times.business,
    )


def refuse(submission: Submission, reasons: tuple[Reason, ...], times: Times) -> None:
    """A version of the brand was not taken: a person must change something."""
    brand = Brand.objects.get(pk=submission.subject_id)
    kept = [asdict(reason) for reason in reasons]
    make(states.REFUSE, brand, by=REGISTRY, at=times.business, reasons=kept)
    report_unknown(brand.pk, kept)


def registration_of(brand: Brand) -> Submission:
    """The registration that made what stands under the brand's reference."""
    made = Submission.objects.filter(kind=Brand.kind, subject_id=brand.pk, purpose="register")
    registration: Submission = made.filter(reference=brand.reference).latest("accepted_at")
    return registration


def registered(submission: Submission) -> tuple[str, str]:
    """The carrier's reference of the brand, and the key under which it was registered: that one stays for ever.

    In a scope of its own, for calls to the carrier.
    """
    with acting_for(submission.organization_id, by=CLEARLINE):
        brand = Brand.objects.get(pk=submission.subject_id)
        return brand.reference, str(registration_of(brand).key)


@dataclass(frozen=True, slots=True)
class Seen:
    """One reading of a brand. `password` is how far its one-time password is, None when that was not asked,
    not answered, or none was ever sent.
    """

    brand: BrandReading
    password: PasswordReading | None = None


class BrandWatching:
    """Reading a brand until the registry has decided."""

    def read(self, carrier: Carrier, watch: Watch) -> Reading:
        """The registry's present view of the brand, and of its one-time password while it waits for one."""
        tax_ids = TaxIds(watch.organization_id, watch.subject_id)
        password = None
        with tax_ids.withheld():
            seen = tax_ids.out_of_reading(carrier.read_brand(watch.reference))
            if seen.state == BrandState.NEEDS_PASSWORD:
                # How far a text message is must not stand in the way of the verdict.
                with suppress(Unavailable):
                    password = carrier.read_password(watch.reference)
        return Reading(word=seen.word, answer=dict(seen.raw), seen=Seen(seen, password))

    def apply(self, watch: Watch, reading: Reading, times: Times) -> ReadingPlan | None:
        """Move the brand to where the registry says it stands, in whatever order it says so.

        A decided brand is still read, at longer distance, because registries change their minds. A word
        that we do not know is kept, shown and waited on.
        """
        seen: BrandReading = reading.seen.brand
        brand = Brand.objects.get(pk=watch.subject_id)
        policy = gateway.policy(watch.account)
        if brand.status in states.GOING or brand.status == states.SUBMITTING:
            # A deletion or a correction is on its way: what is said meanwhile is about what was before.
            return policy.brand_reading.value
        move = states.told(seen.state, brand.status)
        if move is None:
            _odd_word(brand, reading.word, times)
            return policy.brand_reading.value
        changes: dict[str, Any] = {
            "odd_word": "",
            "registry_id": seen.registry_id or brand.registry_id,
            "score": seen.score,
            "vetting_class": seen.vetting_class[:30],
            "confirmation_asked_at": seen.confirmation_asked_at,
            "campaigns_there": seen.campaigns,
            **_mailed(brand, seen),
            **passwords.changes_of(brand, reading.seen.password),
        }
        if seen.state in (BrandState.UNVERIFIED, BrandState.FAILED):
            changes["reasons"] = [asdict(reason) for reason in seen.reasons]
        if brand.status == move.target:
            # No move and no event: the same verdict, perhaps with another score.
            Brand.objects.filter(pk=brand.pk, status=move.target).update(**changes)
        else:
            make(move, brand, by=REGISTRY, at=times.business, **changes)
            report_unknown(brand.pk, changes.get("reasons", ()))
        if move.target == states.CONFIRM:
            brand.refresh_from_db()
            confirming.remind(brand, times)
        waiting = move.target in states.WAITING
        return policy.brand_reading.value if waiting else policy.brand_settled.value

    def missing(self, watch: Watch, times: Times) -> ReadingPlan | None:
        """Believed at the second time, an hour later; then shown and never registered anew by itself."""
        policy = gateway.policy(watch.account)
        brand = Brand.objects.get(pk=watch.subject_id)
        if brand.status in states.GOING or brand.status == states.SUBMITTING:
            return policy.brand_reading.value
        if watch.misses < MISSES:
            return ReadingPlan((), AGAIN, "one empty answer may be the carrier's mistake")
        if brand.status != states.MISSING:
            make(states.LOSE, brand, by=REGISTRY, at=times.business, odd_word="")
        return policy.brand_settled.value


def _mailed(brand: Brand, seen: BrandReading) -> dict[str, Any]:
    """A question that the registry asked later than the newest e-mail we know of brought an e-mail of its own."""
    asked, known = seen.confirmation_asked_at, brand.confirmation_mailed_at
    return {"confirmation_mailed_at": asked} if asked and (known is None or asked > known) else {}


def _odd_word(brand: Brand, word: str, times: Times) -> None:
    """Keep a word that nobody knows, and say so once."""
    if word[:100] == brand.odd_word:
        return
    Brand.objects.filter(pk=brand.pk).update(odd_word=word[:100])
    record(states.UNKNOWN_WORD, brand, by=CLEARLINE, at=times.business, detail={"word": word[:100]})
