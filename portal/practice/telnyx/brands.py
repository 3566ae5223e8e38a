"""Telnyx's brand endpoints: create, list, read, feedback.

What the vendor's file leaves open is decided here and said where it stands: a filter by
`displayName` compares the whole name without regard to case, an unknown filter is refused rather
than ignored, and a brand has its registry ids only once it is registered.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from django.db.models import F

from portal.practice import ledger
from portal.practice.deciding import file_brand
from portal.practice.models import FAILED, OK, Brand, BrandQuerySet
from portal.practice.telnyx import brand_schema
from portal.practice.telnyx.errors import error
from portal.practice.telnyx.exchange import Answer, Call, endpoint, invalid, not_found, refused
from portal.practice.wire import NotJson, keepable, read_json

MOST_RECORDS = 500
LAST_PAGE = 1_000_000


def _uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def _with_id(rows: BrandQuerySet, text: str) -> BrandQuerySet:
    key = _uuid(text)
    return rows.filter(id=key) if key else rows.none()


def _with_registry_id(rows: BrandQuerySet, text: str) -> BrandQuerySet:
    # A brand has this id only once it is registered; `status_now` is an annotation.
    registered = {"status_now": OK}
    return rows.filter(tcr_id=text, **registered)


_FILTERS: dict[str, Callable[[BrandQuerySet, str], BrandQuerySet]] = {
    "displayName": lambda rows, value: rows.filter(filed__displayName__iexact=value),
    "entityType": lambda rows, value: rows.filter(filed__entityType=value),
    "state": lambda rows, value: rows.filter(filed__state=value),
    "country": lambda rows, value: rows.filter(filed__country=value),
    "brandId": _with_id,
    "tcrBrandId": _with_registry_id,
}
_ORDERS = {
    # No campaigns yet: every brand has the same count.
    "assignedCampaignsCount": "number",
    "brandId": "id",
    "createdAt": "filed_at",
    "displayName": "filed__displayName",
    "identityStatus": "identity_now",
    "status": "status_now",
    "tcrBrandId": "tcr_id",
}


def create(call: Call) -> Answer:
    """File a brand. Every call makes a new one."""
    if call.request.content_type != "application/json":
        raise invalid({"loc": ["body"], "msg": "value is not a valid dict", "type": "type_error.dict"})
    try:
        body = read_json(call.raw)
    except NotJson as problem:
        raise invalid(
            {"loc": ["body"], "msg": str(problem)[:200], "type": "value_error.jsondecode"}
        ) from problem
    filed, problems = brand_schema.read(body)
    if problems:
        raise invalid(*problems)
    errors = brand_schema.conditions(filed)
    if errors:
        raise refused(400, *errors)
    brand = file_brand(call.account, filed, key=ledger.key_in(filed), moment=call.moment)
    return Answer(200, _whole(_of_account(call).get(pk=brand.pk)), brand.id)


def index(call: Call) -> Answer:
    """The account's brands: filtered, sorted, one page of them."""
    asked = _parameters(call)
    page = _number(asked.pop("page", "1"), "page", LAST_PAGE)
    size = _number(asked.pop("recordsPerPage", "10"), "recordsPerPage", MOST_RECORDS)
    sort = asked.pop("sort", "-createdAt")
    rows = _of_account(call)
    for name, value in asked.items():
        if name not in _FILTERS:
            raise _bad_parameter(name, f"{name} is not a filter of this list.")
        rows = _FILTERS[name](rows, value)
    column = _ORDERS.get(sort.removeprefix("-"))
    if column is None:
        raise _bad_parameter("sort", "sort must be one of the listed orders.")
    down = sort.startswith("-")
    order = (F(column).desc(), F("number").desc()) if down else (F(column).asc(), F("number").asc())
    found = rows.order_by(*order)[(page - 1) * size : page * size]
    return Answer(
        200, {"records": [_listed(brand) for brand in found], "page": page, "totalRecords": rows.count()}
    )


def read(call: Call, brand_id: str) -> Answer:
    """One brand as it stands now."""
    brand = _find(call, brand_id)
    return Answer(200, {**_whole(brand), "assignedCampaignsCount": 0}, brand.id)


def feedback(call: Call, brand_id: str) -> Answer:
    """Why a brand is not verified; an empty list while there is nothing to say."""
    brand = _find(call, brand_id)
    reasons = [] if brand.is_pending else brand.reasons
    return Answer(200, {"brandId": str(brand.id), "category": reasons}, brand.id)


collection = endpoint(GET=index, POST=create)
single = endpoint(GET=read)
single_feedback = endpoint(GET=feedback)
nothing = endpoint()


def _of_account(call: Call) -> BrandQuerySet:
    return Brand.objects.filter(account=call.account).as_of(call.moment)


def _find(call: Call, brand_id: str) -> Brand:
    key = _uuid(brand_id)
    brand = _of_account(call).filter(id=key).first() if key else None
    if brand is None:
        raise not_found()
    return brand


def _whole(brand: Brand) -> dict[str, Any]:
    """The vendor's `TelnyxBrand`: what was filed, and what became of it."""
    return {
        "brandRelationship": "BASIC_ACCOUNT",
        "isReseller": False,
        "mock": False,
        **brand.filed,
        "referenceId": str(brand.id),
        **_standing(brand),
        **({"cspId": "SPRCTCE"} if brand.status_now == OK else {}),
    }


def _listed(brand: Brand) -> dict[str, Any]:
    """The vendor's `BrandBasic`, one row of a list; the misspelt name is the vendor's."""
    names = ("companyName", "displayName", "email", "entityType", "website")
    filed = {name: brand.filed[name] for name in names if name in brand.filed}
    return {**filed, **_standing(brand), "assignedCampaingsCount": 0}


def _standing(brand: Brand) -> dict[str, Any]:
    answer: dict[str, Any] = {
        "brandId": str(brand.id),
        "status": brand.status_now,
        "identityStatus": brand.identity_now,
        "createdAt": _stamp(brand.filed_at),
        "updatedAt": _stamp(brand.filed_at if brand.is_pending else max(brand.filed_at, brand.due_at)),
    }
    if brand.status_now == OK and brand.tcr_id:
        answer["tcrBrandId"] = brand.tcr_id
    if brand.status_now == FAILED:
        answer["failureReasons"] = brand.failure
    return answer


def _stamp(moment: datetime) -> str:
    """The vendor's form of a moment: UTC, without an offset."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds")


def _parameters(call: Call) -> dict[str, str]:
    asked: dict[str, str] = {}
    for name, values in call.request.GET.lists():
        if len(values) != 1 or not keepable(values[0]):
            raise _bad_parameter(name, f"{name} must be given once, as plain text.")
        asked[name] = values[0]
    return asked


def _number(text: str, name: str, most: int) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 10 and 1 <= int(text) <= most):
        raise _bad_parameter(name, f"{name} must be a whole number between 1 and {most}.")
    return int(text)


def _bad_parameter(name: str, detail: str) -> Exception:
    return refused(400, error("10015", "Bad Request", detail, parameter=name))
