"""Vetting, the e-mail of Authentication+ and the one-time password, on the business clock."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.practice.conftest import file, filing, read
from tests.practice.receiver import Receiver
from tests.practice_registry import PracticeRegistry, RegistryFailed

pytestmark = [pytest.mark.xdist_group("practice"), pytest.mark.slow]

PUBLIC = {
    "entityType": "PUBLIC_PROFIT",
    "stockSymbol": "ACME",
    "stockExchange": "NASDAQ",
    "businessContactEmail": "ada@acme.example",
}
PERSON: dict[str, Any] = {
    "entityType": "SOLE_PROPRIETOR",
    "firstName": "Ada",
    "lastName": "Berg",
    "mobilePhone": "+12065550102",
    "ein": None,
    "companyName": None,
}
TEXTS = {"pinSms": "Your PIN is @OTP_PIN@", "successSms": "Thank you."}


def vettings(vendor: httpx.Client, brand: dict[str, Any]) -> list[dict[str, Any]]:
    answer = vendor.get(f"/brand/{brand['brandId']}/externalVetting")
    assert answer.status_code == 200
    found: list[dict[str, Any]] = answer.json()
    return found


def contact(registry: PracticeRegistry, brand: dict[str, Any]) -> str:
    return str(registry.brand(brand["brandId"])["two_factor"])


def test_a_public_company_waits_for_its_contact_until_the_link_is_clicked(
    vendor: httpx.Client, registry: PracticeRegistry
) -> None:
    with Receiver() as portal:
        brand = file(vendor, **PUBLIC, webhookURL=portal.address("k"))
        registry.advance(seconds=100)
        assert read(vendor, brand)["identityStatus"] == "VERIFIED"
        (waiting,) = vettings(vendor, brand)
        assert (waiting["evpId"], waiting["vettingClass"], "vettedDate" in waiting) == (
            "AEGIS",
            "AUTHPLUS",
            False,
        )
        registry.confirm_email(brand["brandId"])
        assert contact(registry, brand) == "confirmed"
        assert "vettedDate" in vettings(vendor, brand)[0]
        assert read(vendor, brand)["identityStatus"] == "VERIFIED"
        assert "BRAND_AUTHPLUS_VERIFICATION_COMPLETE" in [hook.kind for hook in portal.quiet(3)]


def test_the_link_lives_seven_days_and_can_be_sent_again_for_thirty(
    vendor: httpx.Client, registry: PracticeRegistry
) -> None:
    brand = file(vendor, **PUBLIC)
    email = f"/brand/{brand['brandId']}/2faEmail"
    registry.advance(days=6)
    assert contact(registry, brand) == "waiting"
    registry.advance(days=1, hours=1)
    assert contact(registry, brand) == "link_old"
    with pytest.raises(RegistryFailed, match="leads nowhere"):
        registry.confirm_email(brand["brandId"])
    assert vendor.post(email).status_code == 200
    assert contact(registry, brand) == "waiting"
    registry.advance(days=23)
    assert contact(registry, brand) == "expired"
    refused = vendor.post(email)
    assert refused.status_code == 400
    assert "AUTHPLUS" in refused.json()["errors"][0]["detail"]
    order = {"evpId": "AEGIS", "vettingClass": "AUTHPLUS"}
    assert vendor.post(f"/brand/{brand['brandId']}/externalVetting", json=order).status_code == 200
    registry.confirm_email(brand["brandId"])
    assert contact(registry, brand) == "confirmed"
    assert vendor.post(email).status_code == 400


def test_a_new_contact_gets_thirty_days_of_its_own(vendor: httpx.Client, registry: PracticeRegistry) -> None:
    brand = file(vendor, **PUBLIC)
    registry.advance(days=31)
    assert contact(registry, brand) == "expired"
    changed = filing(**PUBLIC) | {"businessContactEmail": "bo@acme.example"}
    assert vendor.put(f"/brand/{brand['brandId']}", json=changed).status_code == 200
    assert contact(registry, brand) == "waiting"


def test_who_has_no_contact_to_confirm_gets_no_email(
    vendor: httpx.Client, registry: PracticeRegistry
) -> None:
    brand = file(vendor)
    assert contact(registry, brand) == "none"
    assert vendor.post(f"/brand/{brand['brandId']}/2faEmail").status_code == 400
    assert contact(registry, file(vendor, companyName="Needs 2FA LLC")) == "waiting"


@pytest.mark.parametrize(("name", "score"), [("Acme", range(50, 100)), ("Score low", (12,))])
def test_a_vetting_brings_a_score_and_lifts_the_brand(
    vendor: httpx.Client, registry: PracticeRegistry, name: str, score: Any
) -> None:
    brand = file(vendor, companyName=f"{name} LLC")
    registry.advance(seconds=100)
    place, order = (
        f"/brand/{brand['brandId']}/externalVetting",
        {"evpId": "AEGIS", "vettingClass": "STANDARD"},
    )
    assert "vettingScore" not in vendor.post(place, json=order).json()
    assert vendor.post(place, json=order).json()["errors"][0]["code"] == "10012"
    registry.advance(seconds=130)
    (told,) = vettings(vendor, brand)
    assert told["vettingScore"] in score
    assert told["vettedDate"]
    assert read(vendor, brand)["identityStatus"] == "VETTED_VERIFIED"
    assert vendor.post(place, json=order).status_code == 400
    assert vendor.post(place, json=order | {"vettingClass": "ENHANCED"}).status_code == 200
    registry.advance(days=181)
    assert vendor.post(place, json=order).status_code == 200


def test_a_vetting_that_fails_may_be_ordered_again(vendor: httpx.Client, registry: PracticeRegistry) -> None:
    with Receiver() as portal:
        brand = file(vendor, companyName="Vetting fails LLC", webhookURL=portal.address("k"))
        registry.advance(seconds=100)
        place, order = (
            f"/brand/{brand['brandId']}/externalVetting",
            {"evpId": "WMC", "vettingClass": "STANDARD"},
        )
        vendor.post(place, json=order)
        registry.advance(seconds=130)
        (told,) = vettings(vendor, brand)
        assert "vettedDate" not in told
        payload = next(
            hook.data["payload"] for hook in portal.quiet(3) if hook.kind == "ORDER_EXTERNAL_VETTING"
        )
        assert payload["status"] == "failed"
        assert read(vendor, brand)["identityStatus"] == "VERIFIED"
        assert vendor.post(place, json=order).status_code == 200


def test_a_vetting_order_is_checked(vendor: httpx.Client) -> None:
    brand, person = file(vendor), file(vendor, **PERSON)
    for body, field in (
        ({}, "evpId"),
        ({"evpId": "A"}, "vettingClass"),
        ({"evpId": "A" * 11, "vettingClass": "STANDARD"}, "evpId"),
        ({"evpId": ["A"], "vettingClass": "STANDARD"}, "evpId"),
    ):
        answer = vendor.post(f"/brand/{brand['brandId']}/externalVetting", json=body)
        assert answer.status_code == 422
        assert answer.json()["detail"][0]["loc"] == ["body", field]
    order = {"evpId": "A", "vettingClass": "STANDARD"}
    assert vendor.post(f"/brand/{person['brandId']}/externalVetting", json=order).status_code == 400


def test_a_sole_proprietor_is_verified_by_the_pin(vendor: httpx.Client, registry: PracticeRegistry) -> None:
    with Receiver() as portal:
        brand = file(vendor, **PERSON, webhookURL=portal.address("k"))
        registry.advance(seconds=100)
        place = f"/brand/{brand['brandId']}/smsOtp"
        sent = vendor.post(place, json=TEXTS).json()
        assert sent["brandId"] == brand["brandId"]
        assert vendor.get(place).json()["deliveryStatus"] == "PENDING"
        registry.advance(seconds=15)
        assert vendor.get(place).json()["deliveryStatus"] == "DELIVERED_HANDSET"
        pin = registry.pin(brand["brandId"])
        assert len(pin) == 6
        wrong = "111111" if pin != "111111" else "222222"
        refused = vendor.put(place, json={"otpPin": wrong})
        assert (refused.status_code, refused.json()["detail"][0]["msg"]) == (400, "The PIN is wrong.")
        assert read(vendor, brand)["identityStatus"] == "SELF_DECLARED"
        assert vendor.put(place, json={"otpPin": pin}).status_code == 204
        assert read(vendor, brand)["identityStatus"] == "VERIFIED"
        told = vendor.get(f"/brand/smsOtp/{sent['referenceId']}").json()
        assert (told["deliveryStatus"], "verifyDate" in told) == ("VERIFIED", True)
        assert vendor.post(place, json=TEXTS).status_code == 400
        assert "BRAND_OTP_VERIFIED" in [hook.kind for hook in portal.wait(3)]


def test_five_wrong_pins_a_new_pin_and_a_day_end_a_pin(
    vendor: httpx.Client, registry: PracticeRegistry
) -> None:
    brand = file(vendor, **PERSON)
    place = f"/brand/{brand['brandId']}/smsOtp"
    assert vendor.put(place, json={"otpPin": "123456"}).status_code == 400
    vendor.post(place, json=TEXTS)
    first = registry.pin(brand["brandId"])
    wrong = "111111" if first != "111111" else "222222"
    for _each in range(5):
        vendor.put(place, json={"otpPin": wrong})
    assert "Too many" in vendor.put(place, json={"otpPin": first}).json()["detail"][0]["msg"]
    vendor.post(place, json=TEXTS)
    second = registry.pin(brand["brandId"])
    assert vendor.put(place, json={"otpPin": first}).status_code == 400
    registry.advance(hours=25)
    assert "expired" in vendor.put(place, json={"otpPin": second}).json()["detail"][0]["msg"]
    assert vendor.get(place).json()["deliveryStatus"] == "EXPIRED"


def test_a_pin_that_never_arrives_and_orders_that_make_no_sense(
    vendor: httpx.Client, registry: PracticeRegistry
) -> None:
    brand = file(vendor, **PERSON, displayName="Undelivered Flowers")
    place = f"/brand/{brand['brandId']}/smsOtp"
    assert vendor.post(place, json=TEXTS).status_code == 200
    registry.advance(seconds=15)
    assert vendor.get(place).json()["deliveryStatus"] == "FAILED"
    for body in (
        {},
        {"pinSms": "no place", "successSms": "x"},
        {"pinSms": "@OTP_PIN@" + "x" * 500, "successSms": "x"},
    ):
        assert vendor.post(place, json=body).status_code == 422
    for pin in (None, "1", 123456, "1" * 11):
        assert vendor.put(place, json={"otpPin": pin}).status_code == 422
    company = file(vendor)
    assert vendor.post(f"/brand/{company['brandId']}/smsOtp", json=TEXTS).status_code == 400
