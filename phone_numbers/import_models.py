"""A file of numbers that somebody uploaded: what it says, what was made of each row, and how far that is."""

from __future__ import annotations

import json
import zlib
from collections.abc import Sequence
from typing import Any

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from campaigns.models import Campaign
from portal.tenancy.models import TenantModel


class Import(TenantModel):
    """One file, uploaded for the inventory of a product, or so that its numbers go on a campaign.

    checking → ready → applying → applied      a dry run, a look at what would happen, and the doing
        └→ discarded   └→ stopped ⇄ applying   stopped half way: what is done stays, the rest can follow
    checking | applying → failed               for a reason of our own; applying goes on where it stood

    New rows of a file stay in its `pieces`, all others stand in `rows` once they are checked. Counts are of rows.
    """

    class State(models.TextChoices):
        """How far it is."""

        CHECKING = "checking", _("Being checked")
        READY = "ready", _("Checked")
        APPLYING = "applying", _("Being imported")
        APPLIED = "applied", _("Imported")
        STOPPED = "stopped", _("Stopped half way")
        DISCARDED = "discarded", _("Discarded")
        FAILED = "failed", _("Failed")

    kind = "import"

    product = models.CharField(max_length=20)
    # Set: its numbers are meant for this campaign, and the inventory stays as it is.
    campaign = models.ForeignKey(
        Campaign, null=True, on_delete=models.PROTECT, db_constraint=False, related_name="+"
    )
    state = models.CharField(max_length=10, default=State.CHECKING)
    file_name = models.CharField(max_length=200)
    size = models.PositiveIntegerField()
    # Of the file's bytes: the same file again is recognized.
    digest = models.CharField(max_length=64)
    encoding = models.CharField(max_length=12)
    delimiter = models.CharField(max_length=1)
    # The file's own column names, and which of our columns stands where: {"number": 0, "label": 3}.
    header = models.JSONField(default=list)
    columns = models.JSONField(default=dict)
    header_row = models.PositiveIntegerField(default=1)
    # Rows below the header, and how many of them are empty.
    total = models.PositiveIntegerField(default=0)
    empty = models.PositiveIntegerField(default=0)
    pieces_checked = models.PositiveIntegerField(default=0)
    new = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    # Meant for a campaign: how many numbers are in the inventory.
    found = models.PositiveIntegerField(default=0)
    # How many pieces are applied, and what came of it.
    pieces_applied = models.PositiveIntegerField(default=0)
    added = models.PositiveIntegerField(default=0)
    altered = models.PositiveIntegerField(default=0)
    order = models.ForeignKey(
        "numbers.Order", null=True, on_delete=models.PROTECT, db_constraint=False, related_name="+"
    )
    by_id = models.UUIDField(null=True)
    by_name = models.CharField(max_length=254)
    # Business time.
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    state__in=["checking", "ready", "applying", "applied", "stopped", "discarded", "failed"]
                ),
                name="import_state_known",
            )
        ]
        indexes = [models.Index(fields=["organization", "-at"], name="imports_newest")]

    def __str__(self) -> str:
        return f"{self.file_name} ({self.state})"

    def get_absolute_url(self) -> str:
        """Its page, for its whole life."""
        return reverse("numbers:import", args=[self.pk])

    @property
    def applies(self) -> int:
        """How many rows would change something, by what was found when it was checked."""
        return self.new + self.changed

    @property
    def is_working(self) -> bool:
        """Does a worker have it?"""
        return self.state in (self.State.CHECKING, self.State.APPLYING)


class ImportPiece(TenantModel):
    """Some rows of a file: as they were read until a worker has checked them, and from then on those that are new.

    What is new is most of a first file, so it is kept together: a row in a table for each would cost as much again as
    the numbers themselves. `packed` is [[row, [cell, …]], …], later [{"row": …, "e164": …, "label": …}, …]. `seen`
    holds each number of the piece and its row, so that one is found that stands in the file twice.
    """

    source = models.ForeignKey(
        Import, on_delete=models.CASCADE, db_constraint=False, related_name="pieces", db_index=False
    )
    place = models.PositiveIntegerField()
    last_row = models.PositiveIntegerField()
    packed = models.BinaryField()
    seen = models.BinaryField(default=b"")
    new = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "source", "place"], name="one_piece_per_place")
        ]

    def __str__(self) -> str:
        return f"piece {self.place} of {self.source_id}"

    def rows(self) -> list[Any]:
        """What is packed."""
        return list(json.loads(zlib.decompress(self.packed)))


def packed(rows: Sequence[Any]) -> bytes:
    """What `ImportPiece.rows` gives back."""
    return zlib.compress(json.dumps(rows, ensure_ascii=False, separators=(",", ":")).encode(), level=1)


class ImportRow(TenantModel):
    """What was made of one row that is not new: its number and values, or column, value and reason of a refusal.

    Of a changed one `before` holds what stood there when it was checked: somebody else's later change is not lost.
    Of a refused one `cells` are its own, so that the file of failures can be mended and uploaded again.
    """

    class Verdict(models.TextChoices):
        """What becomes of a row."""

        NEW = "new", _("New")
        CHANGED = "changed", _("Changed")
        UNCHANGED = "unchanged", _("Unchanged")
        FOUND = "found", _("In the inventory")
        REFUSED = "refused", _("Refused")

    source = models.ForeignKey(
        Import, on_delete=models.CASCADE, db_constraint=False, related_name="rows", db_index=False
    )
    row = models.PositiveIntegerField()
    verdict = models.CharField(max_length=10)
    e164 = models.CharField(max_length=16, blank=True)
    country = models.CharField(max_length=2, blank=True)
    type = models.CharField(max_length=10, blank=True)
    # The values that the file gives, by our column names; what it does not say is not in here. Of a refused row, what
    # its reason is about besides: the "row" with the same number.
    values = models.JSONField(default=dict)
    before = models.JSONField(null=True)
    column = models.CharField(max_length=100, blank=True)
    value = models.CharField(max_length=200, blank=True)
    reason = models.CharField(max_length=30, blank=True)
    cells = models.JSONField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "source", "row"], name="one_verdict_per_row"),
        ]
        indexes = [models.Index(fields=["organization", "source", "verdict", "row"], name="rows_of_verdict")]

    def __str__(self) -> str:
        return f"row {self.row} of {self.source_id}: {self.verdict}"

    def said(self) -> dict[str, Any]:
        """The values that this row changes, each with what stood there: {"label": ("old", "new")}."""
        return {name: ((self.before or {}).get(name), value) for name, value in self.values.items()}
