"""Campaigns for the tests of the rules: complete ones of several trades, to be changed answer by answer."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from campaigns.rules_subject import Consented, Subject

STOP = "Reply STOP to unsubscribe."

CLINIC = Subject(
    brand_name="Larkspur Dental",
    legal_name="Larkspur Dental, Inc.",
    website="https://www.larkspurdental.com",
    entity_type="PRIVATE_PROFIT",
    vertical="HEALTHCARE",
    brand_email="desk@larkspurdental.com",
    brand_ready=True,
    name="Larkspur Dental reminders",
    collects_opt_ins=True,
    processes_opt_outs=True,
    answers_help=True,
    product="phone",
    consent=(
        Consented(
            "website",
            "Patients enter their mobile number in the booking form and tick an unticked box to get texts.",
            "https://www.larkspurdental.com/book",
        ),
    ),
    use_case="LOW_VOLUME",
    sub_use_cases=("ACCOUNT_NOTIFICATION", "CUSTOMER_CARE"),
    categories_fit=False,
    embedded_link=True,
    embedded_phone=False,
    age_gated=False,
    direct_lending=False,
    embedded_link_sample="https://www.larkspurdental.com/book",
    samples=(
        f"Larkspur Dental: your appointment is on March 14 at 9:00. Reply C to confirm. {STOP}",
        f"Larkspur Dental: thank you for your question. Our team answers here: "
        f"https://www.larkspurdental.com/book {STOP}",
    ),
    description=(
        "Larkspur Dental sends its patients reminders of their appointments and answers questions that "
        "patients ask by text about their visits and bills."
    ),
    message_flow=(
        "Patients opt in on our website https://www.larkspurdental.com/book: they enter their mobile number in "
        "the booking form and tick an unticked check box that says: I agree to receive appointment reminders and "
        "answers from Larkspur Dental by text. Message frequency varies. Message and data rates may apply. Reply "
        "HELP for help, reply STOP to opt out. Consent is not a condition of care. Privacy policy: "
        "https://www.larkspurdental.com/privacy Terms: https://www.larkspurdental.com/terms"
    ),
    privacy_url="https://www.larkspurdental.com/privacy",
    terms_url="https://www.larkspurdental.com/terms",
    optin_keywords="START,SUBSCRIBE",
    optout_keywords="STOP,UNSUBSCRIBE,CANCEL,END,QUIT",
    help_keywords="HELP,INFO",
    optin_message=(
        "Larkspur Dental: you agreed to receive appointment reminders by text. Message frequency varies. Message "
        "and data rates may apply. Reply HELP for help, STOP to opt out."
    ),
    optout_message="Larkspur Dental: you are unsubscribed and will receive no more messages.",
    help_message="Larkspur Dental: for help call (415) 555-0142 or write to desk@larkspurdental.com. "
    "Reply STOP to unsubscribe.",
    auto_renewal=True,
)


def named(base: Subject, brand: str, site: str, **answers: Any) -> Subject:
    """`base` as another company's: its name and its site in every answer."""
    old_host, old_name = base.website.removeprefix("https://www."), base.brand_name

    def moved(value: Any) -> Any:
        if isinstance(value, str):
            return value.replace(old_host, site).replace(old_name, brand)
        if isinstance(value, tuple):
            return tuple(moved(one) for one in value)
        if isinstance(value, Consented):
            return Consented(value.method, moved(value.words), moved(value.evidence))
        return value

    fields = {name: moved(getattr(base, name)) for name in Subject.__dataclass_fields__}
    return Subject(**(fields | answers))


def subject(base: Subject = CLINIC, **answers: Any) -> Subject:
    """`base` with other `answers`."""
    return replace(base, **answers)


SHOP = named(
    CLINIC,
    "Harbor Bakery",
    "harborbakery.com",
    vertical="RETAIL",
    use_case="MARKETING",
    sub_use_cases=(),
    categories_fit=None,
    samples=(
        f"Harbor Bakery: 20% off all cakes this weekend with promo code CAKE20. {STOP}",
        f"Harbor Bakery: new sourdough is here! Order at https://www.harborbakery.com/shop {STOP}",
    ),
    embedded_link_sample="https://www.harborbakery.com/shop",
    description=(
        "Harbor Bakery sends offers, discounts and news of its products to customers who subscribed on its "
        "website, to promote what is freshly baked each week."
    ),
    message_flow=(
        "Customers subscribe at https://www.harborbakery.com/texts: they enter their phone number and tick an "
        "unticked check box to receive offers from Harbor Bakery by text. Up to 4 msgs/month. Msg & data rates may "
        "apply. Reply HELP for help, reply STOP to opt out. Privacy policy: https://www.harborbakery.com/privacy "
        "Terms: https://www.harborbakery.com/terms"
    ),
    optin_message=(
        "Harbor Bakery: thanks for subscribing to our offers! Up to 4 msgs/month. Msg & data rates may apply. "
        "Reply HELP for help, STOP to opt out."
    ),
)

MIXED = named(
    CLINIC,
    "Acme Plumbing",
    "acmeplumbing.com",
    vertical="CONSTRUCTION",
    use_case="MIXED",
    sub_use_cases=("CUSTOMER_CARE", "MARKETING", "ACCOUNT_NOTIFICATION"),
    embedded_link=False,
    embedded_link_sample="",
    samples=(
        f"Acme Plumbing: our technician arrives today between 2 and 4 PM. Reply with any question. {STOP}",
        f"Acme Plumbing: $20 off any drain cleaning this month, a special offer for customers. {STOP}",
        f"Acme Plumbing: a payment of $120 was received, thank you. {STOP}",
    ),
    description=(
        "Acme Plumbing texts its customers to confirm and schedule visits, to answer questions about repairs, to "
        "notify them of payments, and sometimes to offer a discount."
    ),
)
