"""Which steps there are, which of them are done, and where to go next."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest
from django import forms

from portal.ui.forms import PortalForm
from portal.ui.wizard import Step, StepStatus, Wizard


@dataclass(frozen=True)
class Draft:
    accepted: bool = False
    name: str = ""
    form_of_law: str = ""
    ticker: str = ""


class Terms(PortalForm):
    accepted = forms.BooleanField()


class Company(PortalForm):
    name = forms.CharField()
    form_of_law = forms.ChoiceField(choices=[("private", "Private"), ("public", "Public")])


class Exchange(PortalForm):
    ticker = forms.CharField()

    def clean_ticker(self) -> str:
        if self.draft is not None and self.cleaned_data["ticker"] == self.draft.name:
            raise forms.ValidationError("That is the name.")
        return str(self.cleaned_data["ticker"])


WIZARD = Wizard(
    [
        Step("terms", "Terms", Terms),
        Step("company", "Company", Company),
        Step("exchange", "Exchange", Exchange, applies=lambda draft: draft.form_of_law == "public"),
        Step("check", "Check and send"),
    ]
)
FULL = Draft(accepted=True, name="Acme", form_of_law="private")


def slug(step: Step | None) -> str:
    return step.slug if step else ""


def slugs(draft: Draft) -> list[str]:
    return [step.slug for step in WIZARD.steps_for(draft)]


def test_a_step_that_does_not_apply_is_not_there() -> None:
    assert slugs(FULL) == ["terms", "company", "check"]
    assert slugs(replace(FULL, form_of_law="public")) == ["terms", "company", "exchange", "check"]
    with pytest.raises(LookupError):
        WIZARD.get(FULL, "exchange")


def test_an_unknown_step_is_a_lookup_error() -> None:
    with pytest.raises(LookupError):
        WIZARD.get(FULL, "no-such-step")
    with pytest.raises(LookupError):
        WIZARD.after(FULL, "no-such-step")


def test_next_and_previous_skip_what_does_not_apply() -> None:
    assert slug(WIZARD.after(FULL, "company")) == "check"
    assert slug(WIZARD.before(FULL, "check")) == "company"
    assert WIZARD.before(FULL, "terms") is None
    assert WIZARD.after(FULL, "check") is None


def test_the_first_incomplete_step_is_the_one_whose_form_refuses_the_draft() -> None:
    assert slug(WIZARD.first_incomplete(Draft(accepted=True, name="Acme"))) == "company"
    assert WIZARD.first_incomplete(FULL) is None


def test_a_false_answer_in_a_draft_is_not_taken_for_a_tick() -> None:
    assert slug(WIZARD.first_incomplete(replace(FULL, accepted=False))) == "terms"


def test_a_step_may_look_at_the_rest_of_the_draft() -> None:
    public = replace(FULL, form_of_law="public", ticker="Acme")
    assert slug(WIZARD.first_incomplete(public)) == "exchange"
    assert WIZARD.first_incomplete(replace(public, ticker="ACM")) is None


def test_a_change_returns_to_the_last_page_unless_it_opened_a_question() -> None:
    public = replace(FULL, form_of_law="public")
    assert slug(WIZARD.onward(FULL, "company", returning=True)) == "check"
    assert slug(WIZARD.onward(public, "company", returning=True)) == "exchange"


def test_without_a_change_continue_leads_to_the_next_step() -> None:
    assert slug(WIZARD.onward(FULL, "terms")) == "company"


def test_the_indicator_numbers_the_steps_and_links_only_where_one_can_go() -> None:
    views = WIZARD.state(Draft(accepted=True), "terms", url=lambda step: f"/{step.slug}/")
    assert [(view.step.slug, view.number, view.status, view.url) for view in views] == [
        ("terms", 1, StepStatus.CURRENT, ""),
        ("company", 2, StepStatus.AHEAD, "/company/"),
        ("check", 3, StepStatus.AHEAD, ""),
    ]


def test_done_steps_stay_links_after_going_back() -> None:
    views = WIZARD.state(FULL, "terms", url=lambda step: f"/{step.slug}/")
    assert [(view.status, view.url) for view in views] == [
        (StepStatus.CURRENT, ""),
        (StepStatus.DONE, "/company/"),
        (StepStatus.AHEAD, "/check/"),
    ]


def test_drafts_may_be_mappings() -> None:
    assert WIZARD.steps[0].complete({"accepted": True})
    assert Company.opened({"name": "Acme"})["name"].value() == "Acme"


def test_an_opened_form_shows_the_draft_without_errors() -> None:
    form = Company.opened(FULL)
    assert (form["name"].value(), form.error_items) == ("Acme", [])


def test_two_steps_may_not_share_a_slug() -> None:
    with pytest.raises(ValueError, match="slug"):
        Wizard([Step("a", "A"), Step("a", "B")])
