"""The writes to a brand that exists: corrected, looked at again, proven, deleted. Happy, and every way not."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from portal.carriers.adapters.telnyx import TelnyxCarrier
from portal.carriers.adapters.telnyx.mapping import TOO_SOON
from portal.carriers.contract import (
    CarrierError,
    NotFound,
    OutcomeUnknown,
    PasswordReading,
    Refused,
    Unauthorized,
    Unavailable,
)
from tests.carriers.filings import BRAND_ID, CONFIG, HOOKS, KEY, TAX_ID, Telnyx, brand, filing

Call = Callable[[TelnyxCarrier], Any]
THERE = f"/v2/10dlc/brand/{BRAND_ID}"
TEXTS = {"text": "Your password for Acme is {password}.", "success_text": "Thank you."}

VERBS: dict[str, Call] = {
    "update": lambda carrier: carrier.update_brand(BRAND_ID, filing(), key=KEY),
    "review": lambda carrier: carrier.review_brand(BRAND_ID),
    "delete": lambda carrier: carrier.delete_brand(BRAND_ID),
    "confirm": lambda carrier: carrier.resend_confirmation(BRAND_ID),
    "send": lambda carrier: carrier.send_password(BRAND_ID, **TEXTS),
    "check": lambda carrier: carrier.check_password(BRAND_ID, "123456"),
}


def _carrier(script: Callable[[httpx.Request], httpx.Response]) -> TelnyxCarrier:
    return TelnyxCarrier(CONFIG, transport=httpx.MockTransport(script))


def _answering(status: int, body: Any = None) -> tuple[TelnyxCarrier, list[httpx.Request]]:
    seen: list[httpx.Request] = []

    def script(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(status) if body is None else httpx.Response(status, json=body)

    return _carrier(script), seen


# -- every verb alike ------------------------------------------------------------------------------


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (400, {"errors": [{"code": "10015", "title": "no"}]}, Refused),
        (422, {"detail": []}, Refused),
        (400, None, OutcomeUnknown),
        (401, None, Unauthorized),
        (403, None, Unauthorized),
        (404, None, NotFound),
        (410, None, NotFound),
        (408, None, OutcomeUnknown),
        (409, {}, OutcomeUnknown),
        (429, None, Unavailable),
        (302, None, OutcomeUnknown),
        (500, None, OutcomeUnknown),
        (503, {"errors": []}, OutcomeUnknown),
    ],
)
def test_a_write_raises_only_what_the_contract_names_and_is_sent_once(
    verb: str, status: int, body: Any, expected: type[CarrierError]
) -> None:
    carrier, seen = _answering(status, body)
    if verb == "delete" and expected is NotFound:
        VERBS[verb](carrier)
    else:
        with pytest.raises(CarrierError) as raised:
            VERBS[verb](carrier)
        assert type(raised.value) is expected
    assert len(seen) == 1


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("body", [{"brandId": "another", "status": "OK"}, {"errors": [{"code": "1"}]}])
def test_a_success_that_is_about_something_else_leaves_it_open(verb: str, body: dict[str, Any]) -> None:
    carrier, seen = _answering(200, body)
    with pytest.raises(OutcomeUnknown):
        VERBS[verb](carrier)
    assert len(seen) == 1


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize(
    ("trouble", "expected"),
    [(httpx.ConnectError("x"), Unavailable), (httpx.ReadTimeout("x"), OutcomeUnknown)],
)
def test_a_write_that_never_left_may_be_repeated_and_one_that_left_may_not(
    verb: str, trouble: Exception, expected: type[CarrierError]
) -> None:
    def script(_: httpx.Request) -> httpx.Response:
        raise trouble

    with pytest.raises(CarrierError) as raised:
        VERBS[verb](_carrier(script))
    assert type(raised.value) is expected


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("written", ["123456780", "12-3456780"])
@pytest.mark.parametrize(
    "body",
    [
        {"errors": [{"code": "EIN TAX", "title": "No: TAX is in use.", "detail": "TAX"}]},
        {"code": "10012", "title": "TAX", "detail": "TAX has campaigns."},
        {"detail": [{"loc": ["body", "ein"], "msg": "(TAX)", "type": "TAX"}]},
        {"detail": "TAX"},
    ],
)
def test_a_refusal_that_quotes_the_tax_id_on_file_leaves_without_it(
    verb: str, body: dict[str, Any], written: str
) -> None:
    carrier, _ = _answering(400, json.loads(json.dumps(body).replace("TAX", written)))
    with pytest.raises(Refused) as refused:
        VERBS[verb](carrier)
    assert refused.value.reasons
    assert "3456780" not in f"{refused.value.reasons} {refused.value} {refused.value.__cause__!r}"


@pytest.mark.parametrize("reference", ["", ".", ".."])
@pytest.mark.parametrize(
    "call",
    [
        lambda carrier, reference: carrier.update_brand(reference, filing(), key=KEY),
        lambda carrier, reference: carrier.review_brand(reference),
        lambda carrier, reference: carrier.delete_brand(reference),
        lambda carrier, reference: carrier.resend_confirmation(reference),
        lambda carrier, reference: carrier.send_password(reference, **TEXTS),
        lambda carrier, reference: carrier.check_password(reference, "123456"),
    ],
)
def test_a_write_to_no_reference_is_never_sent(call: Callable[..., Any], reference: str) -> None:
    carrier, seen = _answering(200, {})
    with pytest.raises(NotFound):
        call(carrier, reference)
    assert seen == []


def test_a_reference_cannot_turn_a_write_to_another_address() -> None:
    carrier, seen = _answering(204)
    carrier.delete_brand("x/../../messages?y=1")
    assert seen[0].url.raw_path == b"/v2/10dlc/brand/x%2F..%2F..%2Fmessages%3Fy%3D1"


# -- update ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("entity_type", ["PRIVATE_PROFIT", "PUBLIC_PROFIT", "SOLE_PROPRIETOR"])
def test_an_update_replaces_everything_and_keeps_the_key(entity_type: str) -> None:
    telnyx = Telnyx(brand(entityType=entity_type, website="https://old.example", stockSymbol="OLD"))
    bodies: list[dict[str, Any]] = []

    def script(request: httpx.Request) -> httpx.Response:
        bodies.append(json.loads(request.content))
        return telnyx(request)

    given = filing(entity_type, legal_name="Acme Dental, LLC", website="")
    created = _carrier(script).update_brand(BRAND_ID, given, key=KEY)
    assert created.reference == BRAND_ID
    assert telnyx.seen == [("PUT", THERE)]
    assert bodies[0]["webhookURL"] == f"{HOOKS}/{KEY}/"
    assert not {"website", "mobilePhone", "mock", "identityStatus"} & set(bodies[0])
    assert bodies[0].get("stockSymbol") == ("ACME" if entity_type == "PUBLIC_PROFIT" else None)
    assert "3456780" not in json.dumps(dict(created.raw))


def test_a_refused_update_says_which_field_without_the_tax_id() -> None:
    carrier, _ = _answering(
        422, {"detail": [{"loc": ["body", "ein"], "msg": f"{TAX_ID} again", "type": "t"}]}
    )
    with pytest.raises(Refused) as refused:
        carrier.update_brand(BRAND_ID, filing(), key=KEY)
    assert [(r.text, r.fields) for r in refused.value.reasons] == [("[withheld] again", ("tax_id",))]
    assert "3456780" not in str(refused.value)


def test_an_update_with_a_key_that_is_none_is_never_sent() -> None:
    carrier, seen = _answering(200, brand())
    with pytest.raises(ValueError, match="key"):
        carrier.update_brand(BRAND_ID, filing(), key="a/b")
    assert seen == []


# -- review ----------------------------------------------------------------------------------------


def test_a_review_is_asked_for_without_a_body_and_answers_with_the_brand() -> None:
    carrier, seen = _answering(200, brand(status="OK"))
    created = carrier.review_brand(BRAND_ID)
    assert (created.reference, created.raw["status"]) == (BRAND_ID, "OK")
    assert (seen[0].method, seen[0].url.path, seen[0].content) == ("PUT", f"{THERE}/revet", b"")
    assert "123456780" not in json.dumps(dict(created.raw))


@pytest.mark.parametrize(
    ("code", "title", "detail", "told"),
    [
        ("10012", "Brand cannot be revetted", "A brand can be revetted once every 3 months.", TOO_SOON),
        ("10015", "Bad Request", "Revetting is limited to once every three months", TOO_SOON),
        ("10012", "Duplicate", "One is currently being processed.", TOO_SOON),
        (
            "10012",
            "No",
            "Allowed once after the successful brand registration, then once every 3 months",
            TOO_SOON,
        ),
        ("10012", "No", "Only a registered brand can be revetted.", "10012"),
        ("10015", "Bad Request", "33 months", "10015"),
        ("10015", "Bad Request", "No.", "10015"),
    ],
)
def test_a_review_that_came_too_soon_says_so(code: str, title: str, detail: str, told: str) -> None:
    carrier, _ = _answering(400, {"errors": [{"code": code, "title": title, "detail": detail}]})
    with pytest.raises(Refused) as refused:
        carrier.review_brand(BRAND_ID)
    assert [(r.code, r.text) for r in refused.value.reasons] == [(told, f"{title}: {detail}")]


# -- delete ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [200, 202, 204, 404, 410])
def test_a_brand_that_is_gone_counts_as_deleted_whoever_did_it(status: int) -> None:
    carrier, seen = _answering(status)
    carrier.delete_brand(BRAND_ID)
    assert [(request.method, request.url.path) for request in seen] == [("DELETE", THERE)]


# -- the contact of a listed company ---------------------------------------------------------------


@pytest.mark.parametrize("body", [None, {}, []])
def test_a_mail_is_asked_for_again(body: Any) -> None:
    carrier, seen = _answering(200, body)
    carrier.resend_confirmation(BRAND_ID)
    assert [(r.method, r.url.path, r.content) for r in seen] == [("POST", f"{THERE}/2faEmail", b"")]


# -- one-time passwords ----------------------------------------------------------------------------


def test_a_password_is_sent_with_the_vendors_place_for_its_digits() -> None:
    carrier, seen = _answering(200, {"brandId": BRAND_ID, "referenceId": "OTP4B2001"})
    assert carrier.send_password(BRAND_ID, **TEXTS) == "OTP4B2001"
    assert json.loads(seen[0].content) == {
        "pinSms": "Your password for Acme is @OTP_PIN@.",
        "successSms": "Thank you.",
    }
    assert (seen[0].method, seen[0].url.path) == ("POST", f"{THERE}/smsOtp")


def test_a_text_without_a_place_for_the_digits_is_never_sent() -> None:
    carrier, seen = _answering(200, {"brandId": BRAND_ID, "referenceId": "OTP1"})
    with pytest.raises(Refused):
        carrier.send_password(BRAND_ID, text="Your password is @OTP_PIN@", success_text="")
    assert seen == []


@pytest.mark.parametrize("sending", [None, "", " ", 7])
def test_a_sending_without_a_reference_may_have_left_or_not(sending: Any) -> None:
    carrier, _ = _answering(200, {"brandId": BRAND_ID, "referenceId": sending})
    with pytest.raises(OutcomeUnknown):
        carrier.send_password(BRAND_ID, **TEXTS)


def test_the_right_digits_are_answered_by_nothing() -> None:
    carrier, seen = _answering(204)
    carrier.check_password(BRAND_ID, "004711")
    assert (seen[0].method, seen[0].url.path) == ("PUT", f"{THERE}/smsOtp")
    assert json.loads(seen[0].content) == {"otpPin": "004711"}


def test_wrong_digits_are_refused_in_the_vendors_words_without_the_digits() -> None:
    words = {"loc": ["body", "otpPin"], "msg": "004711 is wrong.", "type": "value_error"}
    carrier, _ = _answering(400, {"detail": [words]})
    with pytest.raises(Refused) as refused:
        carrier.check_password(BRAND_ID, "004711")
    assert [(r.code, r.text) for r in refused.value.reasons] == [("value_error", "[withheld] is wrong.")]
    assert "004711" not in str(refused.value)


def _password(**changes: Any) -> dict[str, Any]:
    values = {
        "brandId": BRAND_ID,
        "referenceId": "OTP1",
        "mobilePhone": "+12025550111",
        "requestDate": "2026-11-22T10:00:00.000000+00:00",
        "deliveryStatus": "PENDING",
    }
    return {name: value for name, value in {**values, **changes}.items() if value is not None}


@pytest.mark.parametrize(
    ("word", "more", "flags"),
    [
        ("PENDING", {}, ""),
        ("DELIVERED_HANDSET", {}, "delivered"),
        ("FAILED", {}, "failed"),
        ("DELIVERY_FAILED", {}, "failed"),
        ("EXPIRED", {}, "expired"),
        ("VERIFIED", {}, "delivered verified"),
        ("DELIVERED_HANDSET", {"verifyDate": "2026-11-22T10:05:00Z"}, "delivered verified"),
        ("EXPIRED", {"verifyDate": "2026-11-22T10:05:00Z"}, "delivered verified"),
        ("PENDING", {"verifyDate": ""}, ""),
        ("delivered_handset", {}, ""),
        ("DELIVERED", {}, ""),
        ("SENT_TO_THE_MOON", {}, ""),
        (7, {}, ""),
    ],
)
def test_a_password_is_as_far_as_the_vendor_says_in_words_that_we_know(
    word: Any, more: dict[str, Any], flags: str
) -> None:
    reading = _carrier(Telnyx(brand(), password=_password(deliveryStatus=word, **more))).read_password(
        BRAND_ID
    )
    assert reading is not None
    assert reading.word == (word if isinstance(word, str) else "")
    assert reading.asked_at is not None
    assert reading.asked_at.isoformat() == "2026-11-22T10:00:00+00:00"
    told = {name for name in ("delivered", "failed", "expired", "verified") if getattr(reading, name)}
    assert told == set(flags.split())


def test_no_password_was_ever_sent() -> None:
    assert _carrier(Telnyx(brand())).read_password(BRAND_ID) is None


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (httpx.Response(500), Unavailable),
        (httpx.Response(429), Unavailable),
        (httpx.Response(200, json={}), Unavailable),
        (httpx.Response(200, json=[]), Unavailable),
        (httpx.Response(200, json=_password(brandId="another")), Unavailable),
        (httpx.Response(401), Unauthorized),
    ],
)
def test_a_password_that_cannot_be_read_now_is_not_one_that_was_never_sent(
    answer: httpx.Response, expected: type[CarrierError]
) -> None:
    with pytest.raises(CarrierError) as raised:
        _carrier(lambda _: answer).read_password(BRAND_ID)
    assert type(raised.value) is expected


def test_a_password_with_an_odd_date_is_read_without_it() -> None:
    reading = _carrier(Telnyx(brand(), password=_password(requestDate="soon"))).read_password(BRAND_ID)
    assert reading == PasswordReading("PENDING")
