"""The verbs of campaigns at Telnyx with every answer that is none, and how one campaign is filed and read."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import httpx
import pytest

from portal.carriers.adapters.telnyx import TelnyxCarrier
from portal.carriers.campaigns import CampaignState, Decider, NetworkState
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
from tests.carriers.campaign_filings import (
    CAMPAIGN_ID,
    THERE,
    TelnyxCampaigns,
    but,
    campaign,
    campaign_filing,
    carrier,
    terms,
)
from tests.carriers.filings import BRAND_ID, HOOKS, KEY
from tests.carriers.registry_socket import Registry, drip

Call = Callable[[TelnyxCarrier], Any]
Script = Callable[[httpx.Request], httpx.Response]
PROVISIONED = campaign(campaignStatus="MNO_PROVISIONED")
STATUS = f"{THERE}/operationStatus"
METADATA = f"{THERE}/mnoMetadata"

WRITES: dict[str, Call] = {
    "create": lambda one: one.create_campaign(campaign_filing(), key=KEY),
    "update": lambda one: one.update_campaign(CAMPAIGN_ID, campaign_filing(), key=KEY),
    "appeal": lambda one: one.appeal_campaign(CAMPAIGN_ID, "The website shows the terms now."),
    "renewal": lambda one: one.set_auto_renewal(CAMPAIGN_ID, False),
    "deactivate": lambda one: one.deactivate_campaign(CAMPAIGN_ID),
}
READS: dict[str, Call] = {
    "qualify": lambda one: one.qualify(BRAND_ID, "MIXED"),
    "read": lambda one: one.read_campaign(CAMPAIGN_ID),
    "find": lambda one: one.find_campaign(campaign_filing(), key=KEY),
    "list": lambda one: list(one.list_campaigns()),
}


# -- every write alike -----------------------------------------------------------------------------


def _writing(status: int, body: Any = None, *, text: str = "") -> tuple[TelnyxCarrier, list[str]]:
    """Reads go well, and every write is answered so; the methods of the writes."""
    telnyx, writes = TelnyxCampaigns(PROVISIONED), []

    def script(request: httpx.Request) -> httpx.Response:
        if request.method == "GET":
            return telnyx(request)
        writes.append(request.method)
        if text or body is None:
            return httpx.Response(status, text=text)
        return httpx.Response(status, json=body)

    return carrier(script), writes


@pytest.mark.parametrize("verb", WRITES)
@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (400, {"code": "10012", "title": "Campaign cannot be changed", "detail": "It has ended."}, Refused),
        (402, {"code": "20100", "title": "Insufficient Funds"}, Refused),
        (422, {"detail": [{"loc": ["body", "sample1"], "msg": "too long", "type": "value_error"}]}, Refused),
        (400, None, OutcomeUnknown),
        (401, None, Unauthorized),
        (403, None, Unauthorized),
        (408, None, OutcomeUnknown),
        (409, {"errors": [{"code": "10031", "title": "Already exists"}]}, OutcomeUnknown),
        (429, None, Unavailable),
        (500, None, OutcomeUnknown),
        (503, {"errors": []}, OutcomeUnknown),
        (302, None, OutcomeUnknown),
        (200, {"errors": [{"code": "1", "title": "t"}]}, OutcomeUnknown),
        (200, {"campaignId": "another", "campaignStatus": "TCR_ACCEPTED", "errors": ["x"]}, OutcomeUnknown),
    ],
)
def test_every_write_says_exactly_what_is_known_and_is_sent_once(
    verb: str, status: int, body: Any, expected: type[CarrierError]
) -> None:
    made, writes = _writing(status, body)
    if verb == "create" and (body or {}).get("campaignId"):
        assert WRITES[verb](made).reference == "another"
        return
    with pytest.raises(CarrierError) as raised:
        WRITES[verb](made)
    assert type(raised.value) is expected
    assert len(writes) == 1


@pytest.mark.parametrize("verb", WRITES)
@pytest.mark.parametrize("text", ["<html>Thank you</html>", "{", "[1]", '"ok"', "\x00"])
def test_a_page_or_half_an_answer_is_no_success_of_any_write(verb: str, text: str) -> None:
    made, writes = _writing(200, text=text)
    if verb == "deactivate" and text in ("[1]", '"ok"'):
        # Nothing was promised there but a success.
        assert WRITES[verb](made) is None
        return
    with pytest.raises(OutcomeUnknown):
        WRITES[verb](made)
    assert len(writes) == 1


@pytest.mark.parametrize("verb", WRITES)
def test_no_write_is_sent_twice_when_its_answer_never_comes(verb: str) -> None:
    over = threading.Event()
    telnyx = TelnyxCampaigns(PROVISIONED)
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


@pytest.mark.parametrize("verb", WRITES)
def test_a_refusal_names_our_fields(verb: str) -> None:
    problems = [
        {"loc": ["body", "sample2"], "msg": "too short", "type": "value_error"},
        {"loc": ["body", "subUsecases"], "msg": "too many", "type": "value_error"},
    ]
    made, _ = _writing(422, {"detail": problems})
    with pytest.raises(Refused) as refused:
        WRITES[verb](made)
    assert [reason.fields for reason in refused.value.reasons] == [("samples",), ("sub_use_cases",)]


# -- every read alike ------------------------------------------------------------------------------


@pytest.mark.parametrize("verb", READS)
@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (httpx.Response(200, text="<html>"), Unavailable),
        (httpx.Response(200, text=""), Unavailable),
        (httpx.Response(200, json=[]), Unavailable),
        (httpx.Response(200, json={}), Unavailable),
        (httpx.Response(200, json={"errors": [{"code": "1", "title": "t"}]}), Unavailable),
        (httpx.Response(200, text='{"campaignStatus": "MNO_PROVISIONED"'), Unavailable),
        (httpx.Response(200, text='{"campaignStatus": "A", "campaignStatus": "B"}'), Unavailable),
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


@pytest.mark.parametrize("reference", ["", ".", ".."])
def test_a_reference_that_is_none_is_never_asked_for(reference: str) -> None:
    telnyx = TelnyxCampaigns(PROVISIONED)
    made = carrier(telnyx)
    for call in (
        lambda: made.read_campaign(reference),
        lambda: made.update_campaign(reference, campaign_filing(), key=KEY),
        lambda: made.appeal_campaign(reference, "x"),
        lambda: made.set_auto_renewal(reference, True),
        lambda: made.deactivate_campaign(reference),
        lambda: made.qualify(reference, "MIXED"),
    ):
        with pytest.raises(NotFound):
            call()
    assert telnyx.seen == []


# -- qualify ---------------------------------------------------------------------------------------


def test_a_use_case_comes_with_its_terms_and_fees() -> None:
    found = carrier(TelnyxCampaigns()).qualify(BRAND_ID, "LOW_VOLUME")
    assert (found.qualifies, found.least_sub_use_cases, found.most_sub_use_cases) == (True, 1, 5)
    assert (found.monthly_fee, found.quarterly_fee, found.annual_fee) == ("1.50", "4.50", "18.00")
    assert [(one.code, one.name, one.links, one.phones) for one in found.networks] == [
        ("10017", "AT&T", True, False),
        ("10035", "T-Mobile", True, False),
    ]
    assert found.least_samples == 2


@pytest.mark.parametrize(
    "changes",
    [
        {"usecase": "MARKETING"},
        {"mnoMetadata": None},
        {"mnoMetadata": []},
        {"mnoMetadata": {"10017": {"mno": "AT&T"}}},
        {"mnoMetadata": {"10017": {"mno": "AT&T", "qualify": "true"}}},
        {"mnoMetadata": {"10017": "APPROVED"}},
    ],
)
def test_half_a_qualification_is_none(changes: dict[str, Any]) -> None:
    answer = terms("MIXED", {"10017": "AT&T"}, **changes)
    with pytest.raises(Unavailable):
        carrier(lambda _: httpx.Response(200, json=answer)).qualify(BRAND_ID, "MIXED")


def test_nobody_qualifies_with_no_carrier() -> None:
    for metadata in ({}, {"10017": {"mno": "AT&T", "qualify": False}}):
        answer = terms("MIXED", {}, mnoMetadata=metadata, monthlyFee=True, annualFee=-1, quarterlyFee="1")
        found = carrier(lambda _, told=answer: httpx.Response(200, json=told)).qualify(BRAND_ID, "MIXED")
        assert (found.qualifies, found.least_samples, found.monthly_fee, found.annual_fee, found.quarterly_fee) == (
            False, 0, None, None, None,
        )  # fmt: skip


# -- create ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("answer", [{}, {"campaignId": None}, {"campaignId": " "}, {"campaignId": 7}])
def test_a_create_without_a_reference_is_an_unknown_outcome(answer: Mapping[str, Any]) -> None:
    with pytest.raises(OutcomeUnknown):
        carrier(lambda _: httpx.Response(200, json=dict(answer))).create_campaign(campaign_filing(), key=KEY)


@pytest.mark.parametrize(
    "body",
    [
        {"code": "10031", "title": "Already exists", "source": {"pointer": "/referenceId"}},
        {"errors": [{"code": "10031", "title": "Already exists", "source": {"pointer": "/referenceId"}}]},
        {"detail": [{"loc": ["body", "referenceId"], "msg": "must be unique", "type": "value_error"}]},
        {"code": "10015", "title": "Bad Request", "detail": "A campaign with this referenceId exists."},
    ],
)
def test_a_reference_that_is_taken_means_that_it_was_filed_before(body: Any) -> None:
    """Refused, it would be shown as turned down, although it is there and paid for."""
    made, _ = _writing(400, body)
    with pytest.raises(OutcomeUnknown):
        made.create_campaign(campaign_filing(), key=KEY)


def test_a_create_for_a_brand_that_is_gone_is_refused_and_at_a_wrong_address_it_waits() -> None:
    telnyx = TelnyxCampaigns(brands=())
    with pytest.raises(Refused) as refused:
        carrier(but(telnyx, "/v2/10dlc/campaignBuilder", httpx.Response(404))).create_campaign(
            campaign_filing(), key=KEY
        )
    assert refused.value.reasons[0].fields == ("brand_reference",)
    with pytest.raises(Unavailable):
        carrier(but(TelnyxCampaigns(), "/v2/10dlc/campaignBuilder", httpx.Response(404))).create_campaign(
            campaign_filing(), key=KEY
        )


# -- read ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("word", "asked"),
    [
        ("TCR_PENDING", False),
        ("TCR_ACCEPTED", False),
        ("TCR_FAILED", False),
        ("TCR_EXPIRED", False),
        ("TELNYX_FAILED", False),
        ("TELNYX_ACCEPTED", True),
        ("MNO_PENDING", True),
        ("MNO_ACCEPTED", True),
        ("MNO_REJECTED", True),
        ("MNO_PROVISIONED", True),
        ("MNO_PROVISIONING_FAILED", True),
        ("TCR_SUSPENDED", True),
        ("ODD", False),
    ],
)
def test_the_carriers_are_asked_for_when_they_have_a_say(word: str, asked: bool) -> None:
    telnyx = TelnyxCampaigns(campaign(campaignStatus=word))
    told = carrier(telnyx).read_campaign(CAMPAIGN_ID)
    assert (("GET", STATUS) in telnyx.seen) is asked
    assert bool(told.networks) is asked


def test_names_are_asked_for_once() -> None:
    telnyx = TelnyxCampaigns(PROVISIONED)
    made = carrier(telnyx)
    for _time in range(3):
        told = made.read_campaign(CAMPAIGN_ID)
        assert [one.name for one in told.networks] == ["AT&T", "T-Mobile"]
    assert telnyx.seen.count(("GET", METADATA)) == 1
    assert telnyx.seen.count(("GET", STATUS)) == 3


@pytest.mark.parametrize(
    "trouble", [httpx.Response(404), httpx.Response(500), httpx.Response(200, text="<html>")]
)
def test_a_verdict_does_not_wait_for_the_names_of_carriers(trouble: httpx.Response) -> None:
    told = carrier(but(TelnyxCampaigns(PROVISIONED), METADATA, trouble)).read_campaign(CAMPAIGN_ID)
    assert (told.state, [one.name for one in told.networks]) == (CampaignState.ACTIVE, ["10017", "10035"])


@pytest.mark.parametrize("word", ["MNO_PROVISIONED", "MNO_REJECTED", "TCR_SUSPENDED"])
@pytest.mark.parametrize(
    "trouble",
    [
        httpx.Response(404),
        httpx.Response(500),
        httpx.Response(200, text="<html>"),
        httpx.Response(200, json={"errors": []}),
        httpx.Response(200, json={"campaignId": "another", "10017": "APPROVED"}),
    ],
)
def test_a_verdict_without_what_the_carriers_say_is_half_an_answer(
    word: str, trouble: httpx.Response
) -> None:
    with pytest.raises(Unavailable):
        carrier(but(TelnyxCampaigns(campaign(campaignStatus=word)), STATUS, trouble)).read_campaign(
            CAMPAIGN_ID
        )


def test_a_review_of_which_the_carriers_know_nothing_yet_is_a_review() -> None:
    telnyx = TelnyxCampaigns(campaign(campaignStatus="MNO_PENDING"), operations=None)
    told = carrier(telnyx).read_campaign(CAMPAIGN_ID)
    assert (told.state, told.networks) == (CampaignState.CARRIERS, ())


@pytest.mark.parametrize(
    "answer",
    [
        # Words after which no second question is asked: the first answer alone has to be seen through.
        {"campaignId": "another", "campaignStatus": "TELNYX_FAILED"},
        {"campaignId": None, "campaignStatus": "TELNYX_FAILED"},
        {"campaignId": CAMPAIGN_ID},
        {"campaignId": CAMPAIGN_ID, "campaignStatus": None, "submissionStatus": 7, "status": "ACTIVE"},
    ],
)
def test_an_answer_that_is_not_about_this_campaign_is_no_reading(answer: Mapping[str, Any]) -> None:
    with pytest.raises(Unavailable):
        carrier(lambda _: httpx.Response(200, json=dict(answer))).read_campaign(CAMPAIGN_ID)


def test_a_rejection_by_one_carrier_of_two_is_told_row_by_row() -> None:
    telnyx = TelnyxCampaigns(PROVISIONED, operations={"10017": "REJECTED", "10035": "APPROVED"})
    told = carrier(telnyx).read_campaign(CAMPAIGN_ID)
    assert told.state is CampaignState.ACTIVE
    assert [one.state for one in told.networks] == [NetworkState.REJECTED, NetworkState.APPROVED]
    rejected = campaign(campaignStatus="MNO_REJECTED", failureReasons="602: No.")
    told = carrier(TelnyxCampaigns(rejected, operations={"10017": "REJECTED"})).read_campaign(CAMPAIGN_ID)
    assert (told.state, told.decided_by) == (CampaignState.REJECTED, Decider.CARRIER)
    assert [reason.code for reason in told.reasons] == ["602"]


def test_a_campaign_that_is_gone_is_not_found() -> None:
    with pytest.raises(NotFound):
        carrier(TelnyxCampaigns()).read_campaign(CAMPAIGN_ID)
