"""The rules of a brand, F01 to B17: what each is called, how severe it may be, and where it comes from.

B12 asks nobody yet: a visit to the website needs walls against being sent into the operator's own network.
B14 is a campaign's. Severities follow the product's three levels: error = the interface refuses it,
reject = a reviewer returns it for this alone, risk = it may be innocent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from brands import rules_data as data
from brands import rules_identity as identity
from brands import rules_reach as reach
from brands.rules_subject import BrandSubject
from portal.preflight.checking import Found, Rule, check
from portal.preflight.findings import Findings, Severity, Source, Text

ERROR, REJECT, RISK = Severity.ERROR, Severity.REJECT, Severity.RISK
_READ = date(2026, 11, 22)

_ALWAYS = (
    "entity_type",
    "country",
    "street",
    "city",
    "state",
    "postal_code",
    "vertical",
    "email",
    "phone",
)
# A sole proprietor may have no website (10DLC fields: required of listed companies, wanted of the others).
_COMPANY = ("legal_name", "tax_id", "first_name", "last_name", "website")
_LISTED = ("stock_exchange", "stock_symbol", "business_contact_email")
_PERSON = ("first_name", "last_name", "mobile_phone")


def missing(brand: BrandSubject) -> Iterator[Found]:
    """F01."""
    names = (
        _ALWAYS + (_PERSON if brand.is_sole_proprietor else _COMPANY) + (_LISTED if brand.is_public else ())
    )
    for name in names:
        if not getattr(brand, name).strip() and not (name == "tax_id" and brand.tax_id_sealed):
            yield Found(name, _("An answer is missing."), _("Fill it in: the registry asks for it."))


def too_long(brand: BrandSubject) -> Iterator[Found]:
    """F02."""
    for name, most in data.LONGEST.items():
        if len(getattr(brand, name)) > most:
            yield Found(
                name,
                _("The answer is longer than %(most)d characters.") % {"most": most},
                _("Shorten it: the registry keeps no more."),
            )


def _rule(
    name: str,
    title: Text,
    severities: tuple[Severity, ...],
    fields: str,
    *,
    source: str,
    find: Callable[[BrandSubject], Iterable[Found]],
) -> Rule[BrandSubject]:
    return Rule(name, title, severities, "brand", tuple(fields.split()), Source(source, _READ), find)


RULES: tuple[Rule[BrandSubject], ...] = (
    _rule(
        "F01",
        gettext_lazy("An answer is missing"),
        (ERROR,),
        " ".join(dict.fromkeys(_ALWAYS + _COMPANY + _LISTED + _PERSON)),
        source="Telnyx 10DLC brand fields; registry API text",
        find=missing,
    ),
    _rule(
        "F02",
        gettext_lazy("An answer is too long"),
        (ERROR,),
        " ".join(data.LONGEST),
        source="Telnyx 10DLC API reference, lengths",
        find=too_long,
    ),
    _rule(
        "B01",
        gettext_lazy("EIN"),
        (RISK, ERROR),
        "tax_id",
        source="IRS, valid EIN prefixes; registry: nine digits, dash allowed",
        find=identity.ein,
    ),
    _rule(
        "B02",
        gettext_lazy("Canadian Business Number"),
        (RISK, ERROR),
        "tax_id",
        source="Canada Revenue Agency; python-stdnum; Zoom and Bandwidth differ on the number",
        find=identity.business_number,
    ),
    _rule(
        "B03",
        gettext_lazy("Social security number"),
        (ERROR,),
        "tax_id",
        source="Zoom Phone SMS field guide; Twilio rejection pages: an SSN or ITIN is refused",
        find=identity.social_security,
    ),
    _rule(
        "B04",
        gettext_lazy("Name and legal form"),
        (RISK, REJECT),
        "legal_name display_name entity_type",
        source="Twilio 18011 and 30915 (July 2026); AWS BRAND_DBA_NAME_MISMATCH",
        find=identity.legal_form,
    ),
    _rule(
        "B05",
        gettext_lazy("Free mail service"),
        (RISK,),
        "email",
        source="AWS BRAND_EMAIL_PUBLIC_DOMAIN; other carriers are silent",
        find=reach.free_mail,
    ),
    _rule(
        "B06",
        gettext_lazy("Mailbox and website"),
        (RISK, REJECT),
        "email business_contact_email",
        source="AWS UNOFFICIAL_SUPPORT_EMAIL; Bandwidth, Authentication+",
        find=reach.mail_domain,
    ),
    _rule(
        "B07",
        gettext_lazy("Shared mailbox as contact"),
        (REJECT,),
        "business_contact_email",
        source="Bandwidth, Authentication+: no group mailbox",
        find=reach.role_mailbox,
    ),
    _rule(
        "B08",
        gettext_lazy("Post-office box"),
        (RISK,),
        "street",
        source="Telnyx brand fields: physical address; AWS BRAND_ADDRESS_INVALID",
        find=reach.mail_drop,
    ),
    _rule(
        "B09",
        gettext_lazy("Postal code and state"),
        (RISK, ERROR),
        "postal_code state",
        source="USPS labeling list L002; Canada Post; Telnyx: five-digit ZIP",
        find=reach.postal_code,
    ),
    _rule(
        "B10",
        gettext_lazy("Stock data"),
        (ERROR, REJECT),
        "stock_symbol stock_exchange",
        source="Telnyx brand fields; registry feedback STOCK_SYMBOL",
        find=identity.stock,
    ),
    _rule(
        "B11",
        gettext_lazy("Website"),
        (RISK, ERROR, REJECT),
        "website",
        source="Bandwidth 1100; AWS BRAND_URL_INVALID; CTIA Messaging Principles 2023 (shorteners)",
        find=reach.website,
    ),
    _rule(
        "B12",
        gettext_lazy("Website opens"),
        (RISK,),
        "website",
        source="Bandwidth 1101 and 1103; Twilio 30891",
        find=reach.website_opens,
    ),
    _rule(
        "B13",
        gettext_lazy("Registered twice"),
        (RISK, REJECT),
        "tax_id mobile_phone",
        source="Twilio 30703 and 30898; AWS BRAND_MULTI_USE; Telnyx sole proprietor guide",
        find=identity.duplicate,
    ),
    _rule(
        "B15",
        gettext_lazy("Industry and legal form"),
        (RISK,),
        "vertical entity_type",
        source="Registry feedback GOVERNMENT_ENTITY and NONPROFIT; Telnyx entity types",
        find=identity.entity_fits,
    ),
    _rule(
        "B16",
        gettext_lazy("Phone"),
        (RISK, ERROR, REJECT),
        "phone mobile_phone",
        source="Twilio 30751; AWS BRAND_PHONE_NUMBER_INVALID_OR_MISSING",
        find=reach.phone,
    ),
    _rule(
        "B17",
        gettext_lazy("Country"),
        (ERROR,),
        "country",
        source="Zoom Phone: 10DLC is for the USA and Canada; Twilio 30729",
        find=identity.country,
    ),
)


def examine(brand: BrandSubject) -> Findings:
    """Everything the rules find in `brand`. Takes less than a millisecond, also for hostile answers."""
    return check(RULES, brand)
