"""Findings on a brand's pages: beside a field while somebody types, and before everything is sent."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _

from brands.models import Brand
from brands.rules_applied import typed_findings
from brands.shown import answers_of
from portal.preflight.findings import Finding
from portal.ui.forms import PortalForm
from portal.ui.slots import FindingShown, Slot, as_sent, slots_of


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
    """One slot per field of the bound `form` of a step; `said` as in `slots_of`."""
    as_typed, findings = typed_findings(brand, form)
    return slots_of(form, shown(as_typed, findings), said=said)


def with_slots(brand: Brand, form: PortalForm) -> PortalForm:
    """The form of a step as a page opens it, saved or not, with a slot beside each field for the tag `field`."""
    rows = slots(brand, form, said=form.errors) if form.is_bound else slots(brand, as_sent(form))
    for slot in rows:
        form[slot.name].slot = slot  # type: ignore[attr-defined]
    return form
