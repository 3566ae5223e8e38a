"""One click mends an answer: the rule has nothing more to say of it, and nothing else gets worse."""

from __future__ import annotations

import pytest

from campaigns import fixes
from campaigns.rules import check
from campaigns.rules_subject import Subject
from tests.campaigns.corpus import TUNED
from tests.campaigns.subjects import CLINIC, STOP, subject

_D = "Larkspur Dental"


def mended(rule: str, field: str, value: str, base: Subject = CLINIC) -> str | None:
    return fixes.apply(rule, field, value, base)


@pytest.mark.parametrize(
    ("rule", "field", "value", "better"),
    [
        ("C02", "sample_1", f"{_D}: see you at 9", f"{_D}: see you at 9. {STOP}"),
        ("C02", "sample_1", f"{_D}: see you at 9!", f"{_D}: see you at 9! {STOP}"),
        ("C02", "sample_1", f"{_D}: reply STOP to end. See you.", f"{_D}: See you. {STOP}"),
        ("C02", "sample_1", f"{_D}: see you. Text STOP2END", f"{_D}: see you. {STOP}"),
        ("C03", "sample_1", f"{_D}: see you. Text STOP2END", f"{_D}: see you. {STOP}"),
        ("C01", "sample_2", "see you at 9", f"{_D}: see you at 9"),
        ("C05", "sample_1", "at HTTP://a.com and http://b.com", "at https://a.com and https://b.com"),
        ("C23", "terms_url", "http://a.com/t", "https://a.com/t"),
        ("C32", "name", "Reminders", f"{_D} Reminders"),
        ("F05", "sample_1", "Ｙｏｕｒ vi\u200bsit, yоur “way”", 'Your visit, your "way"'),
        ("F06", "optout_keywords", "stop, end ,end,,“quit”", 'STOP,END,"QUIT"'),
        ("F07", "optout_keywords", "QUIT,END", "STOP,QUIT,END,UNSUBSCRIBE,CANCEL"),
        ("F07", "help_keywords", "INFO,END", "INFO,HELP"),
        ("F07", "optin_keywords", "START,STOP", "START"),
    ],
)
def test_a_click_writes_what_the_rule_wants(rule: str, field: str, value: str, better: str) -> None:
    assert mended(rule, field, value) == better


@pytest.mark.parametrize(
    ("rule", "field", "value"),
    [
        ("C10", "sample_1", "casino"),
        ("C01", "description", "a description without a name"),
        ("C02", "sample_1", "a" * 1020),
        ("F05", "sample_1", "su cita es mañana a las 9 de la mañana con el doctor"),
        ("C05", "sample_1", "https://a.com"),
        ("C99", "sample_1", "anything"),
        ("C02", "nowhere", "anything"),
    ],
)
def test_where_only_a_person_can_decide_there_is_no_click(rule: str, field: str, value: str) -> None:
    assert mended(rule, field, value) is None


def test_after_the_click_the_rule_is_silent_about_that_answer_and_no_worse_is_found() -> None:
    clicks = 0
    campaigns = [one for _rule, _name, one in TUNED.bad_campaigns]
    campaigns += [Subject(brand_name=brand, samples=(text,)) for _rule, brand, text in TUNED.bad]
    for campaign in campaigns:
        before = check(campaign)
        for finding in before:
            better = fixes.offered(finding, campaign)
            if better is None:
                continue
            clicks += 1
            assert fixes.words_of(finding.rule, finding.field)
            after = check(fixes.mended(campaign, finding.field, better))
            assert finding.key not in {one.key for one in after}, (finding.key, better)
            known = {one.key for one in before}
            worse = [
                one.key for one in after if one.key not in known and one.severity.rank < finding.severity.rank
            ]
            assert not worse, (finding.key, better)
    assert clicks > 30


def test_a_fix_is_the_same_when_it_is_asked_again() -> None:
    once = mended("C20", "optin_message", f"{_D}: welcome!", subject(optin_message=f"{_D}: welcome!"))
    assert once is not None
    assert mended("C20", "optin_message", once, subject(optin_message=once)) is None


def test_typographic_quotes_become_plain_ones() -> None:
    assert fixes.straightened("it’s “ready” — now…") == 'it\'s "ready" - now...'
