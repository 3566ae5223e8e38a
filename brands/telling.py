"""What members are told of a brand, in lists and mails."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from brands import confirming, states
from brands.models import Brand
from portal.notifications.wording import Thing, Words, teach
from portal.ui.looks import Text

_OPEN = _("Open the brand")
_OTHERS = _("Somebody who may submit can do it: an owner, admin or submitter of your organization.")


def _words(
    looks_like: str, subject: Text, happened: Text, todo: Text, others: Text = "", *, button: Text = _OPEN
) -> Words:
    look = states.LOOKS[looks_like]
    return Words(subject, happened, todo, others, button, look.tone, look.icon)


WORDS = {
    states.VERIFIED: _words(
        states.VERIFIED,
        _("%(name)s is verified"),
        _("The registry verified %(name)s as a 10DLC brand."),
        _("Nothing is left to do for it: the brand can carry SMS campaigns now."),
    ),
    # The only move into this state that anybody is told of is a deletion that the registry refused.
    states.IN_REVIEW: _words(
        states.REJECTED,
        _("%(name)s was not deleted"),
        _("The registry refused to delete %(name)s."),
        _("The page of the brand says why, in the registry's words. Where it stands now is read at once."),
        _("An owner or admin of your organization can delete it once nothing stands in the way any more."),
    ),
    states.REJECTED: _words(
        states.REJECTED,
        _("%(name)s was rejected"),
        _("The registry did not accept %(name)s as a 10DLC brand."),
        _("The page of the brand says what the registry objected to, and what to change."),
        _("Somebody who may submit has to correct it: an owner, admin or submitter of your organization."),
        button=_("See what to change"),
    ),
    states.CONFIRM: _words(
        states.CONFIRM,
        _("%(name)s needs its contact person"),
        _(
            "The registry sent an e-mail to the contact person of %(name)s and waits until they follow its link."
        ),
        _(
            "Ask them to look for it, in the spam folder too. The page of the brand says to whom it went and how "
            "long its link holds."
        ),
    ),
    confirming.ENDING: _words(
        states.CONFIRM,
        _("The link for %(name)s ends soon"),
        _("The contact person of %(name)s has not followed the link in the registry's e-mail yet."),
        _("It holds for two more days at most. After that the e-mail has to be sent again."),
    ),
    confirming.ENDED: _words(
        states.CONFIRM,
        _("The link for %(name)s has expired"),
        _("The contact person of %(name)s did not follow the link in the registry's e-mail in time."),
        _("Have the e-mail sent again from the page of the brand, or see there what else can be done."),
        _OTHERS,
    ),
    states.PASSWORD: _words(
        states.PASSWORD,
        _("%(name)s needs a one-time password"),
        _("The registry wants proof of the mobile phone of %(name)s."),
        _("Have the one-time password sent from the page of the brand, and enter the six digits there."),
        _OTHERS,
        button=_("Prove the phone"),
    ),
    states.SUSPENDED: _words(
        states.SUSPENDED,
        _("%(name)s was suspended"),
        _("The registry suspended %(name)s. Its campaigns may not send until that is lifted."),
        _("Ask the portal's operator what the registry objects to."),
    ),
    states.MISSING: _words(
        states.MISSING,
        _("%(name)s is missing at the registry"),
        _("The registry does not know %(name)s any more, and nobody here had it deleted."),
        _("Nothing is registered anew by itself. Ask the portal's operator to look into it."),
    ),
}


def _find(ids: Collection[UUID]) -> dict[UUID, Thing]:
    rows = Brand.objects.filter(pk__in=ids).only(
        "status", "since", "confirmation_asked_at", "confirmation_mailed_at"
    )
    return {
        brand.pk: Thing(brand.get_absolute_url(), brand.status, brand.since, also=_reminders(brand))
        for brand in rows
    }


def _reminders(brand: Brand) -> frozenset[tuple[str, datetime]]:
    """What was told of the link in the newest e-mail stands for as long as the brand waits for it."""
    if brand.status != states.CONFIRM:
        return frozenset()
    mailed_at = confirming.mailed_at(brand)
    return frozenset({(confirming.ENDING, mailed_at), (confirming.ENDED, mailed_at)})


def teach_words() -> None:
    """For `ready()`."""
    teach(Brand.kind, WORDS, find=_find)
