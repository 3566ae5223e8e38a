"""Words for what the operator does to a whole organization. Told with `kind=OPERATOR` about the organization."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from portal.notifications.wording import Thing, Words, teach

ENTERED = "entered"
SUSPENDED = "suspended"
REOPENED = "reopened"

WORDS = {
    ENTERED: Words(
        _("An operator looked into %(name)s"),
        _("Somebody who runs this portal opened %(name)s to look around. They can read and change nothing."),
        _("The audit log of your organization names them. If you did not ask for it, ask them why."),
        button=_("Open the portal"),
        icon="eye",
    ),
    SUSPENDED: Words(
        _("%(name)s is suspended"),
        _(
            "The operator of this portal suspended %(name)s: its people can read everything and change nothing."
        ),
        _("The portal shows the reason on every page. Answer the operator to have it lifted."),
        button=_("Read the reason"),
        tone="bad",
        icon="suspended",
    ),
    REOPENED: Words(
        _("%(name)s is no longer suspended"),
        _("The operator of this portal lifted the suspension of %(name)s: everybody can work again."),
        button=_("Open the portal"),
        tone="ok",
        icon="verified",
    ),
}


def _find(ids: Collection[UUID]) -> dict[UUID, Thing]:
    """An organization is there as long as its scope is open; its start page tells the rest."""
    return {one: Thing(reverse("overview:home")) for one in ids}


def teach_words() -> None:
    """For `ready()`."""
    teach("organization", WORDS, find=_find)
