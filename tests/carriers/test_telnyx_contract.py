"""The adapter against Telnyx's own OpenAPI file, requests and answers."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from portal.carriers.adapters.telnyx import TelnyxCarrier, mapping
from portal.carriers.config import CarrierConfig
from portal.carriers.contract import BrandState, NotFound, Refused
from portal.carriers.loading import policy
from tests.carriers.contract_gate import Gate, document
from tests.carriers.filings import BRAND_ID, CONFIG, HOOKS, KEY, TAX_ID, Telnyx, brand, filing

pytestmark = pytest.mark.contracts

ENTITY_TYPES = ("PRIVATE_PROFIT", "PUBLIC_PROFIT", "NON_PROFIT", "GOVERNMENT", "SOLE_PROPRIETOR")

# What a brand may carry at Telnyx and we do not send, with the reason.
NOT_SENT = {"webhookFailoverURL": "the portal has one address; readings make up for a lost event"}


def _carrier(
    contracts: Path, script: Callable[[httpx.Request], httpx.Response], config: CarrierConfig = CONFIG
) -> tuple[TelnyxCarrier, Gate]:
    gate = Gate(contracts, "telnyx", script)
    return TelnyxCarrier(config, transport=gate), gate


def _schemas(contracts: Path) -> dict[str, Any]:
    found: dict[str, Any] = document(contracts, "telnyx")["components"]["schemas"]
    return found


@pytest.mark.parametrize("entity_type", ENTITY_TYPES)
def test_every_verb_keeps_to_the_vendors_file_for_every_legal_form(contracts: Path, entity_type: str) -> None:
    carrier, gate = _carrier(contracts, Telnyx())
    given = filing(entity_type)
    created = carrier.create_brand(given, key=KEY)
    assert created.reference == BRAND_ID
    assert carrier.read_brand(BRAND_ID).state is BrandState.PENDING
    found = carrier.find_brand(given, key=KEY)
    assert found is not None
    assert (found.reference, found.key) == (BRAND_ID, KEY)
    assert [row.reference for row in carrier.list_brands()] == [BRAND_ID]
    assert [(r.method, r.url.path) for r in gate.seen] == [
        ("POST", "/v2/10dlc/brand"),
        ("GET", f"/v2/10dlc/brand/{BRAND_ID}"),
        ("GET", "/v2/10dlc/brand"),
        ("GET", f"/v2/10dlc/brand/{BRAND_ID}"),
        ("GET", "/v2/10dlc/brand"),
    ]


@pytest.mark.parametrize("entity_type", ENTITY_TYPES)
def test_a_filing_with_the_least_of_fields_keeps_to_the_vendors_file(
    contracts: Path, entity_type: str
) -> None:
    carrier, gate = _carrier(contracts, Telnyx())
    bare = dict.fromkeys(
        ("first_name", "last_name", "stock_exchange", "stock_symbol", "business_contact_email", "ip_address",
         "mobile_phone", "website", "phone", "street", "city", "state", "postal_code", "tax_id"), ""
    )  # fmt: skip
    carrier.create_brand(filing(entity_type, **bare), key=KEY)
    body = json.loads(gate.seen[0].content)
    assert "" not in body.values()
    assert None not in body.values()


def test_a_test_brand_is_asked_for_only_when_configured(contracts: Path) -> None:
    bodies = []
    for mock in (False, True):
        config = CarrierConfig("telnyx", CONFIG.url, "k", HOOKS, mock=mock)
        carrier, gate = _carrier(contracts, Telnyx(), config)
        carrier.create_brand(filing(), key=KEY)
        bodies.append(json.loads(gate.seen[0].content))
    assert [body.get("mock") for body in bodies] == [None, True]


def test_every_field_of_a_brand_is_sent_or_left_out_for_a_reason(contracts: Path) -> None:
    known = set(_schemas(contracts)["CreateBrand"]["properties"])
    sent = set()
    for entity_type in ENTITY_TYPES:
        sent |= set(mapping.brand_body(filing(entity_type), webhook_url=f"{HOOKS}/k/", mock=True))
    assert sent <= known
    assert known - sent == set(NOT_SENT)


def test_every_status_that_the_vendor_lists_is_understood(contracts: Path) -> None:
    schemas = _schemas(contracts)
    statuses = schemas["TelnyxBrand"]["properties"]["status"]["enum"]
    identities = schemas["BrandIdentityStatus"]["enum"]
    pairs = [(status, identity) for status in statuses for identity in identities]
    assert len(pairs) == 12
    for status, identity in pairs:
        state = mapping.state_of({"status": status, "identityStatus": identity})
        assert state is not BrandState.UNKNOWN, (status, identity)
        approved = status == "OK" and identity in ("VERIFIED", "VETTED_VERIFIED")
        assert (state is BrandState.VERIFIED) == approved, (status, identity)


@pytest.mark.parametrize(
    ("value", "schema"),
    [("entity_types", "EntityType"), ("verticals", "Vertical"), ("stock_exchanges", "StockExchange")],
)
def test_the_words_that_we_offer_are_the_vendors(contracts: Path, value: str, schema: str) -> None:
    assert list(getattr(policy("telnyx"), value).value) == _schemas(contracts)[schema]["enum"]


def test_an_unverified_brand_is_read_with_its_feedback(contracts: Path) -> None:
    feedback = {
        "brandId": BRAND_ID,
        "category": [
            {
                "id": "TAX_ID",
                "displayName": "Tax Id",
                "description": f"{TAX_ID} does not belong to this name.",
                "fields": ["ein", "companyName", "einIssuingCountry"],
            }
        ],
    }
    carrier, _ = _carrier(
        contracts, Telnyx(brand(status="OK", failureReasons="No match for 123456780"), feedback=feedback)
    )
    reading = carrier.read_brand(BRAND_ID)
    assert (reading.state, reading.word) == (BrandState.UNVERIFIED, "OK / UNVERIFIED")
    assert (reading.registry_id, reading.key) == ("BACME01", KEY)
    assert [(r.code, r.text, r.fields) for r in reading.reasons] == [
        ("TAX_ID", "[withheld] does not belong to this name.", ("tax_id", "legal_name", "country")),
        ("", "No match for [withheld]", ()),
    ]
    assert reading.filed["tax_id"] == "123456780"
    assert "123456780" not in json.dumps(reading.raw) + repr(reading)


def test_a_brand_without_feedback_is_read_all_the_same(contracts: Path) -> None:
    carrier, _ = _carrier(contracts, Telnyx(brand(status="REGISTRATION_FAILED", identityStatus=None)))
    reading = carrier.read_brand(BRAND_ID)
    assert (reading.state, reading.word, reading.reasons) == (BrandState.FAILED, "REGISTRATION_FAILED", ())


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (
            422,
            {"detail": [{"loc": ["body", "ein"], "msg": f"{TAX_ID} is no EIN", "type": "value_error"}]},
            ("value_error", "[withheld] is no EIN", ("tax_id",)),
        ),
        (
            400,
            {
                "errors": [
                    {
                        "code": "10015",
                        "title": "Bad Request",
                        "detail": "Ticker 12 3456780 unknown",
                        "source": {"pointer": "/stockSymbol"},
                    }
                ]
            },
            ("10015", "Bad Request: Ticker [withheld] unknown", ("stock_symbol",)),
        ),
    ],
)
def test_a_refused_brand_says_which_field(
    contracts: Path, status: int, body: dict[str, Any], expected: tuple[str, str, tuple[str, ...]]
) -> None:
    carrier, gate = _carrier(contracts, lambda _: httpx.Response(status, json=body))
    with pytest.raises(Refused) as refused:
        carrier.create_brand(filing(), key=KEY)
    assert [(r.code, r.text, r.fields) for r in refused.value.reasons] == [expected]
    assert "3456780" not in str(refused.value)
    assert len(gate.seen) == 1


def test_a_brand_that_is_not_there_is_not_found(contracts: Path) -> None:
    carrier, _ = _carrier(contracts, Telnyx())
    with pytest.raises(NotFound):
        carrier.read_brand("4b20017f-0000-0000-0000-000000000000")


# -- the rest of a brand's life --------------------------------------------------------------------

PASSWORD = {
    "brandId": BRAND_ID,
    "referenceId": "OTP1",
    "mobilePhone": "+12025550111",
    "requestDate": "2026-11-22T10:00:00Z",
    "deliveryStatus": "PENDING",
}


def _living(entity_type: str) -> dict[str, Any]:
    """A brand of that form as `create_brand` leaves it."""
    body = mapping.brand_body(filing(entity_type), webhook_url=f"{HOOKS}/{KEY}/", mock=False)
    return brand(**{**body, "ein": body.get("ein")})


@pytest.mark.parametrize("entity_type", ENTITY_TYPES)
def test_every_write_to_a_brand_keeps_to_the_vendors_file(contracts: Path, entity_type: str) -> None:
    carrier, gate = _carrier(contracts, Telnyx(_living(entity_type), password=PASSWORD))
    carrier.update_brand(BRAND_ID, filing(entity_type), key=KEY)
    carrier.review_brand(BRAND_ID)
    carrier.resend_confirmation(BRAND_ID)
    carrier.send_password(BRAND_ID, text="Your password is {password}.", success_text="Thank you.")
    carrier.check_password(BRAND_ID, "123456")
    assert carrier.read_password(BRAND_ID) is not None
    carrier.delete_brand(BRAND_ID)
    there = f"/v2/10dlc/brand/{BRAND_ID}"
    assert [(r.method, r.url.path) for r in gate.seen] == [
        ("PUT", there),
        ("PUT", f"{there}/revet"),
        ("POST", f"{there}/2faEmail"),
        ("POST", f"{there}/smsOtp"),
        ("PUT", f"{there}/smsOtp"),
        ("GET", f"{there}/smsOtp"),
        ("DELETE", there),
    ]


def test_what_a_put_can_carry_is_sent_or_left_out_for_a_reason(contracts: Path) -> None:
    known = set(_schemas(contracts)["UpdateBrand"]["properties"])
    sent = set()
    for entity_type in ENTITY_TYPES:
        sent |= set(mapping.update_body(filing(entity_type), webhook_url=f"{HOOKS}/k/"))
    assert sent <= known
    assert known - sent == set(NOT_SENT) | {"altBusinessId", "altBusinessIdType", "identityStatus"}


def test_a_verified_listed_company_is_read_with_its_vettings(contracts: Path) -> None:
    told = brand(entityType="PUBLIC_PROFIT", status="OK", identityStatus="VERIFIED", assignedCampaignsCount=2)
    rows = [
        {"evpId": "AEGIS", "vettingClass": "AUTHPLUS", "createDate": "2026-11-20T09:00:00.000001"},
        {
            "evpId": "AEGIS",
            "vettingClass": "ENHANCED",
            "createDate": "2026-11-20T09:00:00",
            "vettedDate": "2026-11-21T09:00:00",
            "vettingScore": 71,
        },
    ]
    carrier, _ = _carrier(contracts, Telnyx(told, vettings=rows))
    reading = carrier.read_brand(BRAND_ID)
    assert reading.state is BrandState.NEEDS_CONFIRMATION
    assert (reading.score, reading.vetting_class, reading.campaigns) == (71, "ENHANCED", 2)
    assert reading.confirmation_asked_at == datetime(2026, 11, 20, 9, 0, 0, 1, tzinfo=UTC)


def test_a_deletion_that_is_refused_says_why_in_the_vendors_bare_shape(contracts: Path) -> None:
    body = {"code": "10012", "title": "Brand cannot be deleted", "detail": "It has active campaigns."}
    carrier, _ = _carrier(contracts, lambda _: httpx.Response(400, json=body))
    with pytest.raises(Refused) as refused:
        carrier.delete_brand(BRAND_ID)
    assert [(r.code, r.text) for r in refused.value.reasons] == [
        ("10012", "Brand cannot be deleted: It has active campaigns.")
    ]
