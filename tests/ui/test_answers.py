"""What a step was opened from: hashes that tell changes and nothing else, for any form of any flow."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from django import forms
from django.http import QueryDict

from portal.ui import answers
from portal.ui.forms import PortalForm

SCOPE = "trip/1/where"


@dataclass(frozen=True)
class Draft:
    town: str = "Reno"
    means: str = "bus"
    secret: str = ""


class Secret(forms.CharField):
    never_kept = True


class Where(PortalForm):
    town = forms.CharField()
    means = forms.ChoiceField(choices=[("bus", "By bus"), ("rail", "By rail")])
    secret = Secret(required=False)


def sent(draft: Draft, **typed: str) -> Where:
    """The valid form over `draft` as it is stored now."""
    form = Where(QueryDict("", mutable=True) | {"town": "Reno", "means": "bus"} | typed, draft=draft)
    assert form.is_valid(), form.errors
    return form


def told(opened: Draft, stored: Draft, **typed: str) -> dict[str, tuple[str, str, bool]]:
    """What is said about each answer that differs."""
    base = answers.opened_from(Where, opened, SCOPE)
    found = answers.differences(sent(stored, **typed), base, SCOPE)
    return {one.name: (str(one.typed), str(one.stored), one.theirs) for one in found}


def test_nothing_is_told_while_nobody_else_saved() -> None:
    assert told(Draft(), Draft(), town="Elko") == {}


def test_both_sides_are_told_in_words() -> None:
    assert told(Draft(), replace(Draft(), means="rail", town="Ely"), town="Elko") == {
        "town": ("Elko", "Ely", False),
        "means": ("By bus", "By rail", True),
    }


def test_an_answer_that_only_one_side_changed_is_no_conflict_by_itself() -> None:
    assert told(Draft(), replace(Draft(), town="Elko"), town="Elko") == {}
    assert told(Draft(), replace(Draft(), town="Ely"), town="Ely", means="rail") == {}


def test_equal_answers_have_other_hashes_in_another_draft_and_field() -> None:
    twins = Draft(town="bus")
    here, there = (answers.opened_from(Where, twins, scope) for scope in (SCOPE, "trip/2/where"))
    values = [pair.split(":")[1] for page in (here, there) for pair in page.split(".")]
    assert len(set(values)) == len(values)


def test_what_is_carried_over_the_page_is_sealed_where_it_is_secret() -> None:
    pairs: dict[str, Any] = dict(answers.carried(sent(Draft(), secret="12-3456789"), SCOPE))
    assert "secret" not in pairs
    assert "3456789" not in str(pairs)
    data = QueryDict("", mutable=True)
    data.update(pairs | {"decision": "typed"})
    assert answers.decided(data, Where, Draft(), SCOPE)["secret"] == "12-3456789"
    assert "secret" not in answers.decided(data, Where, Draft(), "trip/2/where")


def test_each_answer_can_be_chosen_by_itself() -> None:
    data = QueryDict("town=Elko&means=rail&decision=each&marked-town=stored&marked-means=typed")
    chosen = answers.decided(data, Where, Draft(town="Ely"), SCOPE)
    assert (chosen["town"], chosen["means"]) == ("Ely", "rail")


def test_what_was_typed_raw_holds_no_secret() -> None:
    form = Where(QueryDict("town=El%00ko&means=nonsense&secret=12-3456789"), draft=Draft())
    assert answers.raw(form) == {"town": "Elko", "means": "nonsense"}
