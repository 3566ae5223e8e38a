"""Telnyx's brand endpoints: create, list, read, change, delete, revet, feedback.

What the vendor's file leaves open is decided here and said where it stands: a filter by
`displayName` compares the whole name without regard to case, an unknown filter is refused rather
than ignored, a brand has its registry ids only once it is registered, and a deleted brand stays in
the list while every address of its own is not found. What a PUT does stands in `changing`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from django.db.models import F

from portal.practice import changing, ledger, tax_ids
from portal.practice.deciding import file_brand
from portal.practice.models import FAILED, OK, SUSPENDED, Brand, BrandQuerySet
from portal.practice.telnyx import brand_schema
from portal.practice.telnyx.errors import error
from portal.practice.telnyx.exchange import (
    NO_SUCH_THING,
    Answer,
    Call,
    Refusal,
    as_uuid,
    endpoint,
    invalid,
    not_found,
    refused,
)
from portal.practice.telnyx.queries import (
    LAST_PAGE,
    MOST_RECORDS,
    bad_parameter,
    document,
    first_of,
    number,
    parameters,
    stamp,
)


def _with_id(rows: BrandQuerySet, text: str) -> BrandQuerySet:
    key = as_uuid(text)
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
    "assignedCampaignsCount": "campaigns_now",
    "brandId": "id",
    "createdAt": "filed_at",
    "displayName": "filed__displayName",
    "identityStatus": "identity_now",
    "status": "status_now",
    "tcrBrandId": "tcr_id",
}


def create(call: Call) -> Answer:
    """File a brand. Every call makes a new one."""
    filed = _filing(call, brand_schema.FIELDS)
    late = call.strike.lateness
    brand = file_brand(call.account, filed, key=ledger.key_in(filed), moment=call.moment, late=late)
    return Answer(200, _whole(Brand.objects.as_of(call.moment).get(pk=brand.pk), call), brand.id)


def index(call: Call) -> Answer:
    """The account's brands: filtered, sorted, one page of them."""
    asked = parameters(call)
    page = number(asked.pop("page", "1"), "page", LAST_PAGE)
    size = number(asked.pop("recordsPerPage", "10"), "recordsPerPage", MOST_RECORDS)
    sort = asked.pop("sort", "-createdAt")
    rows = _of_account(call)
    for name, value in asked.items():
        if name not in _FILTERS:
            raise bad_parameter(name, f"{name} is not a filter of this list.")
        rows = _FILTERS[name](rows, value)
    column = _ORDERS.get(sort.removeprefix("-"))
    if column is None:
        raise bad_parameter("sort", "sort must be one of the listed orders.")
    down = sort.startswith("-")
    order = (F(column).desc(), F("number").desc()) if down else (F(column).asc(), F("number").asc())
    start = first_of(page, size, call.strike.paging)
    found = rows.order_by(*order)[start : start + size]
    records = [_listed(brand, call) for brand in found]
    return Answer(200, {"records": records, "page": page, "totalRecords": rows.count()})


def read(call: Call, brand_id: str) -> Answer:
    """One brand as it stands now."""
    brand = find(call, brand_id)
    return Answer(200, {**_whole(brand, call), "assignedCampaignsCount": brand.campaigns_now}, brand.id)


def update(call: Call, brand_id: str) -> Answer:
    """Replace what was filed."""
    brand = find(call, brand_id)
    filed = _filing(
        call, brand_schema.UPDATE_FIELDS, also={"mobilePhone": brand.filed.get("mobilePhone", "")}
    )
    changing.change(brand, filed, call.moment)
    return Answer(200, _whole(find(call, brand_id), call), brand.id)


def delete(call: Call, brand_id: str) -> Answer:
    """Delete a brand for good. Its refusals are bare errors, not lists of them: the vendor's file says so."""
    try:
        brand = find(call, brand_id)
        changing.delete(brand, call.moment)
    except Refusal as problem:
        raise Refusal(Answer(404, NO_SUCH_THING)) from problem
    except changing.NotNow as problem:
        raise Refusal(Answer(400, error("10012", "Brand cannot be deleted", str(problem)))) from problem
    return Answer(204, None, brand.id)


def revet(call: Call, brand_id: str) -> Answer:
    """Look at a brand again, as it is filed now."""
    brand = find(call, brand_id)
    try:
        changing.revet(brand, call.moment)
    except changing.NotNow as problem:
        raise refused(400, error("10012", "Brand cannot be revetted", str(problem))) from problem
    return Answer(200, _whole(find(call, brand_id), call), brand.id)


def feedback(call: Call, brand_id: str) -> Answer:
    """Why a brand is not verified; an empty list while there is nothing to say."""
    brand = find(call, brand_id)
    reasons = [] if brand.is_pending else tax_ids.quoted(brand.reasons, brand.filed)
    return Answer(200, {"brandId": str(brand.id), "category": reasons}, brand.id)


def find(call: Call, brand_id: str) -> Brand:
    """The account's brand of that id, unless it was deleted. Raises a Refusal, 404."""
    key = as_uuid(brand_id)
    brand = _of_account(call).living(call.moment).filter(id=key).first() if key else None
    if brand is None:
        raise not_found()
    return brand


collection = endpoint("brand", verbs={"GET": "list"}, GET=index, POST=create)
single = endpoint("brand", GET=read, PUT=update, DELETE=delete)
single_revet = endpoint("brand", verbs={"PUT": "revet"}, PUT=revet)
single_feedback = endpoint("feedback", GET=feedback)
nothing = endpoint()


def _of_account(call: Call) -> BrandQuerySet:
    rows = Brand.objects.filter(account=call.account)
    if call.strike.is_stale:
        rows = rows.filter(received_at__lte=call.moment.machine)
    return rows.visible(call.moment).as_of(call.moment).counted(call.moment)


def _filing(
    call: Call, fields: tuple[brand_schema.Field, ...], also: Mapping[str, Any] = MappingProxyType({})
) -> dict[str, Any]:
    """What was filed, checked. `also` is known already and counts for the conditions."""
    filed, problems = brand_schema.read(document(call), fields)
    if problems:
        raise invalid(*problems)
    errors = brand_schema.conditions({**also, **filed})
    if errors:
        raise refused(400, *errors)
    return filed


def _whole(brand: Brand, call: Call) -> dict[str, Any]:
    """The vendor's `TelnyxBrand`: what was filed, and what became of it."""
    return {
        "brandRelationship": "BASIC_ACCOUNT",
        "isReseller": False,
        "mock": False,
        **tax_ids.told(_filed(brand, call)),
        "referenceId": str(brand.id),
        **_standing(brand),
        **({"cspId": "SPRCTCE"} if brand.status_now == OK else {}),
    }


def _filed(brand: Brand, call: Call) -> dict[str, Any]:
    return brand.filed_as_of(call.moment.machine) if call.strike.is_stale else brand.filed


def _listed(brand: Brand, call: Call) -> dict[str, Any]:
    """The vendor's `BrandBasic`, one row of a list; the misspelt name is the vendor's."""
    names = ("companyName", "displayName", "email", "entityType", "website")
    known = _filed(brand, call)
    filed = {name: known[name] for name in names if name in known}
    return {**filed, **_standing(brand), "assignedCampaingsCount": brand.campaigns_now}


def _standing(brand: Brand) -> dict[str, Any]:
    answer: dict[str, Any] = {
        "brandId": str(brand.id),
        "status": tax_ids.quoted(brand.status_now, brand.filed),
        "identityStatus": brand.identity_now,
        "createdAt": stamp(brand.filed_at),
        "updatedAt": stamp(_updated_at(brand)),
    }
    if brand.status_now == OK and brand.tcr_id:
        answer["tcrBrandId"] = brand.tcr_id
    if brand.status_now == FAILED:
        answer["failureReasons"] = tax_ids.quoted(brand.failure, brand.filed)
    return answer


def _updated_at(brand: Brand) -> datetime:
    """When the registry last changed a brand: filed, looked at again, decided, suspended."""
    marks = [brand.filed_at, brand.revetted_at or brand.filed_at]
    if not brand.is_pending:
        marks.append(brand.due_at)
    if brand.status_now == SUSPENDED and brand.suspended_at:
        marks.append(brand.suspended_at)
    return max(marks)
