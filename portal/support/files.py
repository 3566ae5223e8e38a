"""Files that people send: what they are is found in their content, never believed from their name.

Whatever is kept is served as a download and never as a page (`downloads`), so a file needs no more than to be of a
kind that people at both ends can open. Pictures, PDF and lists; everything else is refused with its name.
"""

from __future__ import annotations

import hashlib
import io
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db.models import Sum
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from portal.lib.sheets import BadFile as NoText
from portal.lib.sheets import shape_of
from portal.support.models import Attachment, Content, Message
from portal.ui.looks import Text

# A scanned letter of authorization has two or three megabytes; a list of 5,000 numbers has a third of one.
LARGEST = 10 * 1024 * 1024
# Of one message; who has more sends a second.
MOST = 5
# Of one organization, in all its tickets: rows of a database are no archive (ASVS 5.2.4).
QUOTA = 250 * 1024 * 1024
NAME = 120

CSV, PLAIN = "text/csv", "text/plain"
# What a file begins with, its type, and the ending that its name gets.
_MAGIC: tuple[tuple[bytes, int, str, str], ...] = (
    (b"\x89PNG\r\n\x1a\n", 0, "image/png", ".png"),
    (b"\xff\xd8\xff", 0, "image/jpeg", ".jpg"),
    (b"WEBP", 8, "image/webp", ".webp"),
    (b"%PDF-", 0, "application/pdf", ".pdf"),
)
_WORDS: dict[str, Text] = {
    "image/png": gettext_lazy("a picture (PNG)"),
    "image/jpeg": gettext_lazy("a picture (JPEG)"),
    "image/webp": gettext_lazy("a picture (WebP)"),
    "application/pdf": gettext_lazy("a PDF"),
    CSV: gettext_lazy("a list (CSV)"),
    PLAIN: gettext_lazy("a text"),
}
# Kinds that people often send and that are not taken (`sheets.BadFile.why`), so that they hear what to do instead.
_OTHERS: dict[str, Text] = {
    "workbook": gettext_lazy("an Excel, Word or ZIP file: save a list as CSV and a document as PDF"),
    "archive": gettext_lazy("an archive: send what is in it"),
    "web-page": gettext_lazy("a web page: save it as PDF"),
    "document": gettext_lazy("a document: save it as PDF"),
    "picture": gettext_lazy("a picture of another kind: save it as PNG"),
    "empty": gettext_lazy("empty"),
}
_ODD = re.compile(r"[^\w .,()+-]+")


class BadFile(ValueError):
    """A file that is not taken; the message says which and why, and what to do."""


@dataclass(frozen=True, slots=True)
class NewFile:
    """A file that was looked at and may be kept."""

    name: str
    content_type: str
    data: bytes


def looked_at(upload: UploadedFile[Any]) -> NewFile:
    """`upload` with the type of its content, under a name made fit for it. Raises BadFile."""
    called = str(upload.name or _("The file"))[:NAME]
    if not upload.size:
        raise BadFile(_("“%(name)s” is empty.") % {"name": called})
    if upload.size > LARGEST:
        words = _("“%(name)s” has %(size)s; at most %(most)s are taken. Split it, or send less of it.")
        sizes = {"size": filesizeformat(upload.size), "most": filesizeformat(LARGEST)}
        raise BadFile(words % {"name": called, **sizes})
    data = upload.read()
    return NewFile(*_named(called, data), data)


def made(name: str, data: bytes) -> NewFile:
    """A list that the portal itself wrote, as CSV."""
    return NewFile(name, CSV, data)


def word_for(content_type: str) -> Text:
    """What a file is, for people: "a picture (PNG)"."""
    return _WORDS.get(content_type, content_type)


def left_of_quota(organization_id: object) -> int:
    """How many bytes the organization in scope may still send."""
    used = Attachment.objects.filter(organization_id=organization_id).aggregate(sum=Sum("size"))["sum"]
    return max(0, QUOTA - (used or 0))


def too_many(files: Sequence[NewFile], left: int) -> str:
    """Why these files together are too much, "" where they are not."""
    if len(files) > MOST:
        words = ngettext("Choose at most %(most)d file.", "Choose at most %(most)d files.", MOST)
        return words % {"most": MOST}
    if sum(len(one.data) for one in files) > left:
        return _("There is no more room for files of your organization. Ask the porting desk to make some.")
    return ""


def keep(files: Iterable[NewFile], message: Message) -> list[Attachment]:
    """Keep `files` with `message`, in the caller's transaction."""
    kept = []
    for place, one in enumerate(files):
        attachment: Attachment = Attachment.objects.create(
            organization_id=message.organization_id,
            ticket_id=message.ticket_id,
            message=message,
            name=one.name,
            content_type=one.content_type,
            size=len(one.data),
            digest=hashlib.sha256(one.data).hexdigest(),
            place=place,
        )
        Content.objects.create(organization_id=message.organization_id, attachment=attachment, data=one.data)
        kept.append(attachment)
    return kept


def _named(called: str, data: bytes) -> tuple[str, str]:
    """Name and type. Raises BadFile for a kind that is not taken."""
    for magic, place, content_type, ending in _MAGIC:
        if data[place : place + len(magic)] == magic:
            return _fit(called, ending), content_type
    try:
        shape_of(io.BytesIO(data), len)
    except NoText as problem:
        if problem.why in _OTHERS:
            words = _("“%(name)s” is %(kind)s.")
            raise BadFile(words % {"name": called, "kind": _OTHERS[problem.why]}) from None
        words = _(
            "“%(name)s” is of a kind that is not taken. Send a picture (PNG, JPEG, WebP), a PDF, a CSV or a text."
        )
        raise BadFile(words % {"name": called}) from None
    is_list = PurePosixPath(called).suffix.lower() == ".csv"
    return (_fit(called, ".csv"), CSV) if is_list else (_fit(called, ".txt"), PLAIN)


def _fit(called: str, ending: str) -> str:
    """A name of ordinary characters that ends as its content does: "invoice.exe.png" is what it is."""
    stem = unicodedata.normalize("NFC", called.replace("\\", "/").rpartition("/")[2])
    if stem.lower().endswith((ending, ".jpeg")):
        stem = stem.rpartition(".")[0]
    stem = _ODD.sub("-", stem).strip(" .-")
    return f"{stem[: NAME - len(ending)] or 'file'}{ending}"
