"""Mailing: once, from rows, by any number of processes that may die at any moment."""

from __future__ import annotations

import threading
import time
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from brands import states
from portal import clock
from portal.notifications import delivering
from portal.notifications.kinds import Delivery
from portal.notifications.models import Notification
from portal.tenancy.inviting import invitation_link
from portal.tenancy.models import Invitation, Membership
from portal.tenancy.outgoing import LEASE, claim
from tests.notifications.posting import Clock, Post, away, decided, invitation, post, prefer, refuse, told
from tests.people import Person

pytestmark = pytest.mark.slow


@pytest.mark.django_db
def test_a_decision_reaches_every_member_by_mail_once(ada: Person, bo: Person, mails: list[Any]) -> None:
    decided(ada)
    assert post() == 2
    assert sorted(mail.to[0] for mail in mails) == [ada.user.email, bo.user.email]
    assert post() == 0
    assert all(one.sent_at is not None and one.lease_until is None for one in told(ada) + told(bo))


@pytest.mark.django_db
def test_mail_goes_to_the_members_of_that_organization_alone(
    ada: Person, cy: Person, mails: list[Any]
) -> None:
    decided(ada)
    decided(cy)
    post()
    assert [(mail.to[0], "cy" in mail.to[0]) for mail in mails if mail.to[0] == cy.user.email] == [
        (cy.user.email, True)
    ]
    assert len(mails) == 2


@pytest.mark.django_db
def test_what_is_not_due_waits(ada: Person, mails: list[Any]) -> None:
    read = Clock()
    prefer(ada, decision=Delivery.DAILY)
    decided(ada)
    assert post(read) == 0
    read.business += timedelta(days=1)
    assert post(read) == 1


@pytest.mark.django_db
def test_nothing_is_sent_inside_a_transaction(ada: Person, mails: list[Any]) -> None:
    """A server that hangs must not hold rows locked. pytest's own transaction is the outermost."""
    depth = len(connection.savepoint_ids)
    depths: list[int] = []
    Post.before = lambda _mail: depths.append(len(connection.savepoint_ids))
    decided(ada)
    post()
    assert depths == [depth]


# --- two at once, and crashes


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_eight_mailers_at_once_send_every_mail_once(ada: Person, bo: Person, mails: list[Any]) -> None:
    for _ in range(10):
        decided(ada)
    Post.before = lambda _mail: time.sleep(0.01)
    failures = in_threads(8, lambda: delivering.run(seconds=30))
    assert failures == []
    assert len(mails) == 20
    assert len({mail.extra_headers["Message-ID"] for mail in mails}) == 20


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_digest_that_several_mailers_begin_is_one_mail(ada: Person, mails: list[Any]) -> None:
    prefer(ada, decision=Delivery.DAILY)
    for _ in range(12):
        decided(ada)
    read = Clock()
    read.business += timedelta(days=2)
    claims = [one for _ in range(12) for one in claim(Notification, read())]
    assert len(claims) == 12
    gate = threading.Barrier(6)

    def work(number: int) -> None:
        gate.wait(timeout=10)
        for one in claims[number::6]:
            delivering.step(one, read)

    assert in_threads(6, work) == []
    assert len(mails) == 1
    assert all(row.sent_at for row in told(ada))


def in_threads(number: int, work: Any) -> list[BaseException]:
    """Run `work` that often at once; what went wrong in it."""
    failures: list[BaseException] = []

    def one(place: int) -> None:
        try:
            work(place) if work.__code__.co_argcount else work()
        except BaseException as problem:  # noqa: BLE001
            failures.append(problem)
        finally:
            connection.close()

    threads = [threading.Thread(target=one, args=(place,), daemon=True) for place in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert not any(thread.is_alive() for thread in threads)
    return failures


class Killed(BaseException):
    """What no handler catches, like the end of a process."""


@pytest.mark.django_db
@pytest.mark.parametrize("digest", [False, True], ids=["single", "digest"])
def test_a_crash_after_sending_repeats_the_mail_under_the_same_id(
    ada: Person, mails: list[Any], digest: bool
) -> None:
    if digest:
        prefer(ada, decision=Delivery.DAILY)
    for _ in range(2 if digest else 1):
        decided(ada)
    read = Clock()
    read.business += timedelta(days=2)

    def die(_mail: Any) -> None:
        raise Killed

    Post.after = die
    with pytest.raises(Killed):
        post(read)
    Post.after = None
    assert post(read) == 0, "the lease of the dead one still holds"
    read.machine += LEASE + timedelta(seconds=1)
    assert post(read) == 1
    first, second = mails
    assert first.extra_headers["Message-ID"] == second.extra_headers["Message-ID"]
    assert first.body == second.body
    assert post(read) == 0


@pytest.mark.django_db
def test_a_mailer_that_outlived_its_lease_changes_nothing(ada: Person, mails: list[Any]) -> None:
    read = Clock()
    decided(ada)
    (old,) = claim(Notification, read())
    read.machine += LEASE + timedelta(seconds=1)
    (new,) = claim(Notification, read())
    assert delivering.step(old, read) is False
    assert mails == []
    assert delivering.step(new, read) is True


@pytest.mark.django_db
def test_news_that_comes_while_a_digest_is_being_sent_gets_a_mail_of_its_own(
    ada: Person, mails: list[Any]
) -> None:
    prefer(ada, decision=Delivery.DAILY)
    decided(ada)
    read = Clock()
    read.business += timedelta(days=2)

    def late(_mail: Any) -> None:
        Post.before = None
        decided(ada, display_name="Latecomer")
        assert delivering.run(seconds=5, read=read) == 1

    Post.before = late
    assert post(read) == 1
    assert len(mails) == 2
    assert len({mail.extra_headers["Message-ID"] for mail in mails}) == 2
    assert sum("Latecomer" in mail.body for mail in mails) == 1
    assert sum("Acme Plumbing" in mail.body for mail in mails) == 1


# --- a server that is away, one that refuses, and our own mistakes


@pytest.mark.django_db
def test_a_server_that_is_away_is_knocked_at_once_per_look_and_loses_nothing(
    ada: Person, bo: Person, mails: list[Any]
) -> None:
    read = Clock()
    decided(ada)
    knocks: list[Any] = []

    def nobody(mail: Any) -> None:
        knocks.append(mail)
        away(mail)

    Post.before = nobody
    assert post(read) == 0
    assert len(knocks) == 1
    assert [row.last_error for row in told(ada) + told(bo) if row.last_error] == [
        "The mail server could not be reached (TimeoutError)."
    ]
    Post.before = None
    read.pass_(minutes=2)
    assert post(read) == 2
    assert [row.last_error for row in told(ada) + told(bo)] == ["", ""]


@pytest.mark.django_db
def test_a_mail_that_is_refused_does_not_hold_up_the_others(
    ada: Person, bo: Person, mails: list[Any]
) -> None:
    decided(ada)
    Post.before = lambda mail: refuse(mail) if mail.to == [ada.user.email] else None
    assert post() == 1
    assert [mail.to for mail in mails] == [[bo.user.email]]
    assert told(ada)[0].last_error == "The mail server refused it: 550 no such user here"


@pytest.mark.django_db
def test_delays_grow_and_after_three_days_it_is_given_up_with_the_reason(
    ada: Person, mails: list[Any]
) -> None:
    read = Clock()
    row = invitation(ada)
    Post.before = refuse
    tries, hours = 0, 0.0
    while hours < 24 * 6:
        with ada.acting():
            before = Invitation.objects.get(pk=row.pk).attempt
        post(read)
        with ada.acting():
            row.refresh_from_db()
        tries += row.attempt > before
        read.pass_(minutes=30)
        hours += 0.5
    assert row.due_at is None, "the members page reads this as failed"
    assert row.sent_at is None
    assert row.last_error.startswith("The mail server refused it: 550")
    assert 10 <= tries <= 20
    waits = [delivering.DELAYS[n] for n in range(len(delivering.DELAYS))]
    assert waits == sorted(waits)


@pytest.mark.django_db
def test_a_jump_of_the_practice_clock_gives_nothing_up(ada: Person, mails: list[Any]) -> None:
    read = Clock()
    row = invitation(ada, expires_at=clock.read().business + timedelta(days=300))
    read.business += timedelta(days=90)
    Post.before = away
    post(read)
    with ada.acting():
        row.refresh_from_db()
    assert row.due_at is not None


# --- what is not mailed any more


@pytest.mark.django_db
def test_who_left_in_the_meantime_gets_no_mail(ada: Person, bo: Person, mails: list[Any]) -> None:
    decided(ada)
    with ada.acting():
        Membership.objects.filter(user=bo.user).delete()
    assert post() == 1
    assert [mail.to for mail in mails] == [[ada.user.email]]
    assert [(row.due_at, row.last_error) for row in told(bo)] == [(None, "")]


@pytest.mark.django_db
def test_what_somebody_has_corrected_in_the_night_is_no_longer_asked_of_anybody(
    ada: Person, mails: list[Any]
) -> None:
    read = Clock()
    brand = decided(ada, states.REJECT)
    with ada.acting():
        type(brand).objects.filter(pk=brand.pk).update(since=brand.since + timedelta(hours=1))
    read.pass_(days=1)
    assert post(read) == 0
    assert told(ada)[0].due_at is None
    assert told(ada)[0].read_at is None


@pytest.mark.django_db
def test_an_invitation_goes_out_with_its_link_and_a_withdrawn_one_does_not(
    ada: Person, mails: list[Any]
) -> None:
    row = invitation(ada)
    with ada.acting():
        Invitation.objects.create(
            organization=ada.organization,
            email="eve@acme.example",
            role="viewer",
            invited_by=ada.user.pk,
            invited_by_name="Ada",
            created_at=row.created_at,
            expires_at=row.expires_at,
            due_at=row.due_at,
            withdrawn_at=row.created_at,
        )
    assert post() == 1
    (mail,) = mails
    assert mail.to == ["dee@acme.example"]
    assert mail.subject == "Ada Osei invites you to Acme on Clearline"
    assert invitation_link(row) in mail.body
    with ada.acting():
        row.refresh_from_db()
    assert row.sent_at is not None


@pytest.mark.django_db
def test_an_invitation_that_is_sent_again_meanwhile_is_not_marked_by_the_earlier_mail(
    ada: Person, mails: list[Any]
) -> None:
    row = invitation(ada)

    def again(_mail: Any) -> None:
        Post.before = None
        with ada.acting():
            Invitation.objects.filter(pk=row.pk).update(generation=2, lease_until=None)

    Post.before = again
    post()
    with ada.acting():
        row.refresh_from_db()
    first, second = mails
    assert first.extra_headers["Message-ID"] != second.extra_headers["Message-ID"]
    assert row.sent_at is not None
