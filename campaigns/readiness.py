"""Can a brand carry campaigns yet? Until it is verified a campaign's draft waits, and says for what."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from brands import states
from brands.models import Brand
from campaigns import states as campaign_states
from portal.lifecycle.blocking import Blocker
from portal.ui.looks import Look, Text


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why a brand cannot carry campaigns now: what it is, what has to happen first, and where.

    `look` is the brand's own badge, None while there is no brand. `passes` says that nobody here has to do
    anything but wait.
    """

    what: Text
    to_do: Text
    url: str
    label: Text
    look: Look | None = None
    passes: bool = False


class NotReady(Exception):
    """The campaign's brand cannot carry campaigns now; `obstacle` says why."""

    def __init__(self, obstacle: Obstacle) -> None:
        super().__init__(str(obstacle.what))
        self.obstacle = obstacle


_OPEN = _("Open the brand")
# What is said of a brand in each status that is not enough: what it is, and what to do. None of them is final
# but the last two, which want another brand.
_SAID: dict[str, tuple[Text, Text]] = {
    states.DRAFT: (
        _("The brand is still a draft."),
        _("Finish it and submit it. The registry usually answers within the hour."),
    ),
    states.SUBMITTING: (
        _("The brand is on its way to the registry."),
        _("Wait until it is verified. Your draft is kept, and you will be told."),
    ),
    states.IN_REVIEW: (
        _("The registry is checking the brand."),
        _("Wait until it is verified. Your draft is kept, and you will be told."),
    ),
    states.CONFIRM: (
        _("The registry waits for the brand's contact person."),
        _("They have to follow the link in the registry's e-mail before the brand can carry campaigns."),
    ),
    states.PASSWORD: (
        _("The registry waits for proof of the brand's mobile phone."),
        _("Enter the one-time password on the brand's page first."),
    ),
    states.REJECTED: (
        _("The registry did not accept the brand."),
        _("Correct it and submit it again. The brand's page says what the registry objected to."),
    ),
    states.SUSPENDED: (
        _("The registry suspended the brand."),
        _("Nothing can be submitted for it until that is lifted. Ask the portal's operator what to do."),
    ),
    states.MISSING: (
        _("The registry does not know the brand any more."),
        _("The portal's operator has to look into it first."),
    ),
    states.DELETING: (
        _("The brand is being deleted."),
        _("Choose another brand for this campaign, or register one."),
    ),
    states.DELETED: (
        _("The brand was deleted."),
        _("Choose another brand for this campaign, or register one."),
    ),
}
_PASSING = frozenset({states.SUBMITTING, states.IN_REVIEW})


def obstacle(brand: Brand | None) -> Obstacle | None:
    """What keeps `brand` from carrying campaigns now; None when nothing does.

    Carriers take campaigns of verified brands alone (10DLC linter, rule B14).
    """
    if brand is None:
        return Obstacle(
            _("A campaign belongs to a brand, and none is chosen yet."),
            _("Register your company as a brand first: it takes about ten minutes."),
            reverse("brands:new"),
            _("Create a brand"),
        )
    if brand.status == states.VERIFIED:
        return None
    what, to_do = _SAID[brand.status]
    return Obstacle(
        what, to_do, brand.get_absolute_url(), _OPEN, look=brand.look, passes=brand.status in _PASSING
    )


def carrying() -> list[Brand]:
    """The organization's brands that can carry campaigns now, by name."""
    return sorted(Brand.objects.filter(status=states.VERIFIED), key=lambda brand: brand.name.casefold())


def keeps(brand: Brand) -> Iterable[Blocker]:
    """What of its campaigns keeps `brand` from being deleted (`lifecycle.blocking.blocks`): those that were submitted.

    One is named and led to, several are counted. Drafts wait for another brand, and one that is deleted is gone.
    """
    submitted = brand.campaigns.exclude(status__in=[campaign_states.DRAFT, campaign_states.DELETED])
    names = sorted(campaign.name for campaign in submitted)
    if not names:
        return
    url = submitted[0].get_absolute_url() if len(names) == 1 else reverse("campaigns:list")
    yield Blocker(
        ngettext(
            "The campaign %(names)s belongs to this brand.",
            "%(number)d campaigns belong to this brand: %(names)s.",
            len(names),
        )
        % {"number": len(names), "names": named(names)},
        _("Delete the campaigns first. That cannot be undone, and their numbers stop sending."),
        url,
        ngettext("Open the campaign", "Go to the campaigns", len(names)),
    )


def named(names: list[str], most: int = 3) -> str:
    """The first few names, and how many more there are."""
    shown = ", ".join(f"“{name}”" for name in names[:most])
    more = len(names) - most
    return shown if more <= 0 else gettext("%(names)s and %(more)d more") % {"names": shown, "more": more}
