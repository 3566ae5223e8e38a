"""The JSON control API, third part: campaigns. The same header and the same errors as in `control_api`."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from portal.practice import clock
from portal.practice.campaigns import deciding, planning
from portal.practice.campaigns.networks import APPROVED, NAMES, REJECTED, REVIEW, SUSPENDED
from portal.practice.campaigns.rules import ODD_WORD, REASONS, told
from portal.practice.control_api import BadOrder, api, iso, order_of, text_of
from portal.practice.models import Account, Campaign, Registry
from portal.practice.numbers.linking import limit_of
from portal.practice.wire import kept

_WORDS = (APPROVED, REJECTED, REVIEW, SUSPENDED)


@api("GET")
def campaigns(request: HttpRequest) -> dict[str, Any]:
    """Campaigns in the order of filing; `account`, `brand` (id), `key` and `reference` narrow it down."""
    wanted = {name: kept(request.GET.get(name, ""), 200) for name in request.GET}
    account, brand, key, reference = (
        wanted.pop(word, "") for word in ("account", "brand", "key", "reference")
    )
    if wanted:
        raise BadOrder(_("Campaigns can be narrowed down by account, brand, key and reference."))
    rows = Campaign.objects.select_related("account", "brand").order_by("number")
    if account:
        rows = rows.filter(account__fingerprint=account)
    if brand:
        rows = rows.filter(brand__id=_id(brand))
    if key:
        rows = rows.filter(key=key)
    if reference:
        rows = rows.filter(reference=reference)
    moment = clock.read()
    return {"campaigns": [_campaign(row, moment) for row in rows]}


@api("GET")
def campaign(request: HttpRequest, campaign_id: uuid.UUID) -> dict[str, Any]:
    """One campaign."""
    row = Campaign.objects.select_related("account", "brand").get(id=campaign_id)
    return _campaign(row, clock.read())


@api("POST")
def decision(request: HttpRequest, campaign_id: uuid.UUID) -> dict[str, Any]:
    """Do `act` to a campaign:

    - accept (`stage` registry, provider or carriers), approve (the whole way at once), reject (`stage`,
      `reasons`), fail (provisioning), network (`network`, `word`, `reasons`): what one mobile carrier says;
    - suspend, unsuspend, dormant, wake, say (`word`), silence, speak;
    - expire (now), ends (`at`, ISO, or `days` from now), renewal (`mode` ok, refused or late, `days`), remove;
    - limit (`most` numbers, null: all), pool, unpool: how many numbers the mobile carriers take.

    A reason is `{"code", "text"}`; the code alone takes its usual text.
    """
    order = order_of(request, "act", "stage", "reasons", "network", "word", "at", "days", "mode", "most")
    act = _ACTS.get(str(order.get("act")))
    if act is None:
        raise BadOrder(_("act must be one of %(names)s.") % {"names": ", ".join(_ACTS)})
    moment = clock.read()
    return _campaign(act(campaign_id, moment, order), moment)


@api("GET", "POST")
def pace(request: HttpRequest) -> dict[str, Any]:
    """How long campaigns that are filed from now on are looked at: `pace` days or minutes."""
    moment = clock.read()
    if request.method == "GET":
        return {"pace": moment.pace}
    wanted = order_of(request, "pace").get("pace")
    if wanted not in (planning.DAYS, planning.MINUTES):
        raise BadOrder(_("pace must be days or minutes."))
    Registry.objects.filter(pk=1).update(pace=wanted)
    return {"pace": wanted}


@api("POST")
def funds(request: HttpRequest) -> dict[str, Any]:
    """Whether `account` can pay for a new campaign: without `funds` a creation is answered with 402."""
    order = order_of(request, "account", "funds")
    if not isinstance(order.get("funds"), bool):
        raise BadOrder(_("funds must be true or false."))
    account = Account.objects.get(fingerprint=text_of(order, "account", "", 16))
    Account.objects.filter(pk=account.pk).update(no_funds=not order["funds"])
    return {"account": account.fingerprint, "funds": order["funds"]}


def _network(campaign_id: uuid.UUID, moment: clock.Moment, order: dict[str, Any]) -> Campaign:
    network, word = order.get("network"), order.get("word")
    if network not in NAMES or word not in _WORDS:
        raise BadOrder(_("network must be a carrier's id, and word one of its four words."))
    return deciding.set_network(campaign_id, moment, network=network, word=word, reasons=_reasons(order))


def _renewal(campaign_id: uuid.UUID, moment: clock.Moment, order: dict[str, Any]) -> Campaign:
    if order.get("mode") not in deciding.RENEWALS:
        raise BadOrder(_("mode must be ok, refused or late."))
    days = int(_number(order, "days", 2))
    return deciding.set_renewal(campaign_id, moment, mode=order["mode"], days=days)


Act = Callable[[uuid.UUID, clock.Moment, dict[str, Any]], Campaign]
_ACTS: dict[str, Act] = {
    "approve": lambda key, moment, order: deciding.accept(key, moment, stage="carriers"),
    "accept": lambda key, moment, order: deciding.accept(key, moment, stage=_stage(order)),
    "reject": lambda key, moment, order: deciding.reject(
        key, moment, stage=_stage(order), reasons=_reasons(order)
    ),
    "fail": lambda key, moment, order: deciding.fail_provisioning(key, moment, reasons=_reasons(order)),
    "network": _network,
    "suspend": lambda key, moment, order: deciding.suspend(key, moment),
    "unsuspend": lambda key, moment, order: deciding.suspend(key, moment, suspended=False),
    "dormant": lambda key, moment, order: deciding.sleep(key, moment),
    "wake": lambda key, moment, order: deciding.sleep(key, moment, dormant=False),
    "say": lambda key, moment, order: deciding.say(key, moment, word=text_of(order, "word", ODD_WORD, 60)),
    "expire": lambda key, moment, order: deciding.expire(key, moment),
    "ends": lambda key, moment, order: deciding.set_end(key, moment, ends_at=_end(order, moment)),
    "renewal": _renewal,
    "silence": lambda key, moment, order: deciding.silence(key, moment, silent=True),
    "speak": lambda key, moment, order: deciding.silence(key, moment, silent=False),
    "remove": lambda key, moment, order: deciding.remove(key, moment),
    "limit": lambda key, moment, order: deciding.limit_numbers(key, moment, most=_most(order)),
    "pool": lambda key, moment, order: deciding.pool(key, moment),
    "unpool": lambda key, moment, order: deciding.pool(key, moment, pooled=False),
}


def _most(order: dict[str, Any]) -> int | None:
    most = order.get("most")
    if most is not None and (isinstance(most, bool) or not isinstance(most, int) or not 0 <= most <= 10**6):
        raise BadOrder(_("most must be a whole number, or null."))
    return most


def _stage(order: dict[str, Any]) -> str:
    stage = order.get("stage")
    if stage not in planning.STAGES:
        raise BadOrder(_("stage must be registry, provider or carriers."))
    return str(stage)


def _reasons(order: dict[str, Any]) -> list[dict[str, str]]:
    given = order.get("reasons") or []
    if not isinstance(given, list) or not all(isinstance(one, dict) for one in given):
        raise BadOrder(_("reasons must be a list of objects with code and text."))
    found = []
    for one in given:
        code = text_of(one, "code", "", 60)
        usual = REASONS.get(code, {}).get("text", "")
        found.append({"code": code, "text": text_of(one, "text", usual, 2000)})
    return found


def _end(order: dict[str, Any], moment: clock.Moment) -> datetime:
    if order.get("at") is None:
        return moment.business + timedelta(days=_number(order, "days", 0))
    try:
        at = datetime.fromisoformat(str(order["at"]))
    except ValueError as problem:
        raise BadOrder(_("at must be an ISO moment.")) from problem
    if at.tzinfo is None:
        raise BadOrder(_("at must carry its offset."))
    return at


def _number(order: dict[str, Any], name: str, usual: float) -> float:
    value = order.get(name)
    if value is None:
        return usual
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 3660:
        raise BadOrder(_("%(name)s must be a number of days.") % {"name": name})
    return value


def _id(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError as problem:
        raise BadOrder(_("brand must be an id.")) from problem


def _campaign(row: Campaign, moment: clock.Moment) -> dict[str, Any]:
    now = row.standing(moment)
    return {
        "id": str(row.id),
        "registry_id": row.tcr_id,
        "account": row.account.fingerprint,
        "brand": str(row.brand.id),
        "key": row.key,
        "reference": row.reference,
        "filed": row.filed,
        "status": now.status,
        "networks": now.networks,
        "reasons": now.reasons,
        "failure": told(now.reasons),
        "active": now.is_active,
        "suspended": now.suspended,
        "dormant": now.dormant,
        "silent": row.silent_since is not None,
        "renews": now.renews,
        "renewal": now.renewal,
        "appeals": now.appeals,
        "most_numbers": limit_of(row),
        "pooled": row.pooled,
        "rule": row.rule,
        "filed_at": iso(row.filed_at),
        "activated_at": now.activated_at and iso(now.activated_at),
        "ends_at": now.ends_at and iso(now.ends_at),
        "ended_at": now.ended_at and iso(now.ended_at),
        "removed_at": now.removed_at and iso(now.removed_at),
        "appears_at": row.appears_at and iso(row.appears_at),
        "billed": [iso(one) for one in now.billed],
        "history": [{"at": iso(one.at), "act": one.act} for one in now.happened],
        "steps": sorted(row.steps, key=lambda one: one["at"]),
    }
