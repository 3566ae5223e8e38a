"""The frame around every request below `/v2`: ledger, key, error shapes, answer.

The steps of `_exchange` stand in the order in which a request passes through them, each in a place
of its own, because that is where faults strike (the phases P1 to P4 of `faults.catalogue`):

1. arrived: the body is read and the ledger written (P1 and P2: nothing was done yet);
2. acted: the brand exists, the answer is known, nothing is committed;
3. committed: brand and answer stand in the database, the caller knows nothing (P3);
4. answered: the bytes go out (P4).
"""

from __future__ import annotations

import json
import logging
import re
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.db import transaction
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.request import UnreadablePostError
from django.views.decorators.csrf import csrf_exempt

from portal.practice import clock, ledger
from portal.practice.faults import limits
from portal.practice.faults.matching import Asked, meet
from portal.practice.faults.socket import take_over
from portal.practice.faults.striking import Cut, Strike, Told, status_body, waiting
from portal.practice.models import Account, Brand, Campaign, Fault, LedgerEntry, fingerprint
from portal.practice.telnyx.errors import error
from portal.practice.webhooks import events

log = logging.getLogger(__name__)

# Any key of this form is an account of its own, so that tests do not see each other's brands.
_BEARER = re.compile(r"(?i:Bearer) (practice[\x21-\x7e]{0,192})\s*")

_MOST_DRAINED = 16 * 1024 * 1024


# A verb of the fault plan for each method, unless the endpoint says another.
_VERBS = {"GET": "read", "POST": "create", "PUT": "update", "PATCH": "update", "DELETE": "delete"}


@dataclass(frozen=True, slots=True)
class Call:
    """One authenticated request: whose it is, when it came, what it carries, and what meets it."""

    request: HttpRequest
    account: Account
    moment: clock.Moment
    raw: bytes
    strike: Strike


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back (None: no body), and what it is about: brand and campaign (for the ledger), number (E.164)."""

    status: int
    body: Mapping[str, Any] | Sequence[Any] | None
    brand: uuid.UUID | None = None
    campaign: uuid.UUID | None = None
    number: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


NO_SUCH_THING = error("10005", "Resource not found", "The requested resource or URL could not be found.")


class Refusal(Exception):
    """The request is refused; `answer` says how, in one of the vendor's two shapes."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(f"{answer.status}")
        self.answer = answer


def refused(status: int, *errors: Mapping[str, Any]) -> Refusal:
    """A refusal in the vendor's general shape, `errors[]`."""
    return Refusal(Answer(status, {"errors": list(errors)}))


def invalid(*detail: Mapping[str, Any]) -> Refusal:
    """A refusal for a body that does not fit the schema: 422 with the vendor's `detail[]`."""
    return Refusal(Answer(422, {"detail": list(detail)}))


def not_found() -> Refusal:
    """404, the same for another account's object and for one that never existed."""
    return refused(404, NO_SUCH_THING)


View = Callable[..., Answer]
Reply = HttpResponse | StreamingHttpResponse


def endpoint(
    resource: str = "", *, verbs: Mapping[str, str] = MappingProxyType({}), **views: View
) -> Callable[..., Reply]:
    """A Django view out of one function per method; any other method is not found.

    Each function takes the Call and the parts of the path, and returns an Answer or raises a Refusal.
    `resource` and `verbs` are how faults are matched with it.
    """

    @csrf_exempt
    def exchange(request: HttpRequest, **parts: str) -> Reply:
        method = request.method or ""
        verb = verbs.get(method) or _VERBS.get(method, "")
        if verb == "list" and "displayName" in request.GET:
            verb = "search"
        return _exchange(request, resource, verb, views.get(method), parts)

    return exchange


def _exchange(
    request: HttpRequest, resource: str, verb: str, view: View | None, parts: Mapping[str, str]
) -> Reply:
    moment = clock.read()
    api_key = _presented_key(request)
    raw, refusal = _body(request)
    number = parts.get("phone_number", "")
    entry = ledger.receive(request, raw, moment, api_key=api_key, verb=verb, resource=resource, number=number)
    answer: Answer | None = None
    with limits.under_way(entry.account) as running:
        # 1. arrived
        crossed, wish = limits.crossed(entry.account, moment, running=running) if entry.account else ("", "")
        strike = Strike(None if crossed else _met(entry, parts, moment))
        if crossed or strike.fault:
            ledger.met(entry, fault=strike.fault, crossed=crossed)
        try:
            moment = strike.before(strike.read(moment))
            refusal = refusal or _refused_by(strike, crossed, wish)
            with transaction.atomic():
                if refusal:
                    raise refusal
                if view is None:
                    _account(request)
                    raise not_found()
                answer = view(Call(request, _account(request), moment, raw, strike), **parts)
                told = _told(strike, answer)
                ledger.answer(
                    entry,
                    status=told.status,
                    body=told.body,
                    brand=answer.brand,
                    campaign=answer.campaign,
                    sent=told.sent,
                )
                # 2. acted
        except Cut as cut:
            ledger.answer(entry, status=None, body=b"", brand=None, sent=0)
            return take_over(request, cut.raw)
        except Refusal as problem:
            told = _told(strike, problem.answer)
            ledger.answer(entry, status=told.status, body=told.body, brand=None, sent=told.sent)
        except SuspiciousOperation as problem:
            told = _told(strike, refused(400, error("10015", "Bad Request", str(problem)[:200])).answer)
            ledger.answer(entry, status=told.status, body=told.body, brand=None, sent=told.sent)
        except Exception:
            log.exception("practice registry failed at %s %s", request.method, request.path)
            told = _told(
                Strike(),
                refused(500, error("10007", "Unexpected error", "An unexpected error occurred.")).answer,
            )
            ledger.answer(entry, status=told.status, body=told.body, brand=None, sent=told.sent)
        # 3. committed
        if strike.early is not None and answer is not None and answer.brand is not None:
            events.early(
                answer.brand,
                moment,
                seconds=strike.early,
                campaign_id=answer.campaign,
                number=answer.number,
            )
    # 4. answered
    return _reply(request, told)


def _body(request: HttpRequest) -> tuple[bytes, Refusal | None]:
    try:
        return request.body, None
    except RequestDataTooBig:
        # A connection that is closed over unread bytes would lose the answer.
        _drain(request)
        return b"", refused(413, error("10015", "Bad Request", "The request body is too large."))
    except UnreadablePostError:
        return b"", refused(400, error("10015", "Bad Request", "The request body ended too early."))


def _met(entry: LedgerEntry, parts: Mapping[str, str], moment: clock.Moment) -> Fault | None:
    """The fault that meets the request; one about a brand or a campaign carries that one's key."""
    brand_id, campaign_id, key = parts.get("brand_id", ""), parts.get("campaign_id", ""), entry.key
    rows, named = (Campaign.objects.all(), campaign_id) if campaign_id else (Brand.objects.all(), brand_id)
    if named and not key and (found := as_uuid(named)):
        key = rows.filter(id=found).values_list("key", flat=True).first() or ""
    asked = Asked(
        entry.account, entry.verb, entry.resource, key, brand_id.lower(), campaign=campaign_id.lower()
    )
    return meet(asked, moment)


def _refused_by(strike: Strike, crossed: str, wish: str) -> Refusal | None:
    """The refusal by a limit or a fault, before anything was done."""
    if crossed:
        detail = "You have exceeded the maximum number of allowed requests."
        answer = refused(429, error("10011", "Too many requests", detail)).answer
        return Refusal(replace(answer, headers={"Retry-After": waiting(wish)} if wish else {}))
    if strike.status is None:
        return None
    body, headers = status_body(strike.values)
    return Refusal(Answer(strike.status, json.loads(body), headers=headers))


def _told(strike: Strike, answer: Answer) -> Told:
    body = b"" if answer.body is None else _bytes(strike.said(answer.body))
    return strike.tell(answer.status, body, answer.headers)


def _reply(request: HttpRequest, told: Told) -> Reply:
    if told.raw is not None:
        return take_over(request, told.raw)
    response = HttpResponse(
        told.body, status=told.status, content_type="application/json", headers=told.fields
    )
    response["Cache-Control"] = "no-store"
    return response


def as_uuid(text: str) -> uuid.UUID | None:
    """The id that `text` spells, or None."""
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def _drain(request: HttpRequest) -> None:
    left = _MOST_DRAINED
    while left > 0 and (chunk := request.read(64 * 1024)):
        left -= len(chunk)


def _presented_key(request: HttpRequest) -> str:
    """Whatever stands after `Bearer`, good or not: the ledger counts refused keys as well."""
    scheme, _blank, key = request.headers.get("Authorization", "").partition(" ")
    return key.strip() if scheme.lower() == "bearer" else ""


def _account(request: HttpRequest) -> Account:
    found = _BEARER.fullmatch(request.headers.get("Authorization", ""))
    if not found:
        detail = "The required authentication headers were either invalid or not included in the request."
        raise refused(401, error("10009", "Authentication failed", detail))
    key = found[1]
    account, _created = Account.objects.get_or_create(
        fingerprint=fingerprint(key), defaults={"label": ledger.label_of(key)}
    )
    return account


def _bytes(document: Any) -> bytes:
    return json.dumps(document, separators=(",", ":")).encode()
