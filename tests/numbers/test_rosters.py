"""How many numbers a campaign has and may have, as the database itself counts and holds it."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.db.models import F

from phone_numbers.models import UNASSIGNED, Assignment, Roster
from phone_numbers.rosters import room_of, roster_of
from portal import clock
from tests.campaigns.numbering import numbers_of, numbers_on
from tests.factories import active_campaign
from tests.people import Person

pytestmark = pytest.mark.django_db


def used(person: Person) -> list[int]:
    with person.acting():
        return list(Roster.objects.order_by("campaign__created_at").values_list("used", flat=True))


def ended(**more: Any) -> dict[str, Any]:
    at = clock.read().business
    return {"state": "released", "since": at, "ended_at": at, "ended_because": UNASSIGNED, **more}


def test_each_way_of_writing_counts(ada: Person) -> None:
    campaign, other = active_campaign(ada), active_campaign(ada)
    with ada.acting():
        roster_of(campaign)
        roster_of(other)
    rows = numbers_on(ada, campaign, 5)
    assert used(ada) == [5, 0]
    with ada.acting():
        Assignment.objects.filter(pk__in=[rows[0].pk, rows[1].pk]).update(**ended())
        assert used(ada) == [3, 0]
        # Nothing that counts changes.
        Assignment.objects.update(word="ASSIGNED")
        assert used(ada) == [3, 0]
        Assignment.objects.filter(pk=rows[2].pk).update(campaign=other)
        assert used(ada) == [2, 1]
        Assignment.objects.filter(pk=rows[3].pk).delete()
        assert used(ada) == [1, 1]
        # One that has ended is deleted, and one is taken up again.
        Assignment.objects.filter(pk=rows[0].pk).delete()
        Assignment.objects.filter(pk=rows[1].pk).update(state="on", ended_at=None, ended_because="")
        assert used(ada) == [2, 1]


def test_one_statement_about_several_campaigns_counts_each(ada: Person) -> None:
    first, second = active_campaign(ada), active_campaign(ada)
    numbers_on(ada, first, 2)
    numbers_on(ada, second, 3)
    with ada.acting():
        Assignment.objects.update(**ended())
    assert used(ada) == [0, 0]


def test_the_database_refuses_the_first_one_too_many(ada: Person) -> None:
    campaign, at = active_campaign(ada), clock.read().business
    numbers_on(ada, campaign, 48)
    (one,) = numbers_of(ada, 1)
    row = Assignment(
        organization_id=ada.organization.pk, number=one, campaign=campaign, e164=one.e164, since=at
    )
    with ada.acting():
        with pytest.raises(IntegrityError, match="roster_within_its_limit"), transaction.atomic():
            row.save(force_insert=True)
        Roster.objects.update(approved=49)
        row.save(force_insert=True)
    assert used(ada) == [49]


def test_a_number_on_a_campaign_without_a_roster_is_refused(ada: Person) -> None:
    campaign, (one,) = active_campaign(ada), numbers_of(ada, 1)
    row = Assignment(
        organization_id=ada.organization.pk,
        number=one,
        campaign=campaign,
        e164=one.e164,
        since=clock.read().business,
    )
    with ada.acting(), pytest.raises(IntegrityError, match="needs a roster"), transaction.atomic():
        row.save(force_insert=True)


def test_a_number_is_on_one_campaign_over_all_organizations(ada: Person, cy: Person) -> None:
    (theirs,) = numbers_on(cy, active_campaign(cy), 1)
    (mine,) = numbers_of(ada, 1, e164=theirs.e164)
    campaign = active_campaign(ada)
    with ada.acting():
        roster_of(campaign)
        row = Assignment(
            organization_id=ada.organization.pk,
            number=mine,
            campaign=campaign,
            e164=mine.e164,
            since=clock.read().business,
        )
        with pytest.raises(IntegrityError, match="one_holder_per_number"), transaction.atomic():
            row.save(force_insert=True)
    with cy.acting():
        Assignment.objects.update(**ended())
    with ada.acting():
        row.save(force_insert=True)


def test_a_limit_that_became_smaller_lets_the_numbers_stay_and_takes_no_more(ada: Person) -> None:
    campaign = active_campaign(ada)
    numbers_on(ada, campaign, 10)
    with ada.acting():
        Roster.objects.update(direct=F("used"), approved=None)
        assert roster_of(campaign).direct == 48
        Roster.objects.update(direct=60)
        assert roster_of(campaign).direct == 48
    sole = active_campaign(ada, use_case="SOLE_PROPRIETOR", sub_use_cases=[])
    with ada.acting():
        assert roster_of(sole).direct == 1
    numbers_on(ada, sole, 5)
    with ada.acting():
        Roster.objects.filter(campaign=sole).update(direct=48, approved=None)
        roster = roster_of(sole)
        assert (roster.direct, roster.left) == (5, 0)


def test_a_page_shows_the_room_of_a_campaign_that_never_had_numbers_and_writes_nothing(ada: Person) -> None:
    campaign = active_campaign(ada)
    with ada.acting():
        room = room_of(campaign)
        assert (room.used, room.limit, room.left) == (0, 48, 48)
        assert not Roster.objects.exists()
