"""Valkey is gone, for longer than a restart takes; and beat is there twice. Neither may cost more than speed."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

import httpx
import pytest

from tests.factories import unique_name
from tests.reliability import processes
from tests.reliability.arriving import assert_arrived_once
from tests.reliability.conftest import Measure
from tests.reliability.running import CHECKOUT, Clearline
from tests.reliability.visitor import Visitor

pytestmark = [pytest.mark.nightly, pytest.mark.slow, pytest.mark.xdist_group("system")]

MANY = 12
# Bar B3: without the broker, at least half of what is done with it.
SHARE = 0.5
SLOWEST_PAGE = 2.0
# Bar B3: seconds from the broker's return to the first work.
RESUMED = 10.0


def filed_in(clearline: Clearline, member: Visitor, brands: list[UUID], seconds: float) -> float:
    """Submit them all and wait until the registry has them; the seconds from the first press."""
    began = time.monotonic()
    for brand in brands:
        assert member.submit(brand).status_code == 302
    question = "SELECT count(*) AS n FROM brands_brand WHERE id = ANY(%s) AND status = 'in_review'"
    clearline.until(
        "all are in review", lambda: clearline.ask(question, brands)[0]["n"] == len(brands), seconds
    )
    return time.monotonic() - began


@pytest.mark.parametrize("seconds", [15, 600])
def test_while_the_broker_is_gone_pages_answer_and_work_goes_on_at_half_speed_at_least(
    clearline: Clearline, member: Visitor, measured: Measure, seconds: int
) -> None:
    brands = [member.draft(unique_name("Silent")) for _ in range(2 * MANY)]
    usual = filed_in(clearline, member, brands[:MANY], 60)
    slowest = 0.0
    with clearline.supervisor_stopped():
        old = clearline.kill("valkey")
        gone_at = time.monotonic()
        with clearline.working_beside():
            # It loads the portal first; after that it is as good as a worker.
            clearline.until("the loop without a broker works", lambda: _works(clearline), 30)
            without = filed_in(clearline, member, brands[MANY:], 60)
            while time.monotonic() < gone_at + seconds:
                began = time.monotonic()
                assert httpx.get(f"{clearline.address}/account/login/", timeout=10).status_code == 200
                slowest = max(slowest, time.monotonic() - began)
                time.sleep(1)
    back = clearline.until("the broker is back", lambda: clearline.back("valkey", old), 15)
    ticks = clearline.until_ticks(30)
    measured(f"{MANY} filed with the broker", usual)
    measured(f"{MANY} filed without it, by `manage.py work`", without)
    measured(f"Valkey gone for {seconds} s: slowest page meanwhile", slowest)
    measured(f"Valkey gone for {seconds} s: started again", back)
    measured(f"Valkey gone for {seconds} s: ticks again", ticks)
    for brand in brands:
        assert_arrived_once(clearline, brand)
    assert slowest < SLOWEST_PAGE
    assert ticks < RESUMED
    # A tick of two seconds may pass before the loop without a nudge looks.
    assert without <= usual / SHARE + 2


def _works(clearline: Clearline) -> bool:
    rows = clearline.ask(
        "SELECT 1 FROM lifecycle_heartbeat WHERE name = 'work' AND at > clock_timestamp() - interval '4 s'"
    )
    return bool(rows)


@contextmanager
def second_beat(clearline: Clearline) -> Iterator[None]:
    """Another beat beside the one that the supervisor looks after."""
    schedule = clearline.data / "second-beat"
    command = [
        sys.executable,
        "-m",
        "celery",
        "-A",
        "portal.celery:app",
        "beat",
        f"--schedule={schedule}",
        "--pidfile=",
    ]
    with clearline.output.open("ab") as output:
        beat = subprocess.Popen(
            command,
            cwd=CHECKOUT,
            env=clearline.env | {"DJANGO_SETTINGS_MODULE": "portal.settings"},
            stdout=output,
            stderr=output,
        )
    try:
        yield
        assert processes.read(beat.pid) is not None, "the second beat has ended by itself"
    finally:
        beat.terminate()
        beat.wait(10)


def test_two_beats_at_once_file_nothing_twice(
    clearline: Clearline, member: Visitor, measured: Measure
) -> None:
    brands = [member.draft(unique_name("Silent")) for _ in range(MANY)]
    with second_beat(clearline):
        time.sleep(4)
        measured(f"{MANY} filed with two beats", filed_in(clearline, member, brands, 60))
        time.sleep(4)
    for brand in brands:
        assert_arrived_once(clearline, brand)
