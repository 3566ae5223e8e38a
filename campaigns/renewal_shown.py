"""The panel about the renewal of a campaign: what happens on which day, what it costs, and how sure that is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from campaigns import states
from campaigns.deriving import Seen
from campaigns.outlook import Outlook, State, is_asked_for, outlook, wanted
from campaigns.registration import Period
from campaigns.reminding import empty_since, fee_at
from campaigns.renewing import SWITCHABLE, can_switch
from campaigns.use_cases import terms_of
from portal.carriers.policy import Fee, Value
from portal.clock import Times
from portal.lifecycle import gateway
from portal.lifecycle.models import SubmissionState
from portal.ui.looks import Look, Text

# How sure it is, as a badge. What is not due yet has none.
LOOKS: dict[str, Look] = {
    State.CONFIRMED: Look(pgettext_lazy("renewal", "Confirmed"), "ok", "verified"),
    State.ON_ITS_WAY: Look(pgettext_lazy("renewal", "Being confirmed"), "wait", "submitting"),
    State.DIFFERS: Look(pgettext_lazy("renewal", "Not confirmed"), "late", "warning"),
    State.REFUSED: Look(pgettext_lazy("renewal", "Refused"), "bad", "rejected"),
    State.SILENT: Look(pgettext_lazy("renewal", "Not confirmed"), "late", "warning"),
    State.PAST: Look(pgettext_lazy("renewal", "Not confirmed"), "late", "warning"),
}
_SAYS: dict[str, Text] = {
    State.CONFIRMED: _("The carrier shows what you chose."),
    State.ON_ITS_WAY: _("The carrier is being told what you chose."),
    State.DIFFERS: _("The carrier shows the other choice. It is set again by itself."),
    State.REFUSED: _(
        "The carrier did not take what was asked of it. Nothing is given up: it is asked again."
    ),
    State.SILENT: _(
        "The carrier has not confirmed it lately. It is asked more and more often until it does."
    ),
    State.PAST: _("The period is past, and the carrier has not said yet that the next one is paid for."),
}


@dataclass(frozen=True, slots=True)
class Renewal:
    """What the panel shows. `found` is None until the campaign is active for the first time.

    `monthly` is the fee of the use case, None where none is named; a period is `months` of it. `empty_since` is when
    the last number left an active campaign, `fee_on` the day on which that costs `unused`.
    """

    renews: bool
    found: Outlook | None
    said: bool
    by_call: bool
    look: Look | None
    says: Text
    quotes: list[str]
    can_switch: bool
    can_ask: bool
    months: int
    monthly: Value[Decimal] | None
    unused: Value[Fee]
    empty_since: datetime | None = None
    fee_on: datetime | None = None
    periods: tuple[Period, ...] = ()

    @property
    def price(self) -> Decimal | None:
        """What the next period costs."""
        return None if self.monthly is None else self.monthly.value * self.months


def renewal_of(seen: Seen, times: Times) -> Renewal | None:
    """The panel of what was `seen` at `times`; None for a campaign that nothing could renew."""
    campaign, registration = seen.campaign, seen.registration
    if registration is None or seen.status not in SWITCHABLE:
        return None
    policy = gateway.campaign_policy(registration.account)
    found = outlook(campaign, registration, times.business)
    state = found.state if found else State.NOT_DUE
    terms = terms_of(campaign.use_case)
    fee = terms.monthly_fee if terms is not None else None
    since = empty_since(campaign, registration) if seen.status == states.ACTIVE else None
    return Renewal(
        renews=wanted(campaign),
        found=found,
        said=registration.ends_said,
        by_call=is_asked_for(registration),
        look=LOOKS.get(state),
        says=_SAYS.get(state, ""),
        quotes=_quotes(found) if state == State.REFUSED else [],
        can_switch=can_switch(campaign, registration, times.business),
        can_ask=state == State.REFUSED and can_switch(campaign, registration, times.business),
        months=policy.months.value,
        monthly=Value(fee, policy.use_cases.source, policy.use_cases.as_of) if fee is not None else None,
        unused=policy.unused_fee,
        empty_since=since,
        fee_on=fee_at(campaign, since) if since else None,
        periods=tuple(Period.objects.filter(registration__campaign=campaign).order_by("-starts_at")[:12]),
    )


def _quotes(found: Outlook | None) -> list[str]:
    """The carrier's own words."""
    if found is None or found.asked is None or found.asked.state != SubmissionState.REFUSED:
        return []
    return [one["text"] for one in found.asked.reasons if one["text"]]
