"""How campaigns are searched and listed at Telnyx, and the writes to one that exists."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from portal.carriers.adapters.telnyx.campaign_calls import A_PAGE
from portal.carriers.campaigns import CampaignState
from portal.carriers.contract import NotFound, OutcomeUnknown, Refused, Unavailable
from tests.carriers.campaign_filings import (
    CAMPAIGN_ID,
    THERE,
    TelnyxCampaigns,
    but,
    campaign,
    campaign_filing,
    carrier,
)
from tests.carriers.filings import BRAND_ID, HOOKS, KEY

PROVISIONED = campaign(campaignStatus="MNO_PROVISIONED")


# -- find ------------------------------------------------------------------------------------------


def _campaigns(count: int, **changes: Any) -> list[dict[str, Any]]:
    return [
        campaign(campaignId=f"c{n}", referenceId=f"key-{n}", webhookURL=f"{HOOKS}/key-{n}/", **changes)
        for n in range(count)
    ]


@pytest.mark.parametrize(
    "shown",
    [
        {},
        {"referenceId": None},
        {"webhookURL": None},
        {"referenceId": ""},
        {"webhookURL": "https://elsewhere.example/x"},
    ],
)
def test_a_campaign_is_found_by_either_place_of_the_key(shown: dict[str, Any]) -> None:
    telnyx = TelnyxCampaigns(*_campaigns(9), campaign(**shown))
    found = carrier(telnyx).find_campaign(campaign_filing(), key=KEY)
    assert found is not None
    assert (found.reference, found.state) == (CAMPAIGN_ID, CampaignState.REGISTRY)


def test_of_two_twins_the_older_is_found() -> None:
    twins = [campaign(campaignId="older"), campaign(campaignId="younger")]
    found = carrier(TelnyxCampaigns(*_campaigns(2), *twins)).find_campaign(campaign_filing(), key=KEY)
    assert found is not None
    assert found.reference == "older"


@pytest.mark.parametrize("word", ["TCR_EXPIRED", "TCR_FAILED", "TELNYX_FAILED", "MNO_REJECTED"])
def test_one_that_has_ended_is_found_since_filing_it_again_would_be_the_second_time(word: str) -> None:
    telnyx = TelnyxCampaigns(campaign(campaignStatus=word, status="EXPIRED"))
    found = carrier(telnyx).find_campaign(campaign_filing(), key=KEY)
    assert found is not None
    assert found.state in (CampaignState.EXPIRED, CampaignState.FAILED)


def test_one_that_is_listed_with_our_key_and_cannot_be_read_has_ended_and_was_filed() -> None:
    telnyx = TelnyxCampaigns(PROVISIONED)
    found = carrier(but(telnyx, THERE, httpx.Response(404))).find_campaign(campaign_filing(), key=KEY)
    assert found is not None
    assert (found.reference, found.state) == (CAMPAIGN_ID, CampaignState.DEACTIVATED)


def test_a_list_without_keys_has_each_of_its_campaigns_read() -> None:
    telnyx = TelnyxCampaigns(*_campaigns(2), campaign())

    def script(request: httpx.Request) -> httpx.Response:
        answer = telnyx(request)
        if request.url.path != "/v2/10dlc/campaign":
            return answer
        body = answer.json()
        body["records"] = [{"campaignId": row["campaignId"], "referenceId": None} for row in body["records"]]
        return httpx.Response(200, json=body)

    found = carrier(script).find_campaign(campaign_filing(), key=KEY)
    assert found is not None
    assert found.reference == CAMPAIGN_ID
    assert carrier(script).find_campaign(campaign_filing(), key="another") is None
    trouble = but(script, "/v2/10dlc/campaign/c1", httpx.Response(500))
    with pytest.raises(Unavailable):
        carrier(trouble).find_campaign(campaign_filing(), key=KEY)


def test_none_is_said_after_a_complete_look_only() -> None:
    telnyx = TelnyxCampaigns(*_campaigns(2 * A_PAGE + 1))
    assert carrier(telnyx).find_campaign(campaign_filing(), key=KEY) is None
    assert telnyx.seen == [("GET", "/v2/10dlc/campaign")] * 3

    def gaps(request: httpx.Request) -> httpx.Response:
        return httpx.Response(
            200, json={"records": [{"campaignId": "a", "referenceId": "x"}], "totalRecords": 2}
        )

    with pytest.raises(Unavailable, match="gaps"):
        carrier(gaps).find_campaign(campaign_filing(), key=KEY)


def test_a_brand_that_is_gone_has_no_campaign_and_a_wrong_address_is_no_look() -> None:
    listless = httpx.Response(404)
    gone = but(TelnyxCampaigns(brands=()), "/v2/10dlc/campaign", listless)
    assert carrier(gone).find_campaign(campaign_filing(), key=KEY) is None
    wrong = but(TelnyxCampaigns(), "/v2/10dlc/campaign", listless)
    with pytest.raises(Unavailable):
        carrier(wrong).find_campaign(campaign_filing(), key=KEY)


# -- list ------------------------------------------------------------------------------------------


def test_the_campaigns_of_every_brand_are_listed_once() -> None:
    rows = [campaign(campaignId=f"c{n}", brandId=f"b{n % 3}", referenceId=f"k{n}") for n in range(7)]
    telnyx = TelnyxCampaigns(*rows, brands=["b0", "b1", "b2", "b3"])
    listed = list(carrier(telnyx).list_campaigns())
    assert sorted(one.reference for one in listed) == [f"c{n}" for n in range(7)]
    assert {one.reference: (one.brand_reference, one.key) for one in listed}["c4"] == ("b1", "k4")
    assert all(one.created_at is not None and one.word == "TCR_PENDING" for one in listed)


def test_a_registry_that_ignores_the_filter_does_not_double_the_list() -> None:
    rows = [campaign(campaignId=f"c{n}", brandId="b0") for n in range(3)]
    telnyx = TelnyxCampaigns(*rows, brands=["b0", "b1"])

    def unfiltered(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/v2/10dlc/campaign":
            request = httpx.Request("GET", request.url.copy_set_param("brandId", "b0"))
        return telnyx(request)

    assert [one.reference for one in carrier(unfiltered).list_campaigns()] == ["c0", "c1", "c2"]


@pytest.mark.parametrize("where", ["brand", "campaign"])
def test_a_list_with_gaps_says_so_at_its_end(where: str) -> None:
    telnyx = TelnyxCampaigns(campaign(), brands=[BRAND_ID])

    def script(request: httpx.Request) -> httpx.Response:
        answer = telnyx(request)
        if request.url.path.endswith(f"/10dlc/{where}"):
            return httpx.Response(200, json={**answer.json(), "totalRecords": 2})
        return answer

    rows = carrier(script).list_campaigns()
    assert next(rows).reference == CAMPAIGN_ID
    with pytest.raises(Unavailable, match="gaps"):
        next(rows)


def test_a_brand_that_goes_while_the_list_is_read_is_passed_over() -> None:
    telnyx = TelnyxCampaigns(campaign(brandId="b1"), brands=["b0", "b1"])

    def script(request: httpx.Request) -> httpx.Response:
        if request.url.params.get("brandId") == "b0" or request.url.path.endswith("/b0"):
            return httpx.Response(404)
        return telnyx(request)

    assert [one.reference for one in carrier(script).list_campaigns()] == [CAMPAIGN_ID]


def test_the_end_of_the_list_is_no_end_when_a_brand_cannot_be_asked() -> None:
    telnyx = TelnyxCampaigns(campaign(), brands=[BRAND_ID, "b1"])

    def script(request: httpx.Request) -> httpx.Response:
        return httpx.Response(500) if request.url.params.get("brandId") == "b1" else telnyx(request)

    rows = carrier(script).list_campaigns()
    assert next(rows).reference == CAMPAIGN_ID
    with pytest.raises(Unavailable):
        next(rows)


# -- the other writes ------------------------------------------------------------------------------


def test_an_update_sends_the_editable_fields_alone_and_keeps_the_key() -> None:
    telnyx = TelnyxCampaigns(campaign(sample3="Acme Dental: an old one. Reply STOP."))
    made = carrier(telnyx)
    for _time in range(2):
        assert made.update_campaign(CAMPAIGN_ID, campaign_filing(), key=KEY).reference == CAMPAIGN_ID
    allowed = {f"sample{n}" for n in range(1, 6)} | {
        "messageFlow",
        "helpMessage",
        "autoRenewal",
        "webhookURL",
    }
    assert [set(body) <= allowed for body in telnyx.sent] == [True, True]
    assert (telnyx.sent[0]["sample3"], telnyx.sent[0]["webhookURL"]) == ("", f"{HOOKS}/{KEY}/")
    assert "sample3" not in telnyx.sent[1]


def test_nothing_is_changed_that_cannot_be_read() -> None:
    writes = TelnyxCampaigns(PROVISIONED)
    with pytest.raises(Unavailable):
        carrier(but(writes, THERE, httpx.Response(500), "GET")).update_campaign(
            CAMPAIGN_ID, campaign_filing(), key=KEY
        )
    with pytest.raises(NotFound):
        carrier(TelnyxCampaigns()).update_campaign(CAMPAIGN_ID, campaign_filing(), key=KEY)
    assert writes.sent == []


def test_an_appeal_carries_its_reason() -> None:
    telnyx = TelnyxCampaigns(campaign(campaignStatus="TELNYX_FAILED"))
    made = carrier(telnyx).appeal_campaign(CAMPAIGN_ID, "The terms are on the website now.")
    assert (made.reference, telnyx.sent) == (
        CAMPAIGN_ID,
        [{"appeal_reason": "The terms are on the website now."}],
    )


@pytest.mark.parametrize("renews", [True, False])
def test_the_flag_is_sent_alone_and_may_be_sent_again(renews: bool) -> None:
    telnyx = TelnyxCampaigns(PROVISIONED)
    made = carrier(telnyx)
    for _time in range(2):
        made.set_auto_renewal(CAMPAIGN_ID, renews)
    assert telnyx.sent == [{"autoRenewal": renews}] * 2
    assert made.read_campaign(CAMPAIGN_ID).renews is renews


@pytest.mark.parametrize("shown", [True, "false", None])
def test_a_flag_that_the_answer_shows_otherwise_was_not_set_for_sure(shown: Any) -> None:
    answer = httpx.Response(200, json={**PROVISIONED, "autoRenewal": shown})
    made = carrier(but(TelnyxCampaigns(PROVISIONED), THERE, answer, "PUT"))
    with pytest.raises(OutcomeUnknown):
        made.set_auto_renewal(CAMPAIGN_ID, False)


def test_renewal_by_call_is_not_offered_and_nothing_is_sent() -> None:
    telnyx = TelnyxCampaigns(PROVISIONED)
    made = carrier(telnyx)
    with pytest.raises(Refused) as refused:
        made.renew_campaign(CAMPAIGN_ID, key=KEY)
    assert [reason.code for reason in refused.value.reasons] == ["not-offered"]
    assert (telnyx.seen, made.capabilities.renewal) == ([], "flag")


def test_ended_is_ended_whoever_did_it() -> None:
    telnyx = TelnyxCampaigns(PROVISIONED)
    made = carrier(telnyx)
    made.deactivate_campaign(CAMPAIGN_ID)
    made.deactivate_campaign(CAMPAIGN_ID)
    assert telnyx.campaigns == {}
    refusal = httpx.Response(400, json={"errors": [{"code": "10012", "title": "It has ended."}]})
    expired = TelnyxCampaigns(campaign(campaignStatus="TCR_EXPIRED"))
    carrier(but(expired, THERE, refusal, "DELETE")).deactivate_campaign(CAMPAIGN_ID)
    with pytest.raises(Refused):
        carrier(but(TelnyxCampaigns(PROVISIONED), THERE, refusal, "DELETE")).deactivate_campaign(CAMPAIGN_ID)
