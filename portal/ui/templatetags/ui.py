"""Tags of the interface: icon, badge, field, when, copyable, and a few questions that templates ask."""

from __future__ import annotations

import re
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django import forms, template
from django.conf import settings
from django.template import loader
from django.utils import formats, timezone
from django.utils.dateformat import format as format_date
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, pgettext

from portal.lib.phones import shown as shown_phone
from portal.ui.context import theme_of
from portal.ui.forms import ErrorItem, first_control, messages_of
from portal.ui.forms import error_items as items_of
from portal.ui.marks import mark_of
from portal.ui.today import today

register = template.Library()

register.simple_tag(mark_of)

_NAME = re.compile(r"[a-z][a-z-]*")
_SIZES = {"": "16", "large": "20"}


def _drawing(name: str) -> str:
    """The text of an icon's file. Raises ValueError for an odd name, TemplateDoesNotExist for a wrong one."""
    if not _NAME.fullmatch(name):
        raise ValueError(f"{name!r} is not the name of an icon")
    return loader.get_template(f"icons/{name}.svg").render().strip()


_drawing_once = lru_cache(maxsize=128)(_drawing)


@register.simple_tag
def icon(name: str, label: str = "", size: str = "") -> SafeString:
    """The drawing `templates/icons/<name>.svg`, inline, in the colour of the text around it.

    Hidden from screen readers unless it has a `label`. `size`: "" (16 px) or "large" (20 px).
    """
    drawing = (_drawing if settings.DEBUG else _drawing_once)(name)
    pixels = _SIZES[size]
    # The files are ours; only the label comes from elsewhere, and is escaped.
    says = format_html('role="img" aria-label="{}"', label) if label else 'aria-hidden="true"'
    start = f'<svg class="icon" width="{pixels}" height="{pixels}" {says} focusable="false" '
    return mark_safe(drawing.replace("<svg ", start, 1))  # noqa: S308


@register.inclusion_tag("components/badge.html")
def badge(look: Any, id: str = "", *, swap: bool = False) -> dict[str, Any]:  # noqa: A002 - named as in HTML
    """A status. `look` has `.word`, `.tone` and `.icon`; give an `id` where the badge is swapped in place,
    and `swap` in the answer that brings the new one.
    """
    return {"look": look, "id": id, "swap": swap}


@register.inclusion_tag("components/field.html")
def field(
    bound: forms.BoundField,
    *,
    width: str = "",
    prefix: str = "",
    hint: str | None = None,
    label: str = "",
    placeholder: str = "",
) -> dict[str, Any]:
    """One question: label, hint, errors and control, tied together for screen readers.

    `width`: "" (full), "short" or "medium", after the length of the expected answer. `prefix` stands before
    the control ("https://"). `hint` and `label` replace the field's own; an empty hint shows none.
    """
    widget = bound.field.widget
    kind = _kind(widget)
    if hint is not None:
        # Also for Django, which names the hint in the control by itself.
        bound.help_text = hint
    described = [f"{bound.auto_id}_helptext"] if bound.help_text else []
    described += [f"{bound.auto_id}_error"] if bound.errors else []
    slot = getattr(bound, "slot", None)
    described += [slot.id] if slot else []
    group = kind in {"radios", "checkboxes", "several"}
    attributes: dict[str, Any] = {"aria-invalid": "true" if bound.errors else False}
    # A placeholder vanishes while one types: it is no hint. A group carries its hint on the fieldset.
    attributes["placeholder"] = placeholder or False
    attributes["aria-describedby"] = " ".join(described) if described and not group else False
    if kind not in {"checkbox", "radios", "checkboxes"}:
        attributes["class"] = f"{widget.attrs.get('class', '')} control".strip()
    return {
        "field": bound,
        "kind": kind,
        "control": bound.as_widget(attrs=attributes) if kind not in {"radios", "checkboxes"} else "",
        **_choices(bound, kind),
        "label": label or bound.label,
        "label_for": first_control(bound),
        "hint": bound.help_text,
        "messages": messages_of(bound),
        "described": " ".join(described),
        "optional": not bound.field.required and kind != "checkbox",
        "width": width,
        "prefix": prefix,
        "slot": slot,
    }


def _kind(widget: forms.Widget) -> str:
    if isinstance(widget, forms.CheckboxSelectMultiple):
        return "checkboxes"
    if isinstance(widget, forms.RadioSelect):
        return "radios"
    if isinstance(widget, forms.MultiWidget):
        return "several"
    if isinstance(widget, forms.CheckboxInput):
        return "checkbox"
    if isinstance(widget, forms.Select):
        return "select"
    return "text"


def _choices(bound: forms.BoundField, kind: str) -> dict[str, Any]:
    """The choices of a group. Those in `widget.folded` (a set of values) stand behind `widget.folded_label`,
    which is open where one of them is chosen.
    """
    if kind not in {"radios", "checkboxes"}:
        return {"options": [], "folded": []}
    options = _options(bound)
    hidden: frozenset[str] = getattr(bound.field.widget, "folded", frozenset())
    folded = [one for one in options if one["value"] in hidden]
    return {
        "options": [one for one in options if one["value"] not in hidden],
        "folded": folded,
        "folded_label": getattr(bound.field.widget, "folded_label", ""),
        "unfolded": any(one["chosen"] for one in folded),
    }


def _options(bound: forms.BoundField) -> list[dict[str, Any]]:
    """Each choice: its bare control, its words, a hint from `widget.option_hints` (value → text), and the
    questions that it opens from `bound.reveals` (value → bound fields).
    """
    hints = getattr(bound.field.widget, "option_hints", {})
    reveals = getattr(bound, "reveals", {})
    options = []
    for choice in bound.subwidgets:
        data = choice.data
        if data["value"] in (None, "") and isinstance(bound.field.widget, forms.RadioSelect):
            continue
        hint = hints.get(str(data["value"]), "")
        hint_id = f"{data['attrs']['id']}_hint" if hint else ""
        # The fieldset carries it; on a single radio button it would be wrong.
        data["attrs"].pop("aria-invalid", None)
        if hint_id:
            data["attrs"]["aria-describedby"] = hint_id
        options.append(
            {
                "value": str(data["value"]),
                "chosen": data["selected"],
                "reveals": reveals.get(str(data["value"]), ()),
                "control": choice.tag(wrap_label=False),
                "id": data["attrs"]["id"],
                "label": data["label"],
                "hint": hint,
                "hint_id": hint_id,
            }
        )
    return options


@register.simple_tag
def error_items(form: Any) -> list[ErrorItem]:
    """The lines of the error summary of any Django form; [] for None or an unbound form."""
    return items_of(form) if isinstance(form, forms.BaseForm) else []


@register.simple_tag
def has_errors(form: Any) -> bool:
    """Is `form` a form that was sent and has errors? For the page title."""
    return isinstance(form, forms.BaseForm) and form.is_bound and bool(form.errors)


@register.simple_tag
def when(value: datetime | date | None, style: str = "") -> SafeString | str:
    """A moment or a day as "Mon 2 Nov, 09:14" in the zone of the page; zone and year stand in the title.

    The year is shown when it is not this one. `style="date"` leaves the time out; `style="words"` says "today"
    and "yesterday", and names the zone. None gives a dash.
    """
    if value is None:
        return "—"
    local = timezone.localtime(value) if isinstance(value, datetime) and timezone.is_aware(value) else value
    this_year = local.year == timezone.localtime().year
    short = pgettext("date format", "D j M") if this_year else pgettext("date format", "D j M Y")
    text = format_date(local, short)
    full = format_date(local, pgettext("date format", "l j F Y"))
    machine = local.isoformat()
    if isinstance(local, datetime):
        machine = local.isoformat(timespec="seconds")
        clock = formats.time_format(local, "H:i")
        full = f"{full}, {clock} {local.tzname() or ''}".strip()
        if style == "words":
            age = (today() - local.date()).days
            text = {0: gettext("today"), 1: gettext("yesterday")}.get(age, text)
            clock = f"{clock} {local.tzname() or ''}".strip()
        text = text if style == "date" else f"{text}, {clock}"
    return format_html('<time datetime="{}" title="{}">{}</time>', machine, full, text)


@register.filter
def phone(value: str) -> str:
    """An E.164 number as people read it: "+1 206 555 0123"."""
    return shown_phone(value)


@register.inclusion_tag("components/copyable.html")
def copyable(value: Any, label: str = "") -> dict[str, Any]:
    """An identifier with a copy button. `label` says what it is ("brand id"), for those who cannot see it."""
    return {"value": "" if value is None else str(value), "label": label}


@register.simple_tag(takes_context=True)
def theme(context: template.Context) -> str:
    """The theme of this browser: "system", "light" or "dark"."""
    return theme_of(context.get("request"))
