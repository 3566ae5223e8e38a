"""One careful HTTP client for every adapter: says what happened, never tries twice.

A call ends in a JSON object or in one of the contract's errors, and the difference that matters is
kept exact: `Unavailable` only where the request was surely not processed (or was a mere read),
`OutcomeUnknown` wherever a write may have been.

| what happened                                     | read        | write          |
|---------------------------------------------------|-------------|----------------|
| no address, no connection, no TLS: nothing sent   | Unavailable | Unavailable    |
| 429 (with the carrier's own wish, capped)         | Unavailable | Unavailable    |
| 401, 403                                          | Unauthorized| Unauthorized   |
| 404, 410                                          | NotFound    | NotFound       |
| 408, 409, 423, 425, 3xx, 5xx                      | Unavailable | OutcomeUnknown |
| late, reset, cut, too big, unreadable             | Unavailable | OutcomeUnknown |
| other 4xx with a JSON object                      | Unavailable | Refused        |
| other 4xx without                                 | Unavailable | OutcomeUnknown |
| 2xx with a JSON object                            | the object  | the object     |

Messages name the verb, the path without its query, and the kind of trouble; never a body, a key or
a header. The content type is not looked at: what counts is whether the body is a JSON object.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast

import httpx

from portal.carriers.answers import Unreadable, bounded, json_object, retry_after
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
_UNDECIDED = frozenset({408, 409, 423, 425})

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
class _Answer:
    status: int
    headers: httpx.Headers
    body: Mapping[str, Any] | None


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
        try:
            answer = self._exchange("GET", path, params=params, until=until)
        except (_NotSent, _Lost) as trouble:
            raise Unavailable(str(trouble)) from None
        if answer.status // 100 == 2 and answer.body is not None:
            return dict(answer.body)
        raise self._plain_trouble(answer, "GET", path) or Unavailable(
            f"GET {path}: answer {answer.status}", retry_after=self._wish(answer)
        )

    def write(
        self, method: str, path: str, body: Mapping[str, Any], *, until: float | None = None
    ) -> dict[str, Any]:
        """Send `body` once, and once only.

        Raises Unavailable, OutcomeUnknown, Unauthorized, NotFound, Refused.
        """
        try:
            answer = self._exchange(method, path, body=body, until=until)
        except _NotSent as trouble:
            raise Unavailable(str(trouble)) from None
        except _Lost as trouble:
            raise OutcomeUnknown(str(trouble)) from None
        if answer.status // 100 == 2 and answer.body is not None:
            return dict(answer.body)
        trouble_known = self._plain_trouble(answer, method, path)
        if trouble_known is not None:
            raise trouble_known
        if answer.status // 100 == 4 and answer.status not in _UNDECIDED and answer.body is not None:
            raise Refused(
                f"{method} {path}: refused with {answer.status}", reasons=self._explain(answer.body)
            )
        raise OutcomeUnknown(f"{method} {path}: answer {answer.status} leaves it open")

    def close(self) -> None:
        """Give back the connections."""
        self._transport.close()

    def _plain_trouble(self, answer: _Answer, method: str, path: str) -> CarrierError | None:
        """The error of an answer that means the same for reads and writes."""
        if answer.status == 429:
            return Unavailable(f"{method} {path}: too many requests", retry_after=self._wish(answer))
        if answer.status in (401, 403):
            return Unauthorized(f"{method} {path}: credentials refused with {answer.status}")
        if answer.status in (404, 410):
            return NotFound(f"{method} {path}: answer {answer.status}")
        return None

    def _wish(self, answer: _Answer) -> timedelta | None:
        return retry_after(
            answer.headers.get("retry-after"), date=answer.headers.get("date"), cap=self._limits.retry_after
        )

    def _exchange(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str | int] | None = None,
        body: Mapping[str, Any] | None = None,
        until: float | None = None,
    ) -> _Answer:
        """One request, one answer, one deadline. Raises _NotSent and _Lost."""
        at = self.until(self._limits.total)
        if until is not None:
            at = min(at, until)
        left = at - time.monotonic()
        if left <= 0:
            raise _NotSent(f"{method} {path}: no time was left to ask")
        self._gate.enter(within=left)
        try:
            answer = self._asked(method, path, params, body, at)
        except (_NotSent, _Lost):
            self._gate.left(Passage.FAILED)
            raise
        self._gate.left(_passage(answer.status), retry_after=self._wish(answer))
        return answer

    def _asked(
        self,
        method: str,
        path: str,
        params: Mapping[str, str | int] | None,
        body: Mapping[str, Any] | None,
        at: float,
    ) -> _Answer:
        left = at - time.monotonic()
        if left <= 0:
            raise _NotSent(f"{method} {path}: no time was left to ask")
        headers = self._headers
        if body is not None:
            headers = {**headers, "Content-Type": "application/json"}
        request = httpx.Request(
            method,
            self._root + path,
            params=params,
            headers=headers,
            content=None if body is None else json.dumps(body, allow_nan=False).encode(),
            extensions={"deadline": at, "timeout": httpx.Timeout(left).as_dict()},
        )
        try:
            response = self._transport.handle_request(request)
            try:
                return self._understood(response, at)
            finally:
                response.close()
        except _NOTHING_SENT as exc:
            # Nothing of ours has been sent yet, so the system's own words can hold no secret.
            raise _NotSent(f"{method} {path}: {type(exc).__name__}: {exc}") from None
        except httpx.TransportError as exc:
            raise _Lost(f"{method} {path}: {type(exc).__name__} after sending") from None
        except Unreadable as exc:
            raise _Lost(f"{method} {path}: the answer cannot be read: {exc}") from None

    def _understood(self, response: httpx.Response, at: float) -> _Answer:
        status = response.status_code
        if status in _BODILESS or status // 100 not in (2, 4):
            return _Answer(status, response.headers, None)
        try:
            raw = bounded(
                _before(response, at),
                encoding=response.headers.get("content-encoding", ""),
                cap=self._limits.answer_bytes,
            )
            return _Answer(status, response.headers, json_object(raw))
        except Unreadable:
            if status // 100 == 2:
                raise
            return _Answer(status, response.headers, None)


def _passage(status: int) -> Passage:
    if status == 429:
        return Passage.LIMITED
    if status in (401, 403):
        return Passage.UNAUTHORIZED
    return Passage.FAILED if status // 100 == 5 else Passage.ANSWERED


def _before(response: httpx.Response, at: float) -> Iterator[bytes]:
    """The raw chunks of the body, for as long as there is time."""
    for chunk in cast(httpx.SyncByteStream, response.stream):
        if time.monotonic() >= at:
            raise httpx.ReadTimeout("the body was not complete in time")
        yield chunk
