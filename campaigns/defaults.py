"""What a campaign says where nobody has said anything yet: written from the brand, to be changed by a person.

These texts are filed and sent as they are, in English. They hold what reviewers look for in each of them (10DLC
linter C20 to C22, F06, F07 and C29). No address is guessed: a page that does not open costs a rejection.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from campaigns.choices import Product
from campaigns.flow import brand_name, joined, topics_of
from portal.lib import phones

if TYPE_CHECKING:
    from campaigns.models import Campaign

OPTIN_KEYWORDS = "START,SUBSCRIBE"
OPTOUT_KEYWORDS = "STOP,UNSUBSCRIBE,CANCEL,END,QUIT"
HELP_KEYWORDS = "HELP,INFO"
# Room for what stands around it in a campaign's name of 100 characters.
_NAME = 80


def name(campaign: Campaign) -> str:
    """A name with the organization's in it, as reviewers want it (C32); "" without a brand."""
    if campaign.brand is None:
        return ""
    kind = "contact center campaign" if campaign.product == Product.CONTACT_CENTER else "phone campaign"
    return f"{brand_name(campaign)[:_NAME].strip()} {kind}"


def texts(campaign: Campaign) -> dict[str, str]:
    """Description, keywords and replies by the names of their columns; nothing without a brand."""
    if campaign.brand is None:
        return {}
    called, about = brand_name(campaign), joined(topics_of(campaign))
    return {
        "description": _description(campaign),
        "optin_keywords": OPTIN_KEYWORDS,
        "optout_keywords": OPTOUT_KEYWORDS,
        "help_keywords": HELP_KEYWORDS,
        "optin_message": (
            f"{called}: You are subscribed to {about}. Msg frequency varies. Msg & data rates may apply. "
            "Reply HELP for help, STOP to opt out."
        ),
        "optout_message": f"{called}: You are unsubscribed and will receive no more messages. Reply START to rejoin.",
        "help_message": f"{called}: For help, {_contact(campaign)}. Msg & data rates may apply. Reply STOP to opt out.",
    }


def _description(campaign: Campaign) -> str:
    called = brand_name(campaign)
    lending = f" Direct Lending: {called} lends its own money." if campaign.direct_lending else ""
    return (
        f"{called} sends text messages to its customers who agreed to receive them: {joined(topics_of(campaign))}. "
        f"The messages notify customers of what concerns their own business with {called} and answer their "
        f"questions.{lending}"
    )


def _contact(campaign: Campaign) -> str:
    brand = campaign.brand
    if brand is None:
        return ""
    ways = [f"e-mail {brand.email}"] if brand.email else []
    ways += [f"call {phones.shown(brand.phone)}"] if brand.phone else []
    return " or ".join(ways) or f"see {brand.website}"
