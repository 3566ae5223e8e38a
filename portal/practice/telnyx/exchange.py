"""The frame around every request below `/v2`: ledger, key, error shapes, answer.

The steps of `_exchange` stand in the order in which a request passes through them, each in a place
of its own, because that is where faults are put in later:

1. arrived: the body is read and the ledger written (nothing was done yet);
2. acted: the brand exists, the answer is known, nothing is committed;
3. committed: brand and answer stand in the database, the caller knows nothing;
4. answered: the bytes go out.
"""

from __future__ import annotations

import json
import logging
import re
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.http.request import UnreadablePostError
from django.views.decorators.csrf import csrf_exempt

from portal.practice import clock, ledger
from portal.practice.models import Account, fingerprint
from portal.practice.telnyx.errors import error

log = logging.getLogger(__name__)

# Any key of this form is an account of its own, so that tests do not see each other's brands.
_BEARER = re.compile(r"(?i:Bearer) (practice[\x21-\x7e]{0,192})\s*")

_MOST_DRAINED = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Call:
    """One authenticated request: whose it is, when it came, and what it carries."""

    request: HttpRequest
    account: Account
    moment: clock.Moment
    raw: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back, and the brand that it is about (for the ledger)."""

    status: int
    body: Mapping[str, Any]
    brand: uuid.UUID | None = None


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
    return refused(
        404, error("10005", "Resource not found", "The requested resource or URL could not be found.")
    )


View = Callable[..., Answer]


def endpoint(**views: View) -> Callable[..., HttpResponse]:
    """A Django view out of one function per method; any other method is not found.

    Each function takes the Call and the parts of the path, and returns an Answer or raises a Refusal.
    """

    @csrf_exempt
    def exchange(request: HttpRequest, **parts: str) -> HttpResponse:
        return _exchange(request, views.get(request.method or ""), parts)

    return exchange


def _exchange(request: HttpRequest, view: View | None, parts: Mapping[str, str]) -> HttpResponse:
    moment = clock.read()
    api_key = _presented_key(request)
    refusal: Refusal | None = None
    try:
        raw = request.body
    except RequestDataTooBig:
        raw = b""
        # A connection that is closed over unread bytes would lose the answer.
        _drain(request)
        refusal = refused(413, error("10015", "Bad Request", "The request body is too large."))
    except UnreadablePostError:
        raw = b""
        refusal = refused(400, error("10015", "Bad Request", "The request body ended too early."))
    entry = ledger.receive(request, raw, moment, api_key=api_key)
    # 1. arrived
    try:
        if refusal:
            raise refusal
        with transaction.atomic():
            account = _account(request)
            if view is None:
                raise not_found()
            answer = view(Call(request, account, moment, raw), **parts)
            body = _bytes(answer)
            ledger.answer(entry, status=answer.status, body=body, brand=answer.brand)
            # 2. acted
    except Refusal as problem:
        answer, body = problem.answer, _bytes(problem.answer)
        ledger.answer(entry, status=answer.status, body=body, brand=None)
    except SuspiciousOperation as problem:
        answer = refused(400, error("10015", "Bad Request", str(problem)[:200])).answer
        body = _bytes(answer)
        ledger.answer(entry, status=answer.status, body=body, brand=None)
    except Exception:
        log.exception("practice registry failed at %s %s", request.method, request.path)
        answer = refused(500, error("10007", "Unexpected error", "An unexpected error occurred.")).answer
        body = _bytes(answer)
        ledger.answer(entry, status=answer.status, body=body, brand=None)
    # 3. committed
    response = HttpResponse(body, status=answer.status, content_type="application/json")
    response["Cache-Control"] = "no-store"
    # 4. answered
    return response


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


def _bytes(answer: Answer) -> bytes:
    return json.dumps(answer.body, separators=(",", ":")).encode()
