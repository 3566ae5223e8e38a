"""Our words to Telnyx's and back. Pure functions over plain data: no HTTP here."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from typing import Any
from urllib.parse import urlsplit

from portal.carriers.adapters.telnyx import proofs
from portal.carriers.adapters.telnyx.proofs import NEVER_VETTED, Vetted
from portal.carriers.contract import BrandFiling, BrandListed, BrandReading, BrandState, Reason
from portal.lib.tax_ids import blotted, replaced

# Field by field: ours, and Telnyx's in CreateBrand and TelnyxBrand.
VENDOR_NAMES: Mapping[str, str] = {
    "entity_type": "entityType",
    "legal_name": "companyName",
    "display_name": "displayName",
    "country": "country",
    "tax_id": "ein",
    "street": "street",
    "city": "city",
    "state": "state",
    "postal_code": "postalCode",
    "website": "website",
    "vertical": "vertical",
    "email": "email",
    "phone": "phone",
    "first_name": "firstName",
    "last_name": "lastName",
    "stock_exchange": "stockExchange",
    "stock_symbol": "stockSymbol",
    "business_contact_email": "businessContactEmail",
    "ip_address": "ipAddress",
    "mobile_phone": "mobilePhone",
}

# Feedback names this one, although a brand is created without it (10DLC feedback categories).
_ALSO = {"einIssuingCountry": "country"}

OURS: Mapping[str, str] = {
    vendor.lower(): ours
    for vendor, ours in [*((vendor, ours) for ours, vendor in VENDOR_NAMES.items()), *_ALSO.items()]
}

# Sent for one legal form only. Elsewhere Telnyx asks to leave out the first three (CreateBrand),
# and a password can be sent to a sole proprietor's phone only.
_ONLY_FOR = {
    "stock_exchange": "PUBLIC_PROFIT",
    "stock_symbol": "PUBLIC_PROFIT",
    "business_contact_email": "PUBLIC_PROFIT",
    "mobile_phone": "SOLE_PROPRIETOR",
}

# A sole proprietor has neither a registered name nor a tax id of a company (10DLC entity types).
_NOT_FOR_SOLE_PROPRIETOR = frozenset({"legal_name", "tax_id"})

# SUSPENDED is outside the vendor's list too, and can mean one thing only.
_BY_STATUS_ALONE = {
    "REGISTRATION_PENDING": BrandState.PENDING,
    "REGISTRATION_FAILED": BrandState.FAILED,
    "SUSPENDED": BrandState.SUSPENDED,
}

# Of an earlier verdict, if any is left at all.
_WITHOUT_REASONS = (BrandState.VERIFIED, BrandState.NEEDS_CONFIRMATION, BrandState.NEEDS_PASSWORD)

TOO_SOON = "too-soon"
# "Limited to once every 3 months" (RevetBrand); the code is the vendor's for a vetting that came too early
# (OrderExternalVetting) and stands for a brand that is not registered yet as well.
_EARLY_CODE = "10012"
_EARLY_WORDS = re.compile(r"\b(?:3|three) months\b", re.IGNORECASE)
_NOT_REGISTERED = re.compile(r"\bregistered\b", re.IGNORECASE)

WITHHELD = "[withheld]"
_TAX_ID_NAMES = ("ein", "universalEin")

# More than any honest answer holds: a flood of reasons must not flood a page.
_MOST_REASONS = 50
_LONGEST_TEXT = 2000


def display_name(filing: BrandFiling) -> str:
    """The name that the brand is filed and found under: the DBA, or the legal name without one."""
    return filing.display_name or filing.legal_name


def brand_body(filing: BrandFiling, *, webhook_url: str, mock: bool) -> dict[str, Any]:
    """The JSON of `POST /10dlc/brand`: only what is given and what this legal form may carry."""
    values = {item.name: str(getattr(filing, item.name)) for item in fields(filing)}
    values["display_name"] = display_name(filing)
    values["tax_id"] = plain_tax_id(filing.tax_id)
    values["stock_symbol"] = filing.stock_symbol.upper()
    if filing.country == "US":
        # "Use 5 digit zipcode for United States" (CreateBrand.postalCode).
        values["postal_code"] = re.sub(r"^([0-9]{5})-?[0-9]{4}$", r"\1", filing.postal_code)
    body: dict[str, Any] = {
        vendor: values[ours]
        for ours, vendor in VENDOR_NAMES.items()
        if values[ours]
        and _ONLY_FOR.get(ours, filing.entity_type) == filing.entity_type
        and not (filing.entity_type == "SOLE_PROPRIETOR" and ours in _NOT_FOR_SOLE_PROPRIETOR)
    }
    # Companies register for themselves here; who resells texting to others answers other questions.
    body["isReseller"] = False
    body["webhookURL"] = webhook_url
    if mock:
        body["mock"] = True
    return body


def update_body(filing: BrandFiling, *, webhook_url: str) -> dict[str, Any]:
    """The JSON of `PUT /10dlc/brand/{brandId}`, which replaces everything: what is left out is gone.

    The number that proves a sole proprietor and the test mark cannot be changed (UpdateBrand).
    """
    body = brand_body(filing, webhook_url=webhook_url, mock=False)
    body.pop("mobilePhone", None)
    return body


def plain_tax_id(tax_id: str) -> str:
    """A tax id without dashes and blanks: "EIN is 9-digits in U.S." (CreateBrand.ein)."""
    return re.sub(r"[\s-]", "", tax_id)


def webhook_url(base: str, key: str) -> str:
    """Where Telnyx tells us about the object filed under `key`: the key is the last part of the path."""
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", key):
        raise ValueError("a key is 1 to 64 letters, digits, - or _")
    return f"{base.rstrip('/')}/{key}/"


def key_of(url: Any, base: str) -> str:
    """Our key out of a webhook URL that Telnyx gives back; empty when the URL is none of ours.

    Scheme, host and port may differ: the portal may have moved since it filed.
    """
    if not isinstance(url, str):
        return ""
    try:
        path = [part for part in urlsplit(url).path.split("/") if part]
    except ValueError:
        return ""
    ours = [part for part in urlsplit(base).path.split("/") if part]
    if not path or path[:-1] != ours:
        return ""
    return path[-1]


def state_of(brand: Mapping[str, Any]) -> BrandState:
    """The neutral state of a brand by its own two words, without what its vettings add (`proofs.proven`).

    Any word or pair of words that is not listed here is UNKNOWN.
    """
    status, identity = brand.get("status"), brand.get("identityStatus")
    if isinstance(status, str) and status in _BY_STATUS_ALONE:
        return _BY_STATUS_ALONE[status]
    if status != "OK":
        return BrandState.UNKNOWN
    if identity in ("VERIFIED", "VETTED_VERIFIED"):
        return BrandState.VERIFIED
    # PENDING is outside the vendor's list; its answers show it before the password (10DLC 1.6).
    if brand.get("entityType") == "SOLE_PROPRIETOR" and identity in ("SELF_DECLARED", "PENDING"):
        return BrandState.NEEDS_PASSWORD
    if identity in ("UNVERIFIED", "SELF_DECLARED"):
        return BrandState.UNVERIFIED
    return BrandState.UNKNOWN


def word_of(brand: Mapping[str, Any]) -> str:
    """Telnyx's own words for the state, such as "OK / UNVERIFIED"; what is missing is left out."""
    words = (brand.get("status"), brand.get("identityStatus"))
    return " / ".join(_as_text(word)[:100] for word in words if word is not None)


def reading_of(
    brand: Mapping[str, Any],
    *,
    reference: str,
    base: str,
    feedback: Iterable[Reason] = (),
    vettings: Vetted = NEVER_VETTED,
) -> BrandReading:
    """A brand as Telnyx gives it back, under the `reference` that was asked for."""
    state = proofs.proven(brand, state_of(brand), vettings)
    secrets = tax_ids_in(brand)
    said = () if state in _WITHOUT_REASONS else failure_reasons(brand.get("failureReasons"))
    return BrandReading(
        reference=reference,
        state=state,
        word=word_of(brand),
        registry_id=_text(brand.get("tcrBrandId")),
        reasons=withheld_reasons((*feedback, *said), secrets),
        filed={ours: text for ours, vendor in VENDOR_NAMES.items() if (text := _text(brand.get(vendor)))},
        key=key_of(brand.get("webhookURL"), base),
        score=vettings.score,
        vetting_class=vettings.vetting_class,
        confirmation_asked_at=vettings.asked_at,
        campaigns=_count(brand.get("assignedCampaignsCount")),
        raw=withheld(brand, secrets),
    )


def too_soon(reasons: Iterable[Reason]) -> tuple[Reason, ...]:
    """The reasons why a brand was not looked at again, those that only time can heal under our own code."""
    return tuple(
        Reason(TOO_SOON, reason.text, reason.fields) if _is_too_soon(reason) else reason for reason in reasons
    )


def _is_too_soon(reason: Reason) -> bool:
    if _EARLY_WORDS.search(reason.text):
        return True
    return reason.code == _EARLY_CODE and not _NOT_REGISTERED.search(reason.text)


def listed_of(row: Mapping[str, Any]) -> BrandListed:
    """One row of `GET /10dlc/brand`."""
    return BrandListed(
        reference=_text(row.get("brandId")),
        display_name=_text(row.get("displayName")),
        word=word_of(row),
        created_at=proofs.moment(row.get("createdAt")),
        raw=withheld(row, tax_ids_in(row)),
    )


def same_name(ours: str, theirs: Any) -> bool:
    """May a listed name be ours? Case and blanks do not count, and a row without a name may be any."""
    if not isinstance(theirs, str) or not theirs.strip():
        return True
    return " ".join(ours.casefold().split()) == " ".join(theirs.casefold().split())


def refusal_reasons(body: Mapping[str, Any], known: Mapping[str, str] = OURS) -> tuple[Reason, ...]:
    """The reasons of a 400 or 422 in Telnyx's shapes: `detail[]`, `errors[]`, and one bare error (DeleteBrand).

    `known` holds our names by Telnyx's in lower case.
    """
    return tuple(_refusals(body, known))[:_MOST_REASONS]


def _refusals(body: Mapping[str, Any], known: Mapping[str, str]) -> Iterator[Reason]:
    detail = body.get("detail")
    is_bare = isinstance(body.get("title"), str)
    if isinstance(detail, str) and not is_bare:
        yield Reason("", detail[:_LONGEST_TEXT])
    for item in _objects(detail):
        place = item.get("loc")
        names = [name for name in place if isinstance(name, str)] if isinstance(place, list) else []
        yield Reason(_text(item.get("type")), _text(item.get("msg")), our_names(names[-1:], known))
    for item in [body] if is_bare else _objects(body.get("errors")):
        title, more = _text(item.get("title")), _text(item.get("detail"))
        source = item.get("source")
        where = source if isinstance(source, dict) else {}
        pointer = _text(where.get("pointer")).rstrip("/").rpartition("/")[2]
        text = f"{title}: {more}" if title and more and title != more else more or title
        yield Reason(_as_text(item.get("code")), text, our_names([pointer or where.get("parameter")], known))


def feedback_reasons(body: Mapping[str, Any]) -> tuple[Reason, ...]:
    """The reasons of `GET /10dlc/brand/feedback/{brandId}`: why a brand was not verified."""
    return tuple(
        Reason(
            _text(item.get("id")),
            _text(item.get("description")) or _text(item.get("displayName")),
            our_names(item.get("fields")),
        )
        for item in _objects(body.get("category"))
    )[:_MOST_REASONS]


def failure_reasons(value: Any) -> tuple[Reason, ...]:
    """`failureReasons`: a text by the vendor's file; lists and objects are taken as they come."""
    items = value if isinstance(value, list) else [value]
    texts = [_as_text(item).strip()[:_LONGEST_TEXT] for item in items if item is not None]
    return tuple(Reason("", text) for text in texts if text)[:_MOST_REASONS]


def our_names(names: Any, known: Mapping[str, str] = OURS) -> tuple[str, ...]:
    """Telnyx's field names as ours, each once, in order; names that are none of a filing are left out."""
    if not isinstance(names, list):
        return ()
    found = (known.get(name.replace("_", "").lower()) for name in names if isinstance(name, str))
    return tuple(dict.fromkeys(name for name in found if name))


def tax_ids_in(brand: Mapping[str, Any]) -> tuple[str, ...]:
    """The tax ids that an answer shows."""
    return tuple(text for name in _TAX_ID_NAMES if (text := _text(brand.get(name))))


def withheld(value: Any, secrets: Iterable[str]) -> Any:
    """A copy of a JSON value in which no tax id is left, neither as a field nor inside a text."""

    def emptied(node: Any) -> Any:
        if isinstance(node, list):
            return [emptied(item) for item in node]
        if isinstance(node, dict):
            return {
                name: WITHHELD if name in _TAX_ID_NAMES and item else emptied(item)
                for name, item in node.items()
            }
        return node

    return replaced(emptied(value), dict.fromkeys(secrets, WITHHELD))


def withheld_reasons(reasons: Iterable[Reason], secrets: Iterable[str]) -> tuple[Reason, ...]:
    """The same reasons without a secret in their codes and texts, and without what looks like a tax id.

    A refusal of a verb that sends none may quote the one on file, which nobody down here knows.
    """
    secrets = tuple(secrets)
    return tuple(
        Reason(blotted(str(withheld(r.code, secrets))), blotted(str(withheld(r.text, secrets))), r.fields)
        for r in reasons
    )


def _count(value: Any) -> int | None:
    """A whole number from 0 on; the vendor's schema says "number"."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return int(value) if is_number and value >= 0 and value == int(value) else None


def _text(value: Any) -> str:
    return value[:_LONGEST_TEXT] if isinstance(value, str) else ""


def _as_text(value: Any) -> str:
    """A word as it stands; anything that is no word, as its JSON."""
    return value if isinstance(value, str) else "" if value is None else json.dumps(value)


def _objects(value: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(value, list):
        yield from (item for item in value if isinstance(item, dict))
