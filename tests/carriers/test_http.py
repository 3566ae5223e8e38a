"""The HTTP client against a registry that misbehaves on real sockets."""

from __future__ import annotations

import gzip
import socket
import threading
import time
import tracemalloc
import zlib
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from typing import Any

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
from portal.carriers.http import Http, Limits
from tests.carriers.registry_socket import Registry, Script, answer, drip, reply, reset, silence

pytestmark = pytest.mark.slow

CAP = 64 * 1024
SECRETS = ("practice-key-7", "123456780", "SECRET-BODY")
BODY = {"ein": "123456780"}


def _http(registry: Registry | str, *, total: float = 5.0) -> closing[Http]:
    limits = Limits(timedelta(seconds=total), CAP, timedelta(hours=1))
    url = registry if isinstance(registry, str) else registry.url
    return closing(Http(url=url, key="practice-key-7", limits=limits, explain=lambda _: (Reason("c", "t"),)))


def _read_trouble(registry: Registry | str, *, total: float = 5.0) -> CarrierError:
    with _http(registry, total=total) as http, pytest.raises(CarrierError) as raised:
        http.read("/thing", {"displayName": "SECRET-BODY"})
    return raised.value


def _write_trouble(registry: Registry | str, *, total: float = 5.0) -> CarrierError:
    with _http(registry, total=total) as http, pytest.raises(CarrierError) as raised:
        http.write("POST", "/thing", BODY)
    return raised.value


def _both(script: Script, *, total: float = 5.0) -> tuple[type, type]:
    """What a read and a write end in; each must have been asked exactly once, and say no secret."""
    with Registry(script) as registry:
        read, write = _read_trouble(registry, total=total), _write_trouble(registry, total=total)
    assert [request.split(b" ")[0] for request in registry.requests] == [b"GET", b"POST"]
    for trouble in (read, write):
        told = f"{trouble} {trouble.__cause__} {trouble!r}"
        assert not [secret for secret in SECRETS if secret in told], told
    return type(read), type(write)


def test_a_good_answer_is_read_in_either_direction() -> None:
    with Registry(reply(200, b'{"a": "\xc3\xa5"}')) as registry, _http(registry) as http:
        assert http.read("/thing", {"page": 2}) == {"a": "å"}
        assert http.write("POST", "/thing", BODY) == {"a": "å"}
    head = registry.requests[0].decode()
    assert head.startswith("GET /v2/thing?page=2 HTTP/1.1\r\n")
    assert "Authorization: Bearer practice-key-7\r\n" in head
    assert registry.requests[1].endswith(b'\r\n\r\n{"ein": "123456780"}')


def test_a_gzipped_answer_is_read() -> None:
    script = reply(200, gzip.compress(b'{"a": 1}'), "Content-Encoding: gzip")
    with Registry(script) as registry, _http(registry) as http:
        assert http.read("/thing") == {"a": 1}


# -- time ------------------------------------------------------------------------------------------

SLOW_HEAD = b"HTTP/1.1 200 OK\r\nX-Slow: "
SLOW_BODY = b'HTTP/1.1 200 OK\r\nContent-Length: 60000\r\n\r\n{"a": "'


@pytest.mark.parametrize("first", [b"", SLOW_HEAD, SLOW_BODY], ids=["silence", "head", "body"])
def test_a_dripping_answer_ends_at_the_deadline_and_is_asked_for_once(first: bytes) -> None:
    over = threading.Event()
    script = drip(first, over) if first else silence(over)
    with Registry(script) as registry:
        for attempt, expected in ((_read_trouble, Unavailable), (_write_trouble, OutcomeUnknown)):
            begun = time.monotonic()
            trouble = attempt(registry, total=0.4)
            assert 0.35 < time.monotonic() - begun < 2.5
            assert type(trouble) is expected
        over.set()
    assert [request.split(b" ")[0] for request in registry.requests] == [b"GET", b"POST"]


def test_a_peer_that_takes_nothing_ends_at_the_deadline() -> None:
    # Nobody accepts, so the kernel's buffers fill up and the write stands still.
    with socket.create_server(("127.0.0.1", 0), backlog=1) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        with _http(url, total=0.4) as http:
            begun = time.monotonic()
            with pytest.raises(OutcomeUnknown):
                http.write("POST", "/thing", {"a": "x" * 20_000_000})
            assert time.monotonic() - begun < 2.5


def test_several_calls_share_one_deadline() -> None:
    with Registry(reply(200, b"{}")) as registry, _http(registry) as http:
        until = http.until(timedelta(0))
        with pytest.raises(Unavailable, match="no time"):
            http.write("POST", "/thing", BODY, until=until)
    assert registry.requests == []


def test_a_name_that_is_not_resolved_in_time_was_never_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    gone = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [][: gone.wait(5)])
    begun = time.monotonic()
    assert type(_write_trouble("http://registry.example", total=0.3)) is Unavailable
    assert time.monotonic() - begun < 2.5
    gone.set()


# -- size and sense --------------------------------------------------------------------------------


def _endless(connection: socket.socket, _: bytes) -> None:
    connection.sendall(b'HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{"a": "')
    for _piece in range(4000):
        connection.sendall(b"x" * 65536)


def _reset_in_the_head(connection: socket.socket, request: bytes) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\n")
    reset(connection, request)


def _bomb(megabytes: int) -> bytes:
    pack = zlib.compressobj(9, wbits=zlib.MAX_WBITS | 16)
    return b"".join(pack.compress(b" " * 1_000_000) for _ in range(megabytes)) + pack.flush()


BOMB = _bomb(200)

TROUBLES: dict[str, Script] = {
    "reset": reset,
    "closed": lambda c, _: None,
    "reset in the head": _reset_in_the_head,
    "cut body": lambda c, _: c.sendall(answer(200, b'{"a": "SECRET-BODY"}')[:-4]),
    "truncated JSON": reply(200, b'{"a": "SECRET-BODY'),
    "HTML with 200": reply(200, b"<html>SECRET-BODY</html>", "Content-Type: text/html"),
    "empty with 200": reply(200),
    "204": lambda c, _: c.sendall(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n"),
    "bad UTF-8": reply(200, b'{"a": "\xff\xfe"}'),
    "UTF-16": reply(200, '{"a": 1}'.encode("utf-16")),
    "a list": reply(200, b"[1]"),
    "NaN": reply(200, b'{"a": NaN}'),
    "infinite": reply(200, b'{"a": 1e999}'),
    "name twice": reply(200, b'{"a": 1, "a": 2}'),
    "too deep": reply(200, b'{"a":' * 9000),
    "too big": reply(200, b'{"a": "' + b"x" * CAP + b'"}'),
    "endless": _endless,
    "gzip bomb": reply(200, BOMB, "Content-Encoding: gzip"),
    "cut gzip": reply(200, gzip.compress(b'{"a": "SECRET-BODY"}')[:-4], "Content-Encoding: gzip"),
    "no gzip at all": reply(200, b'{"a": 1}', "Content-Encoding: gzip"),
    "unasked encoding": reply(200, b'{"a": 1}', "Content-Encoding: br"),
    "not HTTP": lambda c, _: c.sendall(b"SSH-2.0-SECRET-BODY\r\n"),
    "bad header": lambda c, _: c.sendall(b"HTTP/1.1 200 OK\r\nSECRET-BODY\r\n\r\n{}"),
    "huge head": lambda c, _: c.sendall(b"HTTP/1.1 200 OK\r\nX: " + b"y" * 200_000 + b"\r\n\r\n{}"),
    **{
        str(status): reply(status, b'{"errors": [{"code": "1", "title": "SECRET-BODY"}]}')
        for status in (408, 409, 423, 425, 500, 502, 503, 504)
    },
    "400 without sense": reply(400, b"<html>SECRET-BODY</html>"),
}


@pytest.mark.parametrize("name", TROUBLES)
def test_no_usable_answer_leaves_a_write_unknown_and_lets_a_read_be_repeated(name: str) -> None:
    assert _both(TROUBLES[name]) == (Unavailable, OutcomeUnknown)


def test_a_bomb_costs_no_memory() -> None:
    assert len(BOMB) < 250_000
    tracemalloc.start()
    try:
        _both(TROUBLES["gzip bomb"])
        _both(TROUBLES["endless"])
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 5_000_000


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_never_followed(status: int) -> None:
    with Registry(reply(200, b"{}")) as elsewhere:
        assert _both(reply(status, b"", f"Location: {elsewhere.url}/thing")) == (Unavailable, OutcomeUnknown)
    assert elsewhere.connections == 0


def test_no_proxy_no_netrc_and_no_cookie_is_taken_from_anywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    with Registry(reply(200, b"{}")) as proxy:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, proxy.url)
        with Registry(reply(200, b"{}", "Set-Cookie: tenant=1; Path=/")) as registry, _http(registry) as http:
            http.read("/thing")
            http.read("/thing")
    assert proxy.connections == 0
    assert b"cookie" not in registry.requests[1].lower()


# -- answers that say what happened ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (401, (Unauthorized, Unauthorized)),
        (403, (Unauthorized, Unauthorized)),
        (404, (NotFound, NotFound)),
        (410, (NotFound, NotFound)),
        (429, (Unavailable, Unavailable)),
        (400, (Unavailable, Refused)),
        (402, (Unavailable, Refused)),
        (422, (Unavailable, Refused)),
    ],
)
def test_a_status_says_what_happened(status: int, expected: tuple[type, type]) -> None:
    assert _both(reply(status, b'{"detail": "SECRET-BODY"}')) == expected


def test_a_refusal_carries_its_reasons() -> None:
    with Registry(reply(422, b"{}")) as registry:
        trouble = _write_trouble(registry)
    assert isinstance(trouble, Refused)
    assert trouble.reasons == (Reason("c", "t"),)


DATE = "Date: Sun, 22 Nov 2026 10:00:00 GMT"


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ((), None),
        (("Retry-After: 3",), 3),
        (("Retry-After: 86400",), 3600),
        (("Retry-After: 99999999999999999999",), None),
        (("Retry-After: 0",), None),
        (("Retry-After: -5",), None),
        (("Retry-After: 1.5",), None),
        (("Retry-After: soon",), None),
        (("Retry-After: Sun, 22 Nov 2026 10:00:07 GMT", DATE), 7),
        (("Retry-After: Sun, 22 Nov 2026 09:59:00 GMT", DATE), None),
        (("Retry-After: Mon, 22 Nov 2077 10:00:00 GMT", DATE), 3600),
        (("Retry-After: Mon, 99 Nov 2026 10:00:00 GMT", DATE), None),
    ],
)
@pytest.mark.parametrize("status", [429, 503])
def test_the_carriers_own_wish_to_wait_is_honoured_and_capped(
    status: int, headers: tuple[str, ...], seconds: int | None
) -> None:
    with Registry(reply(status, b"", *headers)) as registry:
        trouble = _read_trouble(registry)
    assert isinstance(trouble, Unavailable)
    assert trouble.retry_after == (None if seconds is None else timedelta(seconds=seconds))


# -- nothing sent ----------------------------------------------------------------------------------


def test_a_refused_connection_was_surely_not_processed() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    for attempt in (_read_trouble, _write_trouble):
        trouble = attempt(url)
        assert type(trouble) is Unavailable
        assert "refused" in str(trouble)


def test_an_unknown_name_was_surely_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    assert type(_write_trouble("http://registry.example")) is Unavailable


def test_the_next_address_is_tried_when_the_first_is_dead(monkeypatch: pytest.MonkeyPatch) -> None:
    with Registry(reply(200, b"{}")) as registry:
        port = int(registry.url.split(":")[2].split("/")[0])
        rows = [
            (socket.AF_INET, socket.SOCK_STREAM, 6, "", (host, port)) for host in ("127.0.0.9", "127.0.0.1")
        ]
        find = socket.getaddrinfo

        def two(host: str, *rest: Any, **more: Any) -> Any:
            return rows if host == "registry.example" else find(host, *rest, **more)

        monkeypatch.setattr(socket, "getaddrinfo", two)
        with _http(f"http://registry.example:{port}/v2") as http:
            assert http.write("POST", "/thing", BODY) == {}
    assert len(registry.requests) == 1


def test_a_write_never_rides_on_a_kept_connection() -> None:
    def keep(connection: socket.socket, _: bytes) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
        connection.settimeout(2)
        again: Callable[[int], bytes] = connection.recv
        if again(65536):
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")

    with Registry(keep) as registry, _http(registry) as http:
        http.read("/thing")
        http.read("/thing")
        assert registry.connections == 1
        http.write("POST", "/thing", BODY)
        http.write("POST", "/thing", BODY)
        assert registry.connections == 3
