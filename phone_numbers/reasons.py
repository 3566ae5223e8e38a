"""Why a number cannot go onto a campaign or off it, in words, and what to do about it.

Ours are found before anything is ordered; the carrier's (`NumberTrouble`) after it was asked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from portal.carriers.numbers import NumberTrouble
from portal.ui.looks import Text

# Ours, before anything is ordered.
ALREADY = "already"
REMOVED = "removed"
TOLL_FREE = "toll-free"
NO_TEXTS = "no-texts"
REGION = "region"
PRODUCT = "product"
ON_ANOTHER = "on-another"
RELEASING = "releasing"
BARRED = "barred"
UNAVAILABLE = "unavailable"
# Ours, when numbers are taken off.
NOT_ON = "not-on"
UNDER_WAY = "under-way"
# Ours, of what the carrier's list says.
NOT_LISTED = "not-listed"


@dataclass(frozen=True, slots=True)
class Why:
    """`what` is a clause about one number or several, `to_do` a sentence; `to_do` "" where nothing is to be done.

    `again`: the same request may well succeed if it is made once more.
    """

    what: str | Promise
    to_do: str | Promise = ""
    again: bool = False


_OURS: dict[str, Why] = {
    ALREADY: Why(_("on this campaign already"), _("Nothing has to be done.")),
    REMOVED: Why(_("not in the inventory any more"), _("Add the number again first.")),
    TOLL_FREE: Why(
        _("toll-free, and does not go onto a 10DLC campaign"),
        _("Toll-free numbers are verified instead, without a campaign."),
    ),
    NO_TEXTS: Why(
        _("not able to send text messages"),
        _("Continue with the rest, or ask the carrier to enable SMS for the number."),
    ),
    REGION: Why(
        _("from a country whose numbers the carrier does not take onto a campaign"),
        _("The carrier takes United States numbers."),
    ),
    PRODUCT: Why(
        _("of the other product"),
        _("Choose a campaign of the product that the number belongs to."),
    ),
    ON_ANOTHER: Why(
        _("on another campaign"),
        _("A number is on one campaign at a time: take it off the other one first."),
    ),
    RELEASING: Why(
        _("just being taken off a campaign"),
        _("Wait until the carrier has confirmed that, then try again."),
        again=True,
    ),
    BARRED: Why(
        _("taken off this campaign before, and cannot come back to it"),
        _("Choose another campaign, or make a new one."),
    ),
    UNAVAILABLE: Why(
        _("not offered to your organization by the carrier"),
        _("Check that the number is yours. The portal's operator can ask the carrier."),
    ),
    NOT_ON: Why(_("on no campaign"), _("Nothing has to be done.")),
    UNDER_WAY: Why(
        _("just being put on its campaign, and the carrier's answer is not there yet"),
        _("Wait until its page says that it is assigned or failed, then take it off."),
        again=True,
    ),
}

_OPERATOR = _("Ask the portal's operator to look into it with the carrier.")
_CAMPAIGN = _("Look at the page of the campaign, then assign the number again.")
_CARRIERS: dict[str, Why] = {
    NumberTrouble.ALREADY_ASSIGNED: Why(
        _("on another campaign at the carrier"),
        _("Somebody put it there outside this portal: it has to be taken off there first."),
        again=True,
    ),
    NumberTrouble.NUMBER_NOT_FOUND: Why(
        _("not known to the carrier"),
        _("Check the number. One that was ported in a moment ago may need a day; then try again."),
        again=True,
    ),
    NumberTrouble.NUMBER_UNAVAILABLE: Why(
        _("not available at the carrier: being ported, hosted elsewhere or somebody else's"),
        _OPERATOR,
        again=True,
    ),
    NumberTrouble.OTHER_NETWORK: Why(
        _("held by another network, which has to agree in writing"),
        _("The carrier needs a letter of authorization. The portal's operator can ask for it."),
    ),
    NumberTrouble.NO_TEXTS: Why(
        _("not able to send text messages"), _("Ask the carrier to enable SMS for the number."), again=True
    ),
    NumberTrouble.NOT_ENABLED: Why(
        _("not set up for text messages at the carrier"),
        _("Have your numbers read from the carrier, then assign the number again."),
        again=True,
    ),
    NumberTrouble.TOLL_FREE: _OURS[TOLL_FREE],
    NumberTrouble.OVER_LIMIT: Why(
        _("more than the carrier takes onto this campaign"),
        _("Take others off, or ask the porting desk for more numbers."),
        again=True,
    ),
    NumberTrouble.NO_CAMPAIGN: Why(_("refused, because the carrier does not know the campaign"), _OPERATOR),
    NumberTrouble.CAMPAIGN_INACTIVE: Why(
        _("refused, because the campaign is not active at the carrier"), _CAMPAIGN, again=True
    ),
    NumberTrouble.CAMPAIGN_EXPIRED: Why(
        _("refused, because the campaign has expired"), _("Submit the campaign again first."), again=True
    ),
    NumberTrouble.CAMPAIGN_REJECTED: Why(
        _("refused, because a mobile carrier rejected the campaign"), _CAMPAIGN, again=True
    ),
    NumberTrouble.CAMPAIGN_SUSPENDED: Why(
        _("refused, because the campaign is suspended"), _CAMPAIGN, again=True
    ),
    NumberTrouble.TEST_CAMPAIGN: Why(
        _("refused, because the campaign is only a test at the carrier"), _OPERATOR
    ),
    NumberTrouble.NO_MONEY: Why(
        _("refused, because the portal's account at the carrier has no funds"), _OPERATOR, again=True
    ),
    NumberTrouble.CARRIER_TROUBLE: Why(
        _("not assigned because of trouble at the carrier"), _("Try again in a while."), again=True
    ),
    NOT_LISTED: Why(
        _("taken by the carrier, and not on its list of the campaign since"), _("Try again."), again=True
    ),
    # `lifecycle.filing.GONE`: the carrier does not know what the write was about.
    "gone": Why(_("not known to the carrier"), _OPERATOR, again=True),
}
_UNKNOWN = Why(_("refused by the carrier"), _OPERATOR, again=True)


def why(code: str) -> Why:
    """The words for a code of ours or of the carrier's; one that nobody knows is told as a plain refusal."""
    return _OURS.get(code) or _CARRIERS.get(code) or _UNKNOWN


def why_of(reasons: list[Mapping[str, Any]]) -> Why:
    """The words for an assignment's `reasons`: of the first one that says something."""
    codes = [str(one.get("code", "")) for one in reasons]
    known = next((code for code in codes if code in _CARRIERS), codes[0] if codes else "")
    return why(known)


def said_in(reasons: list[Mapping[str, Any]]) -> Text:
    """What the carrier itself wrote, word for word; "" where it gave a bare code."""
    return " ".join(str(one.get("text", "")) for one in reasons if one.get("text"))[:300]
