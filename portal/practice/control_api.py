"""The JSON control API: what tests and `up` do to the registry, and the two readings that need no header.

Everything below `/control/api/` demands the header `X-Practice-Control: 1`. A browser does not
send it across origins without asking first, and is never told yes; so no foreign page moves our clock.
A mistake is answered with 400 and `{"error": "<words>"}`.
"""

from __future__ import annotations

import functools
import uuid
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from django.core.exceptions import ObjectDoesNotExist, RequestDataTooBig
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from portal.practice import clock, deciding, ledger, proofs, silencing, tax_ids
from portal.practice.faults.switching import BadFault
from portal.practice.models import Account, Brand, LedgerEntry
from portal.practice.verdicts import CATEGORIES, FAILURE, ODD_WORD, Category
from portal.practice.wire import NotJson, keepable, kept, read_json

_STEPS = ("seconds", "hours", "days")


class BadOrder(ValueError):
    """The order cannot be carried out; the text says why."""


def api(*methods: str) -> Callable[[Callable[..., dict[str, Any]]], Callable[..., HttpResponse]]:
    """Make a view out of a function that returns what to answer, or raises with words."""

    def decorate(view: Callable[..., dict[str, Any]]) -> Callable[..., HttpResponse]:
        @csrf_exempt
        @functools.wraps(view)
        def answered(request: HttpRequest, **parts: Any) -> HttpResponse:
            if request.headers.get("X-Practice-Control") != "1":
                return _error(403, _("Send the header X-Practice-Control: 1."))
            if request.method not in methods:
                return _error(405, _("This address takes %(methods)s.") % {"methods": ", ".join(methods)})
            try:
                return JsonResponse(view(request, **parts))
            except (
                BadOrder,
                BadFault,
                clock.BadStep,
                ledger.BadFilter,
                deciding.TooLate,
                proofs.Unfit,
            ) as problem:
                return _error(400, str(problem))
            except (NotJson, RequestDataTooBig):
                return _error(400, _("Send a JSON object."))
            except ObjectDoesNotExist:
                return _error(404, _("There is no such brand, campaign, account, fault or delivery."))

        return answered

    return decorate


def health(request: HttpRequest) -> HttpResponse:
    """200 when the database answers, 503 otherwise. The first call starts the business clock."""
    try:
        clock.read()
    except DatabaseError:
        return JsonResponse({"ok": False}, status=503)
    return JsonResponse({"ok": True})


def clock_now(request: HttpRequest) -> HttpResponse:
    """The business clock, for the portal: its offset from machine time, and what it says."""
    return JsonResponse(_clock(clock.read()))


@api("POST")
def clock_moved(request: HttpRequest) -> dict[str, Any]:
    """Move the clock forwards by `seconds`, `hours` and `days`, whole or not, added up."""
    order = order_of(request, *_STEPS)
    given = {name: value for name, value in order.items() if value is not None}
    for name, value in given.items():
        if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < 10**9:
            raise BadOrder(_("%(name)s must be a number.") % {"name": name})
    return _clock(clock.advance(timedelta(**given)))


@api("GET")
def brands(request: HttpRequest) -> dict[str, Any]:
    """Brands in the order of filing; `account`, `name` (whole display name) and `key` narrow it down."""
    rows = Brand.objects.as_of(clock.read()).select_related("account").order_by("number")
    wanted = {name: kept(request.GET.get(name, ""), 200) for name in request.GET}
    account, name, key = (wanted.pop(word, "") for word in ("account", "name", "key"))
    if wanted:
        raise BadOrder(_("Brands can be narrowed down by account, name and key."))
    if account:
        rows = rows.filter(account__fingerprint=account)
    if name:
        rows = rows.filter(filed__displayName=name)
    if key:
        rows = rows.filter(key=key)
    return {"brands": [_brand(row) for row in rows]}


@api("GET")
def brand(request: HttpRequest, brand_id: uuid.UUID) -> dict[str, Any]:
    """One brand."""
    return _brand(Brand.objects.as_of(clock.read()).select_related("account").get(id=brand_id))


@api("POST")
def verdict(request: HttpRequest, brand_id: uuid.UUID) -> dict[str, Any]:
    """Decide a brand: `outcome` is verified, vetted, rejected (`reasons`), failed (`text`) or odd (`word`),
    or suspended, deleted, or pending again.

    A reason is `{"code", "text", "fields"}`; what is left out is the usual text or fields of that code.
    """
    order = order_of(request, "outcome", "reasons", "text", "word")
    moment = clock.read()
    match order.get("outcome"):
        case "verified" | "vetted" as outcome:
            return _brand(deciding.verify(brand_id, moment, vetted=outcome == "vetted"))
        case "rejected":
            return _brand(deciding.reject(brand_id, moment, reasons=_reasons(order.get("reasons"))))
        case "failed":
            return _brand(deciding.fail(brand_id, moment, text=text_of(order, "text", FAILURE, 2000)))
        case "odd":
            return _brand(deciding.say(brand_id, moment, word=text_of(order, "word", ODD_WORD, 60)))
        case "suspended":
            return _brand(deciding.suspend(brand_id, moment))
        case "deleted":
            return _brand(deciding.remove(brand_id, moment))
        case "pending":
            return _brand(deciding.reopen(brand_id, moment))
    raise BadOrder(
        _("outcome must be verified, vetted, rejected, failed, odd, suspended, deleted or pending.")
    )


@api("POST")
def brand_silence(request: HttpRequest, brand_id: uuid.UUID) -> dict[str, Any]:
    """Hold one brand's verdict back (`silent` true) or let it go (false)."""
    act = deciding.silence if _flag(order_of(request, "silent")) else deciding.let_speak
    return _brand(act(brand_id, clock.read()))


@api("POST")
def silence(request: HttpRequest) -> dict[str, Any]:
    """Hold back or let go the verdicts of `account` (a fingerprint), or of the whole registry without one."""
    order = order_of(request, "silent", "account")
    name = order.get("account")
    account = Account.objects.get(fingerprint=text_of(order, "account", "", 16)) if name is not None else None
    silent = _flag(order)
    silencing.silence_everything(silent=silent, moment=clock.read(), account=account)
    return {"silent": silent, "account": account.fingerprint if account else None}


@api("GET")
def ledger_entries(request: HttpRequest) -> dict[str, Any]:
    """Requests as they arrived, oldest first: the newest `limit` (100, at most 10,000) that fit."""
    known = ("account", "method", "path", "key", "before", "limit")
    if set(request.GET) - set(known):
        raise BadOrder(_("The ledger can be narrowed down by %(names)s.") % {"names": ", ".join(known)})
    found = ledger.entries(**{name: request.GET.get(name, "") for name in known}, most=10_000)
    return {"entries": [_entry(row) for row in reversed(found)]}


def order_of(request: HttpRequest, *known: str) -> dict[str, Any]:
    """The JSON object that was sent. Raises NotJson, and BadOrder for a name that is not among `known`."""
    body = read_json(request.body)
    if not isinstance(body, dict):
        raise BadOrder(_("Send a JSON object."))
    if set(body) - set(known):
        raise BadOrder(_("This address knows only %(names)s.") % {"names": ", ".join(known)})
    return body


def _flag(order: Mapping[str, Any]) -> bool:
    silent = order.get("silent")
    if not isinstance(silent, bool):
        raise BadOrder(_("silent must be true or false."))
    return silent


def text_of(order: Mapping[str, Any], name: str, usual: str, longest: int) -> str:
    """The text under `name`, or the usual one. Raises BadOrder for anything else."""
    text = order.get(name)
    if text is None or text == "":
        return usual
    if not isinstance(text, str) or len(text) > longest or not keepable(text):
        raise BadOrder(
            _("%(name)s must be plain text of at most %(longest)s characters.")
            % {"name": name, "longest": longest}
        )
    return text


def _reasons(given: Any) -> list[dict[str, Any]]:
    if not isinstance(given, list) or not given or not all(isinstance(row, dict) for row in given):
        raise BadOrder(_("A rejection needs reasons: a list of objects with code, text and fields."))
    reasons = []
    for row in given:
        code = text_of(row, "code", "", 60)
        fields = row.get("fields") or []
        if not code or not isinstance(fields, list) or not all(_is_name(name) for name in fields):
            raise BadOrder(_("A reason needs a code, and its fields must be a list of names."))
        category = CATEGORIES.get(code) or Category(code, code, "", ())
        reasons.append(category.feedback(text=text_of(row, "text", "", 2000), fields=tuple(fields)))
    return reasons


def _is_name(name: Any) -> bool:
    return isinstance(name, str) and 0 < len(name) <= 100 and keepable(name)


def _clock(moment: clock.Moment) -> dict[str, Any]:
    return {"offset_seconds": moment.offset_seconds, "now": iso(moment.business)}


def _brand(row: Brand) -> dict[str, Any]:
    return {
        "id": str(row.id),
        "registry_id": row.tcr_id,
        "account": row.account.fingerprint,
        "key": row.key,
        "filed": ledger.masked(tax_ids.told(row.filed)),
        "status": row.status_now,
        "identity_status": row.identity_now,
        "outcome": row.outcome,
        "rule": row.rule,
        "by_hand": row.by_hand,
        "silent": row.silent_since is not None,
        "filed_at": iso(row.filed_at),
        "due_at": iso(row.due_at),
        "reasons": row.reasons,
        "history": row.history,
        "appears_at": row.appears_at and iso(row.appears_at),
        "suspended_at": row.suspended_at and iso(row.suspended_at),
        "deleted_at": row.deleted_at and iso(row.deleted_at),
        "revets": row.revets,
        "two_factor": str(proofs.contact_of(row, clock.read())[0]),
    }


def _entry(row: LedgerEntry) -> dict[str, Any]:
    return {
        "id": row.pk,
        "at": iso(row.at),
        "business_at": iso(row.business_at),
        "account": row.account,
        "method": row.method,
        "path": row.path,
        "query": row.query,
        "key": row.key,
        "body": row.body,
        "body_hash": row.body_hash,
        "body_size": row.body_size,
        "status": row.answer_status,
        "answer_hash": row.answer_hash,
        "answer_size": row.answer_size,
        "brand": str(row.brand) if row.brand else None,
        "campaign": str(row.campaign) if row.campaign else None,
        "verb": row.verb,
        "resource": row.resource,
        "fault": row.fault,
        "fault_id": row.fault_row,
        "crossed": row.crossed,
        "sent_size": row.sent_size,
    }


def iso(moment: datetime) -> str:
    """A moment for a test: UTC with its offset."""
    return moment.astimezone(UTC).isoformat()


def _error(status: int, words: str) -> JsonResponse:
    return JsonResponse({"error": words}, status=status)
