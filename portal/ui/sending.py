"""The last look before something is sent: what blocks, what has to be sent on deliberately, what is merely said."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.preflight.findings import Findings, Severity, Verdict
from portal.ui.forms import PortalForm
from portal.ui.looks import Text
from portal.ui.slots import FindingShown

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
    """What the page before sending shows, and whether it may go.

    `payload` is what would be filed, tokens for secrets: what the findings are about. `consequence` says what
    sending on costs. `blot` takes out of a text what no event may keep.
    """

    payload: dict[str, Any]
    findings: Findings
    rows: list[FindingShown]
    form: SendAnywayForm | None
    consequence: str
    blot: Callable[[str], str]

    @property
    def verdict(self) -> Verdict:
        """The worst of it."""
        return self.findings.verdict

    @property
    def errors(self) -> list[FindingShown]:
        """What keeps it from being sent."""
        return _of(self.rows, Severity.ERROR)

    @property
    def known(self) -> list[str]:
        """The marks of what is likely to be rejected, which the page sends back."""
        return [one.mark for one in _of(self.rows, Severity.REJECT)]

    @property
    def hints(self) -> list[Text]:
        """What else is worth knowing, each once."""
        return list(dict.fromkeys(one.finding.hint for one in self.rows if one.finding.hint))

    @property
    def may_go(self) -> bool:
        """Nothing blocks, and what is likely to be rejected was sent on deliberately."""
        return not self.errors and (self.form is None or self.form.is_valid())

    @property
    def broken(self) -> bool:
        """Could a rule not be asked?"""
        return bool(self.findings.broken)

    def detail(self) -> dict[str, Any]:
        """What the event of the submission keeps: which findings were known, and why it was sent all the same.

        Keys of rules and fields, and the person's reason; no answer, and nothing secret.
        """
        if not self.rows:
            return {}
        kept: dict[str, Any] = {"findings": [one.finding.key for one in self.rows]}
        if self.form is None:
            return kept
        doubtful = _of(self.rows, Severity.REJECT)
        titles = "; ".join(dict.fromkeys(f"{one.label}: {one.finding.message}" for one in doubtful))
        note = _("Sent although likely to be rejected. %(titles)s") % {"titles": titles}
        reason = self.form.cleaned_data.get("reason", "")
        if reason:
            note = f"{note} {_('Reason: %(reason)s') % {'reason': reason}}"
        return kept | {"anyway": True, "note": self.blot(note)}


def looked_at(
    findings: Findings,
    rows: list[FindingShown],
    data: QueryDict | None,
    *,
    payload: dict[str, Any],
    consequence: str,
    blot: Callable[[str], str],
) -> BeforeSending:
    """What the page shows of `findings`; with `data`, as it was posted by the page that showed them."""
    known = frozenset(one.mark for one in _of(rows, Severity.REJECT))
    form = SendAnywayForm(data, known=known) if known else None
    return BeforeSending(payload, findings, rows, form, consequence, blot)


def _of(rows: list[FindingShown], severity: Severity) -> list[FindingShown]:
    return [one for one in rows if one.finding.severity is severity]
