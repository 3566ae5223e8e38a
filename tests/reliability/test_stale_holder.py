"""Two holders of one row: the first stood still past its lease (SIGSTOP), and goes on when all is done.

A process of its own stops at each crash point; the harness moves every clock that it reads, so nobody waits
45 seconds. Once more in one process, where the clock that the loop is given freezes its reader.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection

from portal import clock
from portal.clock import Times
from portal.lifecycle import filing, gateway
from portal.lifecycle.models import Due, Submission, SubmissionState
from portal.tenancy.scope import acting_for
from tests.factories import submitted_brand, unique_name
from tests.lifecycle.moments import Later, claim, work
from tests.people import Person
from tests.practice_registry import PracticeRegistry
from tests.reliability.kinds import KINDS
from tests.reliability.test_crash_points import MADE_AGAIN, READING, TROUBLE
from tests.reliability.worlds import World

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

NOBODY = "http://127.0.0.1:9/v2"
# Where a holder of a write can stand still: at the others it has written all that it had to write.
HOLDING = ("claimed", "sending", "taken", "refused", "not-taken", "open", "searching", "not-found", "known")


@pytest.mark.parametrize("point", [*HOLDING, *READING])
def test_a_holder_that_stood_still_past_its_lease_changes_nothing_when_it_goes_on(
    mortal_world: World, point: str
) -> None:
    world = mortal_world
    KINDS["register"].start(world)
    if point in READING:
        world.settle()
        world.registry.approve(world.registry.brands(account=world.key)[0]["id"])
    if point in TROUBLE:
        world.registry.fault(account=world.key, verb="write", **TROUBLE[point])  # type: ignore[arg-type]
    sleeper = world.die(f"stop:{point}")
    for _minute in range(10):
        if sleeper.is_stopped:
            break
        world.pass_(minutes=1)
        sleeper = world.die(f"stop:{point}")
    assert sleeper.is_stopped
    slept_since = world.later.ahead
    world.pass_(minutes=1)
    world.settle()
    world.sweep()
    before = world.look()
    asked = len(world.registry.ledger(account=world.key, method="POST"))
    assert world.wake(sleeper, slept=(world.later.ahead - slept_since).total_seconds()).ended == 0
    after = world.look()
    assert len(world.registry.ledger(account=world.key, method="POST")) == asked
    for what in ("brands", "submissions", "watches", "due", "events", "there"):
        assert getattr(after, what) == getattr(before, what), what
    world.assert_sound(resent={"*"} if point in MADE_AGAIN else (), decided=True)


class Frozen:
    """A clock that lets its reader pass once and holds the second reading until `thaw`."""

    def __init__(self) -> None:
        self._readings = 0
        self._thawed = threading.Event()
        self.reached = threading.Event()

    def __call__(self) -> Times:
        self._readings += 1
        if self._readings > 1:
            self.reached.set()
            assert self._thawed.wait(30)
        return clock.read()

    def thaw(self) -> None:
        """Let it go on."""
        self._thawed.set()


@pytest.fixture
def frozen() -> Iterator[Frozen]:
    """The clock of the first holder, thawed at the latest at the end."""
    frozen = Frozen()
    yield frozen
    frozen.thaw()


def test_a_holder_that_lost_its_lease_cannot_send_the_row_round_again(
    ada: Person, registry: PracticeRegistry, settings: Any, frozen: Frozen
) -> None:
    """Its "not processed, try again" is true of its own try only: another try is on its way by now."""
    live = settings.TELNYX_URL
    settings.TELNYX_URL = NOBODY
    gateway.carrier.cache_clear()
    brand = submitted_brand(ada, legal_name=unique_name())
    [first] = claim(Due.SUBMISSION, clock.read())

    def hold() -> None:
        try:
            filing.step(first, frozen)
        finally:
            connection.close()

    holder = threading.Thread(target=hold)
    holder.start()
    assert frozen.reached.wait(10)
    settings.TELNYX_URL = live
    gateway.carrier.cache_clear()

    # The lease runs out, nobody finds it over there, and a second holder sends it.
    later = Later()
    later.pass_(seconds=46)
    work(later)
    later.pass_(seconds=130)
    work(later)
    later.pass_(seconds=6)
    [searching] = claim(Due.SUBMISSION, later())
    filing.step(searching, later)
    [second] = claim(Due.SUBMISSION, later())
    with acting_for(ada.organization.pk, by=ada.actor):
        Submission.objects.filter(pk=second.item).update(
            state=SubmissionState.SENDING, attempt=second.attempt, sent_at=later().machine
        )

    frozen.thaw()
    holder.join(10)
    assert not holder.is_alive()
    with ada.acting():
        submission = brand.latest_submission()
        assert Due.objects.get(item=second.item).lease_until is not None
    assert submission is not None
    assert (submission.state, submission.attempt) == (SubmissionState.SENDING, second.attempt)
    assert claim(Due.SUBMISSION, later()) == []
