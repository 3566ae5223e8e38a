"""Telnyx's list of an account's numbers, with their tags and messaging settings, and its messaging profiles.

Three views of the same rows: `/phone_numbers/messaging` (features, profile, tags), `/phone_numbers/slim` (status and
country; the one that filters by tag, and only with `include_tags`), `/phone_numbers/{id}` (all of it). Their parameters
are in brackets and their answers stand in `data`, unlike those of 10DLC; an unknown filter is refused.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from django.db.models import QuerySet

from portal.practice.models import MessagingProfile, Number
from portal.practice.numbers import adding
from portal.practice.telnyx.errors import error
from portal.practice.telnyx.exchange import Answer, Call, as_uuid, endpoint, not_found, refused
from portal.practice.telnyx.queries import (
    LAST_PAGE,
    bad_parameter,
    document,
    first_of,
    number,
    parameters,
)
from portal.practice.wire import keepable

MOST_ROWS = 250
Rows = QuerySet[Number]
Filter = Callable[[Rows, str], Rows]

_TYPES = {"tollfree": True, "longcode": False}
_MESSAGING_FILTERS: dict[str, Filter] = {
    "filter[messaging_profile_id]": lambda rows, value: rows.filter(
        profile=as_uuid(value) or uuid.UUID(int=0)
    ),
    "filter[phone_number]": lambda rows, value: rows.filter(e164__in=value.split(",")),
    "filter[phone_number][contains]": lambda rows, value: rows.filter(e164__contains=value),
    "filter[type]": lambda rows, value: (
        rows.filter(toll_free=_TYPES[value]) if value in _TYPES else rows.none()
    ),
}
_SLIM_FILTERS: dict[str, Filter] = {
    "filter[tag]": lambda rows, value: rows.filter(tags__contains=[value]),
    "filter[phone_number]": lambda rows, value: rows.filter(e164__contains=value),
    "filter[status]": lambda rows, value: rows.filter(status=value),
    "filter[country_iso_alpha2]": lambda rows, value: rows.filter(country=value),
    "filter[number_type][eq]": lambda rows, value: rows.filter(toll_free=value == "toll_free"),
}


def list_messaging(call: Call) -> Answer:
    """The numbers with their messaging settings: one page, in the order of the numbers or as they came."""
    asked = parameters(call)
    order = asked.pop("sort[phone_number]", "")
    if order not in ("", "asc", "desc"):
        raise bad_parameter("sort[phone_number]", "sort must be asc or desc.")
    rows = _of_account(call).order_by({"asc": "e164", "desc": "-e164"}.get(order, "-pk"))
    return _page(call, asked, rows, _MESSAGING_FILTERS, _settings)


def list_slim(call: Call) -> Answer:
    """The numbers in short: one page."""
    asked = parameters(call)
    tags = _flag(asked.pop("include_tags", "false"), "include_tags")
    _flag(asked.pop("include_connection", "false"), "include_connection")
    if "filter[tag]" in asked and not tags:
        raise bad_parameter("filter[tag]", "filter[tag] requires include_tags.")
    orders = {"": "-added_at", "purchased_at": "added_at", "phone_number": "e164"}
    order = orders.get(asked.pop("sort", ""))
    if order is None:
        raise bad_parameter("sort", "sort must be one of the listed orders.")
    rows = _of_account(call).order_by(order, "pk")
    return _page(call, asked, rows, _SLIM_FILTERS, lambda row: _short(row, tags=tags))


def read(call: Call, reference: str) -> Answer:
    """One number, all of it."""
    row = _find(call, reference)
    return Answer(200, {"data": _detailed(row)}, number=row.e164)


def read_settings(call: Call, reference: str) -> Answer:
    """One number's messaging settings."""
    row = _find(call, reference)
    return Answer(200, {"data": _settings(row)}, number=row.e164)


def change_settings(call: Call, reference: str) -> Answer:
    """Set a number up for texts: `messaging_profile_id` ("" for none) and `tags`; null and nothing keep them."""
    row = _find(call, reference)
    body = document(call)
    profile = body.get("messaging_profile_id") if isinstance(body, dict) else None
    tags = body.get("tags") if isinstance(body, dict) else None
    if profile is not None:
        row.profile = _profile(call, profile)
    if tags is not None:
        if not isinstance(tags, list) or not all(isinstance(one, str) and keepable(one) for one in tags):
            raise refused(
                400, error("10015", "Bad Request", "tags must be a list of texts.", pointer="/tags")
            )
        row.tags = tags
    row.changed_at = call.moment.business
    row.save(update_fields=["profile", "tags", "changed_at"])
    return Answer(200, {"data": _settings(row)}, number=row.e164)


def list_profiles(call: Call) -> Answer:
    """The account's messaging profiles: one page."""
    asked = parameters(call)
    rows = MessagingProfile.objects.filter(account=call.account).order_by("created_at", "id")
    for name, column in (
        ("filter[name]", "name"),
        ("filter[name][eq]", "name"),
        ("filter[name][contains]", "name__contains"),
    ):
        if name in asked:
            rows = rows.filter(**{column: asked.pop(name)})
    return _page(call, asked, rows, {}, _told_profile)


def create_profile(call: Call) -> Answer:
    """Make a messaging profile. Every call makes a new one."""
    body = document(call)
    filed = body if isinstance(body, dict) else {}
    for name, kind in (("name", str), ("whitelisted_destinations", list)):
        if not isinstance(filed.get(name), kind) or not filed[name]:
            words = f"{name} is required."
            raise refused(422, error("10004", "Missing required parameter", words, pointer=f"/{name}"))
    if not keepable(str(filed)) or len(filed["name"]) > 200:
        raise refused(422, error("10015", "Bad Request", "The name cannot be kept.", pointer="/name"))
    return Answer(200, {"data": _told_profile(adding.make_profile(call.account, call.moment, filed))})


messaging = endpoint("inventory", verbs={"GET": "list"}, GET=list_messaging)
slim = endpoint("inventory", verbs={"GET": "list"}, GET=list_slim)
single = endpoint("inventory", GET=read)
single_messaging = endpoint("inventory", GET=read_settings, PATCH=change_settings)
profiles = endpoint("inventory", verbs={"GET": "list"}, GET=list_profiles, POST=create_profile)


def _of_account(call: Call) -> Rows:
    rows = Number.objects.filter(account=call.account).select_related("profile")
    return rows.filter(added_at__lte=call.moment.business) if call.strike.is_stale else rows


def _find(call: Call, reference: str) -> Number:
    row = _of_account(call).filter(pk=Number.row_of(reference)).first()
    if row is None:
        raise not_found()
    return row


def _profile(call: Call, given: Any) -> MessagingProfile | None:
    if given == "":
        return None
    key = as_uuid(given) if isinstance(given, str) else None
    found = MessagingProfile.objects.filter(account=call.account, id=key).first() if key else None
    if found is None:
        words = "The messaging profile does not exist."
        raise refused(
            400,
            error("10017", "Associated resource does not exist", words, pointer="/messaging_profile_id"),
        )
    return found


def _page(
    call: Call,
    asked: dict[str, str],
    rows: QuerySet[Any],
    filters: Mapping[str, Filter],
    told: Callable[[Any], dict[str, Any]],
) -> Answer:
    page = number(asked.pop("page[number]", "1"), "page[number]", LAST_PAGE)
    size = number(asked.pop("page[size]", "20"), "page[size]", MOST_ROWS)
    for name, value in asked.items():
        if name not in filters:
            raise bad_parameter(name, f"{name} is not a filter of this list.")
        rows = filters[name](rows, value)
    total = rows.count()
    start = first_of(page, size, call.strike.paging)
    meta = {
        "total_pages": max(1, -(-total // size)),
        "total_results": total,
        "page_size": size,
        "page_number": page,
    }
    return Answer(200, {"data": [told(row) for row in rows[start : start + size]], "meta": meta})


def _settings(row: Number) -> dict[str, Any]:
    """The vendor's `PhoneNumberWithMessagingSettings`."""
    can = {"domestic_two_way": True, "international_inbound": True, "international_outbound": True}
    return {
        "record_type": "messaging_settings",
        "id": row.reference,
        "phone_number": row.e164,
        "country_code": row.country,
        "type": "tollfree" if row.toll_free else "longcode",
        "messaging_profile_id": str(row.profile.id) if row.profile else None,
        "messaging_product": "A2P",
        "traffic_type": "A2P",
        "eligible_messaging_products": ["A2P"] if row.sms else [],
        "features": {"sms": can if row.sms else None, "mms": None},
        "tags": row.tags,
        "created_at": _iso(row.added_at),
        "updated_at": _iso(row.changed_at),
    }


def _short(row: Number, *, tags: bool) -> dict[str, Any]:
    """The vendor's `SlimPhoneNumberDetailed`; the tags come beside it."""
    return {
        "record_type": "phone_number",
        "id": row.reference,
        "phone_number": row.e164,
        "country_iso_alpha2": row.country,
        "phone_number_type": "toll_free" if row.toll_free else "local",
        "status": row.status,
        "purchased_at": _iso(row.added_at),
        "created_at": _iso(row.added_at),
        "updated_at": _iso(row.changed_at),
        **({"tags": row.tags} if tags else {}),
    }


def _detailed(row: Number) -> dict[str, Any]:
    """The vendor's `PhoneNumberDetailed`."""
    return {
        **_short(row, tags=True),
        "external_pin": None,
        "deletion_lock_enabled": False,
        "messaging_profile_id": str(row.profile.id) if row.profile else None,
        "messaging_profile_name": row.profile.name if row.profile else None,
    }


def _told_profile(row: MessagingProfile) -> dict[str, Any]:
    """The vendor's `MessagingProfile`."""
    return {
        "record_type": "messaging_profile",
        "id": str(row.id),
        "enabled": True,
        **{
            name: row.filed[name] for name in ("whitelisted_destinations", "webhook_url") if name in row.filed
        },
        "name": row.name,
        "created_at": _iso(row.created_at),
        "updated_at": _iso(row.created_at),
    }


def _flag(text: str, name: str) -> bool:
    if text not in ("true", "false"):
        raise bad_parameter(name, f"{name} must be true or false.")
    return text == "true"


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
