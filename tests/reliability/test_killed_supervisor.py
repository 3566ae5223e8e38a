"""`kill -9` of `manage.py up` itself: everything ends, and the next start goes on where this one was."""

from __future__ import annotations

import time
from uuid import UUID

import pytest

from tests.reliability import processes
from tests.reliability.arriving import assert_arrived_once, in_flight, until_in_review
from tests.reliability.conftest import Measure
from tests.reliability.running import QUARANTINE, Clearline
from tests.reliability.visitor import Visitor

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("system")]

SEARCH_AGAIN, SLACK = 5, 20


def test_a_killed_supervisor_leaves_no_orphan_and_loses_no_filing(
    clearline: Clearline, member: Visitor, draft: UUID, measured: Measure
) -> None:
    with in_flight(clearline, member, draft):
        assert len(processes.of_run(clearline.data)) > 10
        clearline.kill_supervisor()
        killed = time.monotonic()
    clearline.until("every process of the run is gone", lambda: not processes.of_run(clearline.data), 10)
    measured("supervisor killed, in flight: no process left", time.monotonic() - killed)
    measured("supervisor killed: `up` again, ready and working", clearline.start())
    clearline.lease_runs_out(draft)
    until_in_review(clearline, draft, QUARANTINE + SEARCH_AGAIN + SLACK)
    measured("supervisor killed, in flight: in review (+ lease)", time.monotonic() - killed)
    assert_arrived_once(clearline, draft, registry_died=True)
