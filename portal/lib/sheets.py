"""Tables that people upload: whatever a spreadsheet program calls CSV, read row by row, or refused with the reason.

Rows are counted as a spreadsheet counts them: the first is 1, empty ones count, and a cell with line breaks is one.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO

# How files of other kinds begin, by the names that people have for them.
_OTHERS: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG", "picture"),
    (b"\xff\xd8\xff", "picture"),
    (b"GIF8", "picture"),
    (b"BM", "picture"),
    (b"II*\x00", "picture"),
    (b"MM\x00*", "picture"),
    (b"RIFF", "picture"),
    (b"%PDF", "pdf"),
    (b"PK\x03\x04", "workbook"),
    (b"\xd0\xcf\x11\xe0", "workbook"),
    (b"\x1f\x8b", "archive"),
    (b"7z\xbc\xaf", "archive"),
    (b"Rar!", "archive"),
    (b"<!DOCTYPE", "web-page"),
    (b"<html", "web-page"),
    (b"{\\rtf", "document"),
)
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
DELIMITERS = (",", ";", "\t", "|")
_BLOCK = 1 << 16
# A cell may have line breaks. Behind a quotation mark that nobody closed the whole rest of a file is one cell.
_MOST_LINES = 20
_END = "\0 end \0\n"


class BadFile(ValueError):
    """The file as a whole cannot be read. `why`: "empty", "picture", "pdf", "workbook", "archive", "web-page",
    "document", "binary", "open-quote" (`row`), "long-cell" (`row`); what readers of rows add to these is theirs.
    """

    def __init__(self, why: str, *, row: int = 0, found: Sequence[str] = ()) -> None:
        super().__init__(why)
        self.why = why
        self.row = row
        self.found = tuple(found)


@dataclass(frozen=True, slots=True)
class Shape:
    """How a file is written: `encoding` is "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be" or "cp1252"."""

    encoding: str
    delimiter: str = ","


def shape_of(file: BinaryIO, names: Callable[[list[str]], int]) -> Shape:
    """How `file` is written. Between delimiters `names` decides: how many column names of a first row it knows.

    Raises BadFile for what is no text.
    """
    file.seek(0)
    head = file.read(_BLOCK)
    if not head.strip(b"\0\t\r\n ,;\xef\xbb\xbf\xff\xfe"):
        raise BadFile("empty")
    for start, kind in _OTHERS:
        if head.startswith(start) and (start != b"BM" or b"\0" in head[:64]):
            raise BadFile(kind)
    encoding = _encoding(file, head)
    first = _first_line(file, encoding)
    if first.casefold().startswith("sep=") and first[4:5] in DELIMITERS:
        return Shape(encoding, first[4])
    rows = {mark: next(csv.reader([first], delimiter=mark), []) for mark in DELIMITERS}
    return Shape(encoding, max(DELIMITERS, key=lambda mark: (names(rows[mark]), len(rows[mark]))))


def _encoding(file: BinaryIO, head: bytes) -> str:
    for mark, name in _MARKS:
        if head.startswith(mark):
            return name
    pairs = len(head) // 2
    if pairs > 4:
        for start, name in ((1, "utf-16-le"), (0, "utf-16-be")):
            # A program is full of noughts in both places.
            if head[start::2].count(0) > 0.4 * pairs > 4 * head[1 - start :: 2].count(0):
                return name
    controls = sum(head.count(bytes([code])) for code in (*range(1, 9), *range(14, 32)))
    if (controls + head.count(0)) > 0.05 * len(head) + 16:
        raise BadFile("binary")
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        file.seek(0)
        while block := file.read(_BLOCK):
            decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        # Windows' own of Western Europe, which programs there call Latin-1.
        return "cp1252"
    return "utf-8"


def _text(file: BinaryIO, encoding: str) -> io.TextIOWrapper:
    file.seek(0)
    # Half a character at the end, or a byte that Windows gives no meaning: shown as a mark, in its own row.
    return io.TextIOWrapper(file, encoding=encoding, errors="replace", newline=None)


def _first_line(file: BinaryIO, encoding: str) -> str:
    text = _text(file, encoding)
    try:
        for line in text:
            if line.strip():
                return line
    finally:
        text.detach()
    raise BadFile("empty")


def rows_of(file: BinaryIO, shape: Shape) -> Iterator[tuple[int, list[str]]]:
    """Every row of `file` with its number, empty ones as []. Nothing but one row is held in memory.

    Raises BadFile at a quotation mark that is not closed, and at a cell that is too long for any table.
    """
    text = _text(file, shape.encoding)
    reader = csv.reader(_ended(text), delimiter=shape.delimiter)
    row, lines = 0, 0
    try:
        for cells in reader:
            if cells == [_END[:-1]]:
                return
            if cells and _END in cells[-1]:
                raise BadFile("open-quote", row=row + 1)
            row += 1
            if reader.line_num - lines > _MOST_LINES:
                raise BadFile("open-quote", row=row)
            lines = reader.line_num
            if not (row == 1 and cells and cells[0].casefold() == "sep="):
                yield row, cells if any(cell.strip() for cell in cells) else []
    except csv.Error:
        # The csv module's own limit is 131,072 characters.
        why = "open-quote" if reader.line_num - lines > 1 else "long-cell"
        raise BadFile(why, row=row + 1) from None
    finally:
        text.detach()


def _ended(lines: Iterator[str] | io.TextIOWrapper) -> Iterator[str]:
    """The lines, and one that says that this was all: inside an open quotation mark it does not stand alone."""
    for line in lines:
        yield line if line.endswith("\n") else f"{line}\n"
    yield _END
