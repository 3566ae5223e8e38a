"""Files: what they are is read in them, and whatever is not taken is refused by its name."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile

from portal.support import files
from portal.support.files import BadFile, NewFile, looked_at, too_many
from tests.support.asking import PNG


def upload(name: str, data: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data, content_type="image/png")


@pytest.mark.parametrize(
    ("name", "data", "content_type", "kept"),
    [
        ("photo.png", PNG, "image/png", "photo.png"),
        ("photo.csv", PNG, "image/png", "photo.csv.png"),
        ("scan.jpeg", b"\xff\xd8\xff\xe0 JFIF", "image/jpeg", "scan.jpg"),
        ("a.webp", b"RIFF\x10\x00\x00\x00WEBPVP8 ", "image/webp", "a.webp"),
        ("letter", b"%PDF-1.4", "application/pdf", "letter.pdf"),
        ("list.csv", b"tel\r\n12065550100\r\n", "text/csv", "list.csv"),
        ("list.csv", "tel\r\n12065550100".encode("utf-16"), "text/csv", "list.csv"),
        ("list.CSV", b"\xef\xbb\xbfname;tel\nJos\xc3\xa9;1", "text/csv", "list.csv"),
        ("notes.md", "Hällo\n".encode("cp1252"), "text/plain", "notes.md.txt"),
        ("page.html", b"hello <script>alert(1)</script>", "text/plain", "page.html.txt"),
        ("..\\..\\etc\\passwd.csv", b"a,b\n", "text/csv", "passwd.csv"),
        ("../../x\r\nSet-Cookie: y.csv", b"a,b\n", "text/csv", "x-Set-Cookie- y.csv"),
        (".csv", b"a,b\n", "text/plain", "csv.txt"),
    ],
)
def test_the_type_is_that_of_the_content_and_the_name_fits_it(
    name: str, data: bytes, content_type: str, kept: str
) -> None:
    found = looked_at(upload(name, data))
    assert (found.content_type, found.name) == (content_type, kept)
    assert found.data == data


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "is empty"),
        (b"   \n", "is empty"),
        (b"PK\x03\x04....", "Excel, Word or ZIP file"),
        (b"\xd0\xcf\x11\xe0....", "Excel, Word or ZIP file"),
        (b"GIF89a", "a picture of another kind"),
        (b"<!DOCTYPE html><p>", "a web page"),
        (b"{\\rtf1", "a document"),
        (b"\x1f\x8b\x08", "an archive"),
        (b"MZ" + bytes(range(256)) * 9, "not taken"),
        (b"\x7fELF" + bytes(400), "not taken"),
        (bytes(range(1, 32)) * 40, "not taken"),
    ],
    ids=range(11),
)
def test_whatever_is_not_taken_is_refused_with_its_name_and_what_to_do(data: bytes, says: str) -> None:
    with pytest.raises(BadFile, match=says) as problem:
        looked_at(upload("our.png", data))
    assert "“our.png”" in str(problem.value)


def test_a_file_that_is_too_large_is_not_even_read() -> None:
    class Unread(UploadedFile):  # type: ignore[type-arg]
        @property
        def read(self) -> Any:
            return pytest.fail("was read")

    large = Unread(None, "large.csv", size=files.LARGEST + 1)
    with pytest.raises(BadFile, match=r"10\.0\xa0MB"):
        looked_at(large)


def test_a_long_name_keeps_its_ending() -> None:
    found = looked_at(upload("n" * 90 + "/" + "é" * 300 + ".csv", b"a,b\n"))
    assert len(found.name) <= files.NAME
    assert found.name.endswith((".csv", ".txt"))


def test_too_many_and_too_much_is_said() -> None:
    one = NewFile("a.txt", "text/plain", b"12345")
    assert too_many([one] * files.MOST, 1000) == ""
    assert "at most 5 files" in too_many([one] * (files.MOST + 1), 1000)
    assert "no more room" in too_many([one], 4)
