"""What people can be told of, and how: data that the preferences page, the rows and the mails read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.tenancy.models import Role

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    Text = str | _StrPromise


class Delivery(models.TextChoices):
    """How somebody wants to be told of one kind."""

    AT_ONCE = "at_once", _("By e-mail, at once")
    DAILY = "daily", _("By e-mail, once a day")
    # Written down and counted in the portal, never mailed.
    LISTED = "listed", _("In the portal only")
    OFF = "off", _("Not at all")


MAILED = frozenset({Delivery.AT_ONCE, Delivery.DAILY})


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of news. `owners_always`: whoever owns an organization is mailed whatever they chose."""

    name: str
    title: Text
    # On badges in the list.
    word: Text
    hint: Text
    default: Delivery
    owners_always: bool = False


# In the order of the page. A kind's name is stored in rows and in moves (`Move.tells`).
ATTENTION = "attention"
DECISION = "decision"
RENEWAL = "renewal"
SUPPORT = "support"
OPERATOR = "operator"
KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind(
            ATTENTION,
            _("Something needs you"),
            pgettext_lazy("notification", "Needs you"),
            _("A registry or carrier sent something back, and it stays as it is until somebody acts."),
            Delivery.AT_ONCE,
        ),
        Kind(
            DECISION,
            _("A decision"),
            pgettext_lazy("notification", "Decision"),
            _("Something that you submitted was verified or approved."),
            Delivery.AT_ONCE,
        ),
        # Known weeks ahead, so it can wait for the next morning.
        Kind(
            RENEWAL,
            _("Something ends soon"),
            pgettext_lazy("notification", "Ends soon"),
            _("A campaign reaches its end within 30 days."),
            Delivery.DAILY,
        ),
        Kind(
            SUPPORT,
            _("Your tickets"),
            pgettext_lazy("notification", "Ticket"),
            _("A ticket was received, answered, promised for a date, rejected or closed."),
            Delivery.AT_ONCE,
        ),
        # Somebody from outside looked at, or stopped, what is theirs: no owner can choose not to know.
        Kind(
            OPERATOR,
            _("The operator of this portal"),
            pgettext_lazy("notification", "Operator"),
            _("Somebody who runs the portal looked into your organization, or suspended it."),
            Delivery.AT_ONCE,
            owners_always=True,
        ),
    )
}


def delivery(kind: Kind, chosen: str | None, role: str) -> Delivery:
    """How a member with `role` who chose `chosen` (None: nothing yet) is told of `kind`."""
    wanted = Delivery(chosen) if chosen else kind.default
    if kind.owners_always and role == Role.OWNER and wanted not in MAILED:
        return kind.default
    return wanted
