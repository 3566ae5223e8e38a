"""Our words to Telnyx's and back, as tables."""

from __future__ import annotations

import json
from typing import Any

import pytest

from portal.carriers.adapters.telnyx import mapping
from portal.carriers.contract import BrandState, Reason
from tests.carriers.filings import BRAND_ID, HOOKS, KEY, brand, filing

COMMON = {
    "displayName": "Acme Dental",
    "country": "US",
    "street": "1 Main St, Suite 4",
    "city": "Austin",
    "state": "TX",
    "postalCode": "78701",
    "website": "https://acme.example",
    "vertical": "HEALTHCARE",
    "email": "office@acme.example",
    "phone": "+12025550100",
    "firstName": "Ann",
    "lastName": "Lee",
    "ipAddress": "203.0.113.7",
    "isReseller": False,
    "webhookURL": f"{HOOKS}/{KEY}/",
}
COMPANY = {"companyName": "Acme Dental LLC", "ein": "123456780"}
LISTED = {"stockSymbol": "ACME", "stockExchange": "NASDAQ", "businessContactEmail": "ann@acme.example"}


@pytest.mark.parametrize(
    ("entity_type", "more"),
    [
        ("PRIVATE_PROFIT", COMPANY),
        ("PUBLIC_PROFIT", COMPANY | LISTED),
        ("NON_PROFIT", COMPANY),
        ("GOVERNMENT", COMPANY),
        ("SOLE_PROPRIETOR", {"mobilePhone": "+12025550111"}),
    ],
)
def test_each_legal_form_sends_what_it_may_carry_and_nothing_else(
    entity_type: str, more: dict[str, Any]
) -> None:
    body = mapping.brand_body(filing(entity_type), webhook_url=mapping.webhook_url(HOOKS, KEY), mock=False)
    assert body == {"entityType": entity_type, **COMMON, **more}


@pytest.mark.parametrize(
    ("change", "field", "sent"),
    [
        ({"display_name": ""}, "displayName", "Acme Dental LLC"),
        ({"postal_code": "78701-1234"}, "postalCode", "78701"),
        ({"postal_code": "787011234"}, "postalCode", "78701"),
        ({"postal_code": "M5V 3L9", "country": "CA"}, "postalCode", "M5V 3L9"),
        ({"tax_id": "123456782 RC 0001", "country": "CA"}, "ein", "123456782RC0001"),
        ({"website": ""}, "website", None),
        ({"tax_id": ""}, "ein", None),
    ],
)
def test_a_field_is_sent_as_the_registry_wants_it(
    change: dict[str, str], field: str, sent: str | None
) -> None:
    body = mapping.brand_body(filing(**change), webhook_url="https://x.example/k/", mock=False)
    assert body.get(field) == sent


PAIRS = [
    ("OK", "VERIFIED", BrandState.VERIFIED, "OK / VERIFIED"),
    ("OK", "VETTED_VERIFIED", BrandState.VERIFIED, "OK / VETTED_VERIFIED"),
    ("OK", "UNVERIFIED", BrandState.UNVERIFIED, "OK / UNVERIFIED"),
    ("OK", "SELF_DECLARED", BrandState.UNVERIFIED, "OK / SELF_DECLARED"),
    ("REGISTRATION_PENDING", None, BrandState.PENDING, "REGISTRATION_PENDING"),
    ("REGISTRATION_PENDING", "VERIFIED", BrandState.PENDING, "REGISTRATION_PENDING / VERIFIED"),
    ("REGISTRATION_FAILED", None, BrandState.FAILED, "REGISTRATION_FAILED"),
    ("REGISTRATION_FAILED", "VERIFIED", BrandState.FAILED, "REGISTRATION_FAILED / VERIFIED"),
    ("OK", "PENDING", BrandState.UNKNOWN, "OK / PENDING"),
    ("OK", None, BrandState.UNKNOWN, "OK"),
    (None, "VERIFIED", BrandState.UNKNOWN, "VERIFIED"),
    (None, None, BrandState.UNKNOWN, ""),
    ("APPROVED", "VERIFIED", BrandState.UNKNOWN, "APPROVED / VERIFIED"),
    ("ok", "verified", BrandState.UNKNOWN, "ok / verified"),
    ("", "", BrandState.UNKNOWN, " / "),
    (True, ["VERIFIED"], BrandState.UNKNOWN, 'true / ["VERIFIED"]'),
    ({"status": "OK"}, 7, BrandState.UNKNOWN, '{"status": "OK"} / 7'),
    ("X" * 5000, None, BrandState.UNKNOWN, "X" * 100),
]


@pytest.mark.parametrize(("status", "identity", "state", "word"), PAIRS)
def test_a_status_is_understood_or_kept_word_for_word(
    status: Any, identity: Any, state: BrandState, word: str
) -> None:
    told = brand(status=status, identityStatus=identity)
    reading = mapping.reading_of(told, reference=BRAND_ID, base=HOOKS)
    assert (reading.state, reading.word) == (state, word)


@pytest.mark.parametrize(
    ("url", "key"),
    [
        (f"{HOOKS}/{KEY}/", KEY),
        (f"{HOOKS}/{KEY}", KEY),
        (f"https://portal.example:8443/webhooks/telnyx/{KEY}/?x=1#y", KEY),
        (f"{HOOKS}/{KEY}/more/", ""),
        (f"https://other.example/{KEY}/", ""),
        (f"https://other.example/webhooks/twilio/{KEY}/", ""),
        (f"{HOOKS}/", ""),
        ("https://webhook.example", ""),
        ("http://[half", ""),
        ("", ""),
        (None, ""),
        (7, ""),
        ([HOOKS], ""),
    ],
)
def test_our_key_is_read_out_of_the_webhook_address(url: Any, key: str) -> None:
    assert mapping.key_of(url, HOOKS) == key


@pytest.mark.parametrize("key", ["", "a/b", "..", "a b", "ä", "k" * 65, "a?b"])
def test_a_key_that_would_not_survive_a_path_is_refused(key: str) -> None:
    with pytest.raises(ValueError, match="key"):
        mapping.webhook_url(HOOKS, key)


@pytest.mark.parametrize(
    ("body", "reasons"),
    [
        (
            {"detail": [{"loc": ["body", "ein"], "msg": "too long", "type": "value_error"}]},
            [Reason("value_error", "too long", ("tax_id",))],
        ),
        (
            {"detail": [{"loc": ["body", "companyName", 0], "msg": "m", "type": "t"}]},
            [Reason("t", "m", ("legal_name",))],
        ),
        ({"detail": [{"loc": ["body", "webhookURL"], "msg": "m", "type": "t"}]}, [Reason("t", "m")]),
        ({"detail": [{"loc": "body", "msg": 7, "type": None}, "junk", None]}, [Reason("", "")]),
        ({"detail": "Brand exists"}, [Reason("", "Brand exists")]),
        (
            {"errors": [{"code": "10015", "title": "Bad", "source": {"pointer": "/postalCode"}}]},
            [Reason("10015", "Bad", ("postal_code",))],
        ),
        (
            {
                "errors": [
                    {"code": 10015, "title": "Bad", "detail": "Bad", "source": {"pointer": "/body/phone/"}}
                ]
            },
            [Reason("10015", "Bad", ("phone",))],
        ),
        (
            {
                "errors": [
                    {"code": "1", "title": "Bad", "detail": "no", "source": {"parameter": "displayName"}}
                ]
            },
            [Reason("1", "Bad: no", ("display_name",))],
        ),
        (
            {
                "errors": [{"code": "1", "title": "A", "source": []}],
                "detail": [{"loc": [], "msg": "b", "type": "t"}],
            },
            [Reason("t", "b"), Reason("1", "A")],
        ),
        ({"errors": {"code": "1"}}, []),
        ({"message": "no"}, []),
        ({}, []),
    ],
)
def test_a_refusal_is_read_in_both_of_the_vendors_shapes(body: dict[str, Any], reasons: list[Reason]) -> None:
    assert list(mapping.refusal_reasons(body)) == reasons


def test_a_flood_of_reasons_is_cut() -> None:
    flood = [{"loc": ["body", "ein"], "msg": "x" * 9000, "type": "t"}] * 5000
    reasons = mapping.refusal_reasons({"detail": flood})
    assert len(reasons) == 50
    assert len(reasons[0].text) == 2000


@pytest.mark.parametrize(
    ("value", "texts"),
    [
        ("Tax id mismatch", ["Tax id mismatch"]),
        (["a", "b"], ["a", "b"]),
        ([{"code": 1}], ['{"code": 1}']),
        ("", []),
        ("  ", []),
        (None, []),
        ([None, ""], []),
    ],
)
def test_failure_reasons_are_kept_as_they_come(value: Any, texts: list[str]) -> None:
    assert mapping.failure_reasons(value) == tuple(Reason("", text) for text in texts)


def test_a_verified_brand_has_no_reasons() -> None:
    told = brand(status="OK", identityStatus="VERIFIED", failureReasons="of last year")
    assert mapping.reading_of(told, reference=BRAND_ID, base=HOOKS).reasons == ()


@pytest.mark.parametrize(
    ("body", "reasons"),
    [
        (
            {"category": [{"id": "OTHERS", "displayName": "Others", "fields": ["nope", "ein", "EIN"]}]},
            [Reason("OTHERS", "Others", ("tax_id",))],
        ),
        ({"category": [{"id": None, "fields": "ein"}, 7]}, [Reason("", "")]),
        ({"category": None}, []),
        ({}, []),
    ],
)
def test_feedback_is_read_even_when_it_is_odd(body: dict[str, Any], reasons: list[Reason]) -> None:
    assert list(mapping.feedback_reasons(body)) == reasons


def test_what_we_filed_comes_back_under_our_own_names() -> None:
    given = filing("PUBLIC_PROFIT")
    body = mapping.brand_body(given, webhook_url=mapping.webhook_url(HOOKS, KEY), mock=False)
    filed = mapping.reading_of(body, reference=BRAND_ID, base=HOOKS).filed
    assert filed["legal_name"] == given.legal_name
    assert filed["tax_id"] == "123456780"
    assert "mobile_phone" not in filed
    assert set(filed) == set(mapping.VENDOR_NAMES) - {"mobile_phone"}


@pytest.mark.parametrize("written", ["123456780", "12-3456780", "12 3456780", "12-34-56780"])
def test_a_tax_id_is_withheld_however_it_is_written(written: str) -> None:
    told = brand(ein=written, universalEin="US-123456780", note=[f"id {written}.", {"deep": "123456780"}])
    raw = json.dumps(mapping.reading_of(told, reference=BRAND_ID, base=HOOKS).raw)
    assert "3456780" not in raw
    assert "56780" not in raw
    assert raw.count("[withheld]") == 4


def test_a_short_tax_id_does_not_blot_out_the_rest() -> None:
    raw = mapping.withheld({"ein": "4", "street": "4 Main St"}, ("4",))
    assert raw == {"ein": "[withheld]", "street": "4 Main St"}


@pytest.mark.parametrize(
    ("theirs", "same"),
    [("Acme Dental", True), ("ACME  dental ", True), ("Acme", False), (None, True), ("", True), (7, True)],
)
def test_a_listed_name_may_be_ours(theirs: Any, same: bool) -> None:
    assert mapping.same_name("Acme Dental", theirs) is same
