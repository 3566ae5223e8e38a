"""Every kind of dirt that files of numbers come with: each is read, or refused with a message of its own."""

from __future__ import annotations

import random
import struct
import zlib

import pytest

from phone_numbers.importing_words import REASONS, remarks_on, words_of_file
from phone_numbers.models import Number
from portal.lib.sheets import BadFile
from tests.campaigns.numbering import numbers_of
from tests.numbers.files import applied, checked, counts, refusals, uploaded
from tests.people import Person

pytestmark = pytest.mark.django_db

PLAIN = "number,label\n206-555-0101,Façade\n206-555-0102,Größe\n"
ONE_PIXEL = (
    b"\x89PNG\r\n\x1a\n"
    + struct.pack(">I4sIIBBBBB", 13, b"IHDR", 1, 1, 8, 2, 0, 0, 0)
    + b"\0\0\0\0"
    + zlib.compress(b"\0\0\0\0")
)


@pytest.mark.parametrize(
    ("content", "remark"),
    [
        (PLAIN.encode(), ""),
        (b"\xef\xbb\xbf" + PLAIN.encode(), ""),
        (PLAIN.replace(",", ";").encode(), "semicolons"),
        (PLAIN.replace(",", "\t").encode(), "tabs"),
        (("sep=;\n" + PLAIN.replace(",", ";")).encode(), "semicolons"),
        (PLAIN.encode("utf-16"), "UTF-16"),
        (PLAIN.encode("utf-16-be"), "UTF-16, which it does not say itself"),
        (PLAIN.encode("utf-16-le"), "UTF-16, which it does not say itself"),
        (PLAIN.encode("latin-1"), "Windows Latin-1"),
        (PLAIN.replace("\n", "\r\n").encode(), ""),
        (PLAIN.replace("\n", "\r").encode(), ""),
        (PLAIN.replace("number", "  PHONE_Number * ").replace("label", "Display Name").encode(), ""),
        (PLAIN.rstrip().encode(), ""),
        (("\n\n" + PLAIN + "\n\n").encode(), ""),
    ],
    ids=range(14),
)
def test_however_a_program_writes_it_the_same_rows_are_read(ada: Person, content: bytes, remark: str) -> None:
    source = applied(ada, content)
    assert (counts(source), source.empty) == ((2, 0, 0, 0), 0)
    with ada.acting():
        said = dict(Number.objects.values_list("e164", "label"))
    assert said == {"+12065550101": "Façade", "+12065550102": "Größe"}
    words = " ".join(remarks_on(source))
    assert remark in words
    assert bool(words) is bool(remark)


@pytest.mark.parametrize(
    ("content", "why", "says"),
    [
        (b"", "empty", "empty"),
        (b"\xef\xbb\xbf\r\n ,,\r\n", "empty", "empty"),
        (b"number,label\n", "no-rows", "no row below"),
        (ONE_PIXEL, "picture", "picture, whatever its name says"),
        (b"\xff\xd8\xff\xe0 JFIF", "picture", "picture"),
        (b"%PDF-1.7\n", "pdf", "PDF"),
        (b"PK\x03\x04\x14\0", "workbook", "“CSV UTF-8”"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "workbook", "workbook"),
        (b"<!DOCTYPE html><title>Sign in", "web-page", "web page"),
        (random.Random(1).randbytes(5_000), "binary", "no text file"),
        (b'number,label\n2065550101,a\n2065550102,"Front desk\n2065550103,c\n', "open-quote", "In row 3"),
        (
            b'number,label\n2065550101,"a\n' + b"2065550102,x\n" * 40 + b'2065550103,"c"\n',
            "open-quote",
            "In row 2",
        ),
        (b"number,label\n2065550101," + b"x" * 140_000 + b"\n", "long-cell", "Row 2"),
        (b"who,where\nAda,Seattle\n", "no-number-column", "“who”, “where”"),
        (b"phone,number\n2065550101,2065550102\n", "two-columns", "“phone”, “number”"),
        (b"number" + b"," * 200 + b"\n1\n", "many-columns", "more than 100 columns"),
    ],
    ids=lambda value: value if isinstance(value, str) and " " not in value else "",
)
def test_what_cannot_be_read_as_a_whole_says_why_and_leaves_nothing(
    ada: Person, content: bytes, why: str, says: str
) -> None:
    with pytest.raises(BadFile) as caught:
        uploaded(ada, content)
    assert caught.value.why == why
    assert says in words_of_file(caught.value, size=len(content))


def test_fifty_megabytes_are_refused_with_both_sizes(ada: Person) -> None:
    content = b"number\n" + b"2065550101\n" * 4_600_000
    with pytest.raises(BadFile) as caught:
        uploaded(ada, content)
    words = words_of_file(caught.value, size=len(content))
    assert "48.3" in words
    assert "20.0" in words


def test_too_many_rows_are_refused(ada: Person) -> None:
    with pytest.raises(BadFile) as caught:
        uploaded(ada, b"number\n" + b"1\n" * 250_001)
    assert "250,000" in words_of_file(caught.value)


BAD = [
    ("1.25555E+10", "scientific"),
    ("1,20656E+10", "scientific"),
    ("'1.2E10", "scientific"),
    ("２０６５５５０１０１", "letters"),
    ("+1 555 123 4567", "format"),
    ("2065550101 ext 5", "extension"),
    ("+44 20 7946 0958", "region"),
    ("+1 787 555 0123", "region"),
    ("+1 900 555 0123", "type"),
    ("", "no-number"),
    ("=HYPERLINK(1)", "format"),
]


@pytest.mark.parametrize(("cell", "why"), BAD)
def test_a_row_that_cannot_be_taken_names_row_column_value_and_reason(
    ada: Person, cell: str, why: str
) -> None:
    source = checked(ada, f"label\tPhone Number\nx\t2065550101\ny\t{cell}\n")
    assert counts(source) == (1, 0, 0, 1)
    ((row, column, _value, reason),) = refusals(ada, source)
    assert (row, column, reason) == (3, "number", why)


@pytest.mark.parametrize(
    ("line", "column", "why"),
    [
        ('2065550102,"a\0b",,,', "label", "nul"),
        ("206555\x000102,a,,,", "number", "nul"),
        ("2065550101,again,,,", "number", "twice"),
        ("2065550102,a,robot,Rob,", "serves_kind", "kind"),
        ("2065550102,a,user,,", "serves", "half"),
        ("2065550102,a,,Rob,", "serves_kind", "half"),
        ("2065550102,a,,,maybe", "sms", "yes-no"),
        ("2065550102,a, b,c,,more", "", "too-many-cells"),
        (f"2065550102,{'x' * 101},,,", "label", "long"),
        ('"2065550102\n",a,,,', "number", "fine"),
        ('"206\n5550102",a,,,', "number", "lines"),
    ],
)
def test_what_is_wrong_with_a_cell_is_told_by_row_and_column(
    ada: Person, line: str, column: str, why: str
) -> None:
    head = "number,label,serves_kind,serves,sms\n2065550101,first,,,\n\n"
    source = checked(ada, head + line + "\n")
    found = [(row, at, reason) for row, at, _value, reason in refusals(ada, source)]
    assert found == ([(4, column, why)] if why != "fine" else [])
    assert source.new == (1 if why != "fine" else 2)


def test_every_reason_has_words_and_no_two_the_same() -> None:
    words = [str(text) for text in REASONS.values()]
    assert len(set(words)) == len(words)


def test_ways_around_a_spreadsheets_habits_are_understood(ada: Person) -> None:
    source = applied(ada, '="12065550101"\n\'12065550102\n12065550103.0\n(206) 555-0104\n+1.206.555.0105\n')
    assert counts(source) == (5, 0, 0, 0)
    assert "no column names" in " ".join(remarks_on(source))


def test_half_a_character_of_another_encoding_is_refused_in_its_row(ada: Person) -> None:
    content = "number,label\n2065550101,ok\n2065550102,x".encode("utf-16") + b"\xd8"
    assert [one[0] for one in refusals(ada, checked(ada, content))] == [3]


def test_a_number_of_the_other_product_is_not_moved_silently(ada: Person) -> None:
    (number,) = numbers_of(ada, 1, product="contact_center")
    source = checked(ada, f"number,product\n{number.e164},\n2065550101,Contact Center\n2065550102,phone\n")
    assert [(one[0], one[1], one[3]) for one in refusals(ada, source)] == [
        (2, "number", "other-product"),
        (3, "product", "other-product"),
    ]
