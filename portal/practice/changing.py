"""What an account does to a brand that it has filed: change it, have it looked at again, delete it.

What the vendor's file leaves open is decided here: a PUT replaces everything that a PUT can carry, so
what is left out is gone; it decides nothing anew, except for a brand whose registration failed and which
is thereby registered again. A person has a brand looked at again by revetting it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db import transaction

from portal.practice import ledger, proofs, tax_ids
from portal.practice.campaigns.acting import keeps_its_brand
from portal.practice.clock import Moment
from portal.practice.models import FAILED, OK, Brand
from portal.practice.verdicts import decide, traits_of
from portal.practice.webhooks.bell import BELL

# "Revetting is allowed once after the successful brand registration and thereafter limited to once
# every 3 months" (the vendor's RevetBrand). Three times 30 days: the shortest that it can mean.
BETWEEN_REVETS = timedelta(days=90)


class NotNow(Exception):
    """The registry's own rules forbid it at this time; the text is the registry's."""


@transaction.atomic
def change(brand: Brand, filed: Mapping[str, Any], moment: Moment) -> None:
    """Replace what was filed by `filed`, and remember what stood there before."""
    brand = _locked(brand, moment)
    before = tax_ids.told(brand.filed)
    # A PUT cannot carry these two: they stay.
    after = {name: before[name] for name in ("mobilePhone", "mock") if name in before} | dict(filed)
    changed = sorted(name for name in {*before, *after} if before.get(name) != after.get(name))
    brand.filed_before, brand.changed_at = brand.filed, moment.machine
    brand.filed, brand.key = tax_ids.kept(after), ledger.key_in(after)
    _write(brand, moment, "changed", ", ".join(changed))
    if brand.status_now == FAILED:
        _decide_again(brand, after, moment)
    brand.save()
    if before.get("businessContactEmail") != after.get("businessContactEmail"):
        proofs.contact_changed(brand, moment)
    transaction.on_commit(BELL.set)


@transaction.atomic
def revet(brand: Brand, moment: Moment) -> None:
    """Look at a registered brand again, as it is filed now. Raises NotNow."""
    brand = _locked(brand, moment)
    if brand.status_now != OK:
        raise NotNow("Only a registered brand can be revetted.")
    # The first one after the registration is free of the limit.
    if brand.revetted_at is not None and moment.business < brand.revetted_at + BETWEEN_REVETS:
        raise NotNow("A brand can be revetted once every 3 months.")
    brand.revetted_at, brand.revets = moment.business, brand.revets + 1
    _write(brand, moment, "revetting", "")
    _decide_again(brand, tax_ids.told(brand.filed), moment)
    brand.told = "revetting"
    brand.save()


@transaction.atomic
def delete(brand: Brand, moment: Moment) -> None:
    """Delete a brand for good: it stays in lists and cannot be read any more. Raises NotNow."""
    brand = _locked(brand, moment)
    if "kept" in traits_of(tax_ids.told(brand.filed)) or keeps_its_brand(brand, moment):
        raise NotNow("The brand has active campaigns; they must be inactive and at least 3 months old.")
    brand.deleted_at, brand.announced = moment.business, False
    _write(brand, moment, "deleted", "")
    brand.save(update_fields=["deleted_at", "announced", "history"])
    transaction.on_commit(BELL.set)


def _decide_again(brand: Brand, filed: Mapping[str, Any], moment: Moment) -> None:
    verdict = decide(filed, brand_id=brand.id, at=moment.business)
    if brand.outcome == Brand.Outcome.VERIFIED and filed.get("entityType") == "SOLE_PROPRIETOR":
        # The phone was proven once.
        verdict = decide({**filed, "entityType": "PRIVATE_PROFIT"}, brand_id=brand.id, at=moment.business)
    brand.outcome, brand.reasons, brand.failure = verdict.outcome, verdict.reasons, verdict.failure
    brand.word, brand.rule, brand.due_at = verdict.word, verdict.rule, verdict.due_at
    brand.suspended_at, brand.deleted_at = verdict.suspended_at, verdict.deleted_at
    brand.silent_since = moment.business if verdict.silent else None
    brand.by_hand, brand.announced, brand.told = False, False, ""


def _locked(brand: Brand, moment: Moment) -> Brand:
    Brand.objects.select_for_update().get(pk=brand.pk)
    return Brand.objects.as_of(moment).select_related("account").get(pk=brand.pk)


def _write(brand: Brand, moment: Moment, act: str, detail: str) -> None:
    if (
        not brand.is_pending
        and not brand.by_hand
        and not any(line["act"] == brand.outcome for line in brand.history)
    ):
        brand.history.append({"at": brand.due_at.isoformat(), "act": brand.outcome, "detail": brand.rule})
    brand.history.append({"at": moment.business.isoformat(), "act": act, "detail": detail})
