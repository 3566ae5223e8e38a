"""Writes that promise no answer, reads of lists, and the account's gate, against real sockets."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from datetime import timedelta
from typing import Any

import httpx
import pytest

from portal.carriers.contract import (
    CarrierError,
    NotFound,
    OutcomeUnknown,
    Reason,
    Refused,
    Unauthorized,
    Unavailable,
)
from portal.carriers.gate import Gate, Held, Passage
from portal.carriers.http import Http, Limits
from tests.carriers.registry_socket import Registry, Script, answer, drip, reply, reset

CAP = 4096


class Doorkeeper:
    """A gate that writes down who came and how they left; `shut` and `deaf` are what it raises instead."""

    def __init__(self, *, shut: Exception | None = None, deaf: Exception | None = None) -> None:
        self.shut, self.deaf = shut, deaf
        self.within: list[float] = []
        self.passages: list[tuple[Passage, timedelta | None]] = []

    def enter(self, *, within: float) -> None:
        """Let it through, or not."""
        self.within.append(within)
        if self.shut:
            raise self.shut

    def left(self, passage: Passage, *, retry_after: timedelta | None = None) -> None:
        """Write it down."""
        self.passages.append((passage, retry_after))
        if self.deaf:
            raise self.deaf


@contextmanager
def _http(
    url: str, *, total: float = 5.0, gate: Gate | None = None, transport: httpx.BaseTransport | None = None
) -> Iterator[Http]:
    limits = Limits(timedelta(seconds=total), CAP, timedelta(hours=1))
    made = Http(
        url=url, key="k", limits=limits, explain=lambda _: (Reason("c", "t"),), gate=gate, transport=transport
    )
    with closing(made) as http:
        yield http


# -- writes that promise nothing -------------------------------------------------------------------

NO_CONTENT = b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n"


@pytest.mark.parametrize(
    ("script", "told"),
    [
        (lambda c, _: c.sendall(NO_CONTENT), {}),
        (reply(200), {}),
        (reply(202, b" \r\n"), {}),
        (reply(200, b"null"), {}),
        (reply(200, b"[1]"), {}),
        (reply(200, b'"OK"'), {}),
        (reply(200, b'{"brandId": "b"}'), {"brandId": "b"}),
    ],
)
def test_success_needs_no_body_where_none_is_promised(script: Script, told: Mapping[str, Any]) -> None:
    with Registry(script) as registry, _http(registry.url) as http:
        assert http.act("DELETE", "/thing") == told
    head, _, body = registry.requests[0].partition(b"\r\n\r\n")
    assert head.startswith(b"DELETE /v2/thing HTTP/1.1\r\n")
    assert b"content-type" not in head.lower()
    assert body == b""


def test_a_write_without_a_body_says_that_its_body_is_empty() -> None:
    with Registry(reply(200)) as registry, _http(registry.url) as http:
        http.act("POST", "/thing")
        http.act("PUT", "/thing", {"otpPin": "123456"})
    assert b"content-length: 0\r\n" in registry.requests[0].lower() + b"\r\n"
    assert registry.requests[1].endswith(b'\r\n\r\n{"otpPin": "123456"}')


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        (reply(200, b"<html>Please sign in</html>"), OutcomeUnknown),
        (reply(200, b'{"a": "' + b"x" * CAP + b'"}'), OutcomeUnknown),
        (lambda c, _: c.sendall(answer(200, b'{"a": 1}')[:-2]), OutcomeUnknown),
        (reset, OutcomeUnknown),
        (reply(302, b"", "Location: http://127.0.0.1:9/"), OutcomeUnknown),
        (reply(409, b"{}"), OutcomeUnknown),
        (reply(500), OutcomeUnknown),
        (reply(400, b"<html>"), OutcomeUnknown),
        (reply(400, b"[]"), OutcomeUnknown),
        (reply(400, b"{}"), Refused),
        (reply(404), NotFound),
        (reply(410), NotFound),
        (reply(401), Unauthorized),
        (reply(403), Unauthorized),
        (reply(429), Unavailable),
    ],
)
def test_a_write_without_promise_fails_like_any_other(script: Script, expected: type[Exception]) -> None:
    with Registry(script) as registry, _http(registry.url) as http:
        with pytest.raises(Exception) as raised:  # noqa: PT011 - the exact class is compared below
            http.act("POST", "/thing")
        assert type(raised.value) is expected
    assert len(registry.requests) == 1


def test_a_write_without_promise_that_is_never_answered_is_sent_once_and_unknown() -> None:
    over = threading.Event()
    with Registry(drip(b"HTTP/1.1 200 OK\r\nX: ", over)) as registry:
        with _http(registry.url, total=0.3) as http, pytest.raises(OutcomeUnknown):
            http.act("DELETE", "/thing")
        over.set()
    assert len(registry.requests) == 1


# -- lists -----------------------------------------------------------------------------------------


def test_a_list_is_read_where_one_is_asked_for() -> None:
    with Registry(reply(200, b'[{"a": 1}, 7, null]')) as registry, _http(registry.url) as http:
        assert http.read_list("/things", {"page": 1}) == [{"a": 1}, 7, None]
    assert registry.requests[0].startswith(b"GET /v2/things?page=1 HTTP/1.1\r\n")


@pytest.mark.parametrize(
    "body", [b'{"data": []}', b"null", b"", b"[", b"[" + b"1," * CAP + b"1]", b"[1]<html>", b'["\xff"]']
)
def test_what_is_no_list_is_no_empty_one(body: bytes) -> None:
    with Registry(reply(200, body)) as registry, _http(registry.url) as http, pytest.raises(Unavailable):
        http.read_list("/things")


# -- the gate --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("script", "passage"),
    [
        (reply(200, b"{}"), Passage.ANSWERED),
        (reply(400, b"{}"), Passage.ANSWERED),
        (reply(400, b"<html>"), Passage.ANSWERED),
        (reply(404), Passage.ANSWERED),
        (reply(409), Passage.ANSWERED),
        (reply(429), Passage.LIMITED),
        (reply(401), Passage.UNAUTHORIZED),
        (reply(403), Passage.UNAUTHORIZED),
        (reply(302), Passage.FAILED),
        (reply(408), Passage.FAILED),
        (reply(500), Passage.FAILED),
        (reply(503), Passage.FAILED),
        (reply(200, b"<html>"), Passage.FAILED),
        (reply(200, b"[]"), Passage.FAILED),
        (reset, Passage.FAILED),
        (lambda c, _: c.sendall(answer(200, b'{"a": 1}')[:-2]), Passage.FAILED),
    ],
)
@pytest.mark.parametrize("verb", ["read", "write"])
def test_the_gate_is_passed_once_and_told_once_how_it_ended(
    script: Script, passage: Passage, verb: str
) -> None:
    gate = Doorkeeper()
    with Registry(script) as registry, _http(registry.url, gate=gate) as http, suppress(CarrierError):
        http.read("/thing") if verb == "read" else http.write("POST", "/thing", {})
    assert len(registry.requests) == 1
    assert gate.passages == [(passage, None)]
    assert len(gate.within) == 1
    assert 0 < gate.within[0] <= 5


def test_an_empty_answer_is_a_good_one_only_where_none_is_promised() -> None:
    gate = Doorkeeper()
    with Registry(reply(200)) as registry, _http(registry.url, gate=gate) as http:
        http.act("DELETE", "/thing")
        with pytest.raises(OutcomeUnknown):
            http.write("DELETE", "/thing")
    assert [passage for passage, _ in gate.passages] == [Passage.ANSWERED, Passage.FAILED]


@pytest.mark.parametrize(("status", "passage"), [(429, Passage.LIMITED), (503, Passage.FAILED)])
def test_the_gate_hears_of_the_carriers_own_wish(status: int, passage: Passage) -> None:
    gate = Doorkeeper()
    script = reply(status, b"", "Retry-After: 7")
    with Registry(script) as there, _http(there.url, gate=gate) as http, pytest.raises(Unavailable):
        http.read("/thing")
    assert gate.passages == [(passage, timedelta(seconds=7))]


def test_the_gate_hears_of_a_connection_that_was_never_made() -> None:
    gate = Doorkeeper()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    with _http(url, gate=gate) as http, pytest.raises(Unavailable):
        http.write("POST", "/thing", {})
    assert gate.passages == [(Passage.FAILED, None)]


class _Broken(httpx.BaseTransport):
    """A transport with an error of its own in it."""

    def __init__(self, problem: BaseException) -> None:
        self.problem = problem

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        raise self.problem


@pytest.mark.parametrize(
    ("problem", "passages"),
    [
        (AssertionError("unforeseen"), [(Passage.FAILED, None)]),
        (MemoryError(), [(Passage.FAILED, None)]),
        # Whoever ends the process does not wait for bookkeeping; a permit of the dead runs out by itself.
        (KeyboardInterrupt(), []),
    ],
)
def test_the_gate_hears_of_an_unforeseen_error_too(problem: BaseException, passages: list[Any]) -> None:
    gate = Doorkeeper()
    with _http("http://127.0.0.1:9", gate=gate, transport=_Broken(problem)) as http:
        for call in (lambda: http.read("/thing"), lambda: http.write("POST", "/thing", {})):
            with pytest.raises(type(problem)):
                call()
    assert gate.passages == passages * 2


def test_an_answer_is_not_lost_because_the_gate_cannot_be_told() -> None:
    gate = Doorkeeper(deaf=RuntimeError("the database is away"))
    with Registry(reply(200, b'{"brandId": "paid for"}')) as registry, _http(registry.url, gate=gate) as http:
        assert http.write("POST", "/thing", {}) == {"brandId": "paid for"}
    assert len(gate.passages) == 1


@pytest.mark.parametrize(
    "shut", [Held("paused", retry_after=timedelta(seconds=9)), RuntimeError("the database is away")]
)
def test_nothing_leaves_through_a_shut_gate(shut: Exception) -> None:
    gate = Doorkeeper(shut=shut)
    with Registry(reply(200, b"{}")) as registry, _http(registry.url, gate=gate) as http:
        for call in (
            lambda: http.read("/thing"),
            lambda: http.read_list("/thing"),
            lambda: http.write("POST", "/thing", {}),
            lambda: http.act("DELETE", "/thing"),
        ):
            with pytest.raises(Unavailable) as raised:
                call()
            # Held says that the carrier was not even asked; the loop counts no failure then.
            wanted = (Held, timedelta(seconds=9)) if isinstance(shut, Held) else (Unavailable, None)
            assert (type(raised.value), raised.value.retry_after) == wanted
    assert registry.connections == 0
    assert gate.passages == []


def test_a_call_without_time_left_does_not_knock_at_the_gate() -> None:
    gate = Doorkeeper()
    with _http("http://127.0.0.1:9", gate=gate) as http, pytest.raises(Unavailable, match="no time"):
        http.read("/thing", until=http.until(timedelta(0)))
    assert (gate.within, gate.passages) == ([], [])
