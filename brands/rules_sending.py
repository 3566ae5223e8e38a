"""The last look before a brand is sent: what blocks, what has to be sent on deliberately, what is merely said."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from brands.models import Brand
from brands.rules_applied import findings_of, subject_of
from brands.rules_shown import FindingShown, shown
from brands.shown import fee_of
from brands.waiting import usual_wait
from portal.lib.tax_ids import blotted, masked, replaced
from portal.preflight.findings import Findings, Severity, Text, Verdict
from portal.ui.forms import PortalForm

# The marks of the findings that the page with the box showed.
KNOWN = "findings-known"
REASON_LENGTH = 300


class SendAnywayForm(PortalForm):
    """Sending on what a reviewer would return: a tick, and a reason for those who come after."""

    anyway = forms.BooleanField(
        label=gettext_lazy("Send it anyway"),
        error_messages={
            "required": gettext_lazy(
                "Tick “Send it anyway”, or change what is likely to be rejected. Nothing was sent."
            )
        },
    )
    reason = forms.CharField(
        label=gettext_lazy("Why you send it anyway"),
        required=False,
        max_length=REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("For your own history; the registry does not see it."),
    )

    def __init__(self, *args: Any, known: frozenset[str] = frozenset(), **kwargs: Any) -> None:
        """`known`: the marks of what is likely to be rejected now."""
        super().__init__(*args, **kwargs)
        self.known = known

    def clean(self) -> dict[str, Any]:
        """A tick is for what the page showed: what came up since has to be seen first."""
        cleaned = super().clean() or {}
        showed = set(self.data.getlist(KNOWN)) if isinstance(self.data, QueryDict) else set()
        if cleaned.get("anyway") and not self.known <= showed:
            self.add_error(
                "anyway", _("Something came up since this page was opened. Look at it, then tick again.")
            )
        return cleaned


@dataclass(frozen=True, slots=True)
class BeforeSending:
    """What the page before sending shows, and whether the brand may go."""

    brand: Brand
    # What would be filed, token for tax id: what the findings are about.
    payload: dict[str, str]
    findings: Findings
    rows: list[FindingShown]
    form: SendAnywayForm | None = None

    @property
    def verdict(self) -> Verdict:
        """The worst of it."""
        return self.findings.verdict

    @property
    def errors(self) -> list[FindingShown]:
        """What keeps it from being sent."""
        return [one for one in self.rows if one.finding.severity is Severity.ERROR]

    @property
    def known(self) -> list[str]:
        """The marks of what is likely to be rejected."""
        return [one.mark for one in self.rows if one.finding.severity is Severity.REJECT]

    @property
    def hints(self) -> list[Text]:
        """What else is worth knowing, each once."""
        return list(dict.fromkeys(one.finding.hint for one in self.rows if one.finding.hint))

    @property
    def may_go(self) -> bool:
        """Nothing blocks, and what is likely to be rejected was sent on deliberately."""
        return not self.errors and (self.form is None or self.form.is_valid())

    @property
    def consequence(self) -> str:
        """What sending on costs, from the carrier's policy: money that does not come back, and days."""
        fee = fee_of(self.brand).value
        return _(
            "The carrier charges about %(amount)s %(currency)s for every submission and does not pay it back. "
            "The registry answers %(usual)s; after a rejection you correct it, pay again and wait again."
        ) % {"amount": fee.amount, "currency": fee.currency, "usual": usual_wait()}

    @property
    def broken(self) -> bool:
        """Could a rule not be asked?"""
        return bool(self.findings.broken)

    def detail(self) -> dict[str, Any]:
        """What the event of the submission keeps: which findings were known, and why it was sent all the same.

        Keys of rules and fields, and the person's reason; no answer, and no tax id.
        """
        if not self.rows:
            return {}
        kept: dict[str, Any] = {"findings": [one.finding.key for one in self.rows]}
        if self.form is None:
            return kept
        titles = "; ".join(dict.fromkeys(f"{one.label}: {one.finding.message}" for one in self._doubtful()))
        note = _("Sent although likely to be rejected. %(titles)s") % {"titles": titles}
        reason = self.form.cleaned_data.get("reason", "")
        if reason:
            note = f"{note} {_('Reason: %(reason)s') % {'reason': reason}}"
        return kept | {"anyway": True, "note": self._without_tax_id(note)}

    def _doubtful(self) -> list[FindingShown]:
        return [one for one in self.rows if one.finding.severity is Severity.REJECT]

    def _without_tax_id(self, text: str) -> str:
        number = subject_of(self.brand).tax_id
        return blotted(str(replaced(text, {number: masked(number)})) if number else text)


def before_sending(brand: Brand, data: QueryDict | None = None) -> BeforeSending:
    """Check `brand`; with `data`, as it was posted by the page that showed the findings."""
    findings = findings_of(brand)
    rows = shown(brand, findings)
    known = frozenset(one.mark for one in rows if one.finding.severity is Severity.REJECT)
    form = SendAnywayForm(data, known=known) if known else None
    return BeforeSending(brand, brand.payload(), findings, rows, form)
