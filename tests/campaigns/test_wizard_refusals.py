"""Wrong input at each step of the campaign wizard: a clear answer, and nothing saved."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote_from_bytes

import pytest

from tests.campaigns.answers import (
    DETAILS,
    QUESTIONS,
    REQUIREMENTS,
    SAMPLES,
    STEPS,
    TEXTS,
    again,
    refused,
    step,
    text_of,
)
from tests.factories import campaign_draft
from tests.people import Person

# Many small ones, which together take longer than the quick set may.
pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.mark.parametrize("missing", REQUIREMENTS)
def test_each_requirement_is_needed(ada: Person, missing: str) -> None:
    campaign = campaign_draft(ada)
    answers = {name: value for name, value in REQUIREMENTS.items() if name != missing}
    assert "no carrier goes without" in refused(ada, campaign, "requirements", answers)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"product": ""}, "Choose the product"),
        ({"product": "fax"}, "Choose one of the answers offered"),
        ({"consent": []}, "at least one way"),
        ({"consent": ["website", "rumour"]}, "Choose one of the answers offered"),
        ({"consent_website": ""}, "Describe this way of consent: On a website."),
        ({"consent_website": "On our site."}, "needs at least 40 characters; this has 12"),
        ({"consent_website": "x" * 601}, "at most 600 characters"),
        ({"evidence_website": "x" * 256}, "at most 255 characters"),
        ({"consent": ["website", "verbal"]}, "Describe this way of consent: Spoken"),
        ({"use_case": ""}, "Choose the use case"),
        ({"use_case": "EMERGENCY"}, "Choose one of the answers offered"),
        ({"name": ""}, "Enter a name"),
        ({"name": "x" * 101}, "at most 100 characters"),
        ({"name": "Acme\x00"}, "cannot be stored"),
    ],
)
def test_details_that_are_wrong_get_their_answer(ada: Person, change: dict[str, Any], words: str) -> None:
    assert words in refused(ada, campaign_draft(ada), "details", DETAILS | change)


def test_words_about_a_way_that_is_not_ticked_are_not_checked(ada: Person) -> None:
    campaign = campaign_draft(ada)
    assert ada.post(step(campaign, "details"), DETAILS | {"consent_paper": "short"}).status_code == 302
    assert set(again(ada, campaign).consent) == {"website"}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"categories_fit": ""}, "Say whether all messages fit"),
        ({"categories_fit": "maybe"}, "Choose one of the answers offered"),
        ({"sub_use_cases": []}, "Choose the kinds of messages"),
        ({"sub_use_cases": ["MIXED"]}, "Choose one of the answers offered"),
        (
            {
                "sub_use_cases": [
                    "2FA",
                    "MARKETING",
                    "CUSTOMER_CARE",
                    "FRAUD_ALERT",
                    "SECURITY_ALERT",
                    "POLLING_VOTING",
                ]
            },
            "at least 1 and at most 5 kinds of messages; these are 6",
        ),
        ({"embedded_link": ""}, "web links"),
        ({"embedded_link": "yes"}, "Enter an example of a link"),
        ({"embedded_phone": ""}, "phone numbers"),
        ({"age_gated": "yes"}, "how you check the age"),
        ({"age_gated": "yes", "age_gate": "x" * 501}, "at most 500 characters"),
        ({"direct_lending": ""}, "loans"),
        ({"number_pool": ""}, "how many numbers"),
    ],
)
def test_carrier_questions_that_are_wrong_get_their_answer(
    ada: Person, change: dict[str, Any], words: str
) -> None:
    assert words in refused(ada, campaign_draft(ada), "questions", QUESTIONS | change)


def test_mixed_wants_two_kinds_at_least(ada: Person) -> None:
    campaign = campaign_draft(ada, use_case="MIXED")
    answers = QUESTIONS | {"sub_use_cases": ["2FA"]}
    assert "at least 2 and at most 5" in refused(ada, campaign, "questions", answers)


def test_yes_to_the_categories_files_the_five_of_the_question(ada: Person) -> None:
    campaign = campaign_draft(ada)
    # What was picked before is not asked any more, right or wrong.
    answers = QUESTIONS | {"categories_fit": "yes", "sub_use_cases": ["2FA"]}
    assert ada.post(step(campaign, "questions"), answers).status_code == 302
    assert again(ada, campaign).sub_use_cases == [
        "ACCOUNT_NOTIFICATION",
        "CUSTOMER_CARE",
        "DELIVERY_NOTIFICATION",
        "MARKETING",
        "PUBLIC_SERVICE_ANNOUNCEMENT",
    ]


def test_a_use_case_without_kinds_takes_those_of_the_one_before_away(ada: Person) -> None:
    campaign = campaign_draft(ada)
    assert ada.post(step(campaign, "details"), DETAILS | {"use_case": "2FA"}).status_code == 302
    saved = again(ada, campaign)
    assert (saved.sub_use_cases, saved.categories_fit) == ([], None)


def test_the_limit_of_direct_assignment_stands_in_the_question_from_policy(ada: Person) -> None:
    page = text_of(ada.get(step(campaign_draft(ada), "questions")))
    assert "Do you plan 49 numbers or more?" in page
    assert "up to 48 numbers are assigned directly" in page


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"sample_2": ""}, "at least 2 sample messages: number 2 is empty"),
        ({"sample_1": "", "sample_2": ""}, "number 1 is empty"),
        ({"sample_1": "Too short. STOP"}, "needs at least 20 characters; this has 15"),
        ({"sample_3": "x" * 1025}, "at most 1024 characters; this has 1025"),
        ({"sample_6": "Acme: one more. Reply STOP to opt out."}, "takes 5 sample messages at most"),
        ({"sample_99": "Acme: one more. Reply STOP to opt out."}, "takes 5 sample messages at most"),
        ({"sample_1": "Acme Plumbing\x00 says hello. Reply STOP to opt out."}, "cannot be stored"),
    ],
)
def test_samples_that_are_wrong_get_their_answer(ada: Person, change: dict[str, Any], words: str) -> None:
    assert words in refused(ada, campaign_draft(ada), "samples", SAMPLES | change)


def test_a_gap_between_samples_is_closed(ada: Person) -> None:
    campaign = campaign_draft(ada)
    answers = {"sample_1": "", "sample_3": SAMPLES["sample_1"], "sample_5": SAMPLES["sample_2"]}
    assert ada.post(step(campaign, "samples"), answers).status_code == 302
    assert again(ada, campaign).samples == [SAMPLES["sample_1"], SAMPLES["sample_2"]]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"description": "Short."}, "needs at least 40 characters"),
        ({"description": "x" * 4097}, "at most 4096 characters; this has 4097"),
        ({"privacy_url": ""}, "privacy policy"),
        ({"privacy_url": "http://www.acme.example/privacy"}, "begins with https://"),
        ({"terms_url": "javascript:alert(1)"}, "Enter a web address"),
        ({"terms_url": "https://127.0.0.1/terms"}, "Enter a web address"),
        ({"terms_url": "https://acme.example:8443/terms"}, "without a port number"),
        ({"terms_url": f"https://acme.example/{'x' * 250}"}, "at most 255 characters"),
        ({"optout_keywords": ""}, "such as STOP"),
        ({"optout_keywords": "STOP!,END"}, "“STOP!” cannot be a keyword"),
        ({"help_keywords": "ＨＥＬＰ"}, "cannot be a keyword"),
        ({"optin_keywords": "x" * 21}, "cannot be a keyword"),
        ({"optin_message": "Too short."}, "needs at least 20 characters"),
        ({"optout_message": "x" * 321}, "at most 320 characters"),
        ({"help_message": ""}, "Write the reply to HELP"),
    ],
)
def test_texts_that_are_wrong_get_their_answer(ada: Person, change: dict[str, Any], words: str) -> None:
    assert words in refused(ada, campaign_draft(ada), "texts", TEXTS | change)


def test_keywords_are_brought_into_the_registrys_form(ada: Person) -> None:
    campaign = campaign_draft(ada)
    answers = TEXTS | {"optout_keywords": " stop, end ;Quit  stop,"}
    assert ada.post(step(campaign, "texts"), answers).status_code == 302
    assert again(ada, campaign).optout_keywords == "STOP,END,QUIT"


def test_who_collects_consent_by_keyword_names_the_keywords(ada: Person) -> None:
    way = {"keyword": {"words": "A sign in our shop asks to text JOIN to our number.", "evidence": ""}}
    campaign = campaign_draft(ada, consent=way)
    assert "keywords with which people join" in refused(
        ada, campaign, "texts", TEXTS | {"optin_keywords": ""}
    )


@pytest.mark.parametrize(("typed", "words"), [("", "Write how people agree"), ("x" * 2049, "at most 2048")])
def test_a_message_flow_that_is_wrong_gets_its_answer(ada: Person, typed: str, words: str) -> None:
    assert words in refused(ada, campaign_draft(ada), "flow", {"message_flow": typed})


@pytest.mark.parametrize("typed", ["", "perhaps"])
def test_renewal_wants_a_yes_or_a_no(ada: Person, typed: str) -> None:
    assert refused(ada, campaign_draft(ada), "renewal", {"auto_renewal": typed})


HOSTILE = [
    "\x00",
    "\ud800",
    "\u202eevil",
    "x" * 1_000_000,
    "🦷" * 2_049,
    "<script>alert(1)</script>" * 3,
    "Acme: ＳＴＯＰ to end\u200b. Reply STOP",
    "%00",
]


@pytest.mark.parametrize("value", HOSTILE, ids=range(len(HOSTILE)))
@pytest.mark.parametrize("slug", [*STEPS, "brand"])
def test_hostile_text_gets_an_answer_and_never_a_crash(ada: Person, slug: str, value: str) -> None:
    campaign = campaign_draft(ada)
    names = {name for answers in STEPS.values() for name in answers} | {
        "brand",
        "message_flow",
        "embedded_link_sample",
        "age_gate",
    }
    body = "&".join(f"{name}={quote_from_bytes(value.encode('utf-8', 'surrogatepass'))}" for name in names)
    for extra in ("", "&add=x", "&remove=x", "&mend=x", "&compose=x"):
        answer = ada.client.post(
            step(campaign, slug), body + extra, content_type="application/x-www-form-urlencoded"
        )
        assert answer.status_code in {302, 400, 404, 422}
        assert "<script>alert(1)" not in answer.content.decode()
