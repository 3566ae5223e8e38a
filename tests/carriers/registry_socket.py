"""A registry that misbehaves on purpose: a threaded socket server on loopback.

    with Registry(reply(200, b"{}")) as registry:
        ... registry.url ..., registry.requests

`script(connection, request)` gets every request after it was read whole, and writes what it likes;
the connection is closed behind it.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
import struct
import threading
from collections.abc import Callable
from types import TracebackType

Script = Callable[[socket.socket, bytes], None]


class Registry:
    """Serves `script` on a free port until the block ends. `requests` holds every request as it came."""

    def __init__(self, script: Script, *, tls: ssl.SSLContext | None = None) -> None:
        self._script = script
        self._tls = tls
        self.requests: list[bytes] = []
        self.connections = 0
        self.over = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._threads: list[threading.Thread] = []
        scheme = "https" if tls else "http"
        self.url = f"{scheme}://127.0.0.1:{self._listener.getsockname()[1]}/v2"

    def __enter__(self) -> Registry:
        self._start(self._accept)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.over.set()
        # A blocked accept() is woken by a connection, not by closing the listener.
        with contextlib.suppress(OSError), socket.create_connection(self._listener.getsockname(), timeout=1):
            pass
        for thread in self._threads:
            thread.join(timeout=5)
        self._listener.close()

    def _start(self, target: Callable[..., None], *args: object) -> None:
        thread = threading.Thread(target=target, args=args, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            connection, _ = self._listener.accept()
            if self.over.is_set():
                connection.close()
                return
            self.connections += 1
            self._start(self._serve, connection)

    def _serve(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError), contextlib.ExitStack() as stack:
            stack.enter_context(connection)
            if self._tls is not None:
                connection = stack.enter_context(self._tls.wrap_socket(connection, server_side=True))
            request = _read_request(connection)
            if request:
                self.requests.append(request)
                self._script(connection, request)


def _read_request(connection: socket.socket) -> bytes:
    got = b""
    while b"\r\n\r\n" not in got:
        more = connection.recv(65536)
        if not more:
            return b""
        got += more
    head, _, body = got.partition(b"\r\n\r\n")
    length = next(
        (
            int(line.split(b":")[1])
            for line in head.split(b"\r\n")
            if line.lower().startswith(b"content-length:")
        ),
        0,
    )
    while len(body) < length:
        body += connection.recv(65536)
    return head + b"\r\n\r\n" + body


def answer(status: int, body: bytes = b"", *headers: str) -> bytes:
    """A whole HTTP answer that closes its connection."""
    lines = [f"HTTP/1.1 {status} X", f"Content-Length: {len(body)}", "Connection: close", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def reply(status: int, body: bytes = b"", *headers: str) -> Script:
    """A script that answers every request alike."""
    return lambda connection, _: connection.sendall(answer(status, body, *headers))


def drip(first: bytes, registry_over: threading.Event, *, every: float = 0.05) -> Script:
    """A script that sends `first` at once, and then one byte of `x` after the other, for ever."""

    def send(connection: socket.socket, _: bytes) -> None:
        connection.sendall(first)
        while not registry_over.wait(every):
            connection.sendall(b"x")

    return send


def silence(registry_over: threading.Event) -> Script:
    """A script that answers nothing and keeps the connection."""

    def wait(_: socket.socket, __: bytes) -> None:
        registry_over.wait(10)

    return wait


def reset(connection: socket.socket, _: bytes) -> None:
    """A script that ends the connection with a reset."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()
