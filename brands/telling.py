"""What members are told of a brand, in lists and mails."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from brands import states
from brands.models import Brand
from portal.notifications.wording import Thing, Words, teach

_LOOKS = states.LOOKS
WORDS = {
    states.VERIFIED: Words(
        _("%(name)s is verified"),
        _("The registry verified %(name)s as a 10DLC brand."),
        _("Nothing is left to do for it: the brand can carry SMS campaigns now."),
        button=_("Open the brand"),
        tone=_LOOKS[states.VERIFIED].tone,
        icon=_LOOKS[states.VERIFIED].icon,
    ),
    states.REJECTED: Words(
        _("%(name)s was rejected"),
        _("The registry did not accept %(name)s as a 10DLC brand."),
        _("The page of the brand says what the registry objected to, and what to change."),
        _("Somebody who may submit has to correct it: an owner, admin or submitter of your organization."),
        button=_("See what to change"),
        tone=_LOOKS[states.REJECTED].tone,
        icon=_LOOKS[states.REJECTED].icon,
    ),
}


def _find(ids: Collection[UUID]) -> dict[UUID, Thing]:
    rows = Brand.objects.filter(pk__in=ids).only("status", "since")
    return {brand.pk: Thing(brand.get_absolute_url(), brand.status, brand.since) for brand in rows}


def teach_words() -> None:
    """For `ready()`."""
    teach(Brand.kind, WORDS, find=_find)
