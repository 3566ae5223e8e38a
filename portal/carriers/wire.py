"""An httpx transport that keeps one absolute deadline over a whole exchange.

httpx and httpcore know time-outs per operation only: a server that sends one byte per second never
crosses a read time-out. Here every name look-up, connect, handshake, write and read gets what is
left until one moment, so nothing that the other side does can hold the caller longer.

Nothing of the environment is trusted: no proxy variables, no netrc, no cookies, no redirects, and
the certificates are certifi's.
"""

from __future__ import annotations

import contextlib
import queue
import select
import socket
import ssl
import threading
import time
from collections.abc import Iterable, Iterator
from typing import Any, NoReturn, cast

import httpcore
import httpx

READ_METHODS = frozenset({"GET", "HEAD"})

# The kept connections serve the pages of one list or the two reads of one brand; anything longer
# only raises the chance to meet a connection that the other side has just closed.
KEEP_ALIVE_SECONDS = 5.0

_HTTPX_ERRORS: dict[type[Exception], type[httpx.TransportError]] = {
    httpcore.ConnectTimeout: httpx.ConnectTimeout,
    httpcore.ReadTimeout: httpx.ReadTimeout,
    httpcore.WriteTimeout: httpx.WriteTimeout,
    httpcore.PoolTimeout: httpx.PoolTimeout,
    httpcore.ConnectError: httpx.ConnectError,
    httpcore.ReadError: httpx.ReadError,
    httpcore.WriteError: httpx.WriteError,
    httpcore.LocalProtocolError: httpx.LocalProtocolError,
    httpcore.RemoteProtocolError: httpx.RemoteProtocolError,
    httpcore.UnsupportedProtocol: httpx.UnsupportedProtocol,
}


class DeadlineTransport(httpx.BaseTransport):
    """Send one request and hand out its answer, both before `request.extensions["deadline"]`.

    The deadline is a `time.monotonic()` moment in seconds. Raises httpx's transport errors;
    `ConnectError`, `ConnectTimeout` and `PoolTimeout` promise that no byte of the request was sent.
    """

    def __init__(self, *, ssl_context: ssl.SSLContext | None = None) -> None:
        backend = _Backend()
        # A write always opens a connection of its own: a kept one that dies under it would leave
        # the outcome unknown for nothing.
        self._fresh = httpcore.ConnectionPool(
            ssl_context=ssl_context, max_keepalive_connections=0, network_backend=backend
        )
        self._kept = httpcore.ConnectionPool(
            ssl_context=ssl_context, keepalive_expiry=KEEP_ALIVE_SECONDS, network_backend=backend
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send `request` once; the answer's body is still to be read, under the same deadline."""
        at = float(request.extensions["deadline"])
        asked = httpcore.Request(
            method=request.method,
            url=httpcore.URL(
                scheme=request.url.raw_scheme,
                host=request.url.raw_host,
                port=request.url.port,
                target=request.url.raw_path,
            ),
            headers=request.headers.raw,
            content=cast(httpx.SyncByteStream, request.stream),
            # The pool counts in seconds from now; the streams below read the moment itself.
            extensions={
                "timeout": {"pool": max(at - time.monotonic(), 0.0), "connect": at, "write": at, "read": at}
            },
        )
        pool = self._kept if request.method in READ_METHODS else self._fresh
        with _httpx_errors():
            answer = pool.handle_request(asked)
        stream = cast(Iterable[bytes], answer.stream)
        return httpx.Response(answer.status, headers=answer.headers, stream=_Body(stream))

    def close(self) -> None:
        """Close every connection."""
        self._fresh.close()
        self._kept.close()


class _Body(httpx.SyncByteStream):
    def __init__(self, stream: Iterable[bytes]) -> None:
        self._stream = stream

    def __iter__(self) -> Iterator[bytes]:
        with _httpx_errors():
            yield from self._stream

    def close(self) -> None:
        close = getattr(self._stream, "close", None)
        if close is not None:
            close()


@contextlib.contextmanager
def _httpx_errors() -> Iterator[None]:
    try:
        yield
    except tuple(_HTTPX_ERRORS) as exc:
        raise _HTTPX_ERRORS[type(exc)](str(exc)) from exc


def _left(at: float | None, late: type[Exception]) -> float:
    """Seconds until `at`; raises `late` when it has passed or was never given."""
    left = 0.0 if at is None else at - time.monotonic()
    if left <= 0:
        raise late("the deadline has passed")
    return left


class _Backend(httpcore.NetworkBackend):
    """httpcore's seam for sockets. Each `timeout` here is a monotonic moment, not a duration."""

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        addresses = _addresses(host, port, timeout)
        trouble: Exception = httpcore.ConnectError("the name has no address")
        for place, address in enumerate(addresses):
            # An address that swallows packets must leave time for the next one.
            share = _left(timeout, httpcore.ConnectTimeout) / (len(addresses) - place)
            try:
                sock = socket.create_connection((address, port), timeout=share)
            except TimeoutError:
                trouble = httpcore.ConnectTimeout("no connection in time")
            except OSError as exc:
                trouble = httpcore.ConnectError(str(exc))
            else:
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                return _Stream(sock)
        raise trouble

    def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Iterable[Any] | None = None
    ) -> NoReturn:
        raise NotImplementedError("carriers are reached by TCP only")

    def sleep(self, seconds: float) -> NoReturn:
        raise NotImplementedError("a carrier call never sleeps: it is made once")


def _addresses(host: str, port: int, at: float | None) -> list[str]:
    """Every address of `host`, in the resolver's order, before `at`.

    `getaddrinfo` cannot be interrupted and may take half a minute, so it runs in a thread that is
    left behind when it is late.
    """
    found: queue.SimpleQueue[list[str] | OSError] = queue.SimpleQueue()

    def look_up() -> None:
        try:
            rows = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as exc:
            found.put(exc if isinstance(exc, OSError) else OSError("not a host name"))
        else:
            found.put(list(dict.fromkeys(str(row[4][0]) for row in rows)))

    threading.Thread(target=look_up, name="carrier-name-look-up", daemon=True).start()
    try:
        answer = found.get(timeout=_left(at, httpcore.ConnectTimeout))
    except queue.Empty:
        raise httpcore.ConnectTimeout("the name was not resolved in time") from None
    if isinstance(answer, OSError):
        raise httpcore.ConnectError(f"the name was not resolved: {answer}")
    return answer


class _Stream(httpcore.NetworkStream):
    """One socket, every operation bounded by the moment that it is given."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        self._sock.settimeout(_left(timeout, httpcore.ReadTimeout))
        try:
            return self._sock.recv(max_bytes)
        except TimeoutError:
            raise httpcore.ReadTimeout("no answer in time") from None
        except OSError as exc:
            raise httpcore.ReadError(str(exc)) from exc

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        rest = memoryview(buffer)
        while rest:
            self._sock.settimeout(_left(timeout, httpcore.WriteTimeout))
            try:
                rest = rest[self._sock.send(rest) :]
            except TimeoutError:
                raise httpcore.WriteTimeout("the request was not taken in time") from None
            except OSError as exc:
                raise httpcore.WriteError(str(exc)) from exc

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._sock.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        try:
            # A handshake is bounded as a whole by the socket's time-out, not per read.
            self._sock.settimeout(_left(timeout, httpcore.ConnectTimeout))
            return _Stream(ssl_context.wrap_socket(self._sock, server_hostname=server_hostname))
        except TimeoutError:
            self.close()
            raise httpcore.ConnectTimeout("no TLS handshake in time") from None
        except OSError as exc:
            self.close()
            raise httpcore.ConnectError(str(exc)) from exc

    def get_extra_info(self, info: str) -> Any:
        if info == "ssl_object":
            return self._sock if isinstance(self._sock, ssl.SSLSocket) else None
        if info == "socket":
            return self._sock
        if info == "is_readable":
            return _is_readable(self._sock)
        return None


def _is_readable(sock: socket.socket) -> bool:
    """Has an idle connection something to read? Then the other side has closed it."""
    if sock.fileno() < 0:
        return True
    waiting = select.poll()
    waiting.register(sock.fileno(), select.POLLIN)
    return bool(waiting.poll(0))
