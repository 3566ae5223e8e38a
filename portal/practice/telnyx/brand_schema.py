"""What the vendor demands of a brand: its schema, and the conditions that it states in words only.

Names, lengths and word lists are those of the vendor's published contract (2026-07-16); the
conditions come from its field descriptions and the domain reference, sections 1.2 and 1.3.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from portal.practice.telnyx.errors import error
from portal.practice.wire import keepable

ENTITY_TYPES = ("PRIVATE_PROFIT", "PUBLIC_PROFIT", "NON_PROFIT", "GOVERNMENT", "SOLE_PROPRIETOR")
VERTICALS = (
    *("AGRICULTURE", "COMMUNICATION", "CONSTRUCTION", "EDUCATION", "ENERGY", "ENTERTAINMENT", "FINANCIAL"),
    *("GAMBLING", "GOVERNMENT", "HEALTHCARE", "HOSPITALITY", "HUMAN_RESOURCES", "INSURANCE", "LEGAL"),
    *("MANUFACTURING", "NGO", "POLITICAL", "POSTAL", "PROFESSIONAL", "REAL_ESTATE", "RETAIL", "TECHNOLOGY"),
    "TRANSPORTATION",
)
STOCK_EXCHANGES = (
    *("NONE", "NASDAQ", "NYSE", "AMEX", "AMX", "ASX", "B3", "BME", "BSE", "FRA", "ICEX", "JPX", "JSE", "KRX"),
    *("LON", "NSE", "OMX", "SEHK", "SSE", "STO", "SWX", "SZSE", "TSX", "TWSE", "VSE"),
)


@dataclass(frozen=True, slots=True)
class Field:
    """One property of the body: text of at most `longest` characters, one of `words`, or a yes/no."""

    name: str
    longest: int | None = None
    words: tuple[str, ...] = ()
    required: bool = False
    email: bool = False
    flag: bool = False


FIELDS: tuple[Field, ...] = (
    Field("entityType", words=ENTITY_TYPES, required=True),
    Field("displayName", 100, required=True),
    Field("companyName", 100),
    Field("firstName", 100),
    Field("lastName", 100),
    Field("ein", 20),
    Field("phone", 20),
    Field("mobilePhone", 20),
    Field("street", 100),
    Field("city", 100),
    Field("state", 20),
    Field("postalCode", 10),
    Field("country", 2, required=True),
    Field("email", 100, required=True, email=True),
    Field("businessContactEmail", email=True),
    Field("stockSymbol", 10),
    Field("stockExchange", words=STOCK_EXCHANGES),
    Field("ipAddress", 50),
    Field("website", 100),
    Field("vertical", words=VERTICALS, required=True),
    Field("isReseller", flag=True),
    Field("mock", flag=True),
    Field("webhookURL"),
    Field("webhookFailoverURL"),
)

# What a PUT takes: the number that proves a sole proprietor and the test mark cannot be changed.
UPDATE_FIELDS: tuple[Field, ...] = (
    *(field for field in FIELDS if field.name not in ("mobilePhone", "mock")),
    Field("altBusinessId", 50),
    Field("altBusinessIdType", words=("NONE", "DUNS", "GIIN", "LEI")),
    Field("identityStatus", words=("VERIFIED", "UNVERIFIED", "SELF_DECLARED", "VETTED_VERIFIED")),
)

_EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")
_US_EIN = re.compile(r"\d{2}-?\d{7}", re.ASCII)
_OTHER_TAX_ID = re.compile(r"[A-Za-z0-9 .\-/]{5,20}")
_E164 = re.compile(r"\+[1-9]\d{6,14}", re.ASCII)


def read(body: Any, fields: tuple[Field, ...] = FIELDS) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The known properties of `body`, and what is wrong with them in the vendor's `detail[]` form.

    An unknown property is dropped without a word, as the vendor does; null counts as not given.
    """
    if not isinstance(body, dict):
        return {}, [_wrong([], "value is not a valid dict", "type_error.dict")]
    filed: dict[str, Any] = {}
    problems: list[dict[str, Any]] = []
    for field in fields:
        value = body.get(field.name)
        if value is None:
            if field.required:
                problems.append(_wrong([field.name], "field required", "value_error.missing"))
            continue
        problem = _problem(field, value)
        if problem:
            problems.append(_wrong([field.name], *problem))
        else:
            filed[field.name] = value
    return filed, problems


def conditions(filed: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What the schema cannot say and the vendor checks all the same, in its `errors[]` form."""
    return [*_missing(filed), *_malformed(filed)]


def _problem(field: Field, value: Any) -> tuple[str, str] | None:
    if field.flag:
        return (
            None if isinstance(value, bool) else ("value could not be parsed to a boolean", "type_error.bool")
        )
    if field.words:
        if isinstance(value, str) and value in field.words:
            return None
        permitted = ", ".join(f"'{word}'" for word in field.words)
        return f"value is not a valid enumeration member; permitted: {permitted}", "type_error.enum"
    if not isinstance(value, str) or not keepable(value):
        return "str type expected", "type_error.str"
    if field.required and not value.strip():
        return "ensure this value has at least 1 characters", "value_error.any_str.min_length"
    if field.longest is not None and len(value) > field.longest:
        return f"ensure this value has at most {field.longest} characters", "value_error.any_str.max_length"
    if field.email and value and not _EMAIL.fullmatch(value):
        return "value is not a valid email address", "value_error.email"
    return None


def _wrong(names: list[str], message: str, kind: str) -> dict[str, Any]:
    return {"loc": ["body", *names], "msg": message, "type": kind}


def _missing(filed: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    kind = filed["entityType"]
    wanted = ["firstName", "lastName", "mobilePhone"] if kind == "SOLE_PROPRIETOR" else ["companyName", "ein"]
    if kind == "PUBLIC_PROFIT":
        wanted += ["stockSymbol", "stockExchange", "businessContactEmail"]
    for name in wanted:
        if str(filed.get(name, "")).strip() in ("", "NONE"):
            detail = f"{name} is required when entityType is {kind}."
            yield error("10004", "Missing required parameter", detail, pointer=f"/{name}")


def _malformed(filed: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    country = filed["country"]
    if not re.fullmatch(r"[A-Z]{2}", country):
        yield _bad("country", "country must be a two-letter ISO code.")
    tax_id = filed.get("ein", "")
    if tax_id and country == "US" and not _US_EIN.fullmatch(tax_id):
        yield _bad("ein", "The EIN must have nine digits; a dash after the second is allowed.")
    elif tax_id and not _OTHER_TAX_ID.fullmatch(tax_id):
        yield _bad("ein", "The tax id must have 5 to 20 letters or digits.")
    state = filed.get("state", "")
    if state and country == "US" and not re.fullmatch(r"[A-Za-z]{2}", state):
        yield _bad("state", "state must be the two-letter code of a state of the United States.")
    postal_code = filed.get("postalCode", "")
    if postal_code and country == "US" and not re.fullmatch(r"[0-9]{5}(-[0-9]{4})?", postal_code):
        yield _bad("postalCode", "postalCode must be a five-digit ZIP code.")
    for name in ("phone", "mobilePhone"):
        if filed.get(name) and not _E164.fullmatch(filed[name]):
            title = "Phone number must be in +E.164 format"
            yield error("10016", title, f"{name} must be in +E.164 format.", pointer=f"/{name}")


def _bad(name: str, detail: str) -> dict[str, Any]:
    return error("10015", "Bad Request", detail, pointer=f"/{name}")
