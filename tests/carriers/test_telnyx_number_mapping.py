"""Telnyx's words of numbers in ours: states, what a number can do, and why one is not on a campaign."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from portal.carriers.adapters.telnyx import number_mapping
from portal.carriers.contract import Reason, Unavailable
from portal.carriers.numbers import NumberState, NumberTrouble
from tests.carriers.campaign_filings import CAMPAIGN_ID
from tests.carriers.number_filings import FIRST, link, number

T = NumberTrouble


def test_a_row_becomes_a_reading() -> None:
    reading = number_mapping.reading_of(link())
    assert (reading.e164, reading.campaign_reference) == (FIRST, CAMPAIGN_ID)
    assert (reading.state, reading.word, reading.reasons) == (NumberState.ASSIGNED, "ASSIGNED", ())
    assert reading.updated_at == datetime(2026, 11, 22, 10, 5, 0, 1, tzinfo=UTC)


@pytest.mark.parametrize("word", [None, "", "ON_HOLD", 7, ["ASSIGNED"], "assigned"])
def test_a_word_that_nobody_knows_is_unknown(word: Any) -> None:
    assert number_mapping.reading_of(link(assignmentStatus=word)).state is NumberState.UNKNOWN


@pytest.mark.parametrize(
    "changes",
    [
        {"phoneNumber": None},
        {"phoneNumber": "2025550100"},
        {"phoneNumber": 12025550100},
        {"campaignId": None, "telnyxCampaignId": None},
        {"campaignId": " ", "telnyxCampaignId": ""},
    ],
)
def test_a_row_without_its_number_or_campaign_is_half_an_answer(changes: dict[str, Any]) -> None:
    with pytest.raises(Unavailable):
        number_mapping.reading_of(link(**changes))


def test_reasons_belong_to_failures_only() -> None:
    for word in ("FAILED_ASSIGNMENT", "FAILED_UNASSIGNMENT"):
        reading = number_mapping.reading_of(link(assignmentStatus=word, failureReasons="No."))
        assert [reason.text for reason in reading.reasons] == ["No."]
    for word in ("ASSIGNED", "PENDING_ASSIGNMENT", "PENDING_UNASSIGNMENT"):
        assert number_mapping.reading_of(link(assignmentStatus=word, failureReasons="No.")).reasons == ()


@pytest.mark.parametrize(
    "where",
    [
        {"failureReasons": "Reason 7777."},
        {"failureReasons": ["Reason 7777."]},
        {"errors": [{"code": "", "title": "Reason 7777."}]},
        {"errors": ["Reason 7777."]},
        {"errors": "Reason 7777."},
        {"failureReasons": "", "errors": [{"code": "", "title": "", "detail": "Reason 7777."}]},
    ],
)
def test_why_a_number_failed_is_found_wherever_it_stands(where: dict[str, Any]) -> None:
    (reason,) = number_mapping.reading_of(link(assignmentStatus="FAILED_ASSIGNMENT", **where)).reasons
    assert (reason.code, reason.text) == ("", "Reason 7777.")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        # What aggregators are known to say, and the codes of the reference.
        (
            "Longcode cannot be added/deleted as it is already associated with another campaign.",
            T.ALREADY_ASSIGNED,
        ),
        ("Longcode cannot be added/deleted as Campaign is not Deployed.", T.CAMPAIGN_INACTIVE),
        ("Request failed. Daily quota exceeded.", T.CARRIER_TROUBLE),
        ("Invalid NNID: the number is registered to another network provider.", T.OTHER_NETWORK),
        ("Campaign has reached its limit of phone numbers. A number pool is required.", T.OVER_LIMIT),
        ("The campaign is not active.", T.CAMPAIGN_INACTIVE),
        ("Campaign does not exist on account", T.NO_CAMPAIGN),
        ("Campaign CACME01 is expired.", T.CAMPAIGN_EXPIRED),
        ("Campaign is suspended by the carrier.", T.CAMPAIGN_SUSPENDED),
        ("Campaign was rejected", T.CAMPAIGN_REJECTED),
        ("Toll-free numbers cannot be assigned to a campaign.", T.TOLL_FREE),
        ("The number is not on a messaging profile.", T.NOT_ENABLED),
        ("Phone number not found on account", T.NUMBER_NOT_FOUND),
        ("The number does not support SMS.", T.NO_TEXTS),
        ("The number is being ported.", T.NUMBER_UNAVAILABLE),
        ("Mock campaigns take no numbers.", T.TEST_CAMPAIGN),
        ("Insufficient funds.", T.NO_MONEY),
        ("Internal error, try again later.", T.CARRIER_TROUBLE),
        ("EXCEEDED_10DLC_LIMIT", T.OVER_LIMIT),
        ("TFN_NOT_ALLOWED: no.", T.TOLL_FREE),
        ("INVALID_NNID - the number's network is another one", T.OTHER_NETWORK),
        ("CAMPAIGN_MNO_SUSPENDED", T.CAMPAIGN_SUSPENDED),
        ("CAMPAIGN_EXPIRED", T.CAMPAIGN_EXPIRED),
        ("PARTNER_SERVICE_UNAVAILABLE: later", T.CARRIER_TROUBLE),
        ("A_CODE_OF_TOMORROW: something", "A_CODE_OF_TOMORROW"),
        ("Reason 7777.", ""),
        ("", ""),
    ],
)
def test_words_and_codes_become_our_codes_and_the_words_stay(text: str, code: str) -> None:
    (reason,) = number_mapping.troubles([Reason("", text)])
    assert reason.code == code
    assert reason.text in text
    assert reason.text or not text


def test_a_refusals_own_code_counts_before_its_words_and_stays_where_nothing_fits() -> None:
    told = number_mapping.troubles(
        [
            Reason("20100", "Account problem"),
            Reason("10015", "Bad Request"),
            Reason("10015", "Campaign has ended"),
        ]
    )
    assert [reason.code for reason in told] == [T.NO_MONEY, "10015", T.CAMPAIGN_INACTIVE]


def test_every_code_of_the_field_has_one_of_ours() -> None:
    """10DLC reference 4.4, Sinch; the unspecified one says nothing."""
    for code in number_mapping._BY_CODE:
        (reason,) = number_mapping.troubles([Reason("", code)])
        assert reason.code in set(NumberTrouble)


def test_a_listed_number_says_what_it_can() -> None:
    listed = number_mapping.listed_of(number())
    assert (listed.e164, listed.country, listed.toll_free) == (FIRST, "US", False)
    assert (listed.sms, listed.enabled, listed.tags) == (True, True, ("clearline-a",))


@pytest.mark.parametrize(
    "features",
    [None, {}, {"sms": None}, {"sms": {}}, {"sms": {"domestic_two_way": False}}, {"sms": "yes"}, "sms"],
)
def test_without_texts_in_the_country_a_number_cannot_text(features: Any) -> None:
    assert not number_mapping.listed_of(number(features=features)).sms


@pytest.mark.parametrize("profile", [None, "", " ", 7])
def test_without_a_profile_a_number_is_not_set_up(profile: Any) -> None:
    assert not number_mapping.listed_of(number(messaging_profile_id=profile)).enabled


@pytest.mark.parametrize(
    ("tags", "found"), [(None, ()), ("clearline-a", ()), ([1, None, "b"], ("b",)), ({}, ())]
)
def test_tags_are_words(tags: Any, found: tuple[str, ...]) -> None:
    assert number_mapping.listed_of(number(tags=tags)).tags == found


@pytest.mark.parametrize("changes", [{"id": None}, {"id": ""}, {"phone_number": None}])
def test_a_listed_number_without_its_id_is_half_an_answer(changes: dict[str, Any]) -> None:
    with pytest.raises(Unavailable):
        number_mapping.listed_of(number(**changes))
