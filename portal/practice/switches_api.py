"""The JSON control API, second part: faults, limits, chance, webhooks, proofs, and what the ledger adds up to.

The same header and the same errors as in `control_api`. An account is named by its fingerprint: the first
16 hexadecimal digits of the SHA-256 of its API key. A fault or limit may be set before the first request.
"""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _

from portal.practice import clock, counting, proofs
from portal.practice.control_api import BadOrder, api, iso, order_of
from portal.practice.faults import switching
from portal.practice.faults.catalogue import BadValue, number, text, whole
from portal.practice.faults.presets import PRESETS
from portal.practice.models import Account, Brand, Delivery, Fault, OneTimePassword, Registry
from portal.practice.webhooks import asking, signing
from portal.practice.wire import kept

_NEW_ACCOUNT = "practice…"


@api("GET", "POST", "DELETE")
def faults(request: HttpRequest) -> dict[str, Any]:
    """GET: those that are on. POST: switch on (see `switching.switch_on`). DELETE: remove, of `account` or all."""
    moment = clock.read()
    account = kept(request.GET.get("account", ""), 16) or None
    if request.method == "POST":
        order = order_of(
            request, "account", "name", "match", "phase", "effect", "values", "times", "seconds", "preset"
        )
        return {"faults": [_fault(row) for row in switching.switch_on(order, moment)]}
    if request.method == "DELETE":
        return {"removed": switching.switch_off(moment, account=account)}
    return {"faults": [_fault(row) for row in switching.active(account)], "seed": moment.seed}


@api("GET", "DELETE")
def fault(request: HttpRequest, fault_id: int) -> dict[str, Any]:
    """One fault, also one that was removed, with its counts; DELETE removes it."""
    if request.method == "DELETE":
        switching.switch_off(clock.read(), fault_id=fault_id)
    return _fault(Fault.objects.get(pk=fault_id))


@api("GET")
def presets(request: HttpRequest) -> dict[str, Any]:
    """The fault plan's cases."""
    return {"presets": {name: {"says": str(one.says), "faults": one.faults} for name, one in PRESETS.items()}}


@api("POST")
def limits(request: HttpRequest) -> dict[str, Any]:
    """How much `account` may ask: `rate` a second, `burst`, `in_flight`; null means no limit.

    `retry_after` is what the 429 says: a text, or "in:5" for the HTTP date in five seconds.
    """
    order = order_of(request, "account", "rate", "burst", "in_flight", "retry_after")
    try:
        rate = None if order.get("rate") is None else number(0.01, 10_000)(order["rate"])
        burst = number(1, 10_000)(order["burst"]) if order.get("burst") is not None else max(1.0, rate or 1.0)
        flying = None if order.get("in_flight") is None else whole(0, 10_000)(order["in_flight"])
        wish = text(order.get("retry_after") or "")[:60]
    except BadValue as problem:
        raise BadOrder(_("A limit %(problem)s.") % {"problem": problem}) from problem
    row = account_named(order.get("account"))
    Account.objects.filter(pk=row.pk).update(
        rate=rate, burst=burst, most_in_flight=flying, retry_after=wish, tokens=0, tokens_at=None
    )
    return {
        "account": row.fingerprint,
        "rate": rate,
        "burst": burst,
        "in_flight": flying,
        "retry_after": wish,
    }


@api("GET", "POST")
def seed(request: HttpRequest) -> dict[str, Any]:
    """The number that all chance comes from. POST sets it, for what happens from now on."""
    moment = clock.read()
    if request.method == "GET":
        return {"seed": moment.seed}
    try:
        wanted = whole(0, 2**62)(order_of(request, "seed").get("seed"))
    except BadValue as problem:
        raise BadOrder(_("seed %(problem)s.") % {"problem": problem}) from problem
    Registry.objects.filter(pk=1).update(seed=wanted)
    return {"seed": wanted}


@api("GET")
def invariants(request: HttpRequest) -> dict[str, Any]:
    """What the ledger of `account` adds up to (see `counting.summary`)."""
    return counting.summary(kept(request.GET.get("account", ""), 16), clock.read())


@api("GET", "POST")
def webhooks(request: HttpRequest) -> dict[str, Any]:
    """GET: deliveries, oldest first, of `account`, `brand`, `campaign`, `key`, `number`, `outcome`.

    POST: tell `event_type` about `brand`, which may be the id of a campaign, now.
    """
    if request.method == "GET":
        known = ("account", "brand", "campaign", "key", "number", "outcome", "limit")
        if set(request.GET) - set(known):
            raise BadOrder(_("Webhooks can be narrowed down by %(names)s.") % {"names": ", ".join(known)})
        asked = {name: kept(request.GET.get(name, ""), 200) for name in known}
        return {"deliveries": [_delivery(row) for row in asking.deliveries(**asked)]}
    order = order_of(request, "brand", "event_type")
    event_type = order.get("event_type") or "BRAND_UPDATE"
    if not isinstance(event_type, str) or not event_type.isidentifier() or len(event_type) > 60:
        raise BadOrder(_("event_type must be one word."))
    event = asking.tell_now(_id(order.get("brand")), event_type, clock.read())
    return {"event_id": str(event.event_id)}


@api("POST")
def webhook_again(request: HttpRequest, delivery_id: int) -> dict[str, Any]:
    """Send a delivery's event once more, now and truly, with its own id."""
    return _delivery(asking.again(delivery_id, clock.read()))


@api("POST")
def webhooks_off(request: HttpRequest) -> dict[str, Any]:
    """Send nothing more (`off` true) to `account`, or to anybody without one; or send again (false)."""
    order = order_of(request, "off", "account")
    off, name = order.get("off"), order.get("account")
    if not isinstance(off, bool):
        raise BadOrder(_("off must be true or false."))
    if name is None:
        Registry.objects.filter(pk=1).update(webhooks_off=off)
    else:
        Account.objects.filter(pk=account_named(name).pk).update(webhooks_off=off)
    return {"off": off, "account": name}


@api("POST")
def rotate_key(request: HttpRequest) -> dict[str, Any]:
    """Sign with a new key from now on; the old one can still be had by the fault `forge`, "previous_key"."""
    signing.rotate()
    return {"public_key": signing.public(signing.key()), "previous_key": signing.public(signing.key_before())}


def webhook_key(request: HttpRequest) -> HttpResponse:
    """The public key that webhooks are checked with, for the portal: base64 of 32 bytes."""
    clock.read()
    return JsonResponse({"public_key": signing.public(signing.key())})


@api("POST")
def confirm(request: HttpRequest, brand_id: uuid.UUID) -> dict[str, Any]:
    """Click the link in the newest e-mail of Authentication+."""
    proofs.confirm(Brand.objects.get(id=brand_id), clock.read())
    return {"two_factor": str(proofs.Contact.CONFIRMED)}


@api("GET")
def password(request: HttpRequest, brand_id: uuid.UUID) -> dict[str, Any]:
    """The newest one-time password of a brand, as its owner's phone shows it; `pin` null before any was sent."""
    moment = clock.read()
    row = OneTimePassword.objects.filter(brand__id=brand_id).order_by("-id").first()
    if row is None:
        Brand.objects.get(id=brand_id)
        return {"pin": None}
    word, _since = proofs.delivery_of(row, moment)
    return {
        "pin": row.pin,
        "text": row.text.replace("@OTP_PIN@", row.pin),
        "reference": row.reference,
        "wrong": row.wrong,
        "delivery": word,
        "asked_at": iso(row.asked_at),
    }


def account_named(name: Any) -> Account:
    """The account of a fingerprint, also before its first request. Raises BadOrder."""
    if not isinstance(name, str) or len(name) != 16 or not name.isalnum() or not name.isascii():
        raise BadOrder(_("account must be a fingerprint."))
    row, _created = Account.objects.get_or_create(fingerprint=name, defaults={"label": _NEW_ACCOUNT})
    return row


def _id(given: Any) -> uuid.UUID:
    try:
        return uuid.UUID(str(given))
    except ValueError as problem:
        raise BadOrder(_("brand must be an id.")) from problem


def _fault(row: Fault) -> dict[str, Any]:
    return {
        "id": row.pk,
        "account": row.account or switching.EVERYBODY,
        "number": row.number,
        "name": row.name,
        "match": row.match,
        "phase": row.phase,
        "effect": row.effect,
        "values": row.values,
        "times": row.times,
        "seen": row.seen,
        "used": row.used,
        "ends_at": row.ends_at and iso(row.ends_at),
        "active": row.removed_at is None and not row.is_spent,
    }


def _delivery(row: Delivery) -> dict[str, Any]:
    return {
        "id": row.pk,
        "event_id": str(row.event.event_id),
        "brand": str(row.event.brand.id),
        "campaign": str(row.event.campaign.id) if row.event.campaign else None,
        "key": row.event.campaign.key if row.event.campaign else row.event.brand.key,
        "number": row.event.number,
        "type": row.event.payload.get("type"),
        "event_type": row.event.payload.get("eventType"),
        "attempt": row.attempt,
        "url": row.url,
        "outcome": row.outcome,
        "status": row.answer_status,
        "answer": row.answer,
        "error": row.error,
        "fault": row.fault,
        "due_at": row.due_at and iso(row.due_at),
        "done_at": row.done_at and iso(row.done_at),
        "milliseconds": row.milliseconds,
        "timestamp": row.timestamp,
        "signature": row.signature,
        "body": row.body,
    }
