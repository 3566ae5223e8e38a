"""What the adapter makes of lists that misbehave, and of answers that are no answers."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import httpx
import pytest

from portal.carriers.adapters.telnyx import TelnyxCarrier
from portal.carriers.adapters.telnyx.calls import PAGE_SIZE
from portal.carriers.config import CarrierConfig
from portal.carriers.contract import (
    BrandState,
    CarrierError,
    NotFound,
    OutcomeUnknown,
    Unauthorized,
    Unavailable,
)
from portal.carriers.http import Limits
from tests.carriers.filings import BRAND_ID, CONFIG, HOOKS, KEY, Telnyx, brand, filing
from tests.carriers.registry_socket import Registry, drip

Script = Callable[[httpx.Request], httpx.Response]


def _carrier(script: Script) -> TelnyxCarrier:
    return TelnyxCarrier(CONFIG, transport=httpx.MockTransport(script))


def _brands(count: int, **changes: Any) -> list[dict[str, Any]]:
    return [brand(**{"brandId": f"b{n}", "webhookURL": f"{HOOKS}/key-{n}/", **changes}) for n in range(count)]


# -- create ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "answer",
    [{}, {"brandId": None}, {"brandId": ""}, {"brandId": " "}, {"brandId": 7}, {"errors": [{"code": "1"}]}],
)
def test_a_create_without_a_reference_is_an_unknown_outcome(answer: Mapping[str, Any]) -> None:
    with pytest.raises(OutcomeUnknown):
        _carrier(lambda _: httpx.Response(200, json=dict(answer))).create_brand(filing(), key=KEY)


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (404, Unavailable),
        (409, OutcomeUnknown),
        (429, Unavailable),
        (401, Unauthorized),
        (500, OutcomeUnknown),
        (302, OutcomeUnknown),
    ],
)
def test_a_create_raises_only_what_the_contract_names(status: int, expected: type[CarrierError]) -> None:
    with pytest.raises(CarrierError) as raised:
        _carrier(lambda _: httpx.Response(status)).create_brand(filing(), key=KEY)
    assert type(raised.value) is expected


def test_a_billable_create_that_times_out_is_sent_exactly_once() -> None:
    over = threading.Event()
    limits = Limits(timedelta(seconds=0.3), 4096, timedelta(hours=1))
    with Registry(drip(b"HTTP/1.1 200 OK\r\n\r\n{", over)) as registry:
        carrier = TelnyxCarrier(CarrierConfig("telnyx", registry.url, "k", HOOKS), limits=limits)
        with pytest.raises(OutcomeUnknown):
            carrier.create_brand(filing(), key=KEY)
        over.set()
        carrier.close()
    assert len(registry.requests) == 1
    assert registry.connections == 1


# -- read ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"errors": [{"code": "1", "title": "t"}]},
        {"brandId": "another", "status": "OK", "identityStatus": "VERIFIED"},
        {"brandId": None, "status": "OK", "identityStatus": "VERIFIED"},
    ],
)
def test_an_answer_that_is_not_about_this_brand_is_no_reading(answer: Mapping[str, Any]) -> None:
    with pytest.raises(Unavailable):
        _carrier(lambda _: httpx.Response(200, json=dict(answer))).read_brand(BRAND_ID)


def test_a_brand_without_an_id_of_its_own_is_the_one_that_we_asked_for() -> None:
    told = brand(brandId=None, status="OK", identityStatus="VERIFIED")

    def script(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json=[] if "externalVetting" in request.url.path else told)

    reading = _carrier(script).read_brand(BRAND_ID)
    assert (reading.reference, reading.state) == (BRAND_ID, BrandState.VERIFIED)


@pytest.mark.parametrize("reference", ["", ".", ".."])
def test_a_reference_that_is_none_is_never_asked_for(reference: str) -> None:
    telnyx = Telnyx(brand())
    with pytest.raises(NotFound):
        _carrier(telnyx).read_brand(reference)
    assert telnyx.seen == []


def test_a_reference_cannot_leave_its_place_in_the_path() -> None:
    asked: list[bytes] = []

    def script(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.raw_path)
        return httpx.Response(404)

    with pytest.raises(NotFound):
        _carrier(script).read_brand("../x?a=1#b")
    assert asked == [b"/v2/10dlc/brand/..%2Fx%3Fa%3D1%23b"]


@pytest.mark.parametrize(
    ("status", "identity", "asked"),
    [
        ("REGISTRATION_PENDING", "UNVERIFIED", False),
        ("OK", "VERIFIED", False),
        ("OK", "WHAT", False),
        ("OK", "UNVERIFIED", True),
        ("REGISTRATION_FAILED", None, True),
    ],
)
def test_feedback_is_asked_for_when_there_must_be_some(
    status: str, identity: str | None, asked: bool
) -> None:
    telnyx = Telnyx(brand(status=status, identityStatus=identity))
    _carrier(telnyx).read_brand(BRAND_ID)
    assert (("GET", f"/v2/10dlc/brand/feedback/{BRAND_ID}") in telnyx.seen) is asked


@pytest.mark.parametrize("answer", [httpx.Response(500), httpx.Response(200, json={"brandId": "another"})])
def test_a_verdict_is_not_told_without_its_reasons(answer: httpx.Response) -> None:
    def script(request: httpx.Request) -> httpx.Response:
        return answer if "feedback" in request.url.path else httpx.Response(200, json=brand(status="OK"))

    with pytest.raises(Unavailable):
        _carrier(script).read_brand(BRAND_ID)


# -- list ------------------------------------------------------------------------------------------


def test_every_brand_of_many_pages_is_listed_once() -> None:
    telnyx = Telnyx(*_brands(2 * PAGE_SIZE + 3))
    listed = [row.reference for row in _carrier(telnyx).list_brands()]
    assert listed == [f"b{n}" for n in range(2 * PAGE_SIZE + 3)]
    assert len(telnyx.seen) == 3


def _pages(*pages: list[Any], total: Any) -> tuple[Script, list[int]]:
    """A list that answers page n with the n-th of `pages`, and with the last one ever after."""
    asked: list[int] = []

    def script(request: httpx.Request) -> httpx.Response:
        page = int(request.url.params["page"])
        asked.append(page)
        rows = [{"brandId": row} if isinstance(row, str) else row for row in pages[min(page, len(pages)) - 1]]
        return httpx.Response(200, json={"page": page, "records": rows, "totalRecords": total})

    return script, asked


@pytest.mark.parametrize(
    ("pages", "total", "listed", "gaps"),
    [
        ([[]], 0, "", False),
        ([["a", "b"]], 2, "ab", False),
        ([["a", "b"], ["c"]], 3, "abc", False),
        ([["a", "b"], ["b", "c"], []], 3, "abc", False),
        ([["a", "b"], ["a", "b"], ["c", "d"], []], 4, "abcd", False),
        ([["a", "b"], ["a", "b"], ["e"], []], 5, "abe", True),
        ([["a", "b"]], 9, "ab", True),
        ([["a"], []], 2, "a", True),
        ([["a", "b"], ["c"], []], None, "abc", False),
        ([["a", "b"]], None, "ab", False),
        ([["a"], ["b"], []], "2", "ab", False),
        ([["a"], ["b"], []], True, "ab", False),
        ([["a", {"brandId": ""}, {}, 7, None]], 5, "a", True),
        ([["a", {}], []], None, "a", True),
    ],
)
def test_a_list_always_ends_and_says_when_it_had_gaps(
    pages: list[list[Any]], total: Any, listed: str, gaps: bool
) -> None:
    script, asked = _pages(*pages, total=total)
    rows = _carrier(script).list_brands()
    found = "".join(row.reference for row in itertools.islice(rows, len(listed)))
    assert found == listed
    if gaps:
        with pytest.raises(Unavailable, match="gaps"):
            next(rows)
    else:
        assert list(rows) == []
    assert len(asked) <= len(pages) + 2


@pytest.mark.parametrize("body", [{}, {"records": None}, {"records": {"a": 1}}, {"data": []}])
def test_a_list_that_is_none_is_not_an_empty_account(body: Mapping[str, Any]) -> None:
    carrier = _carrier(lambda _: httpx.Response(200, json=dict(body)))
    with pytest.raises(Unavailable):
        list(carrier.list_brands())
    with pytest.raises(Unavailable):
        carrier.find_brand(filing(), key=KEY)


def test_a_list_at_the_wrong_address_is_not_an_empty_account() -> None:
    carrier = _carrier(lambda _: httpx.Response(404))
    with pytest.raises(Unavailable):
        carrier.find_brand(filing(), key=KEY)


# -- find ------------------------------------------------------------------------------------------


def test_a_brand_is_found_by_its_key_among_its_namesakes() -> None:
    telnyx = Telnyx(*_brands(9), brand())
    found = _carrier(telnyx).find_brand(filing(), key=KEY)
    assert found is not None
    assert (found.reference, found.key, found.state) == (BRAND_ID, KEY, BrandState.PENDING)


def test_of_two_twins_the_older_is_found() -> None:
    twins = [brand(brandId="older"), brand(brandId="younger")]
    found = _carrier(Telnyx(*_brands(2), *twins)).find_brand(filing(), key=KEY)
    assert found is not None
    assert found.reference == "older"


def test_a_found_brand_comes_with_its_feedback() -> None:
    feedback = {"brandId": BRAND_ID, "category": [{"id": "TAX_ID", "description": "no", "fields": ["ein"]}]}
    found = _carrier(Telnyx(brand(status="OK"), feedback=feedback)).find_brand(filing(), key=KEY)
    assert found is not None
    assert [reason.code for reason in found.reasons] == ["TAX_ID"]


def test_none_is_said_only_when_every_namesake_was_read() -> None:
    telnyx = Telnyx(*_brands(3))
    assert _carrier(telnyx).find_brand(filing(), key=KEY) is None
    assert len(telnyx.seen) == 1 + 3


def test_a_registry_that_ignores_the_filter_does_not_make_us_read_strangers() -> None:
    telnyx = Telnyx(*_brands(40, displayName="Stranger"), brand())

    def unfiltered(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/v2/10dlc/brand":
            request = httpx.Request("GET", request.url.copy_remove_param("displayName"))
        return telnyx(request)

    found = _carrier(unfiltered).find_brand(filing(), key=KEY)
    assert found is not None
    assert len(telnyx.seen) == 2


def test_a_listed_brand_that_is_gone_is_passed_over() -> None:
    telnyx = Telnyx(brand(brandId="gone"), brand())

    def script(request: httpx.Request) -> httpx.Response:
        return httpx.Response(404) if request.url.path.endswith("/gone") else telnyx(request)

    found = _carrier(script).find_brand(filing(), key=KEY)
    assert found is not None
    assert found.reference == BRAND_ID


@pytest.mark.parametrize(
    "trouble", [httpx.Response(500), httpx.Response(200, text="<html>"), httpx.Response(429)]
)
def test_a_namesake_that_cannot_be_read_never_ends_in_none(trouble: httpx.Response) -> None:
    telnyx = Telnyx(brand(brandId="odd"))

    def script(request: httpx.Request) -> httpx.Response:
        return trouble if request.url.path.endswith("/odd") else telnyx(request)

    with pytest.raises(Unavailable):
        _carrier(script).find_brand(filing(), key=KEY)


def test_a_list_with_gaps_never_ends_in_none() -> None:
    script, _ = _pages([{"brandId": "a", "displayName": "Stranger"}], total=2)
    with pytest.raises(Unavailable, match="gaps"):
        _carrier(script).find_brand(filing(), key=KEY)


def test_a_brand_filed_without_a_dba_is_found_under_its_legal_name() -> None:
    given = filing(display_name="")
    found = _carrier(Telnyx(brand(displayName=given.legal_name))).find_brand(given, key=KEY)
    assert found is not None
