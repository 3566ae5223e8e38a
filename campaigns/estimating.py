"""How long the review of a campaign usually takes, as days of the calendar, and what it costs: all from policy."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.utils import timezone
from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from campaigns.models import Campaign
from campaigns.use_cases import policy, terms_of
from portal.carriers.policy import Fee, Span, Value
from portal.lib.business_days import Holiday, business_days_after, holidays_between
from portal.ui.looks import Text

HOLIDAYS: dict[Holiday, Text] = {
    Holiday.NEW_YEAR: gettext_lazy("New Year's Day"),
    Holiday.KING: gettext_lazy("Birthday of Martin Luther King, Jr."),
    Holiday.WASHINGTON: gettext_lazy("Washington's Birthday"),
    Holiday.MEMORIAL: gettext_lazy("Memorial Day"),
    Holiday.JUNETEENTH: gettext_lazy("Juneteenth"),
    Holiday.INDEPENDENCE: gettext_lazy("Independence Day"),
    Holiday.LABOR: gettext_lazy("Labor Day"),
    Holiday.COLUMBUS: gettext_lazy("Columbus Day"),
    Holiday.VETERANS: gettext_lazy("Veterans Day"),
    Holiday.THANKSGIVING: gettext_lazy("Thanksgiving Day"),
    Holiday.CHRISTMAS: gettext_lazy("Christmas Day"),
}


@dataclass(frozen=True, slots=True)
class Estimate:
    """`first` and `last`: between these days the answer usually comes, when it is submitted on `today`.

    `monthly` is the fee of the use case, None where the carrier names none; `months` are paid for at once.
    """

    today: date
    wait: Value[Span]
    vetting: Value[Fee]
    monthly: Decimal | None
    fees_as_of: date
    months: int

    @property
    def days(self) -> tuple[int, int]:
        """The usual wait in business days, at least and at most."""
        return self.wait.value.at_least.days, self.wait.value.at_most.days

    @property
    def first(self) -> date:
        """The earliest usual day."""
        return business_days_after(self.today, self.days[0])

    @property
    def last(self) -> date:
        """The latest usual day."""
        return business_days_after(self.today, self.days[1])

    @property
    def first_in_words(self) -> str:
        """With its weekday."""
        return _day(self.first)

    @property
    def last_in_words(self) -> str:
        """With its weekday."""
        return _day(self.last)

    @property
    def holidays(self) -> list[str]:
        """The federal holidays on the way, each with its day."""
        return [
            _("%(holiday)s, %(day)s") % {"holiday": HOLIDAYS[holiday], "day": _day(day)}
            for day, holiday in holidays_between(self.today, self.last)
        ]

    @property
    def first_months(self) -> Decimal | None:
        """What the first period costs beside the vetting, None where it is not known."""
        return None if self.monthly is None else self.monthly * self.months


def estimate(campaign: Campaign, now: datetime) -> Estimate:
    """For `campaign`, submitted at business time `now`; days are those of the page's time zone."""
    rules = policy()
    terms = terms_of(campaign.use_case)
    return Estimate(
        today=timezone.localtime(now).date(),
        wait=rules.review_wait,
        vetting=rules.vetting_fee,
        monthly=terms.monthly_fee if terms is not None else None,
        fees_as_of=rules.use_cases.as_of,
        months=rules.months.value,
    )


def _day(day: date) -> str:
    return format_date(day, pgettext("date format", "l j F Y"))
