"""What the desk's word does to a campaign's limit: lifted to the number approved, or not at all, and decided once."""

from __future__ import annotations

import threading
from uuid import uuid4

import pytest
from django.db import connection

from campaigns.models import Campaign
from phone_numbers.assigning import OverLimit, assign
from phone_numbers.models import Assignment, Number, Order, Roster
from phone_numbers.pool_models import PoolRequest
from portal import clock
from portal.audit.models import Event
from portal.support import states
from portal.support.models import Message
from tests.campaigns.numbering import numbers_of as inventory
from tests.factories import active_campaign
from tests.operations.staff import Colleague, on_duty
from tests.people import Person
from tests.support.asking import pool_request

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def pia(db: None) -> Colleague:
    return on_duty("pia")


def assigned(person: Person, campaign: Campaign, numbers: list[Number]) -> Order:
    with person.acting():
        rows = Number.objects.filter(pk__in=[one.pk for one in numbers])
        return assign(campaign, rows, token=uuid4(), by=person.actor, times=clock.read())


def test_an_approval_lifts_the_limit_to_the_number_approved_and_not_further(
    ada: Person, pia: Colleague
) -> None:
    campaign = active_campaign(ada)
    numbers = inventory(ada, 60)
    ticket = pool_request(ada, campaign, planned=60)
    assigned(ada, campaign, numbers[:48])
    with pytest.raises(OverLimit):
        assigned(ada, campaign, numbers[48:49])
    answer = pia.post(f"/operations/desk/{ticket.pk}/approval/", {"granted": "60", "text": "All carriers."})
    assert answer.status_code == 302
    assert assigned(ada, campaign, numbers[48:]).total == 12
    with pytest.raises(OverLimit):
        assigned(ada, campaign, inventory(ada, 1))
    with ada.acting():
        assert Roster.objects.get().used == Assignment.objects.open().count() == 60
        assert PoolRequest.objects.get().granted == 60
        (event,) = Event.objects.filter(action="ticket.approved")
    assert (event.actor_name, event.detail["granted"]) == ("Pia Novak (porting desk)", 60)
    shown = ada.get(f"/support/{ticket.pk}/").content.decode()
    assert "60 numbers in total" in shown
    assert "/numbers/?product=phone&amp;campaign=none" in shown


@pytest.mark.parametrize("granted", ["48", "5001", "0", "-1", "many", "", "1e3"])
def test_the_desk_grants_more_than_there_is_and_no_more_than_carriers_do(
    ada: Person, pia: Colleague, granted: str
) -> None:
    ticket = pool_request(ada, active_campaign(ada))
    answer = pia.post(f"/operations/desk/{ticket.pk}/approval/", {"granted": granted})
    assert answer.status_code == 422
    with ada.acting():
        assert not Roster.objects.filter(approved__isnull=False).exists()
        ticket.refresh_from_db()
        assert ticket.status == states.WAITING


def test_a_later_approval_lifts_it_further(ada: Person, pia: Colleague) -> None:
    campaign = active_campaign(ada)
    for planned in (60, 200):
        ticket = pool_request(ada, campaign, planned=planned)
        pia.post(f"/operations/desk/{ticket.pk}/approval/", {"granted": str(planned)})
        with ada.acting():
            assert Roster.objects.get().limit == planned


def test_a_rejection_changes_nothing_and_says_why(ada: Person, pia: Colleague) -> None:
    ticket = pool_request(ada, active_campaign(ada))
    case = f"/operations/desk/{ticket.pk}"
    assert pia.post(f"{case}/rejection/", {"text": ""}).status_code == 422
    assert pia.post(f"{case}/rejection/", {"text": "One brand per campaign."}).status_code == 302
    with ada.acting():
        ticket.refresh_from_db()
        assert ticket.status == states.REJECTED
        assert not Roster.objects.filter(approved__isnull=False).exists()
    assert "One brand per campaign." in ada.get(f"/support/{ticket.pk}/").content.decode()


@pytest.mark.django_db(transaction=True)
def test_of_two_at_the_desk_at_once_one_decides(ada: Person, pia: Colleague) -> None:
    campaign = active_campaign(ada)
    ticket = pool_request(ada, campaign)
    start = threading.Barrier(2)

    def decide(path: str, fields: dict[str, str]) -> None:
        colleague = on_duty("pia")
        start.wait()
        colleague.post(f"/operations/desk/{ticket.pk}/{path}/", fields)
        connection.close()

    both = [
        threading.Thread(target=decide, args=("approval", {"granted": "150"})),
        threading.Thread(target=decide, args=("rejection", {"text": "Not now, sorry"})),
    ]
    for one in both:
        one.start()
    for one in both:
        one.join()
    with ada.acting():
        ticket.refresh_from_db()
        ends = Message.objects.filter(act__in=["approved", "rejected"])
        assert ends.count() == 1
        lifted = Roster.objects.filter(approved=150).exists()
        assert lifted == (ticket.status == states.APPROVED)
        assert Event.objects.filter(action__in=["ticket.approved", "ticket.rejected"]).count() == 1
