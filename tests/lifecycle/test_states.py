"""Moves: the WHERE clause is the lock, and the event is part of the act."""

from __future__ import annotations

import pytest
from django.db import connection, transaction

from brands import states
from brands.models import Brand
from portal import clock
from portal.audit.models import Event
from portal.lifecycle.states import StaleState, make, moved
from portal.tenancy.scope import acting_for
from tests.factories import brand_draft
from tests.people import Person

pytestmark = pytest.mark.django_db


def test_a_move_changes_the_status_and_writes_one_event(ada: Person) -> None:
    brand = brand_draft(ada)
    with ada.acting():
        before = Event.objects.count()
        make(states.SUBMIT, brand, by=ada.actor, at=clock.read().business)
        event = Event.objects.order_by("-id").first()
        assert Event.objects.count() == before + 1
    assert brand.status == states.SUBMITTING
    assert event is not None
    assert (event.action, event.actor_name, event.address) == ("brand.submitted", "Ada Osei", "127.0.0.1")


def test_of_two_stale_copies_one_wins_and_the_other_is_told(ada: Person) -> None:
    brand = brand_draft(ada)
    with acting_for(ada.organization.pk, by=ada.actor):
        first, second = Brand.objects.get(pk=brand.pk), Brand.objects.get(pk=brand.pk)
        at = clock.read().business
        make(states.SUBMIT, first, by=ada.actor, at=at)
        events = Event.objects.count()
        with pytest.raises(StaleState):
            make(states.SUBMIT, second, by=ada.actor, at=at)
        assert second.status == states.SUBMITTING
        assert Event.objects.count() == events


def test_a_move_that_is_rolled_back_leaves_no_event(ada: Person) -> None:
    brand = brand_draft(ada)
    with ada.acting():
        events = Event.objects.count()
    with (
        pytest.raises(ZeroDivisionError),
        acting_for(ada.organization.pk, by=ada.actor),
    ):
        make(states.SUBMIT, brand, by=ada.actor, at=clock.read().business)
        _ = 1 / 0
    with ada.acting():
        assert Event.objects.count() == events
        assert Brand.objects.get(pk=brand.pk).status == states.DRAFT


def test_moved_is_sent_on_commit_and_not_before(
    ada: Person, django_capture_on_commit_callbacks: object
) -> None:
    heard: list[str] = []

    def listen(move: str, **_: object) -> None:
        heard.append(move)

    moved.connect(listen)
    try:
        brand = brand_draft(ada)
        with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
            with acting_for(ada.organization.pk, by=ada.actor), transaction.atomic():
                make(states.SUBMIT, brand, by=ada.actor, at=clock.read().business)
            assert heard == []
        assert heard == ["submitted"]
    finally:
        moved.disconnect(listen)


def test_every_move_leads_from_and_to_statuses_that_can_be_shown() -> None:
    for move in states.MOVES:
        assert move.target in states.LOOKS
        assert move.sources <= set(states.LOOKS)


def test_the_app_can_neither_change_nor_delete_an_event(ada: Person) -> None:
    brand_draft(ada)
    for statement in ("UPDATE audit_event SET actor_name = 'Nobody'", "DELETE FROM audit_event"):
        with pytest.raises(Exception, match="permission denied"), transaction.atomic():
            connection.cursor().execute(statement)
