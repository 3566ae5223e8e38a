"""What is sent is read whole before anything asks the database."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from portal.ui.middleware import BodyFirstMiddleware

FORM = "application/x-www-form-urlencoded"


class Line(io.BytesIO):
    """What comes over a connection; `breaks` when it is read to its end."""

    def __init__(self, content: bytes, *, breaks: bool = False) -> None:
        super().__init__(content)
        self.breaks = breaks

    def read(self, size: int | None = -1, /) -> bytes:
        part = super().read(size)
        if self.breaks:
            raise OSError("the sender hung up")
        return part


def sent(method: str, content_type: str, line: Line, announced: int) -> tuple[int, list[bytes]]:
    """The status of the answer, and what had been read when the view was asked."""
    seen: list[bytes] = []

    def view(request: HttpRequest) -> HttpResponse:
        left = line.read()
        seen.append(left)
        return HttpResponse("done")

    request = RequestFactory().generic(method, "/", b"", content_type=content_type)
    request.environ.update(
        {"CONTENT_LENGTH": str(announced), "CONTENT_TYPE": content_type, "wsgi.input": line}
    )
    whole: Any = type(request)(request.environ)
    return BodyFirstMiddleware(view)(whole).status_code, seen


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH"])
@pytest.mark.parametrize("content_type", [FORM, "application/json", "text/plain"])
def test_nothing_is_left_on_the_line_when_the_view_is_asked(method: str, content_type: str) -> None:
    assert sent(method, content_type, Line(b"a=1&b=2"), 7) == (200, [b""])


def test_an_upload_with_files_is_read_too() -> None:
    body = b'--x\r\nContent-Disposition: form-data; name="a"; filename="a.txt"\r\n\r\nhello\r\n--x--\r\n'
    assert sent("POST", "multipart/form-data; boundary=x", Line(body), len(body)) == (200, [b""])


@pytest.mark.parametrize("line", [Line(b"name=Acme Plu"), Line(b"", breaks=True)], ids=["short", "broken"])
def test_what_breaks_off_is_acted_upon_by_nobody(line: Line) -> None:
    assert sent("POST", FORM, line, 200) == (400, [])


def test_a_request_without_a_body_is_just_passed_on() -> None:
    assert BodyFirstMiddleware(lambda _: HttpResponse("done"))(RequestFactory().get("/")).status_code == 200
