"""The last look before a campaign is sent: what blocks, what has to be sent on deliberately, what is merely said."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from campaigns.estimating import Estimate, estimate
from campaigns.models import Campaign
from campaigns.readiness import Obstacle, obstacle
from campaigns.rules_applied import findings_of
from campaigns.rules_shown import errors, shown
from campaigns.submitting import payload
from portal.clock import Times
from portal.preflight.findings import Findings, Severity, Text, Verdict
from portal.ui.sending import SendAnywayForm
from portal.ui.slots import FindingShown

# The rule that says what the page says of the brand by itself.
_BRAND_READY = "B14"


@dataclass(frozen=True, slots=True)
class BeforeSending:
    """What the page before sending shows, and whether the campaign may go."""

    campaign: Campaign
    # What would be filed: what the findings are about.
    payload: dict[str, Any]
    findings: Findings
    rows: list[FindingShown]
    estimate: Estimate
    obstacle: Obstacle | None
    form: SendAnywayForm | None = None

    @property
    def verdict(self) -> Verdict:
        """The worst of it."""
        return self.findings.verdict

    @property
    def errors(self) -> list[FindingShown]:
        """What keeps it from being sent."""
        return errors(self.rows)

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
        return self.obstacle is None and not self.errors and (self.form is None or self.form.is_valid())

    @property
    def consequence(self) -> str:
        """What sending on costs, from the carrier's policy: money that does not come back, and days."""
        fee = self.estimate.vetting.value
        return _(
            "The carrier charges about %(amount)s %(currency)s for every submission and does not pay it back. "
            "Reviewers take until about %(last)s; after a rejection you correct it, pay again and wait again."
        ) % {"amount": fee.amount, "currency": fee.currency, "last": self.estimate.last_in_words}

    @property
    def broken(self) -> bool:
        """Could a rule not be asked?"""
        return bool(self.findings.broken)

    def detail(self) -> dict[str, Any]:
        """What the event of the submission keeps: which findings were known, and why it was sent all the same."""
        if not self.rows:
            return {}
        kept: dict[str, Any] = {"findings": [one.finding.key for one in self.rows]}
        if self.form is None:
            return kept
        doubtful = [one for one in self.rows if one.finding.severity is Severity.REJECT]
        titles = "; ".join(dict.fromkeys(f"{one.label}: {one.finding.message}" for one in doubtful))
        note = _("Sent although likely to be rejected. %(titles)s") % {"titles": titles}
        reason = self.form.cleaned_data.get("reason", "")
        if reason:
            note = f"{note} {_('Reason: %(reason)s') % {'reason': reason}}"
        return kept | {"anyway": True, "note": note}


def before_sending(campaign: Campaign, times: Times, data: QueryDict | None = None) -> BeforeSending:
    """Check `campaign`; with `data`, as it was posted by the page that showed the findings."""
    problem = obstacle(campaign.brand)
    found = findings_of(campaign)
    if problem is not None:
        found = Findings(tuple(one for one in found if one.rule != _BRAND_READY), found.broken)
    rows = shown(campaign, found)
    known = frozenset(one.mark for one in rows if one.finding.severity is Severity.REJECT)
    form = SendAnywayForm(data, known=known) if known else None
    return BeforeSending(
        campaign, payload(campaign), found, rows, estimate(campaign, times.business), problem, form
    )
