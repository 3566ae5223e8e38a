"""The tags that templates are written with."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django import forms
from django.template import Context, Template
from django.utils import timezone

from portal.ui.forms import PortalForm
from portal.ui.looks import Look


def render(source: str, **context: Any) -> str:
    return " ".join(Template("{% load ui %}" + source).render(Context(context)).split())


class Sample(PortalForm):
    name = forms.CharField(
        label="Legal name",
        help_text="As on the letter.",
        widget=forms.TextInput(attrs={"autocomplete": "organization", "placeholder": "Acme"}),
    )
    trade = forms.CharField(label="Trading name", required=False)
    mail = forms.EmailField(label="E-mail")
    country = forms.ChoiceField(label="Country", choices=[("", "Choose"), ("US", "United States")])
    kind = forms.ChoiceField(
        label="Kind", choices=[("a", "A"), ("b", "B")], widget=forms.RadioSelect, help_text="Pick one."
    )
    topics = forms.MultipleChoiceField(
        label="Topics", choices=[("x", "X")], widget=forms.CheckboxSelectMultiple, required=False
    )
    agree = forms.BooleanField(label="I agree")


Sample.base_fields["kind"].widget.option_hints = {"b": "The second."}  # type: ignore[attr-defined]


def field(name: str, data: dict[str, str] | None = None, more: str = "") -> str:
    return render("{% field form." + name + " " + more + " %}", form=Sample(data))


def test_a_badge_is_shape_word_and_tone() -> None:
    html = render('{% badge look id="b1" %}', look=Look("In <review>", "wait", "in-review"))
    assert "".join(html.split()).startswith('<spanclass="badge"data-tone="wait"id="b1"><svgclass="icon"')
    assert html.endswith("In &lt;review&gt;</span>")


def test_a_field_ties_label_hint_and_control_together() -> None:
    html = field("name")
    assert '<label class="field__label" for="id_name">' in html
    assert '<div class="field__hint" id="id_name_helptext">As on the letter.</div>' in html
    assert 'aria-describedby="id_name_helptext"' in html
    assert 'autocomplete="organization"' in html
    assert "aria-invalid" not in html
    assert "placeholder" not in html


def test_a_wrong_field_says_so_beside_its_control() -> None:
    html = field("name", {})
    assert 'aria-invalid="true"' in html
    assert 'aria-describedby="id_name_helptext id_name_error"' in html
    assert 'id="id_name_error"' in html
    assert "Fill in “Legal name”." in html


def test_only_optional_fields_are_marked() -> None:
    assert "(optional)" in field("trade")
    assert "(optional)" not in field("name")
    assert "required" not in field("name")


def test_what_was_typed_is_kept_and_escaped() -> None:
    assert 'value="&lt;b&gt;&quot;x&quot;"' in field("name", {"name": '<b>"x"'})


def test_a_group_has_a_legend_and_carries_its_errors_as_a_group() -> None:
    html = field("kind", {})
    assert '<fieldset class="field field--invalid" id="id_kind"' in html
    assert 'aria-describedby="id_kind_helptext id_kind_error"' in html
    assert '<label class="choice" for="id_kind_0">' in html
    assert "aria-invalid" not in html
    assert 'aria-describedby="id_kind_1_hint"' in html


def test_a_chosen_answer_stays_chosen() -> None:
    assert 'value="b" class="' not in field("kind", {"kind": "b"})
    assert 'value="b" id="id_kind_1"' in field("kind", {"kind": "b"})
    assert field("kind", {"kind": "b"}).count("checked") == 1


def test_a_tick_box_stands_before_its_label() -> None:
    html = field("agree", {"agree": "on"})
    assert html.index('type="checkbox"') < html.index("I agree")
    assert "checked" in html


def test_several_tick_boxes_are_a_group() -> None:
    assert '<legend class="field__label">' in field("topics")
    assert 'name="topics" value="x"' in field("topics")


def test_a_select_can_be_styled() -> None:
    assert "field__box--select" in field("country")
    assert "<select" in field("country")


def test_a_hint_can_be_replaced_or_left_out() -> None:
    assert "Another." in field("name", more='hint="Another."')
    assert "field__hint" not in field("name", more='hint=""')
    assert "aria-describedby" not in field("name", more='hint=""')


def test_width_and_prefix_are_said_in_the_markup() -> None:
    html = field("name", more='width="short" prefix="https://"')
    assert 'data-width="short"' in html
    assert '<span class="field__prefix" aria-hidden="true">https://</span>' in html


def test_a_moment_is_shown_in_the_zone_of_the_page() -> None:
    this_year = timezone.now().year
    moment = datetime(this_year, 11, 2, 14, 14, tzinfo=UTC)
    with timezone.override(ZoneInfo("America/New_York")):
        html = render("{% when at %}", at=moment)
    assert f'datetime="{this_year}-11-02T09:14:00-05:00"' in html
    assert f"November {this_year}, 09:14 EST" in html
    assert "2 Nov, 09:14</time>" in html


def test_another_year_is_shown() -> None:
    assert "Sat 2 Nov 2019, 14:14</time>" in render(
        "{% when at %}", at=datetime(2019, 11, 2, 14, 14, tzinfo=UTC)
    )
    assert "Sat 2 Nov 2019</time>" in render("{% when at %}", at=date(2019, 11, 2))
    assert "Sat 2 Nov 2019</time>" in render(
        '{% when at style="date" %}', at=datetime(2019, 11, 2, 14, 14, tzinfo=UTC)
    )


def test_no_moment_is_a_dash() -> None:
    assert render("{% when at %}", at=None) == "—"


def test_something_to_copy_is_complete_without_a_script() -> None:
    html = render('{% copyable value label="brand id" %}', value='4b"20')
    assert '<span class="copyable__text">4b&quot;20</span>' in html
    assert 'data-copy="4b&quot;20"' in html
    assert 'aria-label="Copy brand id"' in html
    assert "needs-script" in html


@pytest.mark.parametrize(
    ("cookie", "theme"), [("dark", "dark"), ("light", "light"), ("system", "system"), ("'><", "system")]
)
def test_the_theme_is_one_of_three(cookie: str, theme: str, rf: Any) -> None:
    request = rf.get("/")
    request.COOKIES["theme"] = cookie
    assert render("{% theme %}", request=request) == theme


def test_a_page_without_a_request_has_the_systems_colours() -> None:
    assert render("{% theme %}") == "system"
