"""`kill -9` after a person was told "submitted" and before a worker has touched it."""

from __future__ import annotations

import time
from uuid import UUID

import pytest

from tests.reliability import valkey_line
from tests.reliability.arriving import assert_arrived_once, until_in_review
from tests.reliability.conftest import Measure
from tests.reliability.running import Clearline
from tests.reliability.visitor import Visitor

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("system")]


def test_a_lost_nudge_is_made_good_by_the_tick(
    clearline: Clearline, member: Visitor, draft: UUID, measured: Measure
) -> None:
    """No worker is there, and the broker forgets everything that it was told."""
    with clearline.supervisor_stopped():
        clearline.kill("worker")
        assert member.submit(draft).status_code == 302
        # The nudge is published on a thread of its own.
        time.sleep(0.5)
        assert valkey_line.say(clearline.home.valkey_socket, "FLUSHALL") == "+OK"
        assert clearline.state(draft) == "accepted"
    went_on = time.monotonic()
    until_in_review(clearline, draft, 20)
    measured("worker killed before sending, broker emptied: in review", time.monotonic() - went_on)
    assert_arrived_once(clearline, draft)
    assert "brand.outcome-unknown" not in clearline.events(draft)


def test_a_killed_broker_costs_seconds(
    clearline: Clearline, member: Visitor, draft: UUID, measured: Measure
) -> None:
    """The broker is dead when the button is pressed: the nudge has nowhere to go."""
    with clearline.supervisor_stopped():
        old = clearline.kill("valkey")
        began = time.monotonic()
        assert member.submit(draft).status_code == 302
        assert time.monotonic() - began < 2
    went_on = time.monotonic()
    clearline.until("the broker is back", lambda: clearline.back("valkey", old), 5)
    until_in_review(clearline, draft, 15)
    measured("Valkey dead at the submit: in review after its return", time.monotonic() - went_on)
    assert_arrived_once(clearline, draft)
