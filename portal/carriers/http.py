"""One careful HTTP client for every adapter: says what happened, never tries twice.

A call ends in JSON or in one of the contract's errors, and the difference that matters is kept
exact: `Unavailable` only where the request was surely not processed (or was a mere read),
`OutcomeUnknown` wherever a write may have been. A read asks for an object or a list; a write is
promised an object (`write`) or nothing (`act`).

| what happened                                     | read        | write, act     |
|---------------------------------------------------|-------------|----------------|
| the gate lets nothing through: nothing sent       | Unavailable | Unavailable    |
| no address, no connection, no TLS: nothing sent   | Unavailable | Unavailable    |
| 429 (with the carrier's own wish, capped)         | Unavailable | Unavailable    |
| 401, 403                                          | Unauthorized| Unauthorized   |
| 404, 410                                          | NotFound    | NotFound       |
| 408, 409, 423, 425, 3xx, 5xx                      | Unavailable | OutcomeUnknown |
| late, reset, cut, too big, unreadable             | Unavailable | OutcomeUnknown |
| other 4xx with a JSON object                      | Unavailable | Refused        |
| other 4xx without                                 | Unavailable | OutcomeUnknown |
| 2xx with the JSON that was asked for              | that        | that           |
| 2xx with other JSON                               | Unavailable | OutcomeUnknown |
| 2xx without a body                                | Unavailable | OutcomeUnknown |
| the same two for `act`, which is promised nothing |             | success        |

Messages name the verb, the path without its query, and the kind of trouble; never a body, a key or
a header. The content type is not looked at: what counts is whether the body is JSON. A page of HTML is
no success of `act` either: somebody in between has answered, and nobody knows what was done.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast

import httpx

from portal.carriers.answers import Unreadable, bounded, json_value, retry_after
from portal.carriers.contract import (
    CarrierError,
    NotFound,
    OutcomeUnknown,
    Reason,
    Refused,
    Unauthorized,
    Unavailable,
)
from portal.carriers.gate import Gate, OpenGate, Passage
from portal.carriers.wire import DeadlineTransport

# Answers whose body would change nothing: they are not read at all, so they cannot be slow or huge.
_BODILESS = frozenset({401, 403, 404, 408, 409, 410, 423, 425, 429})

# RFC 9110: these promise neither that the request was refused nor that it was done.
_CONFLICT = 409
_UNDECIDED = frozenset({408, _CONFLICT, 423, 425})

log = logging.getLogger(__name__)

_NOTHING_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)


@dataclass(frozen=True, slots=True)
class Limits:
    """What one call may cost: total time, decoded bytes of the answer, longest wait it may ask for."""

    total: timedelta
    answer_bytes: int
    retry_after: timedelta


class _NotSent(Exception):
    """Not one byte of the request left us."""


class _Lost(Exception):
    """The request left us, and no answer that we can read came back."""


@dataclass(frozen=True, slots=True)
class _Call:
    """One request, and the kind of JSON that it asks for; None when nothing is promised."""

    method: str
    path: str
    wants: type | None
    params: Mapping[str, str | int] | None = None
    body: Mapping[str, Any] | None = None

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    headers: httpx.Headers
    # Of a success what the call wants, of a refusal an object; None where there was none to read.
    body: Any


class Http:
    """The calls of one account.

    `url` is the root that paths are put behind, `key` the bearer token, `explain` turns the body of
    a refusal into reasons. Every request passes `gate`. `transport` is for tests; without it the calls go
    over the wire.
    """

    def __init__(
        self,
        *,
        url: str,
        key: str,
        limits: Limits,
        explain: Callable[[Mapping[str, Any]], tuple[Reason, ...]],
        gate: Gate | None = None,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._gate = gate or OpenGate()
        self._root = url.rstrip("/")
        self._limits = limits
        self._explain = explain
        self._headers = {
            "Authorization": f"Bearer {key}",
            "Accept": "application/json",
            "Accept-Encoding": "gzip",
            "User-Agent": "clearline",
        }
        if transport is None:
            secure = self._root.startswith("https:")
            transport = DeadlineTransport(
                ssl_context=httpx.create_ssl_context(trust_env=False) if secure else None
            )
        self._transport = transport

    def until(self, within: timedelta) -> float:
        """The monotonic moment that lies `within` ahead, for several calls under one deadline."""
        return time.monotonic() + within.total_seconds()

    def read(
        self, path: str, params: Mapping[str, str | int] | None = None, *, until: float | None = None
    ) -> dict[str, Any]:
        """GET a JSON object. Raises Unavailable, Unauthorized, NotFound."""
        return dict(self._read(_Call("GET", path, dict, params), until))

    def read_list(
        self, path: str, params: Mapping[str, str | int] | None = None, *, until: float | None = None
    ) -> list[Any]:
        """GET a JSON list. Raises Unavailable, Unauthorized, NotFound."""
        return list(self._read(_Call("GET", path, list, params), until))

    def write(
        self, method: str, path: str, body: Mapping[str, Any] | None = None, *, until: float | None = None
    ) -> dict[str, Any]:
        """Send `body` once, and once only, and have a JSON object for it.

        Raises Unavailable, OutcomeUnknown, Unauthorized, NotFound, Refused.
        """
        return dict(self._write(_Call(method, path, dict, body=body), until))

    def act(
        self, method: str, path: str, body: Mapping[str, Any] | None = None, *, until: float | None = None
    ) -> dict[str, Any]:
        """Send once a write that promises no answer: 2xx is success, with or without a body.

        The object that came all the same, or an empty one. Raises Unavailable, OutcomeUnknown,
        Unauthorized, NotFound, Refused.
        """
        found = self._write(_Call(method, path, None, body=body), until)
        return dict(found) if isinstance(found, dict) else {}

    def close(self) -> None:
        """Give back the connections."""
        self._transport.close()

    def _read(self, call: _Call, until: float | None) -> Any:
        try:
            answer = self._exchange(call, until)
        except (_NotSent, _Lost) as trouble:
            raise Unavailable(str(trouble)) from None
        if answer.status // 100 == 2:
            return answer.body
        raise self._plain_trouble(answer, call) or Unavailable(
            f"{call}: answer {answer.status}", retry_after=self._wish(answer)
        )

    def _write(self, call: _Call, until: float | None) -> Any:
        try:
            answer = self._exchange(call, until)
        except _NotSent as trouble:
            raise Unavailable(str(trouble)) from None
        except _Lost as trouble:
            raise OutcomeUnknown(str(trouble)) from None
        if answer.status // 100 == 2:
            return answer.body
        trouble_known = self._plain_trouble(answer, call)
        if trouble_known is not None:
            raise trouble_known
        if answer.status // 100 == 4 and answer.status not in _UNDECIDED and answer.body is not None:
            raise Refused(f"{call}: refused with {answer.status}", reasons=self._explain(answer.body))
        raise OutcomeUnknown(
            f"{call}: answer {answer.status} leaves it open", conflict=answer.status == _CONFLICT
        )

    def _plain_trouble(self, answer: _Answer, call: _Call) -> CarrierError | None:
        """The error of an answer that means the same for reads and writes."""
        if answer.status == 429:
            return Unavailable(f"{call}: too many requests", retry_after=self._wish(answer))
        if answer.status in (401, 403):
            return Unauthorized(f"{call}: credentials refused with {answer.status}")
        if answer.status in (404, 410):
            return NotFound(f"{call}: answer {answer.status}")
        return None

    def _wish(self, answer: _Answer) -> timedelta | None:
        return retry_after(
            answer.headers.get("retry-after"), date=answer.headers.get("date"), cap=self._limits.retry_after
        )

    def _exchange(self, call: _Call, until: float | None) -> _Answer:
        """One request, one answer, one deadline. Raises _NotSent, _Lost, and Unavailable of the gate."""
        at = self.until(self._limits.total)
        if until is not None:
            at = min(at, until)
        self._enter(call, at)
        try:
            answer = self._asked(call, at)
            passage, wish = _passage(answer.status), self._wish(answer)
        except Exception:
            # Whatever flew, the request is over: a permit that nobody gives back would block the account.
            self._left(Passage.FAILED, None)
            raise
        self._left(passage, wish)
        return answer

    def _enter(self, call: _Call, at: float) -> None:
        """Pass the gate before `at`. Raises Unavailable and _NotSent."""
        left = at - time.monotonic()
        if left <= 0:
            raise _NotSent(f"{call}: no time was left to ask")
        try:
            self._gate.enter(within=left)
        except Unavailable:
            raise
        except Exception as exc:
            # Nothing was sent, and out of a write anything but Unavailable would mean that something was.
            raise Unavailable(f"{call}: the gate is out of order: {type(exc).__name__}") from exc

    def _left(self, passage: Passage, wish: timedelta | None) -> None:
        try:
            self._gate.left(passage, retry_after=wish)
        except Exception:
            # The answer is worth more than the bookkeeping: it may hold the reference of a paid write.
            log.exception("the gate could not be told how a request ended")

    def _asked(self, call: _Call, at: float) -> _Answer:
        left = at - time.monotonic()
        if left <= 0:
            raise _NotSent(f"{call}: no time was left to ask")
        headers = self._headers
        if call.body is not None:
            headers = {**headers, "Content-Type": "application/json"}
        request = httpx.Request(
            call.method,
            self._root + call.path,
            params=call.params,
            headers=headers,
            content=None if call.body is None else json.dumps(call.body, allow_nan=False).encode(),
            extensions={"deadline": at, "timeout": httpx.Timeout(left).as_dict()},
        )
        try:
            response = self._transport.handle_request(request)
            try:
                return self._understood(response, call.wants, at)
            finally:
                response.close()
        except _NOTHING_SENT as exc:
            # Nothing of ours has been sent yet, so the system's own words can hold no secret.
            raise _NotSent(f"{call}: {type(exc).__name__}: {exc}") from None
        except httpx.TransportError as exc:
            raise _Lost(f"{call}: {type(exc).__name__} after sending") from None
        except Unreadable as exc:
            raise _Lost(f"{call}: the answer cannot be read: {exc}") from None

    def _understood(self, response: httpx.Response, wants: type | None, at: float) -> _Answer:
        """The answer with its body: of the kind that is wanted when all went well, an object of a refusal.

        Raises Unreadable and httpx's errors.
        """
        status = response.status_code
        if status in _BODILESS or status // 100 not in (2, 4):
            return _Answer(status, response.headers, None)
        try:
            raw = bounded(
                _before(response, at),
                encoding=response.headers.get("content-encoding", ""),
                cap=self._limits.answer_bytes,
            )
            if status // 100 == 4:
                return _Answer(status, response.headers, json_value(raw, dict))
            empty = wants is None and not raw.strip()
            return _Answer(status, response.headers, None if empty else json_value(raw, wants or object))
        except Unreadable:
            if status // 100 == 2:
                raise
            return _Answer(status, response.headers, None)


def _passage(status: int) -> Passage:
    if status == 429:
        return Passage.LIMITED
    if status in (401, 403):
        return Passage.UNAUTHORIZED
    # Neither a redirect nor the time-out of a proxy is an answer of the carrier's own.
    return Passage.ANSWERED if status // 100 in (2, 4) and status != 408 else Passage.FAILED


def _before(response: httpx.Response, at: float) -> Iterator[bytes]:
    """The raw chunks of the body, for as long as there is time."""
    for chunk in cast(httpx.SyncByteStream, response.stream):
        if time.monotonic() >= at:
            raise httpx.ReadTimeout("the body was not complete in time")
        yield chunk
