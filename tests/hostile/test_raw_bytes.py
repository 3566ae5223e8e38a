"""What no client library sends, over a socket to the real web server: it answers, or hangs up, and goes on."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from contextlib import suppress

import pytest

from tests.factories import brand_draft
from tests.people import Person, enrolled
from tests.tenancy.serving import portal

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

FORM = b"Content-Type: application/x-www-form-urlencoded"


def get(target: bytes, *headers: bytes) -> bytes:
    """A GET of `target`, whatever stands in it."""
    return b"\r\n".join([b"GET " + target + b" HTTP/1.1", b"Host: 127.0.0.1", *headers, b"", b""])


def post(body: bytes, *headers: bytes) -> bytes:
    """A POST to the step of a draft by somebody who is signed in; {path} and {cookie} are filled in."""
    return get(b"{path}", b"{cookie}", *headers).replace(b"GET", b"POST", 1) + body


BAD = b"\xed\xa0\x80\xff\xfe"
REQUESTS: dict[str, bytes] = {
    "NUL in the path": get(b"/a\x00b"),
    "bad UTF-8 in the path": get(b"/" + BAD),
    "bad UTF-8 in the query": get(b"/sms-campaigns/?q=" + BAD + b"&" + BAD + b"=1", b"{cookie}"),
    "NUL in a header": get(b"/", b"{cookie}", b"User-Agent: a\x00b"),
    "bad UTF-8 in a header": get(b"/", b"{cookie}", b"User-Agent: " + BAD, b"HX-Current-URL: " + BAD),
    "a part from an odd page": get(b"/", b"HX-Request: true", b"HX-Current-URL: http://[::1"),
    "a header without an end": get(b"/", b"X: " + b"y" * 100_000),
    "two thousand headers": get(b"/", *(b"X-%d: y" % number for number in range(2000))),
    "huge cookies": get(b"/", b"Cookie: " + b"; ".join(b"c%d=%s" % (n, b"y" * 4000) for n in range(30))),
    "a line without an end": get(b"/" + b"a" * 100_000),
    "no such version": b"GET / HTTP/9.9\r\nHost: 127.0.0.1\r\n\r\n",
    "no HTTP at all": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 100,
    "a lower-case method": b"get / http/1.1\r\n\r\n",
    "two lengths": post(b"a=b", b"Content-Length: 3", b"Content-Length: 5"),
    "a length and chunks": post(b"0\r\n\r\n", b"Content-Length: 3", b"Transfer-Encoding: chunked"),
    "a negative length": post(b"a=b", b"Content-Length: -1"),
    "an enormous length": post(b"a=b", b"Content-Length: 99999999999999999999"),
    "a length in other digits": post(b"a=b", b"Content-Length: \xd9\xa3"),
    "chunks of nonsense": post(b"ZZ\r\nabc\r\n", b"Transfer-Encoding: chunked"),
    "a body that breaks off": post(b"city=Sea", FORM, b"Content-Length: 500"),
    "raw bytes in a form": post(b"city=\x00" + BAD, FORM, b"Content-Length: 11"),
    "multipart without a boundary": post(b"a=b", b"Content-Type: multipart/form-data", b"Content-Length: 3"),
}


@pytest.fixture
def served(ada: Person) -> Iterator[tuple[int, bytes, bytes]]:
    """The port of the web server, Ada's cookie, and the address of a step."""
    brand = brand_draft(enrolled("ada"))
    cookie = f"Cookie: session={ada.client.session.session_key}".encode()
    with portal(pool=2) as port:
        yield port, cookie, f"/brands/drafts/{brand.pk}/address/".encode()


def answered(port: int, request: bytes) -> bytes:
    """What comes back until the server closes; nothing if it hangs up."""
    with socket.create_connection(("127.0.0.1", port), timeout=15) as line:
        try:
            line.sendall(request)
            # It may have answered and gone by now.
            with suppress(OSError):
                line.shutdown(socket.SHUT_WR)
            parts = []
            while part := line.recv(65_536):
                parts.append(part)
                if b"Connection: keep-alive" in parts[0] and b"</html>" in part:
                    break
        except ConnectionError:
            pass
        return b"".join(parts)


def test_raw_nonsense_gets_an_answer_and_the_server_goes_on(served: tuple[int, bytes, bytes]) -> None:
    port, cookie, path = served
    wrong = []
    for name, template in REQUESTS.items():
        answer = answered(port, template.replace(b"{cookie}", cookie).replace(b"{path}", path))
        status = re.match(rb"HTTP/1\.[01] (\d{3})", answer)
        if answer and (status is None or int(status[1]) >= 500) and name != "no such version":
            wrong.append(f"{name}: {answer[:200]!r}")
        if b"Traceback" in answer or b"site-packages" in answer:
            wrong.append(f"{name}: a traceback")
        alive = answered(port, get(b"/health/live/", b"Connection: close"))
        if not alive.startswith(b"HTTP/1.1 200"):
            wrong.append(f"{name}: afterwards {alive[:100]!r}")
    assert wrong == []
