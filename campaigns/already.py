"""The page for Back, a second tab or a double click after a campaign has left our hands: what became of it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from campaigns import states
from campaigns.deriving import seen
from campaigns.models import Campaign
from portal import clock
from portal.ui.looks import Text

SUBMITTED = _("This campaign has already been submitted")
# Status → heading, and what it means for somebody who wanted to edit or submit it.
WORDS: dict[str, tuple[Text, Text]] = {
    states.SUBMITTING: (
        SUBMITTED,
        _("It is on its way to the carrier, once, and nothing is sent again. It cannot be edited meanwhile."),
    ),
    states.REJECTED: (
        _("This campaign was submitted, and came back"),
        _("It was rejected. Its page says why, and what can be corrected."),
    ),
    states.EXPIRED: (
        _("This campaign has expired"),
        _("It was sent once. Its page lets you submit it again."),
    ),
    states.SUSPENDED: (
        SUBMITTED,
        _("It was sent once, and nothing is sent again. It is suspended; its page says more."),
    ),
    states.DELETING: (
        _("This campaign is being deleted"),
        _("It can be neither edited nor submitted."),
    ),
    states.DELETED: (
        _("This campaign was deleted"),
        _("It stays here for the record. To text again, create a new campaign."),
    ),
}
OTHERWISE: tuple[Text, Text] = (
    SUBMITTED,
    _("It was sent once, and nothing is sent again. A submitted campaign cannot be edited."),
)


def already_submitted(request: HttpRequest, campaign: Campaign) -> HttpResponse:
    """Says so, with the reference; 409 where something was to be done."""
    one = seen(campaign, clock.read().business)
    heading, lede = WORDS.get(one.status, OTHERWISE)
    context = {
        "campaign": campaign,
        "look": one.look,
        "submission": campaign.filing(),
        "heading": heading,
        "lede": lede,
    }
    status = 409 if request.method == "POST" else 200
    return render(request, "campaigns/already_submitted.html", context, status=status)
