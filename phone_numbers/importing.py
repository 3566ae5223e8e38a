"""Files of numbers: taken, looked at in a dry run, and applied when somebody says so. The work is a worker's."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import datetime
from typing import Any, BinaryIO
from uuid import uuid4

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from campaigns.models import Campaign
from phone_numbers.import_models import Import, ImportPiece, packed
from phone_numbers.importing_columns import columns_of, known
from phone_numbers.models import Number, Order
from portal.audit.recording import CLEARLINE, Actor, record
from portal.audit.sentences import Told, teach
from portal.clock import Times
from portal.jobs import models as jobs
from portal.lib.sheets import BadFile, Shape, rows_of, shape_of
from portal.tenancy.scope import current
from portal.ui.text import one_line, without_unstorable

# A hundred thousand numbers with their labels are about 6 MB; what is longer is seldom a list of numbers.
MOST_BYTES = 20 * 1024 * 1024
MOST_ROWS = 250_000
# Rows that a worker does in one step: well under a second.
PIECE = 4_000
CHECK, APPLY = "check", "apply"

UPLOADED, DISCARDED, STARTED = "import.uploaded", "import.discarded", "import.started"
APPLIED, STOPPED, FAILED = "import.applied", "import.stopped", "import.failed"

State = Import.State


class NotNow(Exception):
    """The file does not stand where this can be done."""


def teach_sentences() -> None:
    """Say how the events of a file are told on timelines. Called once, when the app is ready."""
    teach(UPLOADED, Told(_("%(actor)s uploaded a file of numbers"), "mute", "draft"))
    teach(DISCARDED, Told(_("%(actor)s discarded a file of numbers"), "mute", "trash"))
    teach(STARTED, Told(_("%(actor)s had the numbers of a file imported"), "wait", "submitting"))
    teach(APPLIED, Told(_("The numbers of a file were imported"), "ok", "verified"))
    teach(STOPPED, Told(_("%(actor)s stopped the import of a file"), "late", "suspended"))
    teach(FAILED, Told(_("The import of a file failed"), "bad", "rejected"))


def upload(
    file: UploadedFile[Any], *, product: str, by: Actor, times: Times, campaign: Campaign | None = None
) -> Import:
    """Take `file` and have it checked; nothing of it is applied. Part of the caller's transaction.

    Raises BadFile for one that cannot be read as a whole: besides those of `lib.sheets` and `columns_of`, "large",
    "many-rows" and "no-rows".
    """
    if (file.size or 0) > MOST_BYTES:
        raise BadFile("large")
    raw: Any = file.file
    content: BinaryIO = getattr(raw, "file", raw)
    shape = shape_of(content, known)
    source = Import(
        pk=uuid4(),
        organization_id=current().organization_id,
        product=product,
        campaign=campaign,
        file_name=_file_name(file.name or ""),
        size=file.size or 0,
        digest=_digest(content),
        encoding=shape.encoding,
        delimiter=shape.delimiter,
        by_id=by.user_id,
        by_name=by.name,
        at=times.business,
    )
    pieces = list(_pieces(source, content, shape))
    if not source.total:
        raise BadFile("no-rows")
    source.save(force_insert=True)
    ImportPiece.objects.bulk_create(pieces, batch_size=20)
    record(
        UPLOADED, source, by=by, at=times.business, detail={"name": source.file_name, "rows": source.total}
    )
    jobs.start(source, CHECK, by=by, times=times, total=source.total)
    return source


def _file_name(name: str) -> str:
    return one_line(without_unstorable(name)[0])[-200:] or "numbers.csv"


def _digest(content: BinaryIO) -> str:
    content.seek(0)
    found = hashlib.sha256()
    while block := content.read(1 << 16):
        found.update(block)
    return found.hexdigest()


def _pieces(source: Import, content: BinaryIO, shape: Shape) -> Iterator[ImportPiece]:
    """The rows below the header in pieces; header, columns and counts are written into `source` on the way."""
    rows: list[tuple[int, list[str]]] = []
    place, empty = 0, 0
    for row, cells in rows_of(content, shape):
        if not cells:
            # Empty rows at the end are nobody's.
            empty += 1
            continue
        if not source.columns:
            found = columns_of(cells)
            source.columns, source.header_row, empty = found.places, row if found.has_names else row - 1, 0
            source.header = [without_unstorable(name)[0].strip() for name in cells] if found.has_names else []
            if found.has_names:
                continue
        source.empty, source.total, empty = source.empty + empty, source.total + 1 + empty, 0
        if source.total > MOST_ROWS:
            raise BadFile("many-rows")
        rows.append((row, cells))
        if len(rows) == PIECE:
            yield _piece(source, place, rows)
            place, rows = place + 1, []
    if rows:
        yield _piece(source, place, rows)


def _piece(source: Import, place: int, rows: list[tuple[int, list[str]]]) -> ImportPiece:
    return ImportPiece(
        organization_id=source.organization_id,
        source_id=source.pk,
        place=place,
        last_row=rows[-1][0],
        packed=packed(rows),
    )


def apply(source: Import, *, by: Actor, times: Times) -> None:
    """Have what was found applied, from the first row or from where it was stopped. Part of the caller's transaction.

    Raises NotNow when it is no longer (or not yet) there to be applied.
    """
    if source.pieces_checked < source.pieces.count():
        raise NotNow(f"{source.pk} is not checked")
    _move(source, (State.READY, State.STOPPED, State.FAILED), State.APPLYING, ended_at=None)
    record(STARTED, source, by=by, at=times.business, detail={"name": source.file_name})
    jobs.start(source, APPLY, by=by, times=times, total=source.applies)


def discard(source: Import, *, by: Actor, times: Times) -> None:
    """Throw the file away, before anything of it was applied. Part of the caller's transaction. Raises NotNow."""
    job = jobs.latest(source)
    if source.state == State.CHECKING and job is not None:
        jobs.stop(job, times=times)
    _move(source, (State.CHECKING, State.READY, State.FAILED), State.DISCARDED, ended_at=times.business)
    source.pieces.all().delete()
    record(DISCARDED, source, by=by, at=times.business, detail={"name": source.file_name})


def stop(source: Import, *, times: Times) -> None:
    """Ask for the applying to end after the step that is under way; what is done stays. Raises NotNow."""
    job = jobs.latest(source)
    if source.state != State.APPLYING or job is None or not jobs.stop(job, times=times):
        raise NotNow(f"{source.pk} is {source.state}")


def assigned(source: Import, order: Order, *, times: Times) -> None:
    """Its numbers were ordered onto its campaign: nothing is left to do with it."""
    _move(source, (State.READY,), State.APPLIED, order=order, ended_at=times.business)


def numbers_of(source: Import) -> Any:
    """The numbers of the inventory that a file names, as a queryset: those that are meant for its campaign."""
    rows = source.rows.filter(verdict="found").values("e164")
    return Number.objects.held().filter(e164__in=rows)


def same_before(source: Import) -> Import | None:
    """The newest import of the very same file that was applied, if there is one."""
    rows = Import.objects.filter(digest=source.digest, product=source.product, state=State.APPLIED)
    row: Import | None = rows.exclude(pk=source.pk).filter(campaign=source.campaign).order_by("-at").first()
    return row


def ended(source: Import, state: str, action: str, *, by: Actor, at: datetime) -> None:
    """A worker is through with it, one way or the other."""
    _move(source, (State.CHECKING, State.APPLYING), state, ended_at=at)
    detail = {"name": source.file_name, "added": source.added, "changed": source.altered}
    record(action, source, by=by if action == STOPPED else CLEARLINE, at=at, detail=detail)


def _move(source: Import, states: tuple[str, ...], target: str, **changes: Any) -> None:
    if not Import.objects.filter(pk=source.pk, state__in=states).update(state=target, **changes):
        raise NotNow(f"{source.pk} is {source.state}")
    source.refresh_from_db()
