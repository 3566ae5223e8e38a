"""Reminders, ends that passed and campaigns without numbers: found by a sweep, told once, whoever was away."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

import pytest
from django.db import connection

from campaigns import reminding, states
from campaigns.models import Campaign, Registration, Reminder
from phone_numbers.models import Assignment
from portal import clock
from portal.audit.recording import CLEARLINE
from portal.clock import Times
from portal.lifecycle.states import make
from portal.notifications.models import Notification
from portal.notifications.wording import things_of
from tests.campaigns.numbering import numbers_on
from tests.factories import active_campaign, verified_brand
from tests.people import Person

pytestmark = pytest.mark.django_db


class Sweeping:
    """A campaign of a person whose period ends in so many days, and a clock that the test moves."""

    def __init__(self, person: Person, *, days: float = 90, **answers: object) -> None:
        self.person = person
        self.campaign = active_campaign(person, verified_brand(person), days=days, **answers)
        self.began = clock.read()
        self.ahead = timedelta(0)
        with person.acting():
            Registration.objects.update(ends_said=True, look_at=self.began.business)
            self.ends: datetime = Registration.objects.get().ends_at

    def __call__(self) -> Times:
        return Times(self.began.machine + self.ahead, self.began.business + self.ahead)

    def at(self, **before: float) -> Sweeping:
        """So long before the end."""
        self.ahead = self.ends - timedelta(**before) - self.began.business
        return self

    def after(self, **span: float) -> Sweeping:
        """So long after the beginning."""
        self.ahead = timedelta(**span)
        return self

    def sweep(self) -> list[str]:
        """One run; what has been told so far, oldest first."""
        reminding.run(seconds=10, read=self)
        return self.told()

    def told(self) -> list[str]:
        with self.person.acting():
            rows = Notification.objects.filter(object_kind="campaign", user=self.person.user)
            found = list(rows.order_by("at", "state").values_list("state", flat=True))
        return [one for one in found if one != states.ACTIVE]

    def confirmed(self) -> None:
        """The carrier confirms its flag now."""
        with self.person.acting():
            Registration.objects.update(confirmed_at=self().business)

    def status(self) -> str:
        with self.person.acting():
            return str(Campaign.objects.get(pk=self.campaign.pk).status)


@pytest.fixture
def ending(ada: Person) -> Sweeping:
    """A campaign that does not renew, with a number on it."""
    made = Sweeping(ada)
    numbers_on(ada, made.campaign, 1)
    return made


@pytest.fixture
def renewing(ada: Person) -> Sweeping:
    """A campaign that the carrier renews, with a number on it."""
    made = Sweeping(ada, auto_renewal=True)
    numbers_on(ada, made.campaign, 1)
    return made


def test_each_reminder_is_sent_once_on_its_day(ending: Sweeping) -> None:
    seen = []
    for days in (40, 31, 29.9, 20, 13.9, 6.9, 2.9, 0.9):
        ending.at(days=days).sweep()
        seen.append(ending.sweep())
        seen[-1] = ending.sweep()
    assert seen[-1] == ["end-30", "end-14", "end-7", "end-3", "end-1"]
    assert [len(one) for one in seen] == [0, 0, 1, 1, 2, 3, 4, 5]


def test_after_days_without_a_worker_only_the_most_urgent_one_is_sent(ending: Sweeping) -> None:
    assert ending.at(days=2).sweep() == ["end-3"]
    assert ending.at(days=0.5).sweep() == ["end-3", "end-1"]


def test_urgent_ones_do_not_wait_for_the_daily_mail(ending: Sweeping) -> None:
    for days in (29, 13, 6, 2, 0.5):
        ending.at(days=days).sweep()
    with ending.person.acting():
        rows = Notification.objects.filter(user=ending.person.user, state__startswith="end-").order_by("at")
        kinds = {row.state: (row.kind, row.digest) for row in rows}
    assert kinds["end-30"] == kinds["end-14"] == ("renewal", True)
    assert kinds["end-7"] == kinds["end-3"] == kinds["end-1"] == ("attention", False)


def test_a_reminder_is_true_for_as_long_as_nobody_acted(ending: Sweeping) -> None:
    ending.sweep()
    ending.at(days=6).sweep()
    with ending.person.acting():
        (row,) = Notification.objects.filter(user=ending.person.user, state="end-7")
        assert things_of([row])["campaign", ending.campaign.pk].still(row)
        Campaign.objects.update(auto_renewal=True)
        assert not things_of([row])["campaign", ending.campaign.pk].still(row)


def test_nobody_is_reminded_of_what_renews_and_is_confirmed(renewing: Sweeping) -> None:
    for days in (29, 13, 6, 2, 0.5):
        renewing.at(days=days)
        renewing.confirmed()
        assert renewing.sweep() == []


def test_a_renewal_that_is_not_confirmed_is_told_with_growing_urgency(renewing: Sweeping) -> None:
    for days in (29, 13, 6, 2, 0.5, -0.5):
        found = renewing.at(days=days).sweep()
    assert found == [f"renewal-{days}" for days in (30, 14, 7, 3, 1, 0)]


def test_a_confirmation_that_is_three_days_old_is_none(renewing: Sweeping) -> None:
    renewing.at(days=11)
    renewing.confirmed()
    assert renewing.at(days=9).sweep() == []
    assert renewing.at(days=6.9).sweep() == ["renewal-7"]


def test_an_end_that_passed_is_written_down_when_a_worker_comes_with_the_time_at_which_it_was(
    ending: Sweeping,
) -> None:
    ending.at(days=-20)
    with ending.person.acting():
        campaign = Campaign.objects.get(pk=ending.campaign.pk)
        assert campaign.status == states.ACTIVE
        assert campaign.status_at(ending().business, campaign.registration()) == states.EXPIRED
        (assignment,) = Assignment.objects.select_related("campaign").all()
        assert not assignment.can_send(ending().business)
    assert ending.sweep() == ["expired"], "reminders of days before an end that is past help nobody"
    assert ending.status() == states.EXPIRED
    with ending.person.acting():
        registration = Registration.objects.get()
        assert (registration.ended_at, registration.look_at) == (ending.ends, None)


def test_what_the_carrier_renews_is_given_the_days_of_grace(renewing: Sweeping) -> None:
    renewing.at(days=-1).sweep()
    assert renewing.status() == states.ACTIVE
    renewing.at(days=-30).sweep()
    assert renewing.status() == states.EXPIRED


def test_a_campaign_without_numbers_is_warned_of_three_times_before_the_fee(ada: Person) -> None:
    sweeping = Sweeping(ada, auto_renewal=True)
    seen = []
    for days in (1, 14.9, 15.1, 20, 30.1, 45.1, 59):
        sweeping.after(days=days)
        sweeping.confirmed()
        seen.append(sweeping.sweep())
    assert seen[-1] == ["empty-15", "empty-30", "empty-45"]
    assert [len(one) for one in seen] == [0, 0, 1, 1, 2, 3, 3]


def test_a_number_that_comes_and_goes_begins_the_sixty_days_anew(ada: Person) -> None:
    sweeping = Sweeping(ada, auto_renewal=True)
    sweeping.after(days=20)
    sweeping.confirmed()
    assert sweeping.sweep() == ["empty-15"]
    left = sweeping.began.business + timedelta(days=25)
    numbers_on(
        ada,
        sweeping.campaign,
        1,
        since=sweeping.began.business,
        ended_at=left,
        ended_because="unassigned",
        state=Assignment.State.RELEASED,
    )
    sweeping.after(days=39).sweep()
    assert sweeping.told() == ["empty-15"]
    with ada.acting():
        assert Campaign.objects.get(pk=sweeping.campaign.pk).empty_since == left
    assert sweeping.after(days=40.1).sweep() == ["empty-15", "empty-15"]


def test_a_campaign_with_a_number_is_not_warned(ada: Person) -> None:
    sweeping = Sweeping(ada, auto_renewal=True)
    numbers_on(ada, sweeping.campaign, 1)
    sweeping.after(days=50)
    sweeping.confirmed()
    assert sweeping.sweep() == []
    with ada.acting():
        assert Campaign.objects.get(pk=sweeping.campaign.pk).empty_since is None


def test_one_broken_row_stops_no_other_and_rests(
    ada: Person, cy: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, whole = Sweeping(ada), Sweeping(cy)
    with ada.acting():
        Registration.objects.update(account="nobody", look_at=broken.began.business - timedelta(days=1))
    whole.at(days=2)
    reminding.run(seconds=10, read=whole)
    assert whole.told()[-1] == "end-3"
    with ada.acting():
        assert Registration.objects.get().look_at > whole().business


def test_reminders_of_one_organization_stay_there(ada: Person, cy: Person) -> None:
    mine, theirs = Sweeping(ada), Sweeping(cy, days=200)
    numbers_on(ada, mine.campaign, 1)
    numbers_on(cy, theirs.campaign, 1)
    mine.at(days=2).sweep()
    assert mine.told() == ["end-3"]
    assert theirs.told() == []
    with cy.acting():
        assert Reminder.objects.count() == 0


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_eight_sweeps_at_once_remind_once(ada: Person) -> None:
    sweeping = Sweeping(ada)
    numbers_on(ada, sweeping.campaign, 1)
    sweeping.at(days=6)
    ready = threading.Barrier(8)

    def sweep() -> None:
        ready.wait()
        try:
            reminding.run(seconds=10, read=sweeping)
        finally:
            connection.close()

    threads = [threading.Thread(target=sweep) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sweeping.told() == ["end-7"]
    with ada.acting():
        assert Reminder.objects.count() == 1


def test_a_move_in_the_same_minute_takes_no_reminder_back(ending: Sweeping) -> None:
    assert ending.at(days=6).sweep() == ["end-7"]
    with ending.person.acting():
        campaign = Campaign.objects.get(pk=ending.campaign.pk)
        at = ending().business + timedelta(seconds=20)
        make(states.SUSPEND, campaign, by=CLEARLINE, at=at)
    assert ending.told() == ["end-7", "suspended"]
