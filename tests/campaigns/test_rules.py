"""Every rule of a campaign: when it speaks, how severely, in both directions, and what bad input comes to."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any
from uuid import uuid4

import pytest

from campaigns import rules, states
from campaigns.choices import UseCase
from campaigns.fixes import mended
from campaigns.models import Campaign
from campaigns.rules import RULES, check, check_message
from campaigns.rules_examples import EXAMPLES
from campaigns.rules_subject import Consented, Other, Subject, of_campaign, of_payload
from portal.preflight import checking
from portal.preflight.findings import Severity, Verdict
from tests.campaigns.subjects import CLINIC, MIXED, SHOP, STOP, subject

E, R, W = Severity.ERROR, Severity.REJECT, Severity.RISK

# The severities as they were decided, written down a second time.
SEVERITIES = {
    **{name: {E} for name in ("F01", "F02", "F03", "B14", "C02", "C14")},
    **{name: {R} for name in ("F05", "C03", "C04", "C05", "C06", "C07", "C20")},
    **{name: {W} for name in ("C17", "C19", "C24", "C25", "C29", "C31", "C32", "C33", "C34")},
    **{name: {R, W} for name in ("F04", "F07", "C01", "C08", "C09", "C10", "C11", "C12", "C13")},
    **{name: {R, W} for name in ("C15", "C16", "C18")},
    **{name: {R, W} for name in ("C21", "C22", "C26", "C27", "C28", "C30", "C35", "C36")},
    "F06": {E, W},
    "C23": {E, R, W},
}
Case = tuple[str, Severity, str, Subject]
_D = "Larkspur Dental"


@pytest.fixture(autouse=True)
def _breaking(monkeypatch: pytest.MonkeyPatch) -> None:
    """A rule that breaks breaks its test."""
    monkeypatch.setattr(checking, "raising", True)


def said(subject: Subject) -> list[tuple[str, Severity, str]]:
    """Rule, severity and field of what is found."""
    return [(one.rule, one.severity, one.field) for one in check(subject)]


def sample(text: str, **answers: Any) -> Subject:
    """The clinic with another first sample."""
    return subject(samples=(text, CLINIC.samples[1]), **answers)


SPEAKS: list[Case] = [
    ("F01", E, "brand", subject(brand_given=False)),
    ("F01", E, "collects_opt_ins", subject(collects_opt_ins=False)),
    ("F01", E, "help_message", subject(help_message="  ")),
    ("F01", E, "age_gated", subject(age_gated=None)),
    ("F01", E, "consent", subject(consent=())),
    ("F01", E, "consent_paper", subject(consent=(*CLINIC.consent, Consented("paper")))),
    ("F01", E, "optin_keywords", subject(consent=(Consented("keyword", "x" * 60),), optin_keywords="")),
    ("F01", E, "age_gate", subject(age_gated=True)),
    ("F02", E, "sample_1", sample(f"{_D}: {'a' * 1010} {STOP}")),
    ("F02", E, "optout_message", subject(optout_message="Bye.")),
    ("F03", E, "sample_1", subject(samples=("", *CLINIC.samples))),
    ("F03", E, "samples", subject(least_samples=3)),
    ("F06", W, "optout_keywords", subject(optout_keywords="STOP, UNSUBSCRIBE,CANCEL,END,QUIT")),
    ("F06", E, "help_keywords", subject(help_keywords="HELP,HELP,INFO")),
    ("F06", E, "help_keywords", subject(help_keywords="HELP,“INFO”")),
    ("F07", W, "help_keywords", subject(help_keywords="HELP")),
    ("F07", W, "optout_keywords", subject(optout_keywords="STOP")),
    ("F07", R, "help_keywords", subject(help_keywords="INFO")),
    ("F07", R, "help_keywords", subject(help_keywords="HELP,INFO,END")),
    ("C01", W, "sample_1", sample(f"Your visit is tomorrow at 9. {STOP}")),
    (
        "C01",
        W,
        "description",
        subject(
            description="We remind patients of the visits that they booked with the office by phone or online."
        ),
    ),
    ("C03", R, "optin_message", subject(optin_message=CLINIC.optin_message.replace("STOP to", "STOP2"))),
    ("C04", R, "message_flow", subject(message_flow=CLINIC.message_flow + " See https://bit.ly/3x.")),
    (
        "C05",
        R,
        "help_message",
        subject(help_message=f"{_D}: see http://www.larkspurdental.com/help for help."),
    ),
    ("C06", R, "sample_2", subject(links=False)),
    ("C08", W, "sample_1", sample(f"{_D}: a glass of wine awaits you after the visit. {STOP}")),
    ("C08", W, "age_gated", subject(age_gated=True, age_gate="People enter their date of birth first.")),
    ("C09", W, "direct_lending", subject(direct_lending=True)),
    ("C09", W, "description", subject(direct_lending=True)),
    ("C10", W, "brand", subject(brand_name="Larkspur Casino", legal_name="")),
    ("C10", W, "sample_1", sample(f"{_D}: our poker table is back in the lobby. {STOP}")),
    ("C11", R, "sample_1", sample(f"{_D}: <script>alert(1)</script> {STOP}")),
    ("C11", W, "sample_1", sample(f"{_D}: [name], [date], [time], [doctor], you. {STOP}")),
    ("C13", W, "sub_use_cases", subject(sub_use_cases=("CUSTOMER_CARE", "MARKETING"))),
    ("C14", E, "sub_use_cases", subject(SHOP, sub_use_cases=("MARKETING",))),
    ("C14", E, "sub_use_cases", subject(MIXED, sub_use_cases=("MARKETING", "MARKETING"))),
    ("C14", E, "sub_use_cases", subject(MIXED, sub_use_cases=("MARKETING", "CHARITY"))),
    (
        "C15",
        W,
        "message_flow",
        subject(
            consent=(*CLINIC.consent, Consented("qr", "They scan the code at our front desk with a phone."))
        ),
    ),
    ("C15", W, "consent_website", subject(consent=(Consented("website", "On our site."),))),
    (
        "C16",
        W,
        "consent_website",
        subject(
            message_flow=CLINIC.message_flow + " They log in first.",
            consent=(Consented("website", CLINIC.consent[0].words),),
        ),
    ),
    (
        "C16",
        W,
        "message_flow",
        subject(
            message_flow=CLINIC.message_flow.replace(
                "https://www.larkspurdental.com/book", "https://forms.formsite.com/a"
            )
        ),
    ),
    (
        "C18",
        R,
        "message_flow",
        subject(message_flow=CLINIC.message_flow + " We share numbers with our partners."),
    ),
    (
        "C18",
        W,
        "message_flow",
        subject(
            message_flow=CLINIC.message_flow.replace(
                "Consent is not a condition of care.",
                "A valid phone number is required: mandatory mobile number.",
            )
        ),
    ),
    (
        "C21",
        W,
        "optout_message",
        subject(optout_message=f"{_D}: you are unsubscribed. Goodbye and take care."),
    ),
    ("C22", R, "help_message", subject(help_message="For help call (415) 555-0142.")),
    ("C23", E, "privacy_url", subject(privacy_url="larkspurdental.com/privacy")),
    ("C23", R, "terms_url", subject(terms_url="https://bit.ly/3x")),
    ("C23", R, "terms_url", subject(terms_url="https://www.larkspurdental.com/login?next=/terms")),
    ("C36", W, "brand", subject(campaigns_there=5)),
]
SILENT: list[tuple[str, Subject]] = [
    ("C06", sample(f"{_D}: we open at 5.Please come. {STOP}")),
    ("C07", sample(f"{_D}: your code is 4155550142. {STOP}")),
    ("C07", sample(f"{_D}: your order #415-555-0142 is here. {STOP}")),
    ("C07", sample(f"{_D}: your visit is on 3/14 at 9:00. Reply HELP or call 415-555-0142 for help. {STOP}")),
    ("C18", subject(message_flow=CLINIC.message_flow + " We never share numbers with third parties.")),
    ("C18", subject(message_flow=CLINIC.message_flow + " The box is not pre-checked.")),
    ("C18", subject(message_flow=CLINIC.message_flow + " We do not use purchased lists.")),
    ("C22", subject(help_message=f"{_D}: help at https://www.larkspurdental.com/help or reply STOP.")),
    ("C23", subject(privacy_url="https://legal.larkspurdental.com/privacy")),
    (
        "C30",
        subject(
            use_case=UseCase.CHARITY, sub_use_cases=(), description=CLINIC.description + " Please donate."
        ),
    ),
    ("C34", sample(f"{_D}: book at https://book.larkspurdental.com {STOP}")),
]


@pytest.mark.parametrize(("rule", "severity", "field", "campaign"), SPEAKS)
def test_a_rule_speaks_of_what_it_is_for(
    rule: str, severity: Severity, field: str, campaign: Subject
) -> None:
    assert (rule, severity, field) in said(campaign)


@pytest.mark.parametrize(("rule", "campaign"), SILENT)
def test_a_rule_is_silent_about_what_only_looks_like_it(rule: str, campaign: Subject) -> None:
    assert rule not in {one for one, _severity, _field in said(campaign)}


@pytest.mark.parametrize("base", [CLINIC, SHOP, MIXED], ids=lambda one: one.brand_name)
def test_an_honest_campaign_has_no_known_problem(base: Subject) -> None:
    assert said(base) == []
    assert check(base).verdict is Verdict.NO_KNOWN_PROBLEM


# --- the rules as data


def test_every_rule_stands_once_with_the_severities_that_were_decided() -> None:
    assert {rule.id: set(rule.severities) for rule in RULES} == SEVERITIES
    numbers = (
        {f"F{number:02}" for number in range(1, 8)} | {f"C{number:02}" for number in range(1, 37)} | {"B14"}
    )
    assert {rule.id for rule in RULES} == numbers
    assert len(RULES) == len(numbers)
    assert rules.NOT_CHECKED == ("B12", "C24", "C25")


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_the_examples_of_a_rule_are_true(rule: Any) -> None:
    example = EXAMPLES[rule.id]
    assert rule.good
    if not example.field:
        return
    bad, good = (mended(CLINIC, example.field, text) for text in (example.bad, example.good))
    assert rule.id in {one.rule for one in check(bad)}
    assert rule.id not in {one.rule for one in check(good)}


# --- one answer for one input


def test_nothing_that_is_typed_into_the_brand_or_the_texts_breaks_a_rule() -> None:
    odd = (
        "",
        " ",
        "\x00",
        "\ud800",
        "\u202e",
        "🎉" * 50,
        "[" * 200,
        "ﷺ" * 100,
        "<",
        "%",
        "http://",
        "@",
        "((((",
    )
    for text in odd:
        filled = {one.name: text for one in fields(Subject) if one.type == "str"}
        check(replace(CLINIC, **filled, samples=(text,) * 7, consent=(Consented(text, text, text),)))
        check_message(text, text)


@pytest.mark.parametrize(
    ("text", "rules_of"),
    [
        (f"{_D}: Ｙｏｕｒ visit is tomorrow. {STOP}", {"F05"}),
        (f"{_D}: your vi\u200bsit is tomorrow. {STOP}", {"F05"}),
        (f"{_D}: yоur visit is tomorrow. {STOP}", {"F05"}),
        (f"{_D}: it’s time for your visit. Reply “STOP” to unsubscribe.", set()),
        (f"{_D}: your visit is tomorrow.Reply STOPto unsubscribe", {"C02", "C03"}),
        (f"{_D}: your visit is tomorrow. TextSTOP", {"C02", "C03"}),
        (f"{_D}: {STOP} Your visit is tomorrow at 9.", {"C02"}),
        (f"{_D}: your visit is tomorrow. {STOP} Reply HELP for help.", set()),
        (
            f"{_D}: reply STOP to end, and come to our office at Fifth and Pine before nine on Monday morning",
            {"C02"},
        ),
        (f"{_D}: <b>tomorrow</b> is your visit. {STOP}", {"C11"}),
        (f"{_D}: javascript:alert(1) is your visit. {STOP}", {"C11"}),
        (f"{_D}: {'a' * 1025} {STOP}", {"F02"}),
        (f"{_D}: {'a ' * 50_000} {STOP}", {"F02"}),
        (f"{_D}: {'a ' * 50_000}", {"F02", "C02"}),
        ("", {"F03"}),
    ],
)
def test_odd_input_has_its_clear_answer(text: str, rules_of: set[str]) -> None:
    if text:
        assert {one.rule for one in check_message(text, _D)} == rules_of
    found = {one.rule for one in check(subject(samples=(text, CLINIC.samples[1])))}
    assert rules_of <= found


def test_the_brand_s_own_name_counts_once_and_not_in_every_message() -> None:
    law = subject(brand_name="CBD Law", samples=(f"CBD Law: see you at 9. {STOP}", f"CBD Law: done. {STOP}"))
    assert [(severity, field) for rule, severity, field in said(law) if rule == "C10"] == [(W, "brand")]


def test_a_sixth_sample_and_4097_characters_are_refused_in_numbers() -> None:
    six = subject(
        samples=tuple(
            f"{_D}: visit {word} is booked. {STOP}" for word in ("one", "two", "three", "four", "five", "six")
        )
    )
    (found,) = [one for one in check(six) if one.rule == "F03"]
    assert "6" in str(found.message)
    long = subject(description=(CLINIC.description * 40)[:4097])
    (found,) = [one for one in check(long) if one.rule == "F02"]
    assert "4097" in str(found.message)
    assert "1 character" in str(found.fix)
    assert "F02" not in {one.rule for one in check(subject(description=(CLINIC.description * 40)[:4096]))}


def test_curly_quotes_straight_quotes_and_a_word_in_small_letters_are_the_same_to_the_rules() -> None:
    texts = [
        f"{_D}: come at 9. Reply {word} to unsubscribe."
        for word in ("STOP", "“STOP”", '"STOP"', "stop", "‘STOP’")
    ]
    assert [said(sample(text)) for text in texts] == [[]] * len(texts)


# --- another campaign of the brand


def test_the_same_campaign_again_is_a_risk_and_its_clone_or_earlier_version_is_none() -> None:
    first = Campaign(
        pk=uuid4(),
        status=states.ACTIVE,
        name="First",
        use_case=CLINIC.use_case,
        description=CLINIC.description,
    )
    again = Campaign(pk=uuid4(), name="Again", use_case=CLINIC.use_case, description=CLINIC.description)

    def seen(campaign: Campaign, *others: Campaign) -> bool:
        return "C31" in {one.rule for one in check(of_campaign(campaign, None, others))}

    assert seen(again, first)
    assert not seen(first, first)
    again.copied_from = first.pk
    assert not seen(again, first)
    assert not seen(first, again)
    sister = Campaign(
        pk=uuid4(), status=states.ACTIVE, use_case=CLINIC.use_case, description=CLINIC.description
    )
    sister.copied_from = first.pk
    assert not seen(again, sister)
    ended = Campaign(
        pk=uuid4(), status=states.REJECTED, use_case=CLINIC.use_case, description=CLINIC.description
    )
    assert not seen(Campaign(use_case=CLINIC.use_case, description=CLINIC.description), ended)


def test_another_purpose_is_no_duplicate() -> None:
    other = Other("Offers", UseCase.MARKETING, CLINIC.description)
    assert "C31" not in {rule for rule, _severity, _field in said(subject(others=(other,)))}


def test_what_was_filed_is_read_back_as_the_rules_saw_it() -> None:
    kept = {
        **{
            one.name: getattr(CLINIC, one.name)
            for one in fields(Subject)
            if one.name in Subject.__dataclass_fields__
        },
        "subscriber_optin": True,
        "subscriber_optout": True,
        "subscriber_help": True,
        "samples": list(CLINIC.samples),
        "portal": {
            "name": CLINIC.name,
            "product": "phone",
            "consent": {one.method: {"words": one.words, "evidence": one.evidence} for one in CLINIC.consent},
            "categories_fit": False,
            "age_gate": "",
        },
    }
    again = of_payload(kept, None)
    assert again.consent == CLINIC.consent
    assert (again.samples, again.name, again.collects_opt_ins) == (CLINIC.samples, CLINIC.name, True)
    assert {one.rule for one in check(again)} <= {"F01"}
