"""The control pages for numbers: whose they are, and what the carriers say. For a person on this machine."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from portal.practice import clock, ledger
from portal.practice.control import bad_request, page_of
from portal.practice.deciding import TooLate
from portal.practice.models import Account, Link, Number
from portal.practice.models.number import FAILED, RELEASE_FAILED, RELEASING
from portal.practice.number_forms import STANDINGS, AddNumbersForm, FailNumberForm, NumberWordForm
from portal.practice.numbers import adding, deciding
from portal.practice.numbers.linking import standing_of
from portal.practice.numbers.looks import WAITING, is_silenced, look_of, next_of, timeline_of
from portal.practice.wire import kept

NUMBERS_PER_PAGE = 50
Act = Callable[[Number, clock.Moment], None]


@require_safe
def numbers(request: HttpRequest) -> HttpResponse:
    """The numbers of all accounts, newest first, narrowed down by digits and standing."""
    return _numbers(request, AddNumbersForm(auto_id="add_%s"))


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    """Give an account numbers."""
    if request.method != "POST":
        return redirect("numbers")
    form = AddNumbersForm(request.POST, auto_id="add_%s")
    if not form.is_valid():
        return _numbers(request, form, status=400)
    answers = form.cleaned_data
    count = adding.add(
        Account.objects.get(fingerprint=answers["account"]),
        answers["numbers"],
        clock.read(),
        tags=[answers["tag"]] if answers["tag"] else [],
        country=answers["country"],
        sms=answers["sms"],
        profile=answers["profile"],
    )
    said = ngettext("%(n)s number added.", "%(n)s numbers added.", count) % {"n": count}
    messages.success(request, _("%(said)s The portal finds them when it syncs.") % {"said": said})
    return redirect("numbers")


@require_http_methods(["GET", "HEAD", "POST"])
def settle(request: HttpRequest) -> HttpResponse:
    """Let the mobile carriers answer now everything that waits."""
    if request.method == "POST":
        count = deciding.settle(Link.objects.all(), clock.read())
        said = ngettext("%(n)s answer is out.", "%(n)s answers are out.", count) % {"n": count}
        messages.success(request, said)
    return redirect("numbers")


@require_safe
def number(request: HttpRequest, number_id: int) -> HttpResponse:
    """One number and the ways to decide it."""
    return _number(request, number_id)


@require_http_methods(["GET", "HEAD", "POST"])
def decision(request: HttpRequest, number_id: int, act: str) -> HttpResponse:
    """Decide a number by hand; `act` is one of `_ACTS` or of the forms."""
    if act not in _ACTS and act not in _FORMS:
        raise Http404
    if request.method != "POST":
        return redirect("number", number_id=number_id)
    row = get_object_or_404(Number.objects.select_related("account"), pk=number_id)
    moment = clock.read()
    try:
        if act in _ACTS:
            _ACTS[act](row, moment)
        else:
            form = _FORMS[act](request.POST, auto_id=f"{act}_%s")
            if not form.is_valid():
                return _number(request, number_id, {act: form}, status=400)
            _decide(row, moment, form)
    except TooLate as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, _("Done. The portal learns it at its next look."))
    return redirect("number", number_id=number_id)


_ACTS: dict[str, Act] = {
    "assign": deciding.accept,
    "release": deciding.release,
    "lose": deciding.lose,
    "take": deciding.take,
    "silence": lambda row, moment: deciding.silence(row, moment, silent=True),
    "speak": lambda row, moment: deciding.silence(row, moment, silent=False),
}
_FORMS: dict[str, type[forms.Form]] = {"refuse": FailNumberForm, "word": NumberWordForm}


def _decide(row: Number, moment: clock.Moment, form: forms.Form) -> None:
    match form:
        case FailNumberForm():
            link = standing_of(row, moment)
            releasing = link is not None and link.status_now in (RELEASING, RELEASE_FAILED)
            (deciding.refuse if releasing else deciding.fail)(row, moment, reason=form.words)
        case NumberWordForm():
            deciding.say(row, moment, word=form.cleaned_data["word"])


def _numbers(request: HttpRequest, form: AddNumbersForm, status: int = 200) -> HttpResponse:
    moment = clock.read()
    asked = {name: kept(request.GET.get(name, ""), 40) for name in ("q", "standing", "campaign", "before")}
    rows = Number.objects.select_related("account").order_by("-pk")
    digits = re.sub(r"[^0-9]", "", asked["q"])
    if digits:
        rows = rows.filter(e164__contains=digits)
    if asked["campaign"]:
        on = Link.objects.filter(campaign__tcr_id=asked["campaign"]).current(moment)
        rows = rows.filter(pk__in=on.values("number"))
    rows = _standing(rows, asked["standing"], moment)
    if asked["before"]:
        if not (asked["before"].isascii() and asked["before"].isdigit() and len(asked["before"]) < 19):
            return bad_request(request, ledger.BadFilter(_("That page of the list does not exist.")))
        rows = rows.filter(pk__lt=int(asked["before"]))
    found = list(rows[: NUMBERS_PER_PAGE + 1])
    shown = found[:NUMBERS_PER_PAGE]
    links = Link.objects.filter(number__in=shown).current(moment)
    now = {link.number.pk: link for link in links.select_related("account", "number", "campaign__brand")}
    query = request.GET.copy()
    query["before"] = str(shown[-1].pk) if len(found) > NUMBERS_PER_PAGE else ""
    context = {
        "rows": [_row(one, now.get(one.pk), moment) for one in shown],
        "asked": asked,
        "filtered": bool(digits or asked["standing"] or asked["campaign"]),
        "standings": STANDINGS,
        "older": f"?{query.urlencode()}" if query["before"] else "",
        "waiting": Link.objects.as_of(moment).standing(*WAITING).count(),
        "form": form,
        "adding": status != 200,
    }
    return page_of(request, "numbers", context, status=status)


def _standing(rows: QuerySet[Number], standing: str, moment: clock.Moment) -> QuerySet[Number]:
    current = Link.objects.current(moment)
    match standing:
        case "waiting":
            return rows.filter(pk__in=current.standing(*WAITING).values("number"))
        case "failed":
            return rows.filter(pk__in=current.standing(FAILED, RELEASE_FAILED).values("number"))
        case "on":
            on = Link.objects.filter(pk__in=current.values("pk")).as_of(moment)
            return rows.filter(pk__in=on.values("number")).exclude(
                pk__in=on.standing(FAILED).values("number")
            )
        case "free":
            return rows.exclude(pk__in=current.values("number"))
    return rows


def _row(one: Number, link: Link | None, moment: clock.Moment) -> dict[str, Any]:
    return {
        "number": one,
        "link": link,
        "look": look_of(link, moment),
        "waiting": link is not None and link.status_now in WAITING,
        "releasing": link is not None and link.status_now == RELEASING,
        "silent": link is not None and link.status_now in WAITING and is_silenced(link, moment),
        "next": next_of(link, moment),
    }


def _number(
    request: HttpRequest, number_id: int, shown: dict[str, forms.Form] | None = None, status: int = 200
) -> HttpResponse:
    found = get_object_or_404(Number.objects.select_related("account", "profile"), pk=number_id)
    moment = clock.read()
    links = list(
        Link.objects.filter(number=found)
        .as_of(moment)
        .select_related("account", "number", "campaign__brand")
        .order_by("pk")
    )
    link = next((one for one in links[::-1] if one.status_now), None)
    context = {
        **_row(found, link, moment),
        "reason": (link.failure if link.status_now == FAILED else link.release_failure) if link else "",
        "timeline": timeline_of(links, moment),
        "forms": {act: (shown or {}).get(act) or kind(auto_id=f"{act}_%s") for act, kind in _FORMS.items()},
        "form": next(iter((shown or {}).values()), None),
        "moment": moment,
    }
    return page_of(request, "number", context, status=status)
