"""Fix and resubmit: a rejected brand is filed again as version n + 1, or looked at again as it is.

    update (PUT, safe to repeat) ─→ review (costs money, limited) ─→ in review
                                 └→ in review, where the correction alone had it registered again

A version whose registration never reached the carrier, or a carrier that takes no corrections: a new
registration under a new key.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.db import transaction

from brands import states
from brands.choices import EntityType
from brands.lifecycle import in_review, refuse, registered
from brands.models import Brand, forget
from brands.tax_identity import TOKEN
from brands.versions import columns_of, differs, standing
from brands.withholding import TaxIds
from portal.audit.recording import REGISTRY, Actor, record
from portal.carriers.contract import BrandFiling, BrandReading, BrandState, Carrier, Created, Reason, Refused
from portal.clock import Times
from portal.lib.tax_ids import plain
from portal.lifecycle import gateway
from portal.lifecycle.models import Submission, SubmissionState, accept, latest
from portal.lifecycle.nudge import nudge
from portal.lifecycle.states import make

# The carrier's code for a second review before its time (`Carrier.review_brand`).
TOO_SOON = "too-soon"
# What a registry that decided against a brand says until it is asked to look again. Any other state means
# that it is looking, or has looked, by itself; a word that nobody knows is not worth the fee of a guess.
_AT_REST = frozenset({BrandState.UNVERIFIED, BrandState.FAILED, BrandState.SUSPENDED})
# What an update cannot carry, or what is no answer: it proves nothing about an update.
_NOT_COMPARED = frozenset({"ip_address", "mobile_phone"})


class NothingChanged(Exception):
    """What would be filed is what was filed already."""


class NotYet(Exception):
    """The registry has looked at this brand too recently; `since` when it may again, None when nobody knows."""

    def __init__(self, since: datetime | None) -> None:
        super().__init__(f"not before {since}")
        self.since = since


# --- what a person does


def resubmit(brand: Brand, *, by: Actor, times: Times, detail: Mapping[str, Any] | None = None) -> Submission:
    """File the corrections as the next version: move, submission and event in one transaction, then a nudge.
    `detail` goes into the event: what was known against it (`rules_sending`).

    Raises NothingChanged, and StaleState when it is not rejected any more; then nothing was filed.
    """
    with transaction.atomic():
        _lock(brand)
        former = brand.filing()
        if brand.status == states.REJECTED and former and not differs(standing(brand), brand.payload()):
            raise NothingChanged
        number = brand.version + 1
        reasons = brand.reasons
        make(
            states.RESUBMIT,
            brand,
            by=by,
            at=times.business,
            detail={**(detail or {}), "version": number},
            version=number,
            display_name=brand.display_name or (brand.registered_name if brand.is_sole_proprietor else ""),
            reasons=[],
            odd_word="",
        )
        if former is not None:
            # The verdict stays with the version that it was about.
            Submission.objects.filter(pk=former.pk).update(reasons=reasons)
        correctable = is_correctable(brand, former)
        submission = accept(
            brand,
            purpose="update" if correctable else "register",
            account=former.account if former and correctable else gateway.default_account(),
            payload=brand.payload(),
            machine_now=times.machine,
            version=number,
        )
        nudge()
    return submission


def is_correctable(brand: Brand, former: Submission | None) -> bool:
    """Can `brand` be corrected under its reference? Otherwise its next version is a new registration."""
    if former is None or not brand.reference:
        return False
    return gateway.carrier(former.account).capabilities.brand_updates


def unreviewed(brand: Brand) -> Submission | None:
    """The refused request for a review of the present version: its data stand there, and nobody looked at them."""
    asked = latest(brand, "review") if brand.status == states.REJECTED else None
    if asked is None or asked.version != brand.version or asked.state != SubmissionState.REFUSED:
        return None
    return asked


def reviewable_from(brand: Brand) -> datetime | None:
    """From when on the registry may be asked to look again; None when we never had it look, and cannot know."""
    if brand.revetted_at is None:
        return None
    return brand.revetted_at + gateway.policy(gateway.default_account()).revet_every.value


def review_again(brand: Brand, *, by: Actor, times: Times) -> Submission:
    """Have the present version looked at, which was refused as too soon.

    Raises NothingChanged when the registry has looked at it, NotYet, and StaleState.
    """
    with transaction.atomic():
        _lock(brand)
        refused = unreviewed(brand)
        if refused is None and brand.status == states.REJECTED:
            raise NothingChanged
        since = reviewable_from(brand)
        if since is not None and times.business < since:
            raise NotYet(since)
        make(states.RESUBMIT, brand, by=by, at=times.business, detail={"version": brand.version}, reasons=[])
        watched = brand.open_watch()
        submission = accept(
            brand,
            purpose="review",
            account=refused.account if refused else gateway.default_account(),
            payload={"seen": watched.answer if watched else {}},
            machine_now=times.machine,
            version=brand.version,
        )
        nudge()
    return submission


def discard(brand: Brand, *, by: Actor, times: Times) -> bool:
    """Put back what was filed, with the event. False when it is not being corrected (any more)."""
    with transaction.atomic():
        _lock(brand)
        filed = standing(brand)
        if brand.status != states.REJECTED or not filed or not differs(filed, brand.payload()):
            return False
        former = brand.tax_identity
        rows = Brand.objects.filter(pk=brand.pk, status=states.REJECTED)
        if not rows.update(**_columns(filed), saved_at=times.business):
            return False
        brand.refresh_from_db()
        if former is not None and brand.tax_identity != former:
            forget(former)
        record(states.DISCARDED, brand, by=by, at=times.business)
    return True


def _columns(payload: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of a brand that is what was filed."""
    columns = columns_of(payload)
    alone = columns["entity_type"] == EntityType.SOLE_PROPRIETOR
    if columns["display_name"] == columns["legal_name"] and not alone:
        # The legal name is filed where no other was given.
        columns["display_name"] = ""
    token = payload["tax_id"]
    return columns | {"tax_identity": token.removeprefix(TOKEN) or None}


def _lock(brand: Brand) -> None:
    """Nobody else moves or saves `brand` until this transaction ends; it is as it stands now."""
    Brand.objects.select_for_update().get(pk=brand.pk)
    brand.refresh_from_db()


# --- what the loop does


class BrandUpdate:
    """The purpose "update": the next version under the reference of the brand, which decides nothing by itself."""

    def send(self, carrier: Carrier, submission: Submission) -> Created:
        """Replace what is filed, then see whether that alone had it looked at again."""
        reference, key = registered(submission)
        tax_ids = TaxIds(submission.organization_id, submission.subject_id)
        with tax_ids.withheld():
            carrier.update_brand(reference, tax_ids.filing(submission.payload), key=key)
            return _seen(tax_ids, carrier.read_brand(reference))

    def search(self, carrier: Carrier, submission: Submission) -> Created | None:
        """Does the registry hold what we wanted to file? If not, sending it again does no harm."""
        reference, _key = registered(submission)
        tax_ids = TaxIds(submission.organization_id, submission.subject_id)
        with tax_ids.withheld():
            seen = carrier.read_brand(reference)
            same = _holds(seen, tax_ids.filing(submission.payload))
            return _seen(tax_ids, seen) if same else None

    def filed(self, submission: Submission, times: Times) -> None:
        """Have the registry look again; where it does so already, there is nothing to pay for."""
        brand = Brand.objects.get(pk=submission.subject_id)
        record(states.CORRECTED, brand, by=REGISTRY, at=times.business, detail={"version": brand.version})
        if submission.answer["state"] not in _AT_REST:
            in_review(submission, times)
            return
        accept(
            brand,
            purpose="review",
            account=submission.account,
            # What the registry showed before the review: whatever differs later has come of it.
            payload={"seen": submission.answer["seen"]},
            machine_now=times.machine,
            version=submission.version,
        )
        nudge()

    def refused(self, submission: Submission, reasons: tuple[Reason, ...], times: Times) -> None:
        """The carrier did not take the corrections: a person must change something."""
        refuse(submission, reasons, times)


class BrandReview:
    """The purpose "review": have the registry look again. Costs money, so it is never sent blindly twice."""

    def send(self, carrier: Carrier, submission: Submission) -> Created:
        """Ask for the review. One that comes too soon after an open outcome proves that the first arrived."""
        reference, _key = registered(submission)
        tax_ids = TaxIds(submission.organization_id, submission.subject_id)
        with tax_ids.withheld():
            try:
                return tax_ids.out_of_created(carrier.review_brand(reference))
            except Refused as refused:
                # Searched for means that the outcome of an earlier try was unknown.
                if submission.searched_at is None or not is_too_soon(refused.reasons):
                    raise
                return Created(reference, {"arrived": "the registry takes no second review so soon"})

    def search(self, carrier: Carrier, submission: Submission) -> Created | None:
        """Is the registry looking again, or has it looked since? Both show in what it says of the brand."""
        reference, _key = registered(submission)
        tax_ids = TaxIds(submission.organization_id, submission.subject_id)
        with tax_ids.withheld():
            seen = carrier.read_brand(reference)
            now = _seen(tax_ids, seen)
        moved = now.raw["seen"] != submission.payload["seen"]
        return now if moved or seen.state not in _AT_REST else None

    def filed(self, submission: Submission, times: Times) -> None:
        """In review again, and the next one has to wait."""
        in_review(submission, times, revetted_at=times.business)

    def refused(self, submission: Submission, reasons: tuple[Reason, ...], times: Times) -> None:
        """The corrections stay filed; the page says what else can be done."""
        refuse(submission, reasons, times)


def is_too_soon(reasons: tuple[Reason, ...]) -> bool:
    """Was a review refused because there was one not long ago?"""
    return any(reason.code == TOO_SOON for reason in reasons)


def _seen(tax_ids: TaxIds, seen: BrandReading) -> Created:
    """What the registry says of the brand now, fit to be stored and compared."""
    raw = tax_ids.out_of_reading(seen).raw
    return Created(seen.reference, {"state": str(seen.state), "seen": raw})


def _holds(seen: BrandReading, filing: BrandFiling) -> bool:
    """Does the registry hold exactly what `filing` says? Both in clear, and in this process only."""
    wanted = asdict(filing)
    return all(
        _plain(name, seen.filed.get(name, "")) == _plain(name, value)
        for name, value in wanted.items()
        if name not in _NOT_COMPARED
    )


def _plain(name: str, value: str) -> str:
    return plain(value) if name == "tax_id" else value
