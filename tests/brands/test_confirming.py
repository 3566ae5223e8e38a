"""A listed company's contact has to follow a link: what the page says, another e-mail, and the reminders."""

from __future__ import annotations

from datetime import timedelta

import pytest

from brands import confirming, states
from brands.confirming import LinkState
from brands.models import Brand
from portal import clock
from tests.brands.proving import events, page, pass_time, public_brand, submissions, told
from tests.brands.rejecting import again
from tests.lifecycle.moments import work
from tests.people import Person
from tests.practice_registry import PracticeRegistry

pytestmark = [pytest.mark.slow, pytest.mark.django_db]


@pytest.fixture
def waiting(ada: Person, registry: PracticeRegistry) -> Brand:
    brand = public_brand(ada, registry)
    assert brand.status == states.CONFIRM
    return brand


def ask(person: Person, brand: Brand) -> str:
    answer = person.post(f"/brands/{brand.pk}/confirmation/", follow=True)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def link(person: Person, brand: Brand) -> confirming.Link:
    with person.acting():
        return confirming.link_of(again(brand, person), clock.read())


def test_the_page_says_to_whom_it_went_how_long_it_holds_and_who_has_to_act(
    ada: Person, waiting: Brand
) -> None:
    text = page(ada, waiting)
    assert "Needs authentication" in text
    assert "ada.osei@acme.example" in text
    assert "waiting for the contact person" in text
    assert "Its link holds until" in text
    assert "30 days after the registry first asked" in text
    held = link(ada, waiting)
    assert held.until - held.mailed_at == timedelta(days=7)
    assert held.closes_at - held.mailed_at == timedelta(days=30)


def test_following_the_link_verifies_the_brand(
    ada: Person, registry: PracticeRegistry, waiting: Brand
) -> None:
    registry.confirm_email(waiting.reference)
    pass_time(registry, minutes=15)
    brand = again(waiting, ada)
    assert brand.status == states.VERIFIED
    assert "E-mail to the contact person" not in page(ada, brand)


def test_another_e_mail_is_a_submission_whose_result_is_shown(
    ada: Person, registry: PracticeRegistry, waiting: Brand
) -> None:
    pass_time(registry, hours=1)
    assert "Send the e-mail again" in page(ada, waiting)
    assert "being asked to send the e-mail again" in ask(ada, waiting)
    work()
    (sent,) = submissions(ada, waiting, "confirm-mail")
    assert sent.state == "confirmed"
    assert "The e-mail was sent again." in page(ada, waiting)
    mails = registry.ledger(
        account=_key(), method="POST", path=f"/v2/10dlc/brand/{waiting.reference}/2faEmail"
    )
    assert len(mails) == 1
    assert events(ada, waiting)[-2:] == ["brand.confirmation-asked", "brand.confirmation-sent"]


def test_it_cannot_be_pressed_twice(ada: Person, registry: PracticeRegistry, waiting: Brand) -> None:
    assert "It can be sent again from" in page(ada, waiting)
    ask(ada, waiting)
    assert submissions(ada, waiting, "confirm-mail") == []
    pass_time(registry, hours=1)
    ask(ada, waiting)
    assert "is not sent again now" in ask(ada, waiting)
    work()
    assert "is not sent again now" in ask(ada, waiting)
    assert len(submissions(ada, waiting, "confirm-mail")) == 1
    pass_time(registry, minutes=11)
    ask(ada, waiting)
    assert len(submissions(ada, waiting, "confirm-mail")) == 2


def test_a_link_ends_after_seven_days_of_business_time_and_another_one_holds_again(
    ada: Person, registry: PracticeRegistry, waiting: Brand
) -> None:
    pass_time(registry, days=8)
    assert link(ada, waiting).state == LinkState.ENDED
    assert "The link in the e-mail has expired." in page(ada, waiting)
    ask(ada, waiting)
    work()
    assert link(ada, waiting).state == LinkState.HOLDS
    registry.confirm_email(waiting.reference)
    pass_time(registry, hours=2)
    assert again(waiting, ada).status == states.VERIFIED


def test_after_thirty_days_there_is_no_button_and_words_instead(
    ada: Person, registry: PracticeRegistry, waiting: Brand
) -> None:
    pass_time(registry, days=31)
    text = page(ada, waiting)
    assert "Authentication+ vetting has to be ordered" in text
    assert "Send the e-mail again" not in text
    ask(ada, waiting)
    assert submissions(ada, waiting, "confirm-mail") == []


def test_a_refusal_is_shown_in_the_registrys_words(
    ada: Person, registry: PracticeRegistry, waiting: Brand
) -> None:
    pass_time(registry, hours=1)
    registry.confirm_email(waiting.reference)
    ask(ada, waiting)
    work()
    (sent,) = submissions(ada, waiting, "confirm-mail")
    assert sent.state == "refused"
    assert "waits for no 2FA e-mail" in page(ada, waiting)


def test_members_are_reminded_once_before_the_end_and_once_after_it(
    ada: Person, registry: PracticeRegistry, waiting: Brand
) -> None:
    assert told(ada, waiting) == [states.CONFIRM]
    pass_time(registry, days=4)
    assert told(ada, waiting) == [states.CONFIRM]
    for _ in range(3):
        pass_time(registry, hours=14)
    assert told(ada, waiting) == [states.CONFIRM, confirming.ENDING]
    for _ in range(3):
        pass_time(registry, hours=20)
    assert told(ada, waiting) == [states.CONFIRM, confirming.ENDING, confirming.ENDED]
    ask(ada, waiting)
    work()
    for _ in range(2):
        pass_time(registry, days=6)
    assert told(ada, waiting)[3:] == [confirming.ENDING, confirming.ENDED]


def test_a_reminder_is_mailed_while_it_is_true_and_settled_afterwards(
    ada: Person, registry: PracticeRegistry, waiting: Brand, mailoutbox: list[object]
) -> None:
    from tests.notifications.posting import post

    pass_time(registry, days=6)
    post()
    assert any("ends soon" in str(getattr(mail, "subject", "")) for mail in mailoutbox)
    before = len(mailoutbox)
    pass_time(registry, days=2)
    registry.control(f"brands/{waiting.reference}/verdict", json={"outcome": "suspended"})
    pass_time(registry, hours=2)
    post()
    subjects = [str(getattr(mail, "subject", "")) for mail in mailoutbox[before:]]
    assert not any("has expired" in one for one in subjects), subjects


def test_the_contacts_address_can_be_corrected_and_gets_an_e_mail_of_its_own(
    ada: Person, registry: PracticeRegistry, waiting: Brand
) -> None:
    pass_time(registry, days=20)
    path = f"/brands/{waiting.pk}/contact/"
    assert "ada.osei@acme.example" in ada.get(path).content.decode()
    assert ada.post(path, {"business_contact_email": "nobody"}).status_code == 422
    assert ada.post(path, {"business_contact_email": "cleo@acme.example"}).status_code == 302
    work()
    brand = again(waiting, ada)
    assert brand.business_contact_email == "cleo@acme.example"
    assert registry.brand(brand.reference)["filed"]["businessContactEmail"] == "cleo@acme.example"
    # What a full replacement must not forget: our key travels in the address for events.
    assert registry.brands(key=str(submissions(ada, brand, "register")[0].key))
    assert link(ada, brand).closes_at > clock.read().business + timedelta(days=29)
    text = page(ada, brand)
    assert "The registry took the new address." in text
    assert "ada.osei@acme.example" not in text


def test_a_viewer_sees_the_state_and_no_button(
    ada: Person, bo: Person, registry: PracticeRegistry, waiting: Brand
) -> None:
    pass_time(registry, hours=1)
    text = page(bo, waiting)
    assert "ada.osei@acme.example" in text
    assert "/confirmation/" not in text
    assert bo.post(f"/brands/{waiting.pk}/confirmation/").status_code == 403


def test_another_tenants_brand_is_none(ada: Person, cy: Person, waiting: Brand) -> None:
    for path in ("confirmation", "password", "password/check"):
        assert cy.post(f"/brands/{waiting.pk}/{path}/").status_code == 404
    assert cy.get(f"/brands/{waiting.pk}/contact/").status_code == 404


def _key() -> str:
    from django.conf import settings

    return str(settings.TELNYX_KEY)
