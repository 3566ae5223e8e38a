"""The control pages for campaigns: their stages, their carriers, their renewals. For a person on this machine."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from portal.practice import clock, ledger
from portal.practice.campaign_forms import CampaignWordForm, EndForm, RejectCampaignForm
from portal.practice.campaigns import deciding, planning
from portal.practice.campaigns.looks import is_silenced, look_of, look_of_network, timeline_of
from portal.practice.campaigns.networks import APPROVED, NAMES, REJECTED, REVIEW, SUSPENDED
from portal.practice.campaigns.rules import told
from portal.practice.control import bad_request, page_of
from portal.practice.deciding import TooLate
from portal.practice.models import Campaign, Link, Registry
from portal.practice.numbers.linking import limit_of
from portal.practice.numbers.rules import WITHOUT_POOL

CAMPAIGNS_PER_PAGE = 50
Act = Callable[[uuid.UUID, clock.Moment], Campaign]


@require_safe
def campaigns(request: HttpRequest) -> HttpResponse:
    """The campaigns of all accounts, newest first, and how long they are looked at."""
    moment = clock.read()
    rows = Campaign.objects.select_related("account", "brand").order_by("-number")
    before = request.GET.get("before", "")
    if before:
        if not (before.isascii() and before.isdigit() and len(before) < 19):
            return bad_request(request, ledger.BadFilter(_("That page of the list does not exist.")))
        rows = rows.filter(number__lt=int(before))
    found = list(rows[: CAMPAIGNS_PER_PAGE + 1])
    shown = found[:CAMPAIGNS_PER_PAGE]
    context = {
        "rows": [_row(one, moment) for one in shown],
        "later": bool(before),
        "older": shown[-1].number if len(found) > CAMPAIGNS_PER_PAGE else None,
        "minutes": moment.pace == planning.MINUTES,
        "moment": moment,
    }
    return page_of(request, "campaigns", context)


@require_http_methods(["GET", "HEAD", "POST"])
def pace(request: HttpRequest) -> HttpResponse:
    """Let campaigns be looked at for days, or for minutes."""
    if request.method == "POST":
        wanted = planning.MINUTES if request.POST.get("pace") == planning.MINUTES else planning.DAYS
        clock.read()
        Registry.objects.filter(pk=1).update(pace=wanted)
        messages.success(request, str(_PACES[wanted]()))
    return redirect("campaigns")


@require_safe
def campaign(request: HttpRequest, campaign_id: uuid.UUID) -> HttpResponse:
    """One campaign and the ways to decide it."""
    return _campaign(request, campaign_id)


@require_http_methods(["GET", "HEAD", "POST"])
def decision(request: HttpRequest, campaign_id: uuid.UUID, act: str) -> HttpResponse:
    """Decide a campaign by hand; `act` is one of `_ACTS` or of the forms."""
    if act not in _ACTS and act not in _FORMS:
        raise Http404
    if request.method != "POST":
        return redirect("campaign", campaign_id=campaign_id)
    moment = clock.read()
    try:
        if act in _ACTS:
            _ACTS[act](campaign_id, moment)
        else:
            form = _FORMS[act](request.POST, auto_id=f"{act}_%s")
            if not form.is_valid():
                return _campaign(request, campaign_id, {act: form}, status=400)
            _decide(campaign_id, moment, form)
    except TooLate as problem:
        messages.error(request, str(problem))
    except Campaign.DoesNotExist as problem:
        raise Http404 from problem
    else:
        messages.success(request, _("Done. The portal learns it at its next look."))
    return redirect("campaign", campaign_id=campaign_id)


@require_http_methods(["GET", "HEAD", "POST"])
def network(request: HttpRequest, campaign_id: uuid.UUID, code: str) -> HttpResponse:
    """Let one mobile carrier say a word."""
    if code not in NAMES:
        raise Http404
    word = request.POST.get("word", "")
    if request.method != "POST" or word not in (APPROVED, REJECTED, REVIEW, SUSPENDED):
        return redirect("campaign", campaign_id=campaign_id)
    try:
        deciding.set_network(campaign_id, clock.read(), network=code, word=word)
    except TooLate as problem:
        messages.error(request, str(problem))
    except Campaign.DoesNotExist as problem:
        raise Http404 from problem
    else:
        said = {"name": NAMES[code], "word": look_of_network(word).word}
        messages.success(request, _("%(name)s: %(word)s. The portal learns it at its next look.") % said)
    return redirect("campaign", campaign_id=campaign_id)


def _accepting(stage: str) -> Act:
    return lambda campaign_id, moment: deciding.accept(campaign_id, moment, stage=stage)


def _renewing(mode: str) -> Act:
    return lambda campaign_id, moment: deciding.set_renewal(campaign_id, moment, mode=mode)


_ACTS: dict[str, Act] = {
    "approve": _accepting("carriers"),
    "registry": _accepting("registry"),
    "provider": _accepting("provider"),
    "fail": deciding.fail_provisioning,
    "suspend": deciding.suspend,
    "unsuspend": lambda key, moment: deciding.suspend(key, moment, suspended=False),
    "dormant": deciding.sleep,
    "wake": lambda key, moment: deciding.sleep(key, moment, dormant=False),
    "expire": deciding.expire,
    "remove": deciding.remove,
    "pool": deciding.pool,
    "unpool": lambda key, moment: deciding.pool(key, moment, pooled=False),
    "limited": lambda key, moment: deciding.limit_numbers(key, moment, most=WITHOUT_POOL),
    "silence": lambda key, moment: deciding.silence(key, moment, silent=True),
    "speak": lambda key, moment: deciding.silence(key, moment, silent=False),
    "renewal-ok": _renewing("ok"),
    "renewal-refused": _renewing("refused"),
    "renewal-late": _renewing("late"),
}
_FORMS: dict[str, type[forms.Form]] = {
    "reject": RejectCampaignForm,
    "ends": EndForm,
    "word": CampaignWordForm,
}
_PACES: dict[str, Callable[[], str]] = {
    planning.DAYS: lambda: _("Campaigns filed from now on are looked at for five to seven business days."),
    planning.MINUTES: lambda: _("Campaigns filed from now on are looked at for a few minutes."),
}


def _decide(campaign_id: uuid.UUID, moment: clock.Moment, form: forms.Form) -> None:
    match form:
        case RejectCampaignForm():
            stage = form.cleaned_data["stage"]
            deciding.reject(campaign_id, moment, stage=stage, reasons=form.reasons)
        case EndForm():
            ends_at = moment.business + timedelta(days=form.cleaned_data["days"])
            deciding.set_end(campaign_id, moment, ends_at=ends_at)
        case CampaignWordForm():
            deciding.say(campaign_id, moment, word=form.cleaned_data["word"])


def _row(one: Campaign, moment: clock.Moment) -> dict[str, Any]:
    now = one.standing(moment)
    return {
        "campaign": one,
        "look": look_of(one, now, moment),
        "waiting": now.status in ("TCR_PENDING", "TCR_ACCEPTED", "MNO_PENDING"),
        "silent": is_silenced(one, now, moment),
        "next_at": planning.next_verdict(one.steps, moment.business),
        "now": now,
    }


def _campaign(
    request: HttpRequest,
    campaign_id: uuid.UUID,
    shown: dict[str, forms.Form] | None = None,
    status: int = 200,
) -> HttpResponse:
    found = get_object_or_404(Campaign.objects.select_related("account", "brand"), id=campaign_id)
    moment = clock.read()
    now = found.standing(moment)
    context = {
        **_row(found, moment),
        "failure": told(now.reasons).splitlines(),
        "networks": [
            _network(code, now.networks.get(code, "")) for code in planning.submitted_to(found.filed)
        ],
        "ended": now.ended_at is not None or now.removed_at is not None,
        "on_it": Link.objects.filter(campaign=found).current(moment).count(),
        "most": limit_of(found),
        "filed": [(name, _shown(value)) for name, value in sorted(found.filed.items())],
        "timeline": timeline_of(found, now, moment),
        "forms": {act: (shown or {}).get(act) or kind(auto_id=f"{act}_%s") for act, kind in _FORMS.items()},
        "form": next(iter((shown or {}).values()), None),
        "moment": moment,
    }
    return page_of(request, "campaign", context, status=status)


def _network(code: str, word: str) -> dict[str, Any]:
    return {"code": code, "name": NAMES[code], "word": word, "look": look_of_network(word)}


def _shown(value: Any) -> str:
    """A filed value as the vendor writes it, without the brackets of a list."""
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return str(value).lower() if isinstance(value, bool) else str(value)
