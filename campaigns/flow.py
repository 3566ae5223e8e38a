"""The message flow: how people come to be texted, composed from what the admin answered.

What reviewers look for stands in it in their order (10DLC linter C15 to C19; CTIA Messaging Principles 5.1): who
texts whom, every way of consent in the admin's own words, what is sent and how often, rates, HELP, STOP, and the
two policies. It is filed in English, so it is not translated.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from campaigns.choices import MIXED, Consent

if TYPE_CHECKING:
    from campaigns.models import Campaign

# What the registry keeps of it (10DLC campaign fields).
LONGEST = 2048

# What each way of consent is called where reviewers look for it.
_WAYS = {
    Consent.WEBSITE: "Web form",
    Consent.KEYWORD: "Keyword sent by text",
    Consent.VERBAL: "Verbal consent",
    Consent.PAPER: "Paper form",
    Consent.IN_PERSON: "In person",
    Consent.QR: "QR code",
    Consent.INBOUND: "Inbound text",
}
# What each kind of message is in a sentence about them.
TOPICS = {
    "2FA": "one-time passcodes",
    "ACCOUNT_NOTIFICATION": "account notifications",
    "CUSTOMER_CARE": "customer care",
    "DELIVERY_NOTIFICATION": "delivery updates",
    "FRAUD_ALERT": "fraud alerts",
    "HIGHER_EDUCATION": "messages from the school",
    "MARKETING": "offers",
    "POLLING_VOTING": "surveys",
    "PUBLIC_SERVICE_ANNOUNCEMENT": "public service announcements",
    "SECURITY_ALERT": "security alerts",
    "CHARITY": "fundraising messages",
    "POLITICAL": "political messages",
}
_ANYTHING = "messages about their business with us"


def compose(campaign: Campaign) -> str:
    """The message flow from the answers of `campaign`, as far as they are given; it may be longer than `LONGEST`."""
    name = brand_name(campaign)
    parts = [f"{name} sends text messages only to people who agreed to receive them, in these ways:"]
    parts += [_way(campaign, method) for method in Consent if method in campaign.consent]
    if Consent.WEBSITE not in campaign.consent:
        parts.append(f"The website of {name} is not used to collect phone numbers for these messages.")
    parts.append(f"People agree to receive {joined(topics_of(campaign))} from {name}.")
    if campaign.age_gated and campaign.age_gate:
        parts.append(f"Age is checked by date of birth first: {_ended(campaign.age_gate)}")
    parts.append(
        "Message frequency varies. Message and data rates may apply. Reply HELP for help. Reply STOP to opt out."
    )
    if campaign.privacy_url:
        parts.append(f"Privacy policy: {campaign.privacy_url}")
    if campaign.terms_url:
        parts.append(f"Terms and conditions: {campaign.terms_url}")
    return "\n".join(parts)


def brand_name(campaign: Campaign) -> str:
    """What the messages call the sender: the name that customers know."""
    brand = campaign.brand
    return (brand.display_name or brand.registered_name) if brand is not None else "We"


def topics_of(campaign: Campaign) -> list[str]:
    """What is texted, in words, each once."""
    used = campaign.sub_use_cases if campaign.use_case in MIXED else [campaign.use_case]
    return list(dict.fromkeys(TOPICS.get(code, _ANYTHING) for code in used)) or [_ANYTHING]


def joined(words: list[str]) -> str:
    """ "a, b and c"."""
    return " and ".join(filter(None, [", ".join(words[:-1]), words[-1]])) if words else ""


def _way(campaign: Campaign, method: Consent) -> str:
    said = campaign.consent[method]
    evidence = said.get("evidence", "")
    return f"{_WAYS[method]}: {_ended(said.get('words', ''))}" + (f" See {evidence}" if evidence else "")


def _ended(text: str) -> str:
    """On one line, with a full stop, unless it ends in one."""
    line = " ".join(text.split())
    return line if line.endswith((".", "!", "?")) else f"{line}."
