"""The verbs of campaigns against Telnyx's own OpenAPI file, requests and answers."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from portal.carriers.adapters.telnyx import CAMPAIGNS, TelnyxCarrier, campaign_mapping, campaign_states
from portal.carriers.campaigns import CampaignState
from portal.carriers.contract import OutcomeUnknown, Refused
from tests.carriers.campaign_filings import (
    CAMPAIGN_ID,
    SAMPLES,
    THERE,
    TelnyxCampaigns,
    campaign,
    campaign_filing,
)
from tests.carriers.contract_gate import ContractBroken, Gate, document
from tests.carriers.filings import BRAND_ID, CONFIG, HOOKS, KEY

pytestmark = pytest.mark.contracts

# What a campaign may carry at Telnyx and we do not send, with the reason.
NOT_SENT = {
    "webhookFailoverURL": "the portal has one address; readings make up for a lost event",
    "resellerId": "companies register for themselves here",
    "tag": "nothing that anybody would read",
    "mnoIds": "left out, it goes to every mobile carrier",
}


class _Vendor(TelnyxCampaigns):
    """The scripted Telnyx with whole brands, as the vendor's file wants them."""

    def __call__(self, request: httpx.Request) -> httpx.Response:
        answer = super().__call__(request)
        if request.url.path == "/v2/10dlc/brand":
            body = answer.json()
            body["records"] = [
                {"brandId": row["brandId"], "assignedCampaignsCount": 1} for row in body["records"]
            ]
            return httpx.Response(200, json=body)
        return answer


def _carrier(
    contracts: Path, script: Callable[[httpx.Request], httpx.Response]
) -> tuple[TelnyxCarrier, Gate]:
    gate = Gate(contracts, "telnyx", script)
    return TelnyxCarrier(CONFIG, transport=gate), gate


def _schemas(contracts: Path) -> dict[str, Any]:
    found: dict[str, Any] = document(contracts, "telnyx")["components"]["schemas"]
    return found


def test_every_verb_keeps_to_the_vendors_file(contracts: Path) -> None:
    vendor = _Vendor()
    carrier, gate = _carrier(contracts, vendor)
    given = campaign_filing(samples=(*SAMPLES, "Acme Dental: a third one. Reply STOP to opt out."))
    assert carrier.qualify(BRAND_ID, "LOW_VOLUME").qualifies
    assert carrier.create_campaign(given, key=KEY).reference == CAMPAIGN_ID
    assert carrier.read_campaign(CAMPAIGN_ID).state is CampaignState.REGISTRY
    vendor.campaigns[CAMPAIGN_ID] |= {"campaignStatus": "MNO_PROVISIONED", "submissionStatus": "CREATED"}
    assert carrier.read_campaign(CAMPAIGN_ID).state is CampaignState.ACTIVE
    found = carrier.find_campaign(given, key=KEY)
    assert found is not None
    assert (found.reference, found.key) == (CAMPAIGN_ID, KEY)
    assert [row.reference for row in carrier.list_campaigns()] == [CAMPAIGN_ID]
    carrier.update_campaign(CAMPAIGN_ID, campaign_filing(), key=KEY)
    carrier.appeal_campaign(CAMPAIGN_ID, "The terms are on the website now.")
    carrier.set_auto_renewal(CAMPAIGN_ID, False)
    carrier.deactivate_campaign(CAMPAIGN_ID)
    lists, status = "/v2/10dlc/campaign", f"{THERE}/operationStatus"
    assert [(r.method, r.url.path) for r in gate.seen] == [
        ("GET", f"/v2/10dlc/campaignBuilder/brand/{BRAND_ID}/usecase/LOW_VOLUME"),
        ("POST", "/v2/10dlc/campaignBuilder"),
        ("GET", THERE),
        ("GET", THERE),
        ("GET", status),
        ("GET", f"{THERE}/mnoMetadata"),
        ("GET", lists),
        ("GET", THERE),
        ("GET", status),
        ("GET", "/v2/10dlc/brand"),
        ("GET", lists),
        ("GET", THERE),
        ("PUT", THERE),
        ("POST", f"{THERE}/appeal"),
        ("PUT", THERE),
        ("DELETE", THERE),
    ]


def test_a_filing_with_the_least_of_fields_keeps_to_the_vendors_file(contracts: Path) -> None:
    carrier, gate = _carrier(contracts, _Vendor())
    bare = dict.fromkeys(
        ("message_flow", "optin_keywords", "optin_message", "privacy_url", "embedded_link_sample"), ""
    )
    carrier.create_campaign(campaign_filing(samples=(), sub_use_cases=(), **bare), key=KEY)
    body = json.loads(gate.seen[0].content)
    assert "" not in body.values()
    assert [] not in body.values()


def test_every_field_of_a_campaign_is_sent_or_left_out_for_a_reason(contracts: Path) -> None:
    schemas = _schemas(contracts)
    given = campaign_filing(samples=("a", "b", "c", "d", "e"))
    sent = set(campaign_mapping.campaign_body(given, key=KEY, webhook_url=f"{HOOKS}/k/"))
    known = set(schemas["CampaignRequest"]["properties"])
    assert sent <= known
    assert known - sent == set(NOT_SENT)
    known = set(schemas["UpdateCampaignRequest"]["properties"])
    sent = set(campaign_mapping.update_body(given, {}, webhook_url=f"{HOOKS}/k/"))
    assert known - sent == {"webhookFailoverURL", "resellerId"}
    assert sent <= known


def test_what_may_be_edited_is_what_the_vendors_put_takes(contracts: Path) -> None:
    known = set(_schemas(contracts)["UpdateCampaignRequest"]["properties"]) - set(NOT_SENT) - {"webhookURL"}
    assert {campaign_mapping.OURS[name.lower()] for name in known} == CAMPAIGNS.editable.value


def test_every_word_that_the_vendor_lists_is_understood_and_one_alone_is_active(contracts: Path) -> None:
    listed = _schemas(contracts)["TelnyxCampaign_CSP"]["properties"]
    words, submissions = listed["campaignStatus"]["enum"], listed["submissionStatus"]["enum"]
    assert (len(words), sorted(submissions)) == (12, ["CREATED", "FAILED", "PENDING"])
    for word in words:
        state, _ = campaign_states.state_of({"campaignStatus": word, "submissionStatus": "CREATED"})
        assert state is not CampaignState.UNKNOWN, word
        assert (state is CampaignState.ACTIVE) == (word == "MNO_PROVISIONED"), word


@pytest.mark.parametrize("where", ["campaignBuilder", "appeal"])
def test_a_refusal_in_the_vendors_bare_shape_says_why(contracts: Path, where: str) -> None:
    body = {"code": "10012", "title": "Not now", "detail": "Verify it.", "source": {"pointer": "/brandId"}}
    carrier, _ = _carrier(contracts, lambda _: httpx.Response(400, json=body))
    with pytest.raises(Refused) as refused:
        if where == "appeal":
            carrier.appeal_campaign(CAMPAIGN_ID, "Look again.")
        else:
            carrier.create_campaign(campaign_filing(), key=KEY)
    assert [(r.code, r.text, r.fields) for r in refused.value.reasons] == [
        ("10012", "Not now: Verify it.", ("brand_reference",))
    ]


def test_no_money_is_a_refusal_with_its_reason(contracts: Path) -> None:
    body = {"code": "20100", "title": "Insufficient Funds"}
    carrier, gate = _carrier(contracts, lambda _: httpx.Response(402, json=body))
    with pytest.raises(Refused) as refused:
        carrier.create_campaign(campaign_filing(), key=KEY)
    assert [(r.code, r.text) for r in refused.value.reasons] == [("20100", "Insufficient Funds")]
    assert len(gate.seen) == 1


def test_a_reference_that_is_taken_is_no_refusal_in_any_shape_of_the_vendor(contracts: Path) -> None:
    problem = {"code": "10031", "title": "Already exists", "source": {"pointer": "/referenceId"}}
    for status, body in ((400, problem), (409, {"errors": [problem]}), (418, {"errors": [problem]})):
        carrier, _ = _carrier(contracts, lambda _, s=status, b=body: httpx.Response(s, json=b))
        with pytest.raises(OutcomeUnknown):
            carrier.create_campaign(campaign_filing(), key=KEY)


def test_the_gate_would_see_a_field_that_may_not_be_changed(contracts: Path) -> None:
    """The proof that the checks above look at the bodies of writes."""
    carrier, _ = _carrier(contracts, _Vendor(campaign()))
    with pytest.raises(ContractBroken, match="sample1"):
        carrier.update_campaign(CAMPAIGN_ID, campaign_filing(samples=("x" * 256, "y")), key=KEY)
