"""A suspended organization: its people read and write nothing, and what was accepted before goes on."""

from __future__ import annotations

from uuid import uuid4

import pytest

from brands import states
from brands.models import Brand
from portal import clock
from portal.audit.models import Event
from portal.lifecycle.models import Due, Submission
from portal.notifications.models import Notification
from portal.operations.suspending import resume, suspend
from portal.tenancy.models import Organization
from portal.tenancy.roles import READING
from tests.factories import brand_draft, submitted_brand
from tests.operations.staff import Colleague
from tests.people import Person
from tests.tenancy.addresses import Address, addresses

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
REASON = "The March bill is unpaid"
OURS = [one for one in addresses() if one.can is not None]
WRITING = [one for one in OURS if one.can not in READING]
READS = [one for one in OURS if one.can in READING]


def page(organization: Organization, what: str = "") -> str:
    return f"/operations/organizations/{organization.pk}/{what}"


def stop(olu: Colleague, organization: Organization) -> None:
    assert suspend(organization, REASON, by=olu.actor, at=clock.read().business)


def path_of(address: Address) -> str:
    return address.path({hole: address.never(hole) for hole in address.holes})


def log_of(person: Person, action: str) -> list[Event]:
    with person.acting():
        return list(Event.objects.filter(organization=person.organization, action=action))


def test_there_are_addresses_of_both_kinds() -> None:
    assert len(WRITING) > 8
    assert len(READS) > 5


@pytest.mark.parametrize("address", WRITING, ids=lambda one: one.name)
def test_nothing_can_be_written(address: Address, olu: Colleague, ada: Person) -> None:
    stop(olu, ada.organization)
    for method in ("get", "post"):
        answer = getattr(ada.client, method)(path_of(address))
        assert answer.status_code in {403, 405}
        if answer.status_code == 403:
            assert "is suspended" in answer.content.decode()
            assert REASON in answer.content.decode()


@pytest.mark.parametrize("address", READS, ids=lambda one: one.name)
def test_everything_can_be_read(address: Address, olu: Colleague, ada: Person) -> None:
    before = ada.get(path_of(address)).status_code
    stop(olu, ada.organization)
    assert ada.get(path_of(address)).status_code == before


def test_its_pages_say_so_with_the_reason_and_offer_no_button(
    olu: Colleague, ada: Person, bo: Person
) -> None:
    brand = submitted_brand(ada)
    assert "Create 10DLC brand" in ada.get("/sms-campaigns/").content.decode()
    stop(olu, ada.organization)
    for person in (ada, bo):
        for path in ("/", "/sms-campaigns/", f"/brands/{brand.pk}/"):
            text = person.get(path).content.decode()
            assert "Acme is suspended." in text
            assert REASON in text
    assert "Create 10DLC brand" not in ada.get("/sms-campaigns/").content.decode()


def test_a_draft_stays_and_can_be_read_and_not_submitted(olu: Colleague, ada: Person) -> None:
    draft = brand_draft(ada)
    stop(olu, ada.organization)
    assert ada.get(f"/brands/{draft.pk}/").status_code == 200
    assert ada.post(f"/brands/drafts/{draft.pk}/submission/").status_code == 403
    with ada.acting():
        assert Brand.objects.get().status == states.DRAFT
        assert not Submission.objects.exists()
    refused = log_of(ada, "access.refused")
    assert [event.actor_id for event in refused] == [ada.user.pk]


def test_what_was_accepted_goes_on(olu: Colleague, ada: Person) -> None:
    """The loop does not ask: the row and its due time stay as they were."""
    submitted_brand(ada)
    stop(olu, ada.organization)
    with ada.acting():
        due = Due.objects.get()
        assert Submission.objects.get(pk=due.item).state == "accepted"
        assert due.due_at <= clock.read().machine


def test_other_organizations_notice_nothing(olu: Colleague, ada: Person, cy: Person) -> None:
    stop(olu, ada.organization)
    assert cy.get("/brands/new/").status_code == 200
    assert "suspended" not in cy.get("/").content.decode()


def test_the_page_asks_with_counts_and_does_it_with_a_reason(olu: Colleague, ada: Person, bo: Person) -> None:
    brand_draft(ada)
    submitted_brand(ada)
    text = " ".join(olu.get(page(ada.organization, "suspension/")).content.decode().split())
    for words in (
        "2 people can read",
        "1 draft stays",
        "1 brand is with the registry",
        "1 submission that was",
    ):
        assert words in text
    assert olu.post(page(ada.organization, "suspension/"), {"reason": " "}).status_code == 422
    assert not Organization.objects.get(pk=ada.organization.pk).is_suspended
    answer = olu.post(page(ada.organization, "suspension/"), {"reason": REASON})
    assert answer["Location"] == page(ada.organization)
    found = Organization.objects.get(pk=ada.organization.pk)
    assert found.suspended_reason == REASON
    (event,) = log_of(ada, "organization.suspended")
    assert event.actor_name == "Olu Brandt (operator)"
    assert event.detail == {"reason": REASON}
    with ada.acting():
        assert Notification.objects.get(user=ada.user, state="suspended").note == REASON
    assert REASON in olu.get(page(ada.organization)).content.decode()


def test_lifting_it_lets_them_work_again(olu: Colleague, ada: Person) -> None:
    stop(olu, ada.organization)
    assert REASON in olu.get(page(ada.organization, "suspension/end/")).content.decode()
    assert olu.post(page(ada.organization, "suspension/end/"))["Location"] == page(ada.organization)
    assert ada.get("/brands/new/").status_code == 200
    assert len(log_of(ada, "organization.resumed")) == 1
    found = Organization.objects.get(pk=ada.organization.pk)
    assert (found.suspended_at, found.suspended_reason) == (None, "")


def test_each_of_both_happens_once(olu: Colleague, ada: Person) -> None:
    at = clock.read().business
    assert suspend(ada.organization, REASON, by=olu.actor, at=at)
    assert not suspend(ada.organization, "Another reason", by=olu.actor, at=at)
    assert Organization.objects.get(pk=ada.organization.pk).suspended_reason == REASON
    assert resume(ada.organization, by=olu.actor, at=at)
    assert not resume(ada.organization, by=olu.actor, at=at)
    assert len(log_of(ada, "organization.suspended")) == len(log_of(ada, "organization.resumed")) == 1
    olu.post(page(ada.organization, "suspension/end/"))
    assert len(log_of(ada, "organization.resumed")) == 1


def test_an_organization_that_there_is_not_answers_404(olu: Colleague) -> None:
    for what in ("", "log/", "owner/", "suspension/", "suspension/end/", "visit/"):
        for method in ("get", "post"):
            answer = getattr(olu.client, method)(f"/operations/organizations/{uuid4()}/{what}")
            assert answer.status_code in {404, 405}


def test_nobody_but_an_operator_suspends(pia: Colleague, ada: Person) -> None:
    for who in (pia, ada):
        assert who.post(page(ada.organization, "suspension/"), {"reason": REASON}).status_code == 403
    assert not Organization.objects.get(pk=ada.organization.pk).is_suspended
