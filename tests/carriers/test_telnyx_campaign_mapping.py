"""What is filed of a campaign at Telnyx, and what is read back: bodies, reasons, keys."""

from __future__ import annotations

import json
from typing import Any

import pytest

from portal.carriers.adapters.telnyx import campaign_mapping
from portal.carriers.campaigns import CampaignReading
from portal.carriers.contract import Reason
from tests.carriers.campaign_filings import SAMPLES, campaign, campaign_filing
from tests.carriers.filings import HOOKS, KEY

URL = f"{HOOKS}/{KEY}/"


def _reading(**changes: Any) -> CampaignReading:
    return campaign_mapping.reading_of(campaign(**changes), reference="c-1", base=HOOKS)


# -- what is filed ---------------------------------------------------------------------------------


def test_everything_that_the_form_asks_for_is_sent() -> None:
    body = campaign_mapping.campaign_body(campaign_filing(), key=KEY, webhook_url=URL)
    assert body == {
        "brandId": campaign_filing().brand_reference,
        "usecase": "LOW_VOLUME",
        "subUsecases": ["ACCOUNT_NOTIFICATION", "CUSTOMER_CARE"],
        "description": campaign_filing().description,
        "messageFlow": campaign_filing().message_flow,
        "sample1": SAMPLES[0],
        "sample2": SAMPLES[1],
        "subscriberOptin": True,
        "subscriberOptout": True,
        "subscriberHelp": True,
        "optinKeywords": "START,SUBSCRIBE",
        "optoutKeywords": "STOP,END",
        "helpKeywords": "HELP,INFO",
        "optinMessage": campaign_filing().optin_message,
        "optoutMessage": campaign_filing().optout_message,
        "helpMessage": campaign_filing().help_message,
        "embeddedLink": True,
        "embeddedLinkSample": "https://acme.example/a",
        "embeddedPhone": False,
        "numberPool": False,
        "ageGated": False,
        "directLending": False,
        "privacyPolicyLink": "https://acme.example/privacy",
        "termsAndConditionsLink": "https://acme.example/terms",
        "autoRenewal": True,
        "termsAndConditions": True,
        "referenceId": KEY,
        "webhookURL": URL,
    }


def test_what_is_not_given_is_not_sent_and_a_no_is() -> None:
    given = campaign_filing(sub_use_cases=(), optin_keywords="", embedded_link_sample="", auto_renewal=False)
    body = campaign_mapping.campaign_body(given, key=KEY, webhook_url=URL)
    assert not {"subUsecases", "optinKeywords", "embeddedLinkSample"} & set(body)
    assert body["autoRenewal"] is False


def test_what_we_filed_comes_back_under_our_names() -> None:
    given = campaign_filing()
    sent = campaign_mapping.campaign_body(given, key=KEY, webhook_url=URL)
    filed = campaign_mapping.filed_of(sent)
    assert filed == {name: getattr(given, name) for name in given.__slots__}


def test_what_stands_there_in_another_type_is_left_out() -> None:
    odd = {
        "usecase": 7,
        "sample1": None,
        "sample2": ["x"],
        "autoRenewal": "yes",
        "subUsecases": "MIXED",
        "ageGated": 0,
    }
    assert campaign_mapping.filed_of(odd) == {}


def test_an_update_sends_what_may_be_changed_and_takes_away_what_is_gone() -> None:
    standing = campaign(sample3="Acme Dental: a bad one. Reply STOP.", sample5="")
    body = campaign_mapping.update_body(campaign_filing(auto_renewal=False), standing, webhook_url=URL)
    assert body == {
        "sample1": SAMPLES[0],
        "sample2": SAMPLES[1],
        "sample3": "",
        "messageFlow": campaign_filing().message_flow,
        "helpMessage": campaign_filing().help_message,
        "autoRenewal": False,
        "webhookURL": URL,
    }


@pytest.mark.parametrize(
    ("reference", "url", "keys"),
    [
        (KEY, f"{HOOKS}/{KEY}/", (KEY,)),
        (None, f"{HOOKS}/{KEY}/", (KEY,)),
        (KEY, None, (KEY,)),
        ("theirs", f"{HOOKS}/{KEY}/", ("theirs", KEY)),
        (None, "https://elsewhere.example/x", ()),
        (7, ["x"], ()),
        ("", "", ()),
    ],
)
def test_our_key_is_read_from_either_place(reference: Any, url: Any, keys: tuple[str, ...]) -> None:
    row = campaign(referenceId=reference, webhookURL=url)
    assert campaign_mapping.keys_of(row, HOOKS) == keys
    told = _reading(referenceId=reference, webhookURL=url)
    assert told.key == (keys[0] if keys else "")
    assert campaign_mapping.listed_of(row, brand="b", base=HOOKS).key == told.key


def test_a_row_of_the_list_has_the_word_of_the_reading() -> None:
    """Or else the nightly sweep would have every campaign read, each night."""
    row = campaign(campaignStatus="MNO_PROVISIONED", status="EXPIRED")
    assert campaign_mapping.listed_of(row, brand="b", base=HOOKS).word == _reading(**row).word


# -- reasons ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "reasons"),
    [
        ("Too vague.", [Reason("", "Too vague.")]),
        ("602: The samples do not fit.", [Reason("602", "The samples do not fit.")]),
        (
            "602: The samples do not fit.\n\nOPT_IN_WORKFLOW_MISSING: No reachable form.\r\nAnd more",
            [
                Reason("602", "The samples do not fit."),
                Reason("OPT_IN_WORKFLOW_MISSING", "No reachable form."),
                Reason("", "And more"),
            ],
        ),
        ("Note: not a code", [Reason("", "Note: not a code")]),
        ("10:30 is no code", [Reason("", "10:30 is no code")]),
        (
            [{"fields": ["usecase"], "description": "Does not qualify."}],
            [Reason("", "Does not qualify.", ("use_case",))],
        ),
        (
            json.dumps([{"fields": ["sample1", "sample2", "messageFlow"], "description": "Vague."}]),
            [Reason("", "Vague.", ("samples", "message_flow"))],
        ),
        (
            {"field": "sub_usecases", "code": 601, "message": "No."},
            [Reason("601", "No.", ("sub_use_cases",))],
        ),
        ([{"odd": 1}], [Reason("", '{"odd": 1}')]),
        (["One.", None, "Two."], [Reason("", "One."), Reason("", "Two.")]),
        ("[not json", [Reason("", "[not json")]),
        ("[" * 5000, [Reason("", "[" * 2000)]),
        (None, []),
        ("", []),
        ([], []),
        (7, [Reason("", "7")]),
    ],
)
def test_reasons_are_read_in_every_form_all_at_once(said: Any, reasons: list[Reason]) -> None:
    told = _reading(campaignStatus="TELNYX_FAILED", failureReasons=said)
    assert list(told.reasons) == reasons


def test_a_flood_of_reasons_is_cut_and_a_tax_id_in_one_is_not_shown() -> None:
    told = _reading(
        campaignStatus="TELNYX_FAILED", failureReasons="\n".join(f"Line {n}" for n in range(9000))
    )
    assert len(told.reasons) == 50
    told = _reading(campaignStatus="TELNYX_FAILED", failureReasons="The EIN 12-3456780 is another company's.")
    assert "3456780" not in repr(told.reasons)


@pytest.mark.parametrize("word", ["TCR_PENDING", "TCR_ACCEPTED", "MNO_PENDING", "MNO_PROVISIONED"])
def test_reasons_of_an_earlier_verdict_are_not_told_with_a_new_one(word: str) -> None:
    assert _reading(campaignStatus=word, failureReasons="Too vague.").reasons == ()
