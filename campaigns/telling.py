"""What members are told of a campaign, in lists and mails."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from campaigns import deleting, lifecycle, reminding, reminding_words, states
from campaigns.models import Campaign
from portal import clock
from portal.notifications.wording import Thing, Words, teach

_LOOKS = states.LOOKS
_OTHERS = _("Somebody who may submit can do it: an owner, admin or submitter of your organization.")
_OPEN = _("Open the campaign")
WORDS = {
    **reminding_words.WORDS,
    states.ACTIVE: Words(
        _("%(name)s is active"),
        _("%(name)s was approved."),
        _(
            "Its numbers can send text messages now. The page of the campaign shows what each mobile carrier decided."
        ),
        button=_OPEN,
        tone=_LOOKS[states.ACTIVE].tone,
        icon=_LOOKS[states.ACTIVE].icon,
    ),
    states.REJECTED: Words(
        _("%(name)s was rejected"),
        _("%(name)s was not approved."),
        _("The page of the campaign says what was objected to, by whom, and what to change."),
        _("Somebody who may submit has to correct it: an owner, admin or submitter of your organization."),
        button=_("See what to change"),
        tone=_LOOKS[states.REJECTED].tone,
        icon=_LOOKS[states.REJECTED].icon,
    ),
    states.SUSPENDED: Words(
        _("%(name)s was suspended"),
        _("%(name)s was suspended. Its numbers may not send until that is lifted."),
        _(
            "The page of the campaign says who suspended it, in their words. Ask the portal's operator what to do."
        ),
        button=_OPEN,
        tone=_LOOKS[states.SUSPENDED].tone,
        icon=_LOOKS[states.SUSPENDED].icon,
    ),
    states.DORMANT: Words(
        _("%(name)s became dormant"),
        _("The carrier put %(name)s to sleep, usually because it was not used. Its numbers cannot send."),
        _("Ask the portal's operator to have it woken before the carrier ends it for good."),
        button=_OPEN,
        tone=_LOOKS[states.DORMANT].tone,
        icon=_LOOKS[states.DORMANT].icon,
    ),
    states.EXPIRED: Words(
        _("%(name)s has expired"),
        _("%(name)s is not active any more. Its numbers sleep: they cannot send text messages."),
        _(
            "Submit it again from its page, with the same settings or with changed ones. Its numbers wake when it "
            "is approved."
        ),
        _OTHERS,
        button=_("Submit it again"),
        tone=_LOOKS[states.EXPIRED].tone,
        icon=_LOOKS[states.EXPIRED].icon,
    ),
    lifecycle.REFUSED_AGAIN: Words(
        _("%(name)s was not taken again"),
        _("The carrier refused %(name)s when it was submitted again. It stays expired."),
        _("The page of the campaign says why. Change what is named there, and submit it once more."),
        _OTHERS,
        button=_("See what to change"),
        tone=_LOOKS[states.REJECTED].tone,
        icon=_LOOKS[states.REJECTED].icon,
    ),
    deleting.REFUSED: Words(
        _("%(name)s was not deleted"),
        _("The carrier refused to delete %(name)s. It stands as before, and its numbers keep their place."),
        _("The page on which it is deleted says why, in the carrier's words."),
        _("An owner or admin of your organization can try again."),
        button=_OPEN,
        tone=_LOOKS[states.REJECTED].tone,
        icon=_LOOKS[states.REJECTED].icon,
    ),
    states.MISSING: Words(
        _("%(name)s is missing at the carrier"),
        _("The carrier does not know %(name)s any more, and nobody here had it deleted."),
        _("Nothing is registered anew by itself. Ask the portal's operator to look into it."),
        button=_OPEN,
        tone=_LOOKS[states.MISSING].tone,
        icon=_LOOKS[states.MISSING].icon,
    ),
}


def _find(ids: Collection[UUID]) -> dict[UUID, Thing]:
    only = ("organization", "status", "since", "auto_renewal", "empty_since")
    rows = list(Campaign.objects.filter(pk__in=ids).only(*only))
    reminded = reminding.still_true(rows, clock.read().business)
    return {
        row.pk: Thing(row.get_absolute_url(), row.status, row.since, also=_also(row) | reminded[row.pk])
        for row in rows
    }


def _also(campaign: Campaign) -> frozenset[tuple[str, datetime]]:
    """That it was refused when it was submitted again stands for as long as it stays expired since then, and that
    its deletion was refused for as long as it stands where that put it."""
    told = set()
    if campaign.status == states.EXPIRED:
        told.add((lifecycle.REFUSED_AGAIN, campaign.since))
    if campaign.status in states.LIVE:
        told.add((deleting.REFUSED, campaign.since))
    return frozenset(told)


def teach_words() -> None:
    """For `ready()`."""
    teach(Campaign.kind, WORDS, find=_find)
