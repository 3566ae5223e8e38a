"""A sole proprietor's one-time password: sent, entered, wrong, right; and no trace of the digits."""

from __future__ import annotations

import re
import traceback
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
from django.conf import settings
from django.db import connection

from brands import passwords, states
from brands.models import Brand
from brands.proofs_shown import proof_of
from portal import clock
from portal.carriers.adapters.telnyx.client import TelnyxCarrier
from portal.carriers.contract import (
    CarrierError,
    NotFound,
    PasswordReading,
    Reason,
    Refused,
    Unauthorized,
    Unavailable,
)
from portal.lifecycle.models import Submission, SubmissionState
from portal.tenancy.scope import acting_for
from tests.brands.proving import alone_brand, events, page, pass_time, submissions, told
from tests.brands.rejecting import again
from tests.lifecycle.moments import work
from tests.people import Person
from tests.practice_registry import PracticeRegistry

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
OTP = {"resource": "otp"}


@pytest.fixture
def waiting(ada: Person, registry: PracticeRegistry) -> Brand:
    brand = alone_brand(ada, registry)
    assert brand.status == states.PASSWORD
    return brand


def send(person: Person, brand: Brand, registry: PracticeRegistry) -> str:
    """Ask for a password, let it arrive, and read it off the phone."""
    assert person.post(f"/brands/{brand.pk}/password/").status_code == 302
    work()
    pass_time(registry, seconds=20)
    return registry.pin(brand.reference)


def enter(person: Person, brand: Brand, digits: str) -> Any:
    answer = person.post(f"/brands/{brand.pk}/password/check/", {"password": digits})
    work()
    return answer


def tries(text: str) -> int:
    """How many are left, as the page says."""
    found = re.search(r"Tries left</dt> <dd[^>]*> ?(\d+) ?</dd>", text)
    assert found
    return int(found[1])


def wrong(pin: str) -> str:
    return "111111" if pin != "111111" else "222222"


def test_the_right_digits_verify_the_brand(ada: Person, registry: PracticeRegistry, waiting: Brand) -> None:
    assert "Send the one-time password" in page(ada, waiting)
    assert "waiting for you" in page(ada, waiting)
    pin = send(ada, waiting, registry)
    text = page(ada, waiting)
    assert "Delivered to +1 206 555 0177" in text
    assert 'autocomplete="one-time-code"' in text
    assert 'inputmode="numeric"' in text
    assert enter(ada, waiting, f" {pin[:3]}-{pin[3:]} ").status_code == 302
    pass_time(registry, seconds=10)
    assert again(waiting, ada).status == states.VERIFIED
    # Done within a minute: nobody needs to hear of what is over.
    assert told(ada, waiting) == [states.VERIFIED]
    assert events(ada, waiting)[-5:] == [
        "brand.password-asked",
        "brand.password-sent",
        "brand.password-entered",
        "brand.password-right",
        "brand.verified",
    ]


def test_wrong_digits_are_said_with_the_tries_that_are_left(
    ada: Person, registry: PracticeRegistry, waiting: Brand
) -> None:
    pin = send(ada, waiting, registry)
    enter(ada, waiting, wrong(pin))
    text = page(ada, waiting)
    assert "Those digits were not right." in text
    assert "4 tries left." in text
    assert again(waiting, ada).status == states.PASSWORD
    enter(ada, waiting, wrong(pin))
    assert "3 tries left." in page(ada, waiting)
    enter(ada, waiting, pin)
    pass_time(registry, seconds=10)
    assert again(waiting, ada).status == states.VERIFIED


def test_after_five_wrong_ones_only_another_password_helps(
    ada: Person, registry: PracticeRegistry, waiting: Brand
) -> None:
    first = send(ada, waiting, registry)
    for _ in range(5):
        enter(ada, waiting, wrong(first))
    text = page(ada, waiting)
    assert "Too many wrong digits" in text
    assert "/password/check/" not in text
    enter(ada, waiting, first)
    assert len(submissions(ada, waiting, "check-password")) == 5
    pass_time(registry, minutes=3)
    second = send(ada, waiting, registry)
    assert tries(page(ada, waiting)) == 5
    enter(ada, waiting, second)
    pass_time(registry, seconds=10)
    assert again(waiting, ada).status == states.VERIFIED


def test_a_password_expires_after_a_day_of_business_time_although_nobody_looked(
    ada: Person, registry: PracticeRegistry, waiting: Brand
) -> None:
    pin = send(ada, waiting, registry)
    registry.advance(hours=25)
    clock.follow_practice()
    text = page(ada, waiting)
    assert "The one-time password has expired." in text
    assert "/password/check/" not in text
    enter(ada, waiting, pin)
    assert submissions(ada, waiting, "check-password") == []
    enter(ada, waiting, send(ada, waiting, registry))
    pass_time(registry, seconds=10)
    assert again(waiting, ada).status == states.VERIFIED


def test_a_text_message_that_does_not_arrive_is_said(ada: Person, registry: PracticeRegistry) -> None:
    brand = alone_brand(ada, registry, display_name="Undelivered Flowers")
    send(ada, brand, registry)
    text = page(ada, brand)
    assert "The text message could not be delivered." in text
    assert "Not delivered to +1 206 555 0177" in text


def test_a_refresh_leaves_the_field_alone_while_the_message_is_on_its_way(
    ada: Person, registry: PracticeRegistry, waiting: Brand
) -> None:
    ada.post(f"/brands/{waiting.pk}/password/")
    work()
    with ada.acting():
        proof = proof_of(Brand.objects.get(pk=waiting.pk), clock.read())
    assert proof is not None
    path = f"/brands/{waiting.pk}/status/?seen=x&mark={quote(waiting.mark)}&proof={proof.mark}"
    for span in ({"seconds": 15}, {"minutes": 3}):
        pass_time(registry, **span)
        text = ada.get(path, HTTP_HX_REQUEST="true").content.decode()
        assert 'id="id_password"' not in text
        assert "Delivered to" in text
    assert "Send another one-time password" in text
    # Digits that were tried draw the panel anew, with what became of them.
    enter(ada, waiting, wrong(registry.pin(waiting.reference)))
    assert 'id="id_password"' in ada.get(path, HTTP_HX_REQUEST="true").content.decode()


def test_it_cannot_be_sent_twice_at_once(ada: Person, registry: PracticeRegistry, waiting: Brand) -> None:
    for _ in range(2):
        ada.post(f"/brands/{waiting.pk}/password/")
    work()
    ada.post(f"/brands/{waiting.pk}/password/")
    assert len(submissions(ada, waiting, "send-password")) == 1
    assert "Another one can be sent from" in page(ada, waiting)
    pass_time(registry, minutes=3)
    ada.post(f"/brands/{waiting.pk}/password/")
    assert len(submissions(ada, waiting, "send-password")) == 2


@pytest.mark.parametrize(
    "typed", ["", "12345", "1234567", "abcdef", "１２３４５６", "12 34 5x", "\x00123456"]
)
def test_what_cannot_be_the_digits_is_refused_on_the_page(
    ada: Person, registry: PracticeRegistry, waiting: Brand, typed: str
) -> None:
    send(ada, waiting, registry)
    answer = enter(ada, waiting, typed)
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "There is a problem" in text
    assert "<title>Error: " in text
    assert submissions(ada, waiting, "check-password") == []


def test_nothing_keeps_the_digits(
    ada: Person, registry: PracticeRegistry, waiting: Brand, caplog: pytest.LogCaptureFixture
) -> None:
    pin = send(ada, waiting, registry)
    for digits in (wrong(pin), pin):
        ada.post(f"/brands/{waiting.pk}/password/check/", {"password": digits})
        (open_one,) = [one for one in submissions(ada, waiting, "check-password") if one.state == "accepted"]
        assert open_one.payload["password"] == digits
        work()
        assert digits not in caplog.text
        assert digits not in page(ada, waiting)
        with acting_for(ada.organization.pk, by=ada.actor), connection.cursor() as cursor:
            for table in ("lifecycle_submission", "lifecycle_watch", "audit_event", "brands_brand"):
                cursor.execute(f"SELECT row_to_json(t)::text FROM {table} t")
                kept = "\n".join(row for (row,) in cursor.fetchall())
                assert digits not in kept, table
    with ada.acting():
        assert Submission.objects.filter(payload__has_key="password").count() == 0


class Stub:
    """A carrier that quotes what it was given, or says nothing."""

    def __init__(self, problem: Exception) -> None:
        self.problem = problem

    def check_password(self, reference: str, password: str) -> None:
        raise self.problem


def entered(person: Person, brand: Brand, digits: str) -> Submission:
    """Digits that are about to be checked, of a password that was never sent."""
    with person.acting():
        Brand.objects.filter(pk=brand.pk).update(
            password_asked_at=clock.read().business, password_state="delivered"
        )
        return passwords.enter(brand, digits, by=person.actor, times=clock.read())


@pytest.mark.parametrize(
    ("problem", "kind"),
    [
        (Refused("PIN 918273 refused", reasons=(Reason("x918273", "918-273 is wrong"),)), Refused),
        (Unavailable("no time for 918273"), Unavailable),
        (Unauthorized("who sends 918273?"), Unauthorized),
        (NotFound("nothing about 918273"), NotFound),
        (ValueError("invalid literal: '918273'"), CarrierError),
    ],
    ids=repr,
)
def test_a_carrier_that_quotes_the_digits_is_not_quoted(
    ada: Person, waiting: Brand, problem: Exception, kind: type[Exception]
) -> None:
    check = entered(ada, waiting, "918273")
    with pytest.raises(kind) as caught:
        passwords.CheckPassword().send(Stub(problem), check)  # type: ignore[arg-type]
    reasons = getattr(caught.value, "reasons", ())
    said = "".join(traceback.format_exception(caught.value)) + repr(reasons)
    assert "918273" not in said
    assert "918-273" not in said


def test_digits_of_unknown_outcome_are_not_kept_for_a_person_where_nothing_can_be_searched(
    ada: Person, registry: PracticeRegistry, waiting: Brand, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(ada, waiting, registry)
    ada.post(f"/brands/{waiting.pk}/password/check/", {"password": "918273"})
    with ada.acting():
        # What a process leaves that was killed while it asked.
        Submission.objects.filter(purpose=passwords.CHECK).update(
            state=SubmissionState.UNKNOWN, sent_at=clock.read().machine
        )
    blind = replace(TelnyxCarrier.capabilities, search=False)
    monkeypatch.setattr(TelnyxCarrier, "capabilities", blind)
    work()
    (check,) = submissions(ada, waiting, passwords.CHECK)
    assert "password" not in check.payload
    assert check.state == SubmissionState.REFUSED
    text = page(ada, waiting)
    assert "No answer came to these digits." in text
    assert tries(text) == 5


def test_no_answer_to_the_digits_ends_at_once_and_costs_no_try(
    ada: Person, registry: PracticeRegistry, waiting: Brand
) -> None:
    pin = send(ada, waiting, registry)
    registry.fault("reset", account=str(settings.TELNYX_KEY), verb="write", match=OTP, phase="P2")
    enter(ada, waiting, pin)
    text = page(ada, waiting)
    assert "No answer came to these digits." in text
    assert tries(text) == 5
    enter(ada, waiting, pin)
    pass_time(registry, seconds=10)
    assert again(waiting, ada).status == states.VERIFIED


def test_digits_that_arrived_without_an_answer_verify_the_brand_all_the_same(
    ada: Person, registry: PracticeRegistry, waiting: Brand
) -> None:
    pin = send(ada, waiting, registry)
    registry.fault("reset", account=str(settings.TELNYX_KEY), verb="write", match=OTP, phase="P3")
    enter(ada, waiting, pin)
    pass_time(registry, seconds=10)
    assert again(waiting, ada).status == states.VERIFIED


def test_a_password_whose_sending_was_not_answered_is_found_and_not_sent_again(
    ada: Person, registry: PracticeRegistry, waiting: Brand
) -> None:
    from tests.lifecycle.moments import Later

    registry.fault("reset", account=str(settings.TELNYX_KEY), verb="write", match=OTP, phase="P3")
    ada.post(f"/brands/{waiting.pk}/password/")
    work()
    assert submissions(ada, waiting, "send-password")[0].state == "unknown"
    later = Later()
    later.pass_(minutes=5)
    work(later)
    assert submissions(ada, waiting, "send-password")[0].state == "confirmed"
    sent = registry.ledger(
        account=str(settings.TELNYX_KEY),
        method="POST",
        path=f"/v2/10dlc/brand/{waiting.reference}/smsOtp",
    )
    assert len(sent) == 1


def test_the_texts_carry_the_name_and_one_place_for_the_digits(ada: Person, waiting: Brand) -> None:
    waiting.display_name = "{password} " * 20
    texts = passwords.texts_of(waiting)
    assert texts["text"].count("{password}") == 1
    assert all(len(text) <= 500 for text in texts.values())
    waiting.display_name = "Osei Flowers"
    assert all(text.startswith("Osei Flowers: ") for text in passwords.texts_of(waiting).values())


def test_a_carrier_silent_about_the_message_does_not_hold_up_the_verdict(
    ada: Person, registry: PracticeRegistry
) -> None:
    registry.fault("status", account=str(settings.TELNYX_KEY), verb="read", match=OTP, times=None)
    assert alone_brand(ada, registry).status == states.PASSWORD


def test_a_late_reading_of_an_older_password_changes_nothing(ada: Person, waiting: Brand) -> None:
    now = clock.read().business
    waiting.password_asked_at = now
    older = PasswordReading("EXPIRED", asked_at=now - timedelta(minutes=5), expired=True)
    assert passwords.changes_of(waiting, older) == {}
    newer = PasswordReading("DELIVERED_HANDSET", asked_at=now + timedelta(seconds=1), delivered=True)
    assert passwords.changes_of(waiting, newer)["password_state"] == "delivered"


def test_a_viewer_is_told_who_can_do_it(ada: Person, bo: Person, waiting: Brand) -> None:
    text = page(bo, waiting)
    assert "Somebody who may submit can enter the digits" in text
    assert "/password/" not in text
    assert bo.post(f"/brands/{waiting.pk}/password/").status_code == 403
    assert bo.post(f"/brands/{waiting.pk}/password/check/", {"password": "123456"}).status_code == 403


def test_digits_for_a_brand_that_waits_for_none_change_nothing(ada: Person, waiting: Brand) -> None:
    answer = ada.post(f"/brands/{waiting.pk}/password/check/", {"password": "123456"})
    assert answer.status_code == 302
    assert submissions(ada, waiting, "check-password") == []
