"""Findings beside the fields of a form: what it refuses, or else what the rules find while somebody types."""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from portal.preflight.findings import Finding
from portal.ui.forms import PortalForm
from portal.ui.looks import Text


@dataclass(frozen=True, slots=True)
class FindingShown:
    """A finding with the name of its field and the way to change it. `links`: what else to look at."""

    finding: Finding
    label: Text = ""
    change_url: str = ""
    links: tuple[tuple[str, str], ...] = ()

    @property
    def mark(self) -> str:
        """Changes when its words do: what a page says it shows."""
        return f"{self.finding.key}:{_sum(self.finding.message)}"


@dataclass(slots=True)
class Slot:
    """The place beside one field (`preflight/_slot.html`)."""

    name: str
    label: Text
    refused: list[str] = field(default_factory=list)
    found: list[FindingShown] = field(default_factory=list)

    @property
    def id(self) -> str:
        """The id of its element; the control names it as what describes it."""
        return f"id_{self.name}_findings"

    @property
    def mark(self) -> str:
        """Changes when anything in it does; "" when it is empty."""
        marks = [*(f"form:{_sum(one)}" for one in self.refused), *(one.mark for one in self.found)]
        return f"{self.name}={'+'.join(marks)}" if marks else ""

    @property
    def words(self) -> str:
        """What screen readers say of it."""
        if not self.mark:
            return _("%(label)s: nothing to note any more.") % {"label": self.label}
        said = [*self.refused, *(f"{one.finding.message} {one.finding.fix}" for one in self.found)]
        return f"{self.label}: {' '.join(str(one) for one in said)}"


def slots_of(form: PortalForm, found: Iterable[FindingShown], *, said: Iterable[str] = ()) -> list[Slot]:
    """One slot per field of the bound `form`. An answer that is not given yet is no mistake, and what the page
    says of the fields in `said` is not said twice."""
    by_field: dict[str, list[FindingShown]] = {}
    for one in found:
        by_field.setdefault(one.finding.field, []).append(one)
    skipped = set(said)
    rows = []
    for bound in form:
        silent = bound.name in skipped or bound.value() in (None, "", [])
        refused = [] if silent else [str(message) for message in bound.errors]
        rows.append(Slot(bound.name, bound.label or "", refused, by_field.get(bound.name, [])))
    return rows


def as_sent(form: PortalForm) -> PortalForm:
    """The unbound `form` as if its page had been sent without a touch."""
    fields = form.fields
    given = {
        name: fields[name].prepare_value(value) for name, value in form.initial.items() if name in fields
    }
    return type(form)({name: value for name, value in given.items() if value is not None}, draft=form.draft)


def changed(slots: Iterable[Slot], shown: Iterable[str]) -> list[Slot]:
    """Those that say something else than the page does, which shows the marks `shown`."""
    before = dict(mark.partition("=")[::2] for mark in shown)
    return [slot for slot in slots if slot.mark.partition("=")[2] != before.get(slot.name, "")]


def _sum(text: Text) -> str:
    return f"{zlib.crc32(str(text).encode()):08x}"
