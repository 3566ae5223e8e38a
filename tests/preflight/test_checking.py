"""The engine: order, verdict, determinism, and a rule that breaks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from portal.preflight import checking
from portal.preflight.checking import Found, Rule, check
from portal.preflight.findings import Finding, Findings, Severity, Source, Verdict

SOURCE = Source("a guide", date(2026, 11, 22))
SECRET = "91-4730265"


@dataclass(frozen=True)
class Campaign:
    """Any plain object can be looked at; this one has two texts."""

    description: str = ""
    sample: str = ""


def rule(
    name: str, *severities: Severity, fields: tuple[str, ...] = ("sample",), find: Any = None
) -> Rule[Campaign]:
    def found(_campaign: Campaign) -> Iterator[Found]:
        yield Found(fields[0], f"{name} speaks.", "Mend it.")

    return Rule(name, name, severities or (Severity.RISK,), "campaign", fields, SOURCE, find or found)


def test_the_worst_findings_come_first_and_otherwise_the_order_of_the_rules() -> None:
    rules = [
        rule("C01", Severity.RISK),
        rule("C02", Severity.ERROR),
        rule("C03", Severity.REJECT),
        rule("C04", Severity.ERROR),
        rule("C05", Severity.RISK),
    ]
    assert [one.rule for one in check(rules, Campaign())] == ["C02", "C04", "C03", "C01", "C05"]


@pytest.mark.parametrize(
    ("severities", "verdict"),
    [
        ((), Verdict.NO_KNOWN_PROBLEM),
        ((Severity.RISK,), Verdict.AT_RISK),
        ((Severity.RISK, Severity.REJECT), Verdict.LIKELY_REJECTED),
        ((Severity.RISK, Severity.ERROR, Severity.REJECT), Verdict.CANNOT_BE_SENT),
    ],
)
def test_the_verdict_is_the_worst_finding(severities: tuple[Severity, ...], verdict: Verdict) -> None:
    rules = [rule(f"C0{count}", one) for count, one in enumerate(severities)]
    assert check(rules, Campaign()).verdict is verdict


def test_each_severity_and_each_verdict_has_words_a_tone_and_a_shape_of_its_own() -> None:
    for kind in (Severity, Verdict):
        assert len({one.icon for one in kind}) == len(kind)
        assert len({str(one.word) for one in kind}) == len(kind)
        assert {one.tone for one in kind} <= {"mute", "wait", "ok", "late", "bad"}


def test_a_finding_says_rule_field_words_way_out_and_source() -> None:
    (one,) = check([rule("C02", Severity.REJECT)], Campaign())
    assert one == Finding("C02", Severity.REJECT, "sample", "C02 speaks.", "Mend it.", SOURCE)
    assert one.key == "C02:sample"


def test_a_rule_may_give_only_what_it_declares() -> None:
    def beyond(_campaign: Campaign) -> Iterator[Found]:
        yield Found("sample", "Worse.", "Mend it.", Severity.ERROR)

    def elsewhere(_campaign: Campaign) -> Iterator[Found]:
        yield Found("description", "Elsewhere.", "Mend it.")

    for find in (beyond, elsewhere):
        with pytest.raises(ValueError, match="C02 declares neither"):
            check([rule("C02", Severity.RISK, find=find)], Campaign())


@pytest.mark.parametrize("name", ["", "B1", "b01", "B001", "01B"])
def test_an_odd_id_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="no rule's id"):
        rule(name)


def test_a_rule_without_a_severity_is_refused() -> None:
    with pytest.raises(ValueError, match="says nothing of its severity"):
        Rule("C02", "C02", (), "campaign", ("sample",), SOURCE, lambda _campaign: [])


def breaks(campaign: Campaign) -> Iterator[Found]:
    yield Found("sample", "Said before it broke.", "Mend it.")
    raise RuntimeError(f"cannot read {campaign.sample}")


def test_a_broken_rule_breaks_no_page_and_does_not_quote_what_was_typed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(checking, "raising", False)
    findings = check([rule("C01"), rule("C02", find=breaks), rule("C03")], Campaign(sample=SECRET))
    assert [one.rule for one in findings] == ["C01", "C03"]
    assert findings.broken == ("C02",)
    said = "".join(capsys.readouterr()) + caplog.text
    assert "a rule of the linter broke" in said
    assert "C02" in said
    assert "RuntimeError" in said
    assert SECRET not in said


def test_a_broken_rule_breaks_the_tests() -> None:
    with pytest.raises(RuntimeError):
        check([rule("C02", find=breaks)], Campaign())


def test_the_same_subject_gets_the_same_answer() -> None:
    rules = [rule(f"C{count:02}", tuple(Severity)[count % 3]) for count in range(40)]
    assert len({tuple(check(rules, Campaign("a", "b"))) for _again in range(20)}) == 1


def test_findings_can_be_asked_by_field_and_by_severity() -> None:
    findings = check([rule("C01", Severity.ERROR), rule("C02", fields=("description",))], Campaign())
    assert [one.rule for one in findings.about("description")] == ["C02"]
    assert [one.rule for one in findings.of(Severity.ERROR)] == ["C01"]
    assert len(findings) == 2
    assert Findings().worst is None


def test_the_engine_knows_of_django_only_its_translations() -> None:
    """Import contracts cannot name a part of Django."""
    package = Path(checking.__file__).parent
    imported = {
        found
        for file in package.glob("*.py")
        for found in re.findall(r"(?m)^from (django\S*)", file.read_text())
    }
    assert imported == {"django.utils.functional", "django.utils.translation"}
