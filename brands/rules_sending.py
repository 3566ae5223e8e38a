"""The last look at a brand before it is sent, and what sending it on costs."""

from __future__ import annotations

from functools import partial

from django.http import QueryDict
from django.utils.translation import gettext as _

from brands.models import Brand
from brands.rules_applied import findings_of, subject_of
from brands.rules_shown import shown
from brands.shown import fee_of
from brands.waiting import usual_wait
from portal.lib.tax_ids import blotted, masked, replaced
from portal.ui.sending import BeforeSending, looked_at


def before_sending(brand: Brand, data: QueryDict | None = None) -> BeforeSending:
    """Check `brand`; with `data`, as it was posted by the page that showed the findings."""
    findings = findings_of(brand)
    return looked_at(
        findings,
        shown(brand, findings),
        data,
        payload=brand.payload(),
        consequence=_consequence(brand),
        blot=partial(_without_tax_id, brand),
    )


def _consequence(brand: Brand) -> str:
    """What sending on costs, from the carrier's policy: money that does not come back, and days."""
    fee = fee_of(brand).value
    return _(
        "The carrier charges about %(amount)s %(currency)s for every submission and does not pay it back. "
        "The registry answers %(usual)s; after a rejection you correct it, pay again and wait again."
    ) % {"amount": fee.amount, "currency": fee.currency, "usual": usual_wait()}


def _without_tax_id(brand: Brand, text: str) -> str:
    number = subject_of(brand).tax_id
    return blotted(str(replaced(text, {number: masked(number)})) if number else text)
