from __future__ import annotations

import subprocess
import sys

import psycopg
import pytest

from portal.embedded.heartbeat import Heartbeat, age_in
from portal.embedded.home import Home
from portal.embedded.programs import CHECKOUT


class Surroundings:
    """What a heartbeat is told: the age of the row, the broker's answer and the time."""

    def __init__(self) -> None:
        self.age: float | OSError | None = 0.0
        self.broker = True
        self.time = 1000.0
        self.heartbeat = Heartbeat(self._age, lambda: self.broker, now=lambda: self.time)

    def _age(self) -> float | None:
        if isinstance(self.age, OSError):
            raise self.age
        return self.age

    def after(self, seconds: float) -> str | None:
        """The complaint when `seconds` have passed."""
        self.time += seconds
        return self.heartbeat.complaint()


def test_a_worker_without_a_sign_for_longer_than_any_look_is_complained_about_once() -> None:
    here = Surroundings()
    assert here.after(0) is None
    here.age = 44.0
    assert here.after(44) is None
    here.age = 46.0
    assert here.after(2) == "no sign of work for 46 seconds"
    here.age = 51.0
    assert here.after(5) is None


def test_a_worker_that_ticks_is_left_alone() -> None:
    here = Surroundings()
    assert [here.after(20) for _ in range(10)] == [None] * 10


def test_a_worker_that_never_ticked_is_left_alone() -> None:
    here = Surroundings()
    here.age = None
    assert [here.after(60) for _ in range(3)] == [None] * 3


@pytest.mark.parametrize("missing", ["database", "broker"])
def test_the_worker_gets_time_after_an_outage_of_what_it_needs(missing: str) -> None:
    here = Surroundings()
    here.after(0)
    if missing == "database":
        here.age = OSError("connection refused")
    else:
        here.broker, here.age = False, 290.0
    assert here.after(290) is None
    here.broker, here.age = True, 290.0
    assert here.after(1) is None
    assert here.after(40) is None
    assert here.after(6) == "no sign of work for 290 seconds"


def test_the_age_is_read_by_the_clock_of_the_database(serving_home: Home) -> None:
    url = serving_home.owner_url
    assert age_in(url) is None
    with psycopg.connect(url) as owner:
        owner.execute("CREATE TABLE lifecycle_heartbeat (name text, at timestamptz)")
    assert age_in(url) is None
    with psycopg.connect(url) as owner:
        owner.execute("INSERT INTO lifecycle_heartbeat VALUES ('worker', now() - interval '140 seconds')")
    assert age_in(url) == pytest.approx(140, abs=2)
    assert health(url) == 1
    with psycopg.connect(url) as owner:
        owner.execute("UPDATE lifecycle_heartbeat SET at = now()")
    assert health(url) == 0


def health(url: str) -> int:
    """What the health check of the container with beat says."""
    command = [sys.executable, "-m", "portal.embedded.heartbeat"]
    return subprocess.run(command, cwd=CHECKOUT, env={"DATABASE_URL": url}, check=False).returncode


def test_a_database_that_does_not_answer_is_told_apart_from_a_silent_worker(home: Home) -> None:
    with pytest.raises(OSError, match="connection"):
        age_in(home.owner_url)
