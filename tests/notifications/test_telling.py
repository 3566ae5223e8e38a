"""Who is told what: in the transaction of the act, once per occurrence, and nobody else's business."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from brands import states
from brands.models import Brand
from portal import clock
from portal.accounts.enrolling import account_for
from portal.audit.models import Event
from portal.audit.recording import CLEARLINE, REGISTRY
from portal.lifecycle.states import make
from portal.notifications import kinds, telling
from portal.notifications.kinds import Delivery, Kind
from portal.notifications.models import Notification
from portal.notifications.preferring import Choices, choices_of, choose
from portal.tenancy.models import Membership, Role
from tests.factories import submitted_brand
from tests.people import Person

pytestmark = pytest.mark.django_db


def in_review(person: Person) -> Brand:
    brand = submitted_brand(person)
    with person.acting():
        make(states.ACCEPT, brand, by=REGISTRY, at=clock.read().business)
    return brand


def verify(person: Person, brand: Brand) -> None:
    with person.acting():
        make(states.VERIFY, brand, by=REGISTRY, at=clock.read().business)


def told(person: Person) -> list[Notification]:
    with person.acting():
        return list(Notification.objects.filter(user=person.user).order_by("at"))


def prefer(person: Person, **deliveries: Delivery) -> None:
    now = choices_of(person.user)
    choices = Choices({**now.deliveries, **{kind: str(one) for kind, one in deliveries.items()}}, now.hours)
    choose(choices, user=person.user, by=person.actor, at=clock.read().business)


def test_a_decision_is_told_to_every_member_with_the_move(ada: Person, bo: Person) -> None:
    brand = in_review(ada)
    verify(ada, brand)
    for person in (ada, bo):
        (one,) = told(person)
        assert (one.kind, one.object_id, one.object_name) == ("decision", brand.pk, brand.name)
        assert (one.state, one.since) == (states.VERIFIED, brand.since)
        assert one.due_at == one.at + telling.HOLD
        assert one.read_at is one.sent_at is None


def test_a_move_that_is_rolled_back_tells_nobody(ada: Person) -> None:
    brand = in_review(ada)
    with pytest.raises(RuntimeError), ada.acting():
        make(states.VERIFY, brand, by=REGISTRY, at=clock.read().business)
        raise RuntimeError
    assert told(ada) == []
    with ada.acting():
        assert not Event.objects.filter(action="brand.verified").exists()


def test_no_notification_is_no_move(ada: Person) -> None:
    """The other direction: where telling fails, the brand stays where it was."""
    brand = in_review(ada)
    with pytest.raises(KeyError), ada.acting():
        make(replace(states.VERIFY, tells="no such kind"), brand, by=REGISTRY, at=clock.read().business)
    with ada.acting():
        assert Brand.objects.get(pk=brand.pk).status == states.IN_REVIEW


def test_other_moves_tell_nobody(ada: Person) -> None:
    in_review(ada)
    assert told(ada) == []


def test_another_organization_is_never_told(ada: Person, cy: Person) -> None:
    verify(ada, in_review(ada))
    assert told(cy) == []
    with cy.acting():
        assert Notification._base_manager.count() == 0


def test_nobody_is_told_about_their_own_act(ada: Person, bo: Person) -> None:
    brand = in_review(ada)
    with ada.acting():
        telling.tell(brand, kind="decision", state="verified", at=brand.since, by=ada.actor)
    assert told(ada) == []
    assert len(told(bo)) == 1


def test_the_same_occurrence_is_told_once_and_a_second_one_again(ada: Person) -> None:
    brand = in_review(ada)
    with ada.acting():
        for _ in range(2):
            telling.tell(brand, kind="attention", state="rejected", at=brand.since, by=REGISTRY)
        later = brand.since + timedelta(days=3)
        telling.tell(brand, kind="attention", state="rejected", at=later, by=REGISTRY)
    assert [one.since for one in told(ada)] == [brand.since, later]


def test_who_switched_a_kind_off_is_not_told_of_it(ada: Person, bo: Person) -> None:
    prefer(bo, decision=Delivery.OFF)
    verify(ada, in_review(ada))
    assert told(bo) == []
    assert len(told(ada)) == 1


def test_who_wants_it_in_the_portal_only_gets_no_mail(ada: Person) -> None:
    prefer(ada, decision=Delivery.LISTED)
    verify(ada, in_review(ada))
    assert [one.due_at for one in told(ada)] == [None]


def test_an_owner_cannot_choose_not_to_hear_of_the_operator(ada: Person, bo: Person) -> None:
    for person in (ada, bo):
        prefer(person, operator=Delivery.OFF)
    with ada.acting():
        telling.tell(
            ada.organization, kind=kinds.OPERATOR, state="entered", at=clock.read().business, by=CLEARLINE
        )
    (one,) = told(ada)
    assert one.due_at is not None
    assert told(bo) == []


@pytest.mark.parametrize("role", Role.values)
@pytest.mark.parametrize("chosen", [None, *Delivery.values])
@pytest.mark.parametrize("kind", kinds.KINDS.values(), ids=lambda kind: kind.name)
def test_a_choice_holds_but_for_owners_and_what_they_must_know(
    kind: Kind, chosen: str | None, role: str
) -> None:
    got = kinds.delivery(kind, chosen, role)
    if kind.owners_always and role == Role.OWNER:
        assert got in kinds.MAILED
    else:
        assert got == (chosen or kind.default)


def test_who_left_is_not_told(ada: Person, bo: Person) -> None:
    brand = in_review(ada)
    with ada.acting():
        Membership.objects.filter(user=bo.user).delete()
    verify(ada, brand)
    assert told(bo) == []


def test_telling_costs_the_same_for_two_members_and_for_twenty(ada: Person) -> None:
    def cost() -> int:
        brand = in_review(ada)
        with (
            ada.acting(),
            CaptureQueriesContext(
                connection,
            ) as queries,
        ):
            telling.tell(brand, kind="decision", state="verified", at=brand.since, by=REGISTRY)
        return len(queries)

    few = cost()
    for number in range(20):
        user, _made = account_for(f"n{number}@acme.example")
        with ada.acting():
            Membership.objects.create(organization=ada.organization, user=user, role=Role.VIEWER)
    assert cost() == few <= 8
