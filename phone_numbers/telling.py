"""What members are told of an order of numbers, in lists and mails: once, when nothing of it waits any more."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from phone_numbers import finishing, states
from phone_numbers.models import Order
from portal.notifications.wording import Thing, Words, teach

_LOOKS = states.LOOKS
_OPEN = _("See the numbers")
_OTHERS = _("Somebody who may assign can do it: an owner or admin of your organization.")
WORDS = {
    finishing.DONE: Words(
        _("%(name)s: assigned"),
        _("%(name)s: the carrier has put all of them on the campaign. They can send text messages."),
        _("It can take up to three days until every mobile carrier has heard of it."),
        button=_OPEN,
        tone=_LOOKS[states.State.ON].tone,
        icon=_LOOKS[states.State.ON].icon,
    ),
    finishing.PARTLY: Words(
        _("%(name)s: not all could be assigned"),
        _("%(name)s: the carrier did not take all of them onto the campaign."),
        _(
            "The page of the order says which, and why in the carrier's words. They can be tried again from there."
        ),
        _OTHERS,
        button=_OPEN,
        tone=_LOOKS[states.State.FAILED].tone,
        icon=_LOOKS[states.State.FAILED].icon,
    ),
    finishing.OFF: Words(
        _("%(name)s: taken off"),
        _("%(name)s: the carrier has taken all of them off. They cannot send text messages any more."),
        button=_OPEN,
        tone=_LOOKS[states.State.RELEASED].tone,
        icon=_LOOKS[states.State.RELEASED].icon,
    ),
    finishing.PARTLY_OFF: Words(
        _("%(name)s: not all could be taken off"),
        _("%(name)s: the carrier did not take all of them off their campaign."),
        _("The page of the order says which, and why in the carrier's words. Those can still send."),
        _OTHERS,
        button=_OPEN,
        tone=_LOOKS[states.State.FAILED].tone,
        icon=_LOOKS[states.State.FAILED].icon,
    ),
}


def _find(ids: Collection[UUID]) -> dict[UUID, Thing]:
    """What was told of an order stays true: its numbers may have gone on since."""
    return {
        pk: Thing(reverse("numbers:order", args=[pk]))
        for pk in Order.objects.filter(pk__in=ids).values_list("pk", flat=True)
    }


def teach_words() -> None:
    """For `ready()`."""
    teach(Order.kind, WORDS, find=_find)
