"""Questions that flows share, and choices that open others or stand behind a summary."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django import forms
from django.template import Context, Template

from portal.ui.fields import WebAddressField, YesNoField
from portal.ui.forms import PortalForm


class Asking(PortalForm):
    """One of each."""

    sure = YesNoField(label="Are you sure?")
    why = forms.CharField(label="Why?")
    page = WebAddressField(label="Page", max_length=60, required=False)
    kind = forms.ChoiceField(
        label="Kind", choices=[("a", "Ay"), ("b", "Bee"), ("c", "Cee")], widget=forms.RadioSelect
    )


@pytest.mark.parametrize(("sent", "answer"), [("yes", True), ("no", False)])
def test_yes_and_no_are_answers_and_nothing_is_none(sent: str, answer: bool) -> None:
    form = Asking({"sure": sent, "why": "x", "kind": "a"})
    assert form.is_valid()
    assert form.cleaned_data["sure"] is answer
    assert [Asking.base_fields["sure"].prepare_value(one) for one in (True, False, None)] == ["yes", "no", ""]


@pytest.mark.parametrize("sent", ["", "True", "on", "1"])
def test_anything_else_is_no_answer(sent: str) -> None:
    assert "sure" in Asking({"sure": sent, "why": "x", "kind": "a"}).errors


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("", ""),
        ("example.com/privacy/", "https://example.com/privacy"),
        ("HTTPS://WWW.Example.com/A?b=C", "https://www.example.com/A?b=C"),
        ("https://bücher.example/agb", "https://xn--bcher-kva.example/agb"),
    ],
)
def test_web_addresses_are_brought_into_form(typed: str, kept: str) -> None:
    assert WebAddressField(required=False).clean(typed) == kept


@pytest.mark.parametrize(
    "typed",
    [
        "http://example.com",
        "ftp://example.com",
        "localhost",
        "https://127.0.0.1/",
        "https://[::1",
        "https://example.com:8443",
        "https://me@example.com",
        "https://exa mple.com",
        "javascript:alert(1)",
        # Within the length as it is typed, and beyond it with its scheme.
        "example.com/" + "x" * 45,
    ],
)
def test_web_addresses_that_no_carrier_takes_get_a_sentence(typed: str) -> None:
    with pytest.raises(forms.ValidationError, match=r"Enter (a|an|the) (web |public )?address"):
        WebAddressField(max_length=60).clean(typed)


def shown(bound: Any) -> str:
    return Template("{% load ui %}{% field bound %}").render(Context({"bound": bound}))


def test_the_questions_that_a_choice_opens_stand_behind_it() -> None:
    form = Asking()
    form["sure"].reveals = {"yes": [form["why"]]}  # type: ignore[attr-defined]
    page = shown(form["sure"])
    assert page.index('value="yes"') < page.index('name="why"') < page.index('value="no"')
    assert page.count("choice__more") == 1


@pytest.mark.parametrize(("chosen", "is_open"), [("a", False), ("c", True)])
def test_folded_choices_are_open_where_one_of_them_is_chosen(chosen: str, is_open: bool) -> None:
    form = Asking(initial={"kind": chosen})
    form.fields["kind"].widget.folded = frozenset({"b", "c"})  # type: ignore[attr-defined]
    form.fields["kind"].widget.folded_label = "More kinds"  # type: ignore[attr-defined]
    page = shown(form["kind"])
    assert bool(re.search(r"<details\s+open", page)) is is_open
    assert page.index('value="a"') < page.index("More kinds") < page.index('value="b"')
