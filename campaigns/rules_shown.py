"""Findings on a campaign's pages: beside a field while somebody types, and before everything is sent."""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from campaigns import fixes
from campaigns.forms import CampaignForm
from campaigns.forms_messages import SAMPLES
from campaigns.models import Campaign
from campaigns.rules_applied import typed_findings
from campaigns.shown import answers_of
from portal.lib.segments import Segments, segments
from portal.preflight.findings import Finding, Severity, Text, Verdict
from portal.ui.slots import FindingShown, Slot

# What is said of several answers together, and the first of them.
_FIRST = {"samples": SAMPLES[0]}
# What was asked where an answer was not: the kinds of messages follow from "yes, all of them fit".
_ASKED_AS = {"sub_use_cases": "categories_fit"}
_WHOLES: dict[str, Text] = {"samples": gettext_lazy("Sample messages"), "brand": gettext_lazy("Brand")}
# In a slot's mark, what is no finding.
NOTE = "note:"


@dataclass(frozen=True, slots=True)
class Mendable(FindingShown):
    """A finding that one click can mend, where `mend` says what the click is called."""

    mend: Text = ""


@dataclass(slots=True)
class SampleSlot(Slot):
    """The place beside a sample message: also its verdict, and how it travels."""

    size: Segments = field(default_factory=lambda: segments(""))

    @property
    def verdict(self) -> Verdict:
        """The worst that is said here."""
        if self.refused:
            return Verdict.CANNOT_BE_SENT
        return Verdict.of(
            min((one.finding.severity for one in self.found), key=lambda one: one.rank, default=None)
        )

    @property
    def note(self) -> str:
        """How long it is; "" for an empty one."""
        size = self.size
        if not size.count:
            return ""
        parts = [
            ngettext("%(length)d character", "%(length)d characters", size.length) % {"length": size.length},
            ngettext("%(count)d segment", "%(count)d segments", size.count) % {"count": size.count},
            size.alphabet,
        ]
        if size.odd:
            parts.append(_("because of %(characters)s") % {"characters": " ".join(size.odd)})
        return " · ".join(parts)

    @property
    def mark(self) -> str:
        """Changes when anything in it does; "" when it is empty."""
        said = super(SampleSlot, self).mark.partition("=")[2]
        note = f"{NOTE}{zlib.crc32(self.note.encode()):08x}" if self.note else ""
        marks = "+".join(filter(None, [note, said]))
        return f"{self.name}={marks}" if marks else ""


def shown(campaign: Campaign, findings: Iterable[Finding]) -> list[FindingShown]:
    """Findings as a page shows them, with links to the wizard where the campaign may be edited."""
    answers = answers_of(campaign, links=campaign.is_editable)
    rows = []
    for one in findings:
        answer = answers.get(_FIRST.get(one.field, one.field)) or answers.get(_ASKED_AS.get(one.field, ""))
        label, url = (answer.label, answer.change_url) if answer else ("", "")
        rows.append(FindingShown(one, _WHOLES.get(one.field, label), url))
    return rows


def slots(campaign: Campaign, form: CampaignForm, *, said: Iterable[str] = ()) -> list[Slot]:
    """One slot per field of the bound `form`. What is missing is no finding, and what the page says of the
    fields in `said` is not said twice."""
    subject, findings = typed_findings(campaign, form)
    by_field: dict[str, list[FindingShown]] = {}
    for one in findings:
        value = str(form[one.field].value() or "")
        mendable = fixes.apply(one.rule, one.field, value, subject) is not None
        mend = _("Correct it for me") if mendable else ""
        label = form[one.field].label or ""
        by_field.setdefault(one.field, []).append(Mendable(one, label, mend=mend))
    skipped = set(said)
    rows: list[Slot] = []
    for bound in form:
        silent = bound.name in skipped or bound.value() in (None, "", [])
        refused = [] if silent else [str(message) for message in bound.errors]
        found = by_field.get(bound.name, [])
        if bound.name in SAMPLES:
            size = segments(str(bound.value() or ""))
            rows.append(SampleSlot(bound.name, bound.label or "", refused, found, size))
        else:
            rows.append(Slot(bound.name, bound.label or "", refused, found))
    return rows


def opened_slots(campaign: Campaign, form: CampaignForm) -> list[Slot]:
    """The slots of a step as a page opens it: of what it shows, saved or not."""
    if form.is_bound:
        return slots(campaign, form, said=list(form.errors))
    fields = form.fields
    given = {
        name: fields[name].prepare_value(value) for name, value in form.initial.items() if name in fields
    }
    as_sent = type(form)(
        {name: value for name, value in given.items() if value not in (None, "")}, draft=form.draft
    )
    return slots(campaign, as_sent)


def with_slots(campaign: Campaign, form: CampaignForm) -> CampaignForm:
    """The form of a step with a slot beside each of its fields, for the tag `field`."""
    for slot in opened_slots(campaign, form):
        form[slot.name].slot = slot  # type: ignore[attr-defined]
    return form


def errors(rows: Iterable[FindingShown]) -> list[FindingShown]:
    """What keeps a campaign from being sent."""
    return [one for one in rows if one.finding.severity is Severity.ERROR]
