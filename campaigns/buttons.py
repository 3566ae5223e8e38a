"""Buttons of a step that change what is typed and save nothing: one more sample, one less, a mechanical fix, the
message flow composed again. They work without a script; with one, samples come and go without them.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.http import QueryDict

from campaigns import fixes
from campaigns.forms import CampaignForm
from campaigns.forms_messages import SAMPLES, composed
from campaigns.models import Campaign
from campaigns.rules_applied import subject_of, typed
from campaigns.use_cases import policy

ADD, REMOVE, MEND, COMPOSE = "add", "remove", "mend", "compose"


@dataclass(frozen=True, slots=True)
class Pressed:
    """What is typed after the button did its work. `field`: where one goes on; `boxes`: how many samples are shown,
    0 for as many as are filled in; `put_aside`: what was typed before is to be found again.
    """

    data: QueryDict
    field: str
    boxes: int = 0
    put_aside: bool = False


def pressed(campaign: Campaign, form_class: type[CampaignForm], data: QueryDict) -> Pressed | None:
    """What one of these buttons makes of `data`; None when the step was sent, or the button is none of ours."""
    names = form_class.base_fields
    if ADD in data and SAMPLES[0] in names:
        return _added(data)
    if REMOVE in data and SAMPLES[0] in names:
        return _removed(data)
    if COMPOSE in data and "message_flow" in names:
        changed = data.copy()
        changed["message_flow"] = composed(campaign)
        return Pressed(changed, "message_flow", put_aside=True)
    if MEND in data:
        return _mended(campaign, form_class, data)
    return None


def _texts(data: QueryDict) -> list[str]:
    return [data.get(name, "") for name in SAMPLES]


def _added(data: QueryDict) -> Pressed:
    filled = max([0, *(place for place, text in enumerate(_texts(data), start=1) if text)])
    try:
        shown = int(str(data[ADD]))
    except ValueError:
        shown = 0
    least, most = policy().samples.value
    boxes = min(max(filled, least, shown) + 1, most)
    return Pressed(data, SAMPLES[boxes - 1], boxes)


def _removed(data: QueryDict) -> Pressed:
    """The ones behind it move up."""
    name = str(data[REMOVE])
    texts, changed = _texts(data), data.copy()
    if name in SAMPLES:
        del texts[SAMPLES.index(name)]
        for field, text in zip(SAMPLES, [*texts, ""], strict=True):
            changed[field] = text
    return Pressed(changed, name if name in SAMPLES else SAMPLES[0])


def _mended(campaign: Campaign, form_class: type[CampaignForm], data: QueryDict) -> Pressed:
    rule, _colon, name = str(data[MEND]).partition(":")
    changed = data.copy()
    form = form_class(data, draft=campaign)
    if name in form.fields:
        value = str(form[name].value() or "")
        mended = fixes.apply(rule, name, value, subject_of(typed(campaign, form)))
        if mended is not None:
            changed[name] = mended
    return Pressed(changed, name if name in form.fields else next(iter(form.fields)))
