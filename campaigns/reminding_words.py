"""What people are told when they are reminded of a campaign, by what and by how many days."""

from __future__ import annotations

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from campaigns.outlook import REFUSED
from campaigns.registration import Reminder
from campaigns.reminding import state_of
from portal.notifications.wording import Words

About = Reminder.About
# Any number of days that a policy may name.
_DAYS = range(61)
_OPEN = _("Open the campaign")
_MAY = _("Somebody who may submit can do that: an owner, admin or submitter of your organization.")


def _ends(days: int) -> Words:
    return Words(
        format_lazy(
            ngettext_lazy("%(name)s ends within {days} day", "%(name)s ends within {days} days", days),
            days=days,
        ),
        _("%(name)s does not renew by itself. When its period is over, its numbers cannot send any more."),
        _("Switch automatic renewal on if it should go on: on its page, until the last day."),
        _MAY,
        button=_OPEN,
        tone="late",
        icon="warning",
    )


def _doubtful(days: int) -> Words:
    if days:
        subject = format_lazy(
            ngettext_lazy(
                "The renewal of %(name)s is not confirmed, {days} day before its end",
                "The renewal of %(name)s is not confirmed, {days} days before its end",
                days,
            ),
            days=days,
        )
    else:
        subject = _("The end of %(name)s is past, and its renewal is not confirmed")
    return Words(
        subject,
        _("The carrier has not confirmed that it will do with %(name)s what you chose."),
        _("Its page says what the carrier answered. We keep asking; the portal's operator can see it, too."),
        button=_OPEN,
        tone="late",
        icon="warning",
    )


def _empty(days: int) -> Words:
    return Words(
        format_lazy(
            ngettext_lazy(
                "%(name)s has had no phone number for {days} day",
                "%(name)s has had no phone number for {days} days",
                days,
            ),
            days=days,
        ),
        _(
            "%(name)s is active, and no phone number is on it. T-Mobile charges a fee when that goes on for long."
        ),
        _("Assign a number to it, or delete it. Its page names the day and the fee."),
        button=_OPEN,
        tone="late",
        icon="warning",
    )


WORDS: dict[str, Words] = {
    **{state_of(About.END, days): _ends(days) for days in _DAYS},
    **{state_of(About.RENEWAL, days): _doubtful(days) for days in _DAYS},
    **{state_of(About.EMPTY, days): _empty(days) for days in _DAYS},
    REFUSED: Words(
        _("The carrier refused the renewal of %(name)s"),
        _("The carrier did not take what was asked of it about the renewal of %(name)s."),
        _("Its page says why. It is asked again by itself, and can be asked at once from its page."),
        _MAY,
        button=_OPEN,
        tone="bad",
        icon="rejected",
    ),
}
