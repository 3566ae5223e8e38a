"""One step of a draft, opened and sent back: shared by the wizards of all flows.

A flow's view says how a draft is saved; here is decided whether it may be: the answers are valid, and nobody
saved others since the page was opened, or the person has seen both and chosen. Whatever is not saved is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import render
from django.utils.html import strip_tags
from django.utils.translation import gettext as _

from portal.accounts.limits import AUTOSAVE
from portal.drafts.models import Typed
from portal.drafts.typed import Place
from portal.ui import answers
from portal.ui.answers import Difference
from portal.ui.forms import PortalForm

# In the address of a step: "stored", or the id of earlier answers to begin with.
BEGIN_WITH = "answers"
# The button that leaves the wizard and takes along what was typed.
LEAVE = "leave"
# Earlier answers that a page offers.
OFFERED = 5


@dataclass(frozen=True, slots=True)
class Shown:
    """A step as a page shows it. `unsaved`: the form holds what this person typed and did not save;
    `again`: it holds these earlier answers. `overtaken`: somebody saved others in the meantime.
    """

    form: PortalForm
    opened_from: str
    unsaved: Typed | None = None
    again: Typed | None = None
    overtaken: bool = False
    earlier: tuple[Typed, ...] = ()


@dataclass(frozen=True, slots=True)
class Clash:
    """Two sets of answers to one step, to be chosen from. `last` says who saved the other one, if known."""

    form: PortalForm
    differences: list[Difference]
    opened_from: str
    carried: list[tuple[str, str]]
    last: Typed | None


@dataclass(frozen=True, slots=True)
class Done:
    """The step is settled: `saved`, or the person took what was `saved` before."""

    saved: bool


def opened(place: Place, form_class: type[PortalForm], wanted: str = "") -> Shown:
    """The step as somebody finds it: with what they typed and did not save, if there is any.

    `wanted`: "stored" for what the draft holds, or the id of earlier answers.
    """
    draft = place.draft
    plain = form_class.opened(draft)
    base = answers.opened_from(form_class, draft, place.scope)
    again = next((row for row in place.earlier() if str(row.pk) == wanted), None)
    unsaved = None if wanted == answers.STORED or again else place.unsaved()
    row = again or unsaved
    if row is None or answers.same_text(plain, row.answers):
        return Shown(plain, base, earlier=_others(place, plain))
    form = form_class(initial={**form_class.fields_of(draft), **row.answers}, draft=draft)
    if again:
        return Shown(form, base, again=again, earlier=_others(place, form))
    moved = bool(row.opened_from) and row.opened_from != base
    return Shown(form, row.opened_from or base, unsaved=row, overtaken=moved, earlier=_others(place, form))


def sent(
    place: Place,
    form_class: type[PortalForm],
    data: QueryDict,
    save: Callable[[Mapping[str, Any]], None],
    *,
    at: datetime,
) -> Shown | Clash | Done:
    """What becomes of a step that came back. The draft's row has to be locked, so that two cannot pass at once.

    Shown: there are errors. Clash: somebody saved others. Either way what was typed is kept. `save` is called
    with the valid answers, and may raise what it likes.
    """
    if data.get(answers.DECISION) == answers.STORED:
        place.put_aside()
        return Done(saved=False)
    opened_from = answers.readable(data.get(answers.OPENED_FROM, ""))
    form = form_class(answers.decided(data, form_class, place.draft, place.scope), draft=place.draft)
    if not form.is_valid():
        _keep(place, form, opened_from, at)
        return Shown(form, opened_from)
    differences = answers.differences(form, opened_from, place.scope)
    if differences:
        _keep(place, form, opened_from, at)
        base = answers.opened_from(form_class, place.draft, place.scope)
        return Clash(form, differences, base, answers.carried(form, place.scope), place.last_saved())
    save(form.cleaned_data)
    place.saved(answers.raw(form), at=at)
    return Done(saved=True)


def kept(place: Place, form_class: type[PortalForm], data: QueryDict, *, at: datetime) -> Typed | None:
    """Keep what was typed without saving it; None where there is nothing to keep, or too much."""
    form = form_class(data, draft=place.draft)
    return _keep(place, form, answers.readable(data.get(answers.OPENED_FROM, "")), at)


def is_autosave(request: HttpRequest) -> bool:
    """Did keep-typed.js send this, because somebody left a field? Then it is kept, and nothing is saved."""
    return request.method == "POST" and request.headers.get(AUTOSAVE) == "1"


def autosaved(request: HttpRequest, row: Typed | None) -> HttpResponse:
    """The sentence that the page then shows; "" when nothing differs from what is saved."""
    words = render(request, "components/typed_kept.html", {"row": row}).content.decode() if row else ""
    said = _("What you type here is kept, also while it is not saved.") if row else ""
    return JsonResponse({"words": " ".join(strip_tags(words).split()), "said": said})


def compare(request: HttpRequest, clash: Clash, **page: Any) -> HttpResponse:
    """The page that shows both, 409: saved is nothing, and nothing is lost."""
    mine = clash.last is not None and clash.last.person == getattr(request.user, "pk", None)
    context = {"clash": clash, "mine": mine, **page}
    return render(request, "components/wizard_compare.html", context, status=409)


def left(outcome: Shown | Clash | Done) -> str:
    """What somebody is told who left in the middle of a step."""
    if isinstance(outcome, Done):
        return _("Saved. You can go on at any time.")
    return _("What you typed is kept, and not saved yet: it is there when you come back to this step.")


def _keep(place: Place, form: PortalForm, opened_from: str, at: datetime) -> Typed | None:
    typed = answers.raw(form)
    if answers.same_text(type(form).opened(place.draft), typed):
        place.drop()
        return None
    return place.keep(typed, opened_from, at=at)


def _others(place: Place, shown: PortalForm) -> tuple[Typed, ...]:
    """Earlier answers that say something else than the page does, each once."""
    found: list[Typed] = []
    for row in place.earlier():
        if not answers.same_text(shown, row.answers) and all(row.answers != one.answers for one in found):
            found.append(row)
    return tuple(found[:OFFERED])
