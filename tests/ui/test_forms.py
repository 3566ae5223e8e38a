"""What people type and paste: made safe, kept, and answered in words that say what to do."""

from __future__ import annotations

import time

import pytest
from django import forms
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from portal.ui.forms import PortalForm, error_items
from portal.ui.text import many_lines, one_line, without_unstorable


class Sample(PortalForm):
    legal_name = forms.CharField(label="Legal name", max_length=100)
    note = forms.CharField(label="Note", widget=forms.Textarea, required=False)
    kind = forms.ChoiceField(label="Kind", choices=[("a", "A"), ("b", "B")], widget=forms.RadioSelect)
    secret = forms.CharField(label="Secret", widget=forms.PasswordInput, strip=False, required=False)
    agree = forms.BooleanField(label="I agree")


GOOD = {"legal_name": "Riverbend Coffee", "kind": "a", "agree": "on"}


def test_a_nul_byte_is_an_error_of_its_field_and_what_is_left_is_shown() -> None:
    form = Sample(GOOD | {"legal_name": "River\x00bend"})
    assert not form.is_valid()
    assert list(form.errors) == ["legal_name"]
    assert form["legal_name"].value() == "Riverbend"
    assert "cannot be stored" in str(form.errors["legal_name"])
    assert "Legal name" in str(form.errors["legal_name"])


@pytest.mark.parametrize("bad", ["\x00", "\x07", "\x1b", "\x7f", "\x9f", "\ud800", "\ufffe", "\U0010ffff"])
def test_what_no_database_can_hold_never_gets_through(bad: str) -> None:
    form = Sample(GOOD | {"note": f"before{bad}after"})
    assert list(form.errors) == ["note"]
    assert form["note"].value() == "beforeafter"
    str(form["note"]).encode()  # a lone surrogate would break the page itself


def test_a_surrogate_in_a_choice_is_refused_without_breaking_the_page() -> None:
    form = Sample(GOOD | {"kind": "\ud800"})
    assert not form.is_valid()
    str(form.errors).encode()


def test_a_hostile_query_of_every_key_is_cleaned_too() -> None:
    form = Sample(QueryDict("legal_name=A%00B&kind=a&agree=on&note=x%0B%0Cy"))
    assert not form.is_valid()
    assert form["legal_name"].value() == "AB"
    assert form.cleaned_data["note"] == "x\n\ny"


def test_the_next_post_with_what_was_left_is_accepted() -> None:
    first = Sample(GOOD | {"legal_name": "A\x00B"})
    assert Sample(GOOD | {"legal_name": first["legal_name"].value()}).is_valid()


def test_white_space_invisible_marks_and_forms_of_letters_are_normalised() -> None:
    form = Sample(GOOD | {"legal_name": " \u200bCafe\u0301 \u00a0 du\tNord\ufeff\u202e "})
    assert form.is_valid()
    assert form.cleaned_data["legal_name"] == "Café du Nord"


def test_lines_stay_lines() -> None:
    form = Sample(GOOD | {"note": "\r\nHi  \r\n\r\n  there\u2028Reply STOP \n"})
    assert form.is_valid()
    assert form.cleaned_data["note"] == "Hi\n\n  there\nReply STOP"


def test_joined_emoji_and_scripts_that_need_joiners_stay_whole() -> None:
    for text in ("👩\u200d🔧", "می\u200cخواهم"):
        assert one_line(text) == text


def test_a_password_keeps_its_spaces() -> None:
    form = Sample(GOOD | {"secret": "  two  spaces  "})
    assert form.is_valid()
    assert form.cleaned_data["secret"] == "  two  spaces  "


def test_a_megabyte_is_refused_in_words_and_quickly() -> None:
    began = time.perf_counter()
    form = Sample(GOOD | {"legal_name": "ä\u0301" * 500_000})
    assert not form.is_valid()
    assert "at most 100 characters; this has" in str(form.errors["legal_name"])
    assert time.perf_counter() - began < 2


def test_the_browser_never_cuts_what_was_pasted() -> None:
    assert "maxlength" not in str(Sample()["legal_name"])


def test_the_callers_data_is_left_alone() -> None:
    data = GOOD | {"legal_name": "A\x00"}
    Sample(data).is_valid()
    assert data["legal_name"] == "A\x00"


def test_every_message_names_its_field() -> None:
    form = Sample({})
    assert [str(item.message) for item in form.error_items] == [
        "Fill in “Legal name”.",
        "Choose an answer for “Kind”.",
        "Tick “I agree” to go on.",
    ]


def test_a_fields_own_words_win() -> None:
    class Own(PortalForm):
        name = forms.CharField(error_messages={"required": "Say it."})

    assert Own({}).errors["name"] == ["Say it."]


def test_the_summary_points_at_the_first_control_of_each_field() -> None:
    form = Sample({}, auto_id="my_%s")
    assert [item.field_id for item in form.error_items] == ["my_legal_name", "my_kind_0", "my_agree"]
    assert all(f'id="{item.field_id}"' in form.as_p() for item in form.error_items)


def test_errors_of_the_whole_form_come_first_and_point_nowhere() -> None:
    form = Sample({})
    form.add_error(None, "These two do not fit.")
    assert form.error_items[0].message == "These two do not fit."
    assert form.error_items[0].field_id == ""


def test_a_form_that_was_not_sent_has_no_errors() -> None:
    assert Sample().error_items == []


def test_djangos_own_vague_message_names_its_field_too() -> None:
    class Foreign(forms.Form):
        login = forms.CharField(label="E-mail")

    (item,) = error_items(Foreign({}))
    assert item.message == "Fill in “E-mail”."


def test_a_prefixed_form_cleans_its_own_fields() -> None:
    form = Sample({f"x-{key}": value for key, value in GOOD.items()} | {"x-legal_name": "A\x00"}, prefix="x")
    assert list(form.errors) == ["legal_name"]


@given(st.text(st.characters(codec=None)))
def test_cleaned_text_can_always_be_stored_and_cleaning_twice_changes_nothing(raw: str) -> None:
    clean, _ = without_unstorable(raw)
    for normal in (one_line, many_lines):
        once = normal(clean)
        once.encode()
        assert "\x00" not in once
        assert normal(once) == once
