"""The control page: decide brands by hand, move the clock, read the ledger. For a person on this machine."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from portal.practice import clock, deciding, ledger, proofs, silencing, tax_ids
from portal.practice.campaigns.rules import RULES as CAMPAIGN_RULES
from portal.practice.forms import ClockForm, FailForm, RejectForm, WordForm
from portal.practice.looks import is_silenced, look_of, timeline_of
from portal.practice.models import Account, Brand, OneTimePassword, Vetting
from portal.practice.numbers.rules import RULES as NUMBER_RULES
from portal.practice.verdicts import RULES
from portal.practice.wire import kept

BRANDS_PER_PAGE = 50
ACCOUNTS_SHOWN = 20
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Clock, brands and silence."""
    return _home(request, ClockForm())


@require_http_methods(["GET", "HEAD", "POST"])
def clock_moved(request: HttpRequest) -> HttpResponse:
    """Move the clock forwards by a number of hours."""
    if request.method != "POST":
        return redirect("home")
    form = ClockForm(request.POST)
    if form.is_valid():
        try:
            moment = clock.advance(form.step)
        except clock.BadStep as problem:
            form.add_error("hours", str(problem))
        else:
            now = moment.business.strftime("%Y-%m-%d %H:%M UTC")
            messages.success(request, _("The clock moved. It is now %(now)s.") % {"now": now})
            return redirect("campaigns" if request.POST.get("back") == "campaigns" else "home")
    return _home(request, form, status=400)


@require_http_methods(["GET", "HEAD", "POST"])
def silence(request: HttpRequest) -> HttpResponse:
    """Hold back or let go the verdicts of one account, or of the whole registry."""
    if request.method != "POST":
        return redirect("home")
    silent = request.POST.get("silent") == "yes"
    name = kept(request.POST.get("account", ""), 16)
    account = get_object_or_404(Account, fingerprint=name) if name else None
    silencing.silence_everything(silent=silent, moment=clock.read(), account=account)
    if silent:
        messages.success(request, _("Silent from now on: what waits keeps waiting."))
    else:
        messages.success(request, _("Speaking again: verdicts that came due meanwhile are out."))
    return redirect("home")


@require_safe
def brand(request: HttpRequest, brand_id: uuid.UUID) -> HttpResponse:
    """One brand and the ways to decide it."""
    return _brand(request, brand_id)


@require_http_methods(["GET", "HEAD", "POST"])
def decision(request: HttpRequest, brand_id: uuid.UUID, act: str) -> HttpResponse:
    """Decide a brand by hand; `act` is one of `_ACTS` or of the forms."""
    if act not in _ACTS and act not in _FORMS:
        raise Http404
    if request.method != "POST":
        return redirect("brand", brand_id=brand_id)
    forms_shown = {}
    try:
        if act in _ACTS:
            _ACTS[act](brand_id, clock.read())
        else:
            form = _FORMS[act](request.POST, auto_id=f"{act}_%s")
            forms_shown[act] = form
            if not form.is_valid():
                return _brand(request, brand_id, forms_shown, status=400)
            _decide(brand_id, form)
    except (deciding.TooLate, proofs.Unfit) as problem:
        messages.error(request, str(problem))
    except Brand.DoesNotExist as problem:
        raise Http404 from problem
    else:
        messages.success(request, str(_DONE[act]()))
    return redirect("brand", brand_id=brand_id)


@require_safe
def names(request: HttpRequest) -> HttpResponse:
    """The tables of names, words and numbers that decide by themselves."""
    return page_of(
        request, "names", {"rules": RULES, "campaign_rules": CAMPAIGN_RULES, "number_rules": NUMBER_RULES}
    )


@require_safe
def ledger_page(request: HttpRequest) -> HttpResponse:
    """The newest requests, a hundred at a time, narrowed down by account, method and path."""
    asked = {name: request.GET.get(name, "") for name in ("account", "method", "path", "key", "before")}
    try:
        rows = ledger.entries(**asked, limit=str(ledger.PAGE + 1), most=ledger.PAGE + 1)
    except ledger.BadFilter as problem:
        return bad_request(request, problem)
    older = request.GET.copy()
    older["before"] = str(rows[ledger.PAGE - 1].pk) if len(rows) > ledger.PAGE else ""
    context = {
        "rows": rows[: ledger.PAGE],
        "asked": asked,
        "filtered": any(value for name, value in asked.items() if name != "before"),
        "older": f"?{older.urlencode()}" if older["before"] else "",
        "methods": METHODS,
        "accounts": Account.objects.order_by("-id")[:ACCOUNTS_SHOWN],
    }
    return page_of(request, "ledger", context)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400: said in words when they are ours."""
    words = str(exception) if isinstance(exception, ledger.BadFilter) else _("The request made no sense.")
    return _problem(request, 400, _("That did not work"), words)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: no such page, brand or campaign."""
    words = _("There is no such page, brand or campaign in this registry.")
    return _problem(request, 404, _("Nothing here"), words)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 of the forgery check."""
    words = _(
        "The page was open too long, or the form came from elsewhere. Go back, reload it and try again."
    )
    return _problem(request, 403, _("Not accepted"), words)


def broken(request: HttpRequest) -> HttpResponse:
    """500: must not fail itself, so it is bare text."""
    return HttpResponse(
        _("The practice registry failed; its log says why."), status=500, content_type="text/plain"
    )


Act = Callable[[uuid.UUID, clock.Moment], Brand]
_ACTS: dict[str, Act] = {
    "verify": deciding.verify,
    "vet": lambda brand_id, moment: deciding.verify(brand_id, moment, vetted=True),
    "suspend": deciding.suspend,
    "delete": deciding.remove,
    "reopen": deciding.reopen,
    "confirm": deciding.confirm_contact,
    "silence": deciding.silence,
    "speak": deciding.let_speak,
}
_FORMS: dict[str, type[forms.Form]] = {"reject": RejectForm, "fail": FailForm, "word": WordForm}
_DONE: dict[str, Callable[[], str]] = {
    "verify": lambda: _("Verified. The portal learns it at its next look."),
    "vet": lambda: _("Vetted and verified. The portal learns it at its next look."),
    "reject": lambda: _("Rejected. The portal learns it at its next look."),
    "fail": lambda: _("The registration failed. The portal learns it at its next look."),
    "word": lambda: _("From now on the registry answers with that word."),
    "suspend": lambda: _("Suspended. The next verdict by hand ends it."),
    "delete": lambda: _("Deleted at the registry. It stays in lists and cannot be read any more."),
    "reopen": lambda: _("Back to waiting, and silent: decide it, or let it speak."),
    "confirm": lambda: _("The link was clicked: the e-mail address is confirmed."),
    "silence": lambda: _("Silent: no verdict comes until you let this brand speak."),
    "speak": lambda: _("Speaking again: a verdict that came due meanwhile is out."),
}


def _decide(brand_id: uuid.UUID, form: forms.Form) -> None:
    moment = clock.read()
    match form:
        case RejectForm():
            deciding.reject(brand_id, moment, reasons=form.reasons)
        case FailForm():
            deciding.fail(brand_id, moment, text=form.cleaned_data["text"])
        case WordForm():
            deciding.say(brand_id, moment, word=form.cleaned_data["word"])


def _home(request: HttpRequest, form: ClockForm, status: int = 200) -> HttpResponse:
    moment = clock.read()
    brands = Brand.objects.as_of(moment).select_related("account").order_by("-number")
    before = request.GET.get("before", "")
    if before:
        if not (before.isascii() and before.isdigit() and len(before) < 19):
            return bad_request(request, ledger.BadFilter(_("That page of the list does not exist.")))
        brands = brands.filter(number__lt=int(before))
    found = list(brands[: BRANDS_PER_PAGE + 1])
    shown = found[:BRANDS_PER_PAGE]
    context = {
        "form": form,
        "presets": (
            (1, _("+1 h")),
            (6, _("+6 h")),
            (24, _("+1 day")),
            (72, _("+3 days")),
            (168, _("+7 days")),
        ),
        "rows": [
            {"brand": one, "look": look_of(one, moment), "silent": is_silenced(one, moment)} for one in shown
        ],
        "later": bool(before),
        "older": shown[-1].number if len(found) > BRANDS_PER_PAGE else None,
        "accounts": Account.objects.annotate(count=Count("brands")).order_by("-id")[:ACCOUNTS_SHOWN],
        "moment": moment,
    }
    return page_of(request, "home", context, status=status)


def _brand(
    request: HttpRequest, brand_id: uuid.UUID, shown: dict[str, forms.Form] | None = None, status: int = 200
) -> HttpResponse:
    moment = clock.read()
    found = get_object_or_404(Brand.objects.as_of(moment).select_related("account"), id=brand_id)
    all_forms = {act: (shown or {}).get(act) or kind(auto_id=f"{act}_%s") for act, kind in _FORMS.items()}
    context = {
        "brand": found,
        "look": look_of(found, moment),
        "silent": is_silenced(found, moment),
        "filed": sorted(ledger.masked(tax_ids.told(found.filed)).items()),
        "timeline": timeline_of(found, moment),
        "deleted": found.deleted_at is not None and found.deleted_at <= moment.business,
        "proof": _proof(found, moment),
        "forms": all_forms,
        "form": next(iter((shown or {}).values()), None),
        "moment": moment,
    }
    return page_of(request, "brand", context, status=status)


def _proof(found: Brand, moment: clock.Moment) -> dict[str, Any]:
    """What the brand's people see outside of the portal: an e-mail, an SMS; and its vettings."""
    state, vetting = proofs.contact_of(found, moment)
    password = OneTimePassword.objects.filter(brand=found).order_by("-id").first()
    return {
        "contact": str(state),
        "mailed_at": vetting.mailed_at if vetting else None,
        "address": found.filed.get("businessContactEmail") or found.filed.get("email"),
        "password": password,
        "sms": password.text.replace("@OTP_PIN@", password.pin) if password else "",
        "delivery": proofs.delivery_of(password, moment)[0] if password else "",
        "vettings": Vetting.objects.filter(brand=found).exclude(vetting_class=proofs.AUTHENTICATION),
    }


def _problem(request: HttpRequest, status: int, title: str, words: str) -> HttpResponse:
    return page_of(request, "problem", {"problem_title": title, "words": words}, status=status)


def page_of(request: HttpRequest, name: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    """The page `practice/<name>.html` in the frame of this registry."""
    frame = {"here": name, "portal_url": getattr(settings, "PORTAL_URL", "")}
    response = render(request, f"practice/{name}.html", {**frame, **context}, status=status)
    response["Cache-Control"] = "no-store"
    return response
