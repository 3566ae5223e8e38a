"""The JSON control API, fourth part: numbers. The same header and the same errors as in `control_api`."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from portal.practice import clock
from portal.practice.control_api import BadOrder, api, iso, order_of, text_of
from portal.practice.models import Account, Campaign, Link, Number
from portal.practice.numbers import adding, deciding, rules
from portal.practice.numbers.linking import standing_of
from portal.practice.switches_api import account_named
from portal.practice.wire import keepable, kept

MOST = 10_000
_E164 = re.compile(r"\+[1-9][0-9]{6,14}", re.ASCII)


@api("GET", "POST")
def numbers(request: HttpRequest) -> dict[str, Any]:
    """GET: the numbers of `account`, in their order, each with its present link; `tag`, `number` and `campaign` (id)
    narrow it down.

    POST: give `account` the `numbers` (E.164), at most 10,000 at once, with `tags`; `profile` false: not set up for
    texts; `sms` false: cannot text; `country`; `status`, the vendor's word. What it has already is changed.
    """
    moment = clock.read()
    if request.method == "GET":
        return {"numbers": [_number(row, link) for row, link in _found(request, moment)]}
    order = order_of(request, "account", "numbers", "tags", "profile", "sms", "country", "status")
    given = _texts(order, "numbers")
    if not 1 <= len(given) <= MOST or not all(_E164.fullmatch(one) for one in given):
        raise BadOrder(_("numbers must be 1 to %(most)s numbers in E.164.") % {"most": MOST})
    added = adding.add(
        account_named(order.get("account")),
        given,
        moment,
        tags=_texts(order, "tags"),
        country=text_of(order, "country", "US", 2),
        sms=_flag(order, "sms"),
        status=text_of(order, "status", "active", 30),
        profile=_flag(order, "profile"),
    )
    return {"added": added}


@api("POST")
def decision(request: HttpRequest) -> dict[str, Any]:
    """Do `act` to the `number` (E.164) of `account`:

    - assign, fail (`reason`, a name of `rules.FAILURES` or words of one's own): what the mobile carriers answer;
    - release, refuse (`reason`): what they answer a removal;
    - say (`word`), silence, speak; lose: the carriers drop it now;
    - put (`campaign`), take: as somebody does it elsewhere, at once and without a request of the account's.
    """
    order = order_of(request, "account", "number", "act", "reason", "word", "campaign")
    act = _ACTS.get(str(order.get("act")))
    if act is None:
        raise BadOrder(_("act must be one of %(names)s.") % {"names": ", ".join(_ACTS)})
    account = Account.objects.get(fingerprint=text_of(order, "account", "", 16))
    row = Number.objects.select_related("account", "profile").get(
        account=account, e164=text_of(order, "number", "", 16)
    )
    moment = clock.read()
    act(row, moment, order)
    return _number(row, standing_of(row, moment))


@api("POST")
def settle(request: HttpRequest) -> dict[str, Any]:
    """Let the mobile carriers answer now what `account`, or one `campaign`, waits for. How many answers."""
    order = order_of(request, "account", "campaign")
    rows = Link.objects.filter(account=account_named(order.get("account")))
    if order.get("campaign") is not None:
        rows = rows.filter(campaign__id=_id(order["campaign"]))
    return {"settled": deciding.settle(rows, clock.read())}


Act = Callable[[Number, clock.Moment, dict[str, Any]], None]
_ACTS: dict[str, Act] = {
    "assign": lambda row, moment, order: deciding.accept(row, moment),
    "fail": lambda row, moment, order: deciding.fail(row, moment, reason=_reason(order)),
    "release": lambda row, moment, order: deciding.release(row, moment),
    "refuse": lambda row, moment, order: deciding.refuse(row, moment, reason=_reason(order, "not_deployed")),
    "say": lambda row, moment, order: deciding.say(
        row, moment, word=text_of(order, "word", rules.ODD_WORD, 60)
    ),
    "silence": lambda row, moment, order: deciding.silence(row, moment, silent=True),
    "speak": lambda row, moment, order: deciding.silence(row, moment, silent=False),
    "lose": lambda row, moment, order: deciding.lose(row, moment),
    "put": lambda row, moment, order: deciding.put(
        row, Campaign.objects.get(account=row.account, id=_id(order.get("campaign"))), moment
    ),
    "take": lambda row, moment, order: deciding.take(row, moment),
}


def _found(request: HttpRequest, moment: clock.Moment) -> list[tuple[Number, Link | None]]:
    wanted = {name: kept(request.GET.get(name, ""), 200) for name in request.GET}
    account, tag, e164, campaign = (wanted.pop(word, "") for word in ("account", "tag", "number", "campaign"))
    if wanted:
        raise BadOrder(_("Numbers can be narrowed down by account, tag, number and campaign."))
    rows = Number.objects.select_related("account", "profile").order_by("e164", "pk")
    links = Link.objects.current(moment).select_related("campaign", "number")
    if account:
        rows, links = rows.filter(account__fingerprint=account), links.filter(account__fingerprint=account)
    if tag:
        rows = rows.filter(tags__contains=[tag])
    if e164:
        rows, links = rows.filter(e164=e164), links.filter(number__e164=e164)
    if campaign:
        links = links.filter(campaign__id=_id(campaign))
    now = {link.number.pk: link for link in links.order_by("pk")}
    return [(row, now.get(row.pk)) for row in rows if not campaign or row.pk in now]


def _reason(order: dict[str, Any], usual: str = "elsewhere") -> str:
    name = text_of(order, "reason", usual, 500)
    return rules.FAILURES.get(name, name)


def _texts(order: dict[str, Any], name: str) -> list[str]:
    given = order.get(name) or []
    if not isinstance(given, list) or not all(isinstance(one, str) and keepable(one) for one in given):
        raise BadOrder(_("%(name)s must be a list of texts.") % {"name": name})
    return given


def _flag(order: dict[str, Any], name: str) -> bool:
    value = order.get(name)
    if value is not None and not isinstance(value, bool):
        raise BadOrder(_("%(name)s must be true or false.") % {"name": name})
    return value is not False


def _id(given: Any) -> uuid.UUID:
    try:
        return uuid.UUID(str(given))
    except ValueError as problem:
        raise BadOrder(_("campaign must be an id.")) from problem


def _number(row: Number, link: Link | None) -> dict[str, Any]:
    return {
        "number": row.e164,
        "id": row.reference,
        "account": row.account.fingerprint,
        "country": row.country,
        "toll_free": row.toll_free,
        "sms": row.sms,
        "status": row.status,
        "tags": row.tags,
        "profile": str(row.profile.id) if row.profile else None,
        "campaign": str(link.campaign.id) if link else None,
        "assignment": link.status_now if link else None,
        "reason": (link.failure or link.release_failure) if link else "",
        "made_by": link.made_by if link else "",
        "rule": link.rule if link else "",
        "asked_at": iso(link.filed_at) if link else None,
        "due_at": iso(link.due_at) if link else None,
        "release_due_at": iso(link.release_due_at) if link and link.release_due_at else None,
    }
