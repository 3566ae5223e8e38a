"""Telnyx's phone number campaigns: put a number on a campaign, move it, take it off, read and list.

What the vendor's file leaves open is decided here and in `numbers.linking`: an unknown filter is refused rather than
ignored; a number that is on no campaign, or not of this account, is not found; one that was taken off stays
readable as PENDING_UNASSIGNMENT until the mobile carriers have done it. The status per carrier is answered beside the
file's fields, as the vendor does.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from django.db.models import F

from portal.practice.models import Link, LinkQuerySet, Number
from portal.practice.models.number import ASSIGNED, FAILED, PENDING, RELEASE_FAILED
from portal.practice.numbers import linking
from portal.practice.telnyx.campaigns import find as find_campaign
from portal.practice.telnyx.errors import error
from portal.practice.telnyx.exchange import Answer, Call, Refusal, as_uuid, endpoint, not_found, refused
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
from portal.practice.wire import keepable

_E164 = re.compile(r"\+[1-9][0-9]{6,14}", re.ASCII)
_MAPPINGS = ("attNumberMappingStatus", "tmobileNumberMappingStatus", "nonTmobileNumberMappingStatus")

_FILTERS: dict[str, Callable[[LinkQuerySet, str], LinkQuerySet]] = {
    "telnyx_campaign_id": lambda rows, value: _with_id(rows, "campaign__id", value),
    "telnyx_brand_id": lambda rows, value: _with_id(rows, "campaign__brand__id", value),
    "tcr_campaign_id": lambda rows, value: rows.filter(campaign__tcr_id=value),
    "tcr_brand_id": lambda rows, value: rows.filter(campaign__brand__tcr_id=value),
}
_ORDERS = {"assignmentStatus": "status_now", "createdAt": "filed_at", "phoneNumber": "number__e164"}


def create(call: Call) -> Answer:
    """Put a number on a campaign."""
    return _put(
        call, lambda row, campaign: linking.assign(row, campaign, call.moment, late=call.strike.lateness)
    )


def move(call: Call, phone_number: str) -> Answer:
    """Put a number that is on a campaign on the one in the body."""
    return _put(call, lambda row, campaign: linking.move(row, campaign, call.moment), phone_number)


def index(call: Call) -> Answer:
    """The account's numbers on campaigns: filtered, sorted, one page of them."""
    asked = parameters(call)
    page = number(asked.pop("page", "1"), "page", LAST_PAGE)
    size = number(asked.pop("recordsPerPage", "20"), "recordsPerPage", MOST_RECORDS)
    sort = asked.pop("sort", "-createdAt")
    rows = _of_account(call)
    for name, value in asked.items():
        found = re.fullmatch(r"filter\[(\w+)\]", name)
        narrow = _FILTERS.get(found[1]) if found else None
        if narrow is None:
            raise bad_parameter(name, f"{name} is not a filter of this list.")
        rows = narrow(rows, value)
    column = _ORDERS.get(sort.removeprefix("-"))
    if column is None:
        raise bad_parameter("sort", "sort must be one of the listed orders.")
    down = sort.startswith("-")
    order = (F(column).desc(), F("pk").desc()) if down else (F(column).asc(), F("pk").asc())
    start = first_of(page, size, call.strike.paging)
    records = [_whole(link) for link in rows.order_by(*order)[start : start + size]]
    return Answer(200, {"records": records, "page": page, "totalRecords": rows.count()})


def read(call: Call, phone_number: str) -> Answer:
    """Where a number is."""
    link = _of_account(call).filter(number__e164=phone_number).order_by("-pk").first()
    if link is None:
        raise not_found()
    return _answer(link)


def release(call: Call, phone_number: str) -> Answer:
    """Take a number off its campaign."""
    row = Number.objects.filter(account=call.account, e164=phone_number).first()
    if row is None:
        raise not_found()
    try:
        link = linking.release(row, call.moment)
    except Link.DoesNotExist as problem:
        raise not_found() from problem
    # A failed one is gone at once: it is answered as it was.
    link.status_now = link.status_now or FAILED
    return _answer(link)


collection = endpoint("number", verbs={"GET": "list"}, GET=index, POST=create)
single = endpoint("number", GET=read, PUT=move, DELETE=release)


def _put(call: Call, act: Callable[..., Link], phone_number: str = "") -> Answer:
    body = document(call)
    texts = {
        name: body.get(name) if isinstance(body, dict) else None for name in ("phoneNumber", "campaignId")
    }
    for name, value in texts.items():
        if not isinstance(value, str) or not value or not keepable(value):
            problem = error("10004", "Missing required parameter", f"{name} is required.", pointer=f"/{name}")
            raise refused(400, problem)
    e164, campaign_id = str(texts["phoneNumber"]), str(texts["campaignId"])
    if not _E164.fullmatch(e164):
        words = "The phone number must be in +E.164 format."
        raise refused(400, _error("10016", "Phone number must be in +E.164 format", words))
    if phone_number and phone_number != e164:
        raise refused(400, _error("10015", "Bad Request", "The phone number is not that of the address."))
    row = Number.objects.filter(account=call.account, e164=e164).select_related("account", "profile").first()
    if row is None:
        words = "The phone number was not found on your account."
        raise refused(404, _error("10005", "Resource not found", words))
    try:
        campaign = find_campaign(call, campaign_id)
    except Refusal as problem:
        words = "The campaign was not found on your account."
        raise refused(404, error("10005", "Resource not found", words, pointer="/campaignId")) from problem
    try:
        return _answer(act(row, campaign))
    except linking.NotAssignable as problem:
        told = error(problem.code, problem.title, str(problem), pointer=problem.pointer)
        raise refused(problem.status, told) from problem
    except Link.DoesNotExist as problem:
        raise not_found() from problem


def _error(code: str, title: str, words: str) -> dict[str, Any]:
    return error(code, title, words, pointer="/phoneNumber")


def _of_account(call: Call) -> LinkQuerySet:
    rows = Link.objects.filter(account=call.account).select_related("number", "campaign__brand")
    if call.strike.is_stale:
        rows = rows.filter(received_at__lte=call.moment.machine)
    return rows.visible(call.moment).current(call.moment)


def _with_id(rows: LinkQuerySet, column: str, text: str) -> LinkQuerySet:
    key = as_uuid(text)
    return rows.filter(**{column: key}) if key else rows.none()


def _answer(link: Link) -> Answer:
    return Answer(
        200, _whole(link), link.campaign.brand.id, campaign=link.campaign.id, number=link.number.e164
    )


def _whole(link: Link) -> dict[str, Any]:
    """The vendor's `PhoneNumberCampaign`."""
    word = link.status_now
    answer: dict[str, Any] = {
        "phoneNumber": link.number.e164,
        "campaignId": str(link.campaign.id),
        "telnyxCampaignId": str(link.campaign.id),
        "brandId": str(link.campaign.brand.id),
        "tcrCampaignId": link.campaign.tcr_id,
        "tcrBrandId": link.campaign.brand.tcr_id,
        "assignmentStatus": word,
        "createdAt": stamp(link.filed_at),
        "updatedAt": stamp(_changed_at(link)),
        **_mapped(word),
    }
    reason = {FAILED: link.failure, RELEASE_FAILED: link.release_failure}.get(word, "")
    if reason:
        answer["errors" if word == FAILED and link.failure_in_errors else "failureReasons"] = reason
    return answer


def _changed_at(link: Link) -> Any:
    moments = {
        PENDING: link.filed_at,
        ASSIGNED: link.due_at,
        FAILED: link.due_at,
        RELEASE_FAILED: link.release_due_at,
    }
    return moments.get(link.status_now) or link.release_at or link.due_at


def _mapped(word: str) -> dict[str, str]:
    """How far each mobile carrier is. A failure is seldom one of all of them."""
    told = {ASSIGNED: "ADDED", RELEASE_FAILED: "ADDED", FAILED: "FAILED"}.get(word, "PENDING")
    return {**dict.fromkeys(_MAPPINGS, told), **({_MAPPINGS[2]: "ADDED"} if word == FAILED else {})}
