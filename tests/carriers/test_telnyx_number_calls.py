"""The verbs of numbers at Telnyx: what is done already, what is looked at again, and every answer that is none."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import unquote

import httpx
import pytest

from portal.carriers.adapters.telnyx import TelnyxCarrier
from portal.carriers.config import CarrierConfig
from portal.carriers.contract import (
    CarrierError,
    NotFound,
    OutcomeUnknown,
    Refused,
    Unauthorized,
    Unavailable,
)
from portal.carriers.http import Limits
from portal.carriers.numbers import NumberState, NumberTrouble
from tests.carriers.campaign_filings import CAMPAIGN_ID, but, carrier
from tests.carriers.filings import HOOKS
from tests.carriers.number_filings import (
    ASSIGNED,
    FIRST,
    MESSAGING,
    OTHER_CAMPAIGN,
    PROFILE_ID,
    THERE,
    TelnyxNumbers,
    link,
    number,
    refusal,
)
from tests.carriers.registry_socket import Registry, drip

Call = Callable[[TelnyxCarrier], Any]
NUMBER_ID = number()["id"]

WRITES: dict[str, Call] = {
    "assign": lambda one: one.assign_number(FIRST, CAMPAIGN_ID),
    "move": lambda one: one.move_number(FIRST, CAMPAIGN_ID),
    "release": lambda one: one.release_number(FIRST),
    "enable": lambda one: one.enable_number(NUMBER_ID),
}
READS: dict[str, Call] = {
    "read": lambda one: one.read_number(FIRST),
    "assigned": lambda one: list(one.list_assigned(CAMPAIGN_ID)),
    "numbers": lambda one: one.list_numbers(),
    "tagged": lambda one: one.list_numbers(tag="clearline-a"),
}


def _codes(refused: pytest.ExceptionInfo[Refused]) -> list[str]:
    return [reason.code for reason in refused.value.reasons]


def _numbers(count: int) -> list[str]:
    return [f"+1202555{n:04d}" for n in range(count)]


# -- every write and every read alike --------------------------------------------------------------


@pytest.mark.parametrize("verb", WRITES)
@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (400, {"errors": [{"code": "10015", "title": "Bad Request", "detail": "No."}]}, Refused),
        (402, {"errors": [{"code": "20100", "title": "Insufficient Funds"}]}, Refused),
        (422, {"detail": [{"loc": ["body", "phoneNumber"], "msg": "no", "type": "value_error"}]}, Refused),
        (400, None, OutcomeUnknown),
        (401, None, Unauthorized),
        (403, None, Unauthorized),
        (408, None, OutcomeUnknown),
        (409, {"errors": [{"code": "10012", "title": "Duplicate resource"}]}, OutcomeUnknown),
        (429, None, Unavailable),
        (500, None, OutcomeUnknown),
        (503, {"errors": []}, OutcomeUnknown),
        (302, None, OutcomeUnknown),
        (200, {"phoneNumber": "+12025550999", "campaignId": CAMPAIGN_ID}, OutcomeUnknown),
        (200, {"errors": [{"code": "1", "title": "t"}]}, OutcomeUnknown),
        (200, {"data": {"id": "another", "messaging_profile_id": PROFILE_ID}}, OutcomeUnknown),
    ],
)
def test_every_write_says_exactly_what_is_known_and_is_sent_once(
    verb: str, status: int, body: Any, expected: type[CarrierError]
) -> None:
    telnyx, writes = TelnyxNumbers(number()), []
    if verb == "release":
        telnyx = TelnyxNumbers(number(), links=(link(),))

    def script(request: httpx.Request) -> httpx.Response:
        if request.method == "GET":
            return telnyx(request)
        writes.append(request.method)
        return httpx.Response(status) if body is None else httpx.Response(status, json=body)

    if verb == "release" and status == 200 and "data" in (body or {}):
        # Nothing is promised there but a success.
        assert WRITES[verb](carrier(script)).reference == FIRST
        return
    with pytest.raises(CarrierError) as raised:
        WRITES[verb](carrier(script))
    assert type(raised.value) is expected
    assert len(writes) == 1


@pytest.mark.parametrize("verb", WRITES)
@pytest.mark.parametrize("text", ["<html>Thank you</html>", "{", "\x00"])
def test_a_page_or_half_an_answer_is_no_success_of_any_write(verb: str, text: str) -> None:
    telnyx = TelnyxNumbers(number())

    def script(request: httpx.Request) -> httpx.Response:
        return telnyx(request) if request.method == "GET" else httpx.Response(200, text=text)

    with pytest.raises(OutcomeUnknown):
        WRITES[verb](carrier(script))


@pytest.mark.parametrize("verb", WRITES)
def test_no_write_is_sent_twice_when_its_answer_never_comes(verb: str) -> None:
    over = threading.Event()
    telnyx = TelnyxNumbers(number())
    hanging = drip(b"HTTP/1.1 200 OK\r\n\r\n{", over)

    def script(connection: Any, request: bytes) -> None:
        head = request.split(b"\r\n", 1)[0].decode().split()
        if head[0] != "GET":
            hanging(connection, request)
            return
        told = telnyx(httpx.Request("GET", f"http://x{head[1]}")).content
        connection.sendall(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + told)

    limits = Limits(timedelta(seconds=0.4), 65_536, timedelta(hours=1))
    with Registry(script) as registry:
        made = TelnyxCarrier(CarrierConfig("telnyx", registry.url, "k", HOOKS), limits=limits)
        with pytest.raises(OutcomeUnknown):
            WRITES[verb](made)
        over.set()
        made.close()
    assert [one[:4] for one in registry.requests].count(b"GET ") == len(registry.requests) - 1


@pytest.mark.parametrize("verb", READS)
@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (httpx.Response(200, text="<html>"), Unavailable),
        (httpx.Response(200, text=""), Unavailable),
        (httpx.Response(200, json=[]), Unavailable),
        (httpx.Response(200, json={}), Unavailable),
        (httpx.Response(200, json={"errors": [{"code": "1", "title": "t"}]}), Unavailable),
        (httpx.Response(200, json={"data": None, "records": None}), Unavailable),
        (httpx.Response(200, json={"records": [{"phoneNumber": FIRST}], "data": [{}]}), Unavailable),
        (httpx.Response(400, json={"errors": []}), Unavailable),
        (httpx.Response(429), Unavailable),
        (httpx.Response(500), Unavailable),
        (httpx.Response(401), Unauthorized),
    ],
)
def test_a_read_without_a_usable_answer_is_no_reading(
    verb: str, answer: httpx.Response, expected: type[CarrierError]
) -> None:
    with pytest.raises(CarrierError) as raised:
        READS[verb](carrier(lambda _: answer))
    assert type(raised.value) is expected


@pytest.mark.parametrize(
    "e164", ["", ".", "..", "+1202555010x", "12025550100", "+1202/5550100", "+١٢٠٢٥٥٥٠١٠٠"]
)
def test_what_can_be_no_number_is_never_asked_for(e164: str) -> None:
    telnyx = TelnyxNumbers(number())
    made = carrier(telnyx)
    for call in (
        lambda: made.assign_number(e164, CAMPAIGN_ID),
        lambda: made.move_number(e164, CAMPAIGN_ID),
        lambda: made.release_number(e164),
        lambda: made.read_number(e164),
        lambda: made.assign_number(FIRST, ""),
        lambda: made.move_number(FIRST, ".."),
        lambda: made.list_assigned(""),
        lambda: made.enable_number("."),
    ):
        with pytest.raises(NotFound):
            call()
    assert telnyx.seen == []


# -- on a campaign ---------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [400, 409])
def test_a_number_is_put_on_and_one_that_is_on_it_already_counts_as_done(status: int) -> None:
    telnyx = TelnyxNumbers(number(), taken=status)
    made = carrier(telnyx)
    for _time in range(2):
        assert made.assign_number(FIRST, CAMPAIGN_ID).reference == FIRST
    assert telnyx.seen == [("POST", ASSIGNED), ("POST", ASSIGNED), ("GET", THERE)]
    assert telnyx.sent == [{"phoneNumber": FIRST, "campaignId": CAMPAIGN_ID}] * 2


@pytest.mark.parametrize("word", ["PENDING_ASSIGNMENT", "ASSIGNED", "FAILED_UNASSIGNMENT", "ODD_WORD"])
def test_whatever_word_it_stands_under_it_is_on_the_campaign(word: str) -> None:
    made = carrier(TelnyxNumbers(number(), links=(link(assignmentStatus=word),)))
    assert made.assign_number(FIRST, CAMPAIGN_ID).reference == FIRST


@pytest.mark.parametrize("status", [400, 409])
@pytest.mark.parametrize("word", ["FAILED_ASSIGNMENT", "PENDING_UNASSIGNMENT"])
def test_one_that_failed_there_or_is_on_its_way_off_is_put_on_again(word: str, status: int) -> None:
    telnyx = TelnyxNumbers(number(), links=(link(assignmentStatus=word),), taken=status)
    assert carrier(telnyx).assign_number(FIRST, CAMPAIGN_ID).reference == FIRST
    assert telnyx.seen == [("POST", ASSIGNED), ("GET", THERE), ("PUT", THERE)]
    assert telnyx.links[FIRST]["assignmentStatus"] == "PENDING_ASSIGNMENT"


@pytest.mark.parametrize("status", [400, 409])
def test_one_on_another_campaign_is_refused_as_such_whatever_the_words(status: int) -> None:
    stranger = link(campaignId=OTHER_CAMPAIGN, telnyxCampaignId=OTHER_CAMPAIGN)
    telnyx = TelnyxNumbers(number(), links=(stranger,), taken=status)
    wordless = but(telnyx, ASSIGNED, refusal("10015", "Bad Request", status=status), "POST")
    for script in (telnyx, wordless):
        with pytest.raises(Refused) as refused:
            carrier(script).assign_number(FIRST, CAMPAIGN_ID)
        assert _codes(refused) == [NumberTrouble.ALREADY_ASSIGNED]
    assert telnyx.links[FIRST]["campaignId"] == OTHER_CAMPAIGN


def test_a_conflict_over_a_number_that_is_on_none_leaves_it_open() -> None:
    telnyx = TelnyxNumbers(number())
    conflict = but(telnyx, ASSIGNED, httpx.Response(409, json={"errors": []}), "POST")
    with pytest.raises(OutcomeUnknown):
        carrier(conflict).assign_number(FIRST, CAMPAIGN_ID)


@pytest.mark.parametrize("trouble", [httpx.Response(500), httpx.Response(200, text="<html>")])
def test_a_refusal_that_cannot_be_looked_at_waits(trouble: httpx.Response) -> None:
    telnyx = TelnyxNumbers(number(), links=(link(),))

    def script(request: httpx.Request) -> httpx.Response:
        is_look = request.method == "GET" and unquote(request.url.path) == THERE
        return trouble if is_look else telnyx(request)

    with pytest.raises(Unavailable):
        carrier(script).assign_number(FIRST, CAMPAIGN_ID)


def test_what_the_carrier_does_not_know_is_told_apart() -> None:
    telnyx = TelnyxNumbers(number())
    with pytest.raises(Refused) as refused:
        carrier(telnyx).assign_number("+12025550177", CAMPAIGN_ID)
    assert _codes(refused) == [NumberTrouble.NUMBER_NOT_FOUND]
    with pytest.raises(Refused) as refused:
        carrier(telnyx).assign_number(FIRST, "gone")
    assert _codes(refused) == [NumberTrouble.NO_CAMPAIGN]
    with pytest.raises(Unavailable):
        carrier(but(telnyx, ASSIGNED, httpx.Response(404), "POST")).assign_number(FIRST, CAMPAIGN_ID)
    wrong_place = but(but(telnyx, ASSIGNED, httpx.Response(404), "POST"), MESSAGING, httpx.Response(404))
    with pytest.raises(Unavailable):
        carrier(wrong_place).assign_number(FIRST, CAMPAIGN_ID)


def test_an_answer_about_another_campaign_is_no_success() -> None:
    telnyx = TelnyxNumbers(number())
    stranger = httpx.Response(200, json=link(campaignId=OTHER_CAMPAIGN, telnyxCampaignId=OTHER_CAMPAIGN))
    with pytest.raises(OutcomeUnknown):
        carrier(but(telnyx, ASSIGNED, stranger, "POST")).assign_number(FIRST, CAMPAIGN_ID)


def test_a_shared_campaign_is_known_by_its_one_id() -> None:
    shared = link(campaignId="CSHARE1", telnyxCampaignId="", tcrCampaignId="CSHARE1")
    made = carrier(lambda _: httpx.Response(200, json=shared))
    assert made.assign_number(FIRST, "CSHARE1").reference == FIRST
    assert made.read_number(FIRST).campaign_reference == "CSHARE1"


def test_a_number_is_moved_in_one_step() -> None:
    telnyx = TelnyxNumbers(number(), links=(link(),))
    made = carrier(telnyx)
    for _time in range(2):
        assert made.move_number(FIRST, OTHER_CAMPAIGN).reference == FIRST
    assert telnyx.seen == [("PUT", THERE)] * 2
    with pytest.raises(NotFound):
        made.move_number("+12025550177", OTHER_CAMPAIGN)
    with pytest.raises(Refused) as refused:
        made.move_number(FIRST, "gone")
    assert _codes(refused) == [NumberTrouble.NO_CAMPAIGN]


def test_a_number_is_taken_off_and_one_that_is_on_none_counts_as_done() -> None:
    telnyx = TelnyxNumbers(number(), links=(link(),))
    made = carrier(telnyx)
    assert made.release_number(FIRST).raw["assignmentStatus"] == "PENDING_UNASSIGNMENT"
    del telnyx.links[FIRST]
    assert made.release_number(FIRST).reference == FIRST


@pytest.mark.parametrize(
    ("word", "done"),
    [("PENDING_UNASSIGNMENT", True), ("", True), ("ASSIGNED", False), ("FAILED_ASSIGNMENT", False)],
)
def test_a_refused_removal_is_looked_at(word: str, done: bool) -> None:
    links = (link(assignmentStatus=word),) if word else ()
    conflict = but(TelnyxNumbers(number(), links=links), THERE, httpx.Response(409), "DELETE")
    if done:
        assert carrier(conflict).release_number(FIRST).reference == FIRST
    else:
        with pytest.raises(OutcomeUnknown):
            carrier(conflict).release_number(FIRST)
    telnyx = TelnyxNumbers(number(), links=(link(assignmentStatus=word),) if word else ())

    def script(request: httpx.Request) -> httpx.Response:
        if request.method == "DELETE":
            return refusal("10015", "Bad Request", "The campaign is not active.")
        return telnyx(request)

    if done:
        assert carrier(script).release_number(FIRST).reference == FIRST
        return
    with pytest.raises(Refused) as refused:
        carrier(script).release_number(FIRST)
    assert _codes(refused) == [NumberTrouble.CAMPAIGN_INACTIVE]


def test_a_reading_of_another_number_is_none() -> None:
    with pytest.raises(Unavailable):
        carrier(lambda _: httpx.Response(200, json=link("+12025550199"))).read_number(FIRST)


# -- what is read ---------------------------------------------------------------------------------


def test_a_state_is_read_with_its_reasons() -> None:
    failed = link(assignmentStatus="FAILED_ASSIGNMENT", failureReasons="Campaign is not Deployed.")
    reading = carrier(TelnyxNumbers(number(), links=(failed,))).read_number(FIRST)
    assert (reading.state, reading.word) == (NumberState.FAILED, "FAILED_ASSIGNMENT")
    assert [reason.code for reason in reading.reasons] == [NumberTrouble.CAMPAIGN_INACTIVE]
