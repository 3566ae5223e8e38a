"""Findings on a brand's pages: beside a field while somebody types, and before everything is sent."""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from brands.models import Brand
from brands.rules_applied import typed_findings
from brands.shown import answers_of
from portal.preflight.findings import Finding, Text
from portal.ui.forms import PortalForm


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
    """The place beside one field: what the form refuses, or else what the rules find."""

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
        said = [*self.refused, *(f"{one.finding.message} {one.finding.fix}" for one in self.found)]
        return f"{self.label}: {' '.join(str(one) for one in said)}"


def _sum(text: Text) -> str:
    return f"{zlib.crc32(str(text).encode()):08x}"


def shown(brand: Brand, findings: Iterable[Finding]) -> list[FindingShown]:
    """Findings as a page shows them, with links to the wizard where the brand may be edited."""
    answers = answers_of(brand, links=brand.is_editable)
    twins = iter(brand.twins())
    rows = []
    for one in findings:
        answer = answers.get(one.field)
        twin = next(twins, None) if one.key == "B13:tax_id" else None
        links = ((_("Look at %(name)s") % {"name": twin.name}, twin.get_absolute_url()),) if twin else ()
        label, url = (answer.label, answer.change_url) if answer else ("", "")
        rows.append(FindingShown(one, label, url, links))
    return rows


def slots(brand: Brand, form: PortalForm, *, said: Iterable[str] = ()) -> list[Slot]:
    """One slot per field of the bound `form`. What is missing is no finding, and what the page says of the
    fields in `said` is not said twice."""
    as_typed, findings = typed_findings(brand, form)
    by_field: dict[str, list[FindingShown]] = {}
    for one in shown(as_typed, findings):
        by_field.setdefault(one.finding.field, []).append(one)
    skipped = set(said)
    rows = []
    for bound in form:
        silent = bound.name in skipped or bound.value() in (None, "", [])
        refused = [] if silent else [str(message) for message in bound.errors]
        rows.append(Slot(bound.name, bound.label or "", refused, by_field.get(bound.name, [])))
    return rows


def opened_slots(brand: Brand, form: PortalForm) -> list[Slot]:
    """The slots of a step as a page opens it: of what it shows, saved or not."""
    if form.is_bound:
        return slots(brand, form, said=list(form.errors))
    fields = form.fields
    given = {
        name: fields[name].prepare_value(value) for name, value in form.initial.items() if name in fields
    }
    as_sent = type(form)(
        {name: value for name, value in given.items() if value is not None}, draft=form.draft
    )
    return slots(brand, as_sent)


def with_slots(brand: Brand, form: PortalForm) -> PortalForm:
    """The form of a step with a slot beside each of its fields, for the tag `field`."""
    for slot in opened_slots(brand, form):
        form[slot.name].slot = slot  # type: ignore[attr-defined]
    return form
