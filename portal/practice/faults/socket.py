"""The connection itself, taken away from the web server: cut, left hanging, or fed byte by byte.

What gunicorn's threaded worker allows (27.0, measured): the socket lies in the request's environment;
`detach()` takes it over, so that the server's own object closes nothing, and an iterator that raises
ECONNRESET before its first byte ends the exchange without a word. So a connection that hangs costs a thread
of ours, not one of the server's eight. What it does not allow: refusing a connection, because the server has
accepted it before a program sees it.
"""

from __future__ import annotations

import contextlib
import errno
import logging
import socket as sockets
import struct
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email.utils import formatdate
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse

log = logging.getLogger(__name__)

# Each is a thread; more at once is a mistake in a test.
MOST_HELD = 500
_held = threading.BoundedSemaphore(MOST_HELD)


@dataclass(frozen=True, slots=True)
class Raw:
    """What goes on the wire: `head` and `body` as they are, after `wait` seconds, and how it ends.

    `pace` is bytes a second (None: at once), `stop` the number of bytes of the body after which the
    connection is cut (None: all of them), `reset` whether it ends with a RST instead of a FIN.
    """

    head: bytes = b""
    body: bytes = b""
    wait: float = 0
    pace: float | None = None
    longest: float = 3600
    stop: int | None = None
    reset: bool = False

    @property
    def size(self) -> int:
        """How many bytes of the body can go out at most."""
        return len(self.body if self.stop is None else self.body[: self.stop])


def head(status: int, fields: list[tuple[str, str]], *, at: float | None = None) -> bytes:
    """Status line and header fields. `at` is the Unix time that the registry says that it is."""
    try:
        phrase = HTTPStatus(status).phrase
    except ValueError:
        phrase = "Unknown"
    lines = [f"HTTP/1.1 {status} {phrase}", f"Date: {formatdate(at, usegmt=True)}", "Connection: close"]
    lines += [f"{name}: {value}" for name, value in fields]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1", "replace")


def take_over(request: HttpRequest, raw: Raw) -> HttpResponse | StreamingHttpResponse:
    """Answer `request` with `raw`, outside the web server. Under another server it is a plain 500."""
    taken = request.META.get("gunicorn.socket")
    if not isinstance(taken, sockets.socket) or not _held.acquire(blocking=False):
        return HttpResponse("This fault needs gunicorn's socket.", status=500, content_type="text/plain")
    connection = sockets.socket(fileno=taken.detach())
    if raw.wait or raw.pace or len(raw.body) > 65_536:
        threading.Thread(target=_play, args=(connection, raw), name="practice-wire", daemon=True).start()
    else:
        _play(connection, raw)
    return StreamingHttpResponse(_nothing())


def _nothing() -> Iterator[bytes]:
    raise ConnectionResetError(errno.ECONNRESET, "this connection was taken over")
    yield b""


def _play(connection: sockets.socket, raw: Raw) -> None:
    try:
        with contextlib.suppress(OSError):
            _send(connection, raw)
    finally:
        with contextlib.suppress(OSError):
            linger = struct.pack("ii", 1, 0) if raw.reset else struct.pack("ii", 0, 0)
            connection.setsockopt(sockets.SOL_SOCKET, sockets.SO_LINGER, linger)
            if not raw.reset:
                connection.shutdown(sockets.SHUT_WR)
        connection.close()
        _held.release()


def _send(connection: sockets.socket, raw: Raw) -> None:
    connection.settimeout(30)
    if raw.wait and not _patiently(connection, raw.wait):
        return
    connection.sendall(raw.head)
    body = raw.body[: raw.size]
    if raw.pace is None:
        connection.sendall(body)
        return
    until = time.monotonic() + raw.longest
    # At least one byte at a time, at most ten writes a second.
    step = max(1, int(raw.pace / 10))
    for start in range(0, len(body), step):
        if time.monotonic() >= until or not _patiently(connection, step / raw.pace):
            return
        connection.sendall(body[start : start + step])


def _patiently(connection: sockets.socket, seconds: float) -> bool:
    """Wait; False as soon as the other side has gone."""
    until = time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0:
        connection.settimeout(min(left, 1))
        try:
            if connection.recv(1, sockets.MSG_PEEK) == b"":
                return False
            # Something came that nobody reads: it stays readable, so do not spin.
            time.sleep(min(left, 0.05))
        except TimeoutError:
            pass
        except OSError:
            return False
    connection.settimeout(30)
    return True


Wire = Callable[[HttpRequest], HttpResponse | StreamingHttpResponse]
