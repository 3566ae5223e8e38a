"""Telnyx's endpoints for the one-time password of a sole proprietor: send, prove, ask how far it is.

Their refusals have the shape of a schema error (`detail[]`), also with 400 and 404, as the contract says.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from portal.practice import proofs
from portal.practice.models import OneTimePassword
from portal.practice.telnyx.brands import find
from portal.practice.telnyx.exchange import Answer, Call, Refusal, as_uuid, endpoint, invalid
from portal.practice.telnyx.queries import document
from portal.practice.wire import keepable

PLACE_OF_PIN = "@OTP_PIN@"
# The contract names no length; the domain reference does (1.10).
_LONGEST = 500
_DETAILS = {
    "DELIVERED_HANDSET": "Delivered to handset",
    "PENDING": "On its way",
    "FAILED": "The carrier could not deliver the message",
    "EXPIRED": "The PIN has expired",
    "VERIFIED": "The PIN was entered",
}


def send(call: Call, brand_id: str) -> Answer:
    """Send a PIN, or a new one."""
    brand = find(call, brand_id)
    body = _object(call)
    texts = [_text(body, name) for name in ("pinSms", "successSms")]
    if PLACE_OF_PIN not in texts[0]:
        raise invalid(_wrong("pinSms", f"the text must hold {PLACE_OF_PIN}", "value_error"))
    try:
        made = proofs.send_pin(brand, texts[0], texts[1], call.moment)
    except proofs.Unfit as problem:
        raise _bad(400, "brandId", str(problem)) from problem
    return Answer(200, {"brandId": str(brand.id), "referenceId": made.reference}, brand.id)


def prove(call: Call, brand_id: str) -> Answer:
    """Enter the PIN."""
    brand = find(call, brand_id)
    pin = _object(call).get("otpPin")
    if not isinstance(pin, str) or not keepable(pin) or not 4 <= len(pin) <= 10:
        raise invalid(_wrong("otpPin", "ensure this value has 4 to 10 characters", "value_error"))
    try:
        proofs.try_pin(brand, pin, call.moment)
    except proofs.Unfit as problem:
        # Said after the transaction would have undone the counting, so it is an answer, not a refusal.
        return Answer(400, {"detail": [_wrong("otpPin", str(problem), "value_error")]}, brand.id)
    return Answer(204, None, brand.id)


def newest(call: Call, brand_id: str) -> Answer:
    """How far the newest PIN of a brand is."""
    brand = find(call, brand_id)
    row = OneTimePassword.objects.filter(brand=brand).order_by("-id").first()
    if row is None:
        raise _bad(404, "brandId", "No one-time password was sent to this brand.")
    return Answer(200, _told(row, call), brand.id)


def referenced(call: Call, reference: str) -> Answer:
    """How far a PIN is, by the reference of its sending."""
    row = (
        OneTimePassword.objects.filter(reference=reference, brand__account=call.account).first()
        if keepable(reference)
        else None
    )
    wanted = call.request.GET.get("brandId", "")
    if row is None or (wanted and as_uuid(wanted) != row.brand.id):
        raise _bad(404, "referenceId", "There is no one-time password of this reference.")
    return Answer(200, _told(row, call), row.brand.id)


of_brand = endpoint("otp", GET=newest, POST=send, PUT=prove)
by_reference = endpoint("otp", GET=referenced)


def _told(row: OneTimePassword, call: Call) -> dict[str, Any]:
    """The vendor's `BrandSmsOtpStatus`."""
    word, since = proofs.delivery_of(row, call.moment)
    answer = {
        "brandId": str(row.brand.id),
        "referenceId": row.reference,
        "mobilePhone": row.phone,
        "requestDate": _iso(row.asked_at),
        "deliveryStatus": word,
        "deliveryStatusDate": _iso(since),
        "deliveryStatusDetails": _DETAILS[word],
    }
    if row.verified_at is not None:
        answer["verifyDate"] = _iso(row.verified_at)
    return answer


def _object(call: Call) -> dict[str, Any]:
    body = document(call)
    if not isinstance(body, dict):
        raise invalid({"loc": ["body"], "msg": "value is not a valid dict", "type": "type_error.dict"})
    return body


def _text(body: dict[str, Any], name: str) -> str:
    value = body.get(name)
    if value is None:
        raise invalid(_wrong(name, "field required", "value_error.missing"))
    if not isinstance(value, str) or not keepable(value) or not 0 < len(value) <= _LONGEST:
        words = f"ensure this value has 1 to {_LONGEST} characters"
        raise invalid(_wrong(name, words, "value_error.any_str.max_length"))
    return value


def _wrong(name: str, message: str, kind: str) -> dict[str, Any]:
    return {"loc": ["body", name], "msg": message, "type": kind}


def _bad(status: int, name: str, words: str) -> Refusal:
    return Refusal(Answer(status, {"detail": [{"loc": ["path", name], "msg": words, "type": "value_error"}]}))


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds")
