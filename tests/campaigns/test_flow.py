"""The message flow that is sent: composed from the answers, whole, and one's own once it is changed."""

from __future__ import annotations

from typing import Any

import pytest

from campaigns import defaults, flow, rules
from campaigns.choices import Consent, UseCase
from campaigns.forms_details import CONSENT_EXAMPLES
from campaigns.models import Campaign
from campaigns.rules_applied import subject_of
from campaigns.submitting import payload
from portal.drafts.models import Typed
from tests.campaigns.answers import TEXTS, again, step, text_of
from tests.factories import ALONE, campaign_draft, verified_brand
from tests.people import Person

# Many small ones, which together take longer than the quick set may.
pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def composed(ada: Person, campaign: Campaign, **answers: Any) -> str:
    """What the answers make, after these changes."""
    found = again(ada, campaign)
    for name, value in answers.items():
        setattr(found, name, value)
    return flow.compose(found)


def draft(ada: Person, **answers: Any) -> Campaign:
    """A campaign whose flow nobody has written or seen yet."""
    return campaign_draft(ada, **({"message_flow": "", "message_flow_own": False} | answers))


WORDS = "Our people ask each customer whether they want such texts and write the answer down with its date."


def test_it_holds_what_reviewers_look_for(ada: Person) -> None:
    text = composed(ada, draft(ada))
    for part in (
        "Acme Plumbing sends text messages only to people who agreed",
        "Web form: Customers type their mobile number into the booking form",
        "See https://www.acme.example/book",
        "account notifications and customer care from Acme Plumbing",
        "Message frequency varies.",
        "Message and data rates may apply.",
        "Reply HELP for help.",
        "Reply STOP to opt out.",
        "Privacy policy: https://www.acme.example/privacy",
        "Terms and conditions: https://www.acme.example/terms",
    ):
        assert part in text
    assert 40 <= len(text) <= flow.LONGEST
    assert text == composed(ada, again(ada, the(ada)))


def the(ada: Person) -> Campaign:
    with ada.acting():
        found: Campaign = Campaign.objects.get()
    return found


def test_each_way_of_consent_stands_in_it_in_the_admins_words(ada: Person) -> None:
    everything = {
        method.value: {"words": f"{number}. {WORDS}", "evidence": ""} for number, method in enumerate(Consent)
    }
    text = composed(ada, draft(ada), consent=everything)
    for number, _method in enumerate(Consent):
        assert f"{number}. {WORDS}" in text
    assert "is not used to collect phone numbers" not in text
    one = composed(ada, the(ada), consent={"verbal": {"words": WORDS.removesuffix("."), "evidence": ""}})
    assert f"Verbal consent: {WORDS}\n" in one
    assert "The website of Acme Plumbing is not used to collect phone numbers for these messages." in one


def test_words_on_several_lines_are_one_line_of_it(ada: Person) -> None:
    text = composed(ada, draft(ada), consent={"paper": {"words": f"First\n\n {WORDS}", "evidence": ""}})
    assert f"Paper form: First {WORDS}\n" in text


def test_age_is_mentioned_where_content_is_restricted(ada: Person) -> None:
    gate = {"age_gated": True, "age_gate": "https://www.acme.example/age asks for it"}
    assert "date of birth first: https://www.acme.example/age asks for it." in composed(
        ada, draft(ada), **gate
    )
    assert "date of birth" not in composed(ada, the(ada), age_gated=False, age_gate="left over")


@pytest.mark.parametrize("method", Consent.values)
def test_with_defaults_and_an_example_of_consent_no_rule_likely_rejects_it(ada: Person, method: str) -> None:
    """What we write ourselves passes our own rules, whatever the way of consent."""
    words = CONSENT_EXAMPLES[method].replace("www.example.com", "www.acme.example")
    campaign = again(ada, draft(ada, consent={method: {"words": words, "evidence": ""}}))
    for name, value in defaults.texts(campaign).items():
        setattr(campaign, name, value)
    campaign.name = defaults.name(campaign)
    with ada.acting():
        found = [
            (one.rule, one.field, str(one.message), str(one.severity))
            for one in rules.check(subject_of(campaign))
            if one.severity != "risk" and not one.field.startswith(("sample", "consent_"))
        ]
    assert found == []


@pytest.mark.parametrize("case", [one for one in UseCase.values if one not in ("MIXED", "LOW_VOLUME")])
def test_every_use_case_gets_texts_of_the_lengths_that_are_taken(ada: Person, case: str) -> None:
    campaign = again(ada, draft(ada, use_case=case, sub_use_cases=[], categories_fit=None))
    texts = defaults.texts(campaign)
    assert 40 <= len(texts["description"]) <= 4096
    for name in ("optin_message", "optout_message", "help_message"):
        assert 20 <= len(texts[name]) <= 320
    assert 0 < len(defaults.name(campaign)) <= 100


def test_defaults_of_the_longest_brand_name_still_fit(ada: Person) -> None:
    long = ("Waterworks " * 10).strip()[:100]
    brand = verified_brand(ada, display_name=long)
    five = ["ACCOUNT_NOTIFICATION", "CUSTOMER_CARE", "DELIVERY_NOTIFICATION", "MARKETING"]
    campaign = again(
        ada, campaign_draft(ada, brand, sub_use_cases=[*five, "PUBLIC_SERVICE_ANNOUNCEMENT"], name="")
    )
    texts = defaults.texts(campaign)
    for name in ("optin_message", "optout_message", "help_message"):
        assert len(texts[name]) <= 320, name
    assert len(defaults.name(campaign)) <= 100


def test_a_lenders_description_says_direct_lending(ada: Person) -> None:
    campaign = again(ada, draft(ada, direct_lending=True))
    assert "Direct Lending" in defaults.texts(campaign)["description"]


def test_a_person_has_defaults_too(ada: Person) -> None:
    brand = verified_brand(ada, **ALONE)
    campaign = again(ada, campaign_draft(ada, brand, use_case="SOLE_PROPRIETOR", sub_use_cases=[]))
    assert defaults.texts(campaign)["help_message"].startswith("Osei Flowers: For help, e-mail")


# --- on the pages


def test_texts_are_written_from_the_brand_until_somebody_saves_the_step(ada: Person) -> None:
    blank = dict.fromkeys(TEXTS, "")
    campaign = campaign_draft(ada, **blank)
    page = text_of(ada.get(step(campaign, "texts")))
    assert "Acme Plumbing: You are unsubscribed and will receive no more messages." in page
    assert "STOP,UNSUBSCRIBE,CANCEL,END,QUIT" in page
    # No address is guessed.
    assert 'value="https://www.acme.example/privacy"' not in page
    assert "such as https://www.acme.example/privacy" in page
    assert "The step “Texts” is not complete yet." in text_of(ada.get(step(campaign, "check")))
    ada.post(step(campaign, "texts"), TEXTS | {"optin_keywords": ""})
    assert 'name="optin_keywords" value=' not in text_of(ada.get(step(campaign, "texts")))


def test_the_name_is_suggested_with_the_organizations_name(ada: Person) -> None:
    page = text_of(ada.get(step(campaign_draft(ada, name=""), "details")))
    assert 'value="Acme Plumbing phone campaign"' in page


def test_left_as_it_was_composed_it_follows_the_answers(ada: Person) -> None:
    campaign = draft(ada)
    page = text_of(ada.get(step(campaign, "flow")))
    assert "Composed from your answers." in page
    text = flow.compose(again(ada, campaign))
    # As a browser sends it.
    ada.post(step(campaign, "flow"), {"message_flow": text.replace("\n", "\r\n")})
    assert not again(ada, campaign).message_flow_own
    ada.post(step(campaign, "texts"), TEXTS | {"terms_url": "https://www.acme.example/other-terms"})
    for page in (text_of(ada.get(step(campaign, one))) for one in ("flow", "check")):
        assert "https://www.acme.example/other-terms" in page
    with ada.acting():
        assert "other-terms" in payload(again(ada, campaign))["message_flow"]


def test_changed_it_is_ones_own_and_can_be_composed_again_without_losing_it(ada: Person) -> None:
    campaign = draft(ada)
    own = f"{flow.compose(again(ada, campaign))}\nWe keep the forms for five years."
    ada.post(step(campaign, "flow"), {"message_flow": own})
    assert again(ada, campaign).message_flow_own
    assert "You wrote this yourself." in text_of(ada.get(step(campaign, "flow")))
    ada.post(step(campaign, "texts"), TEXTS | {"terms_url": "https://www.acme.example/other-terms"})
    with ada.acting():
        assert payload(again(ada, campaign))["message_flow"] == own
    typed = own.replace("five", "seven")
    answer = ada.post(step(campaign, "flow"), {"message_flow": typed, "compose": "yes"})
    assert answer["Location"] == f"{step(campaign, 'flow')}#id_message_flow"
    page = text_of(ada.get(step(campaign, "flow")))
    assert "other-terms" in page
    assert "for seven years" not in page
    with ada.acting():
        kept = [
            row.answers["message_flow"] for row in Typed.objects.filter(slug="flow").exclude(state=Typed.OPEN)
        ]
    assert any("for five years" in text for text in kept)
    assert any("for seven years" in text for text in kept)
    ada.post(step(campaign, "flow"), {"message_flow": flow.compose(again(ada, campaign))})
    assert not again(ada, campaign).message_flow_own


def test_what_is_composed_too_long_is_said_and_never_cut(ada: Person) -> None:
    everything = {method.value: {"words": WORDS * 5, "evidence": ""} for method in Consent}
    campaign = draft(ada, consent=everything)
    text = flow.compose(again(ada, campaign))
    assert len(text) > flow.LONGEST
    answer = ada.post(step(campaign, "flow"), {"message_flow": text})
    assert answer.status_code == 422
    assert "can have at most 2048 characters" in text_of(answer)
    assert "The step “Message flow” is not complete yet." in text_of(ada.get(step(campaign, "check")))
