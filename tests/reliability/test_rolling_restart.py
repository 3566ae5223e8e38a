"""A rolling restart under load: web by SIGHUP, the worker by SIGTERM, as a deployment does it. Nobody notices."""

from __future__ import annotations

import os
import signal
import threading
import time
from dataclasses import dataclass, field
from uuid import UUID

import httpx
import pytest

from tests.factories import unique_name
from tests.reliability.arriving import assert_arrived_once
from tests.reliability.conftest import Measure
from tests.reliability.running import Clearline
from tests.reliability.visitor import Visitor

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("system")]

# Bar B9: the longest that a submission may lie because of the restarts.
LATEST = 30.0
PAUSE = 2.0


@dataclass
class Load:
    """Page after page on connections of their own, because a kept one may end at any moment anyway."""

    address: str
    pages: int = 0
    failed: list[str] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        """Ask until it is over."""
        while not self.over.is_set():
            try:
                answer = httpx.get(f"{self.address}/account/login/", timeout=20)
                if answer.status_code != 200:
                    self.failed.append(str(answer.status_code))
            except httpx.TransportError as problem:
                self.failed.append(repr(problem))
            self.pages += 1


@pytest.mark.parametrize("times", [6, pytest.param(20, marks=pytest.mark.nightly)])
def test_restarts_one_after_the_other_fail_no_request_and_double_nothing(
    clearline: Clearline, member: Visitor, measured: Measure, times: int
) -> None:
    brands = [member.draft(unique_name("Rolling")) for _ in range(times)]
    load = Load(clearline.address)
    visitors = [threading.Thread(target=load.run, daemon=True) for _ in range(2)]
    for visitor in visitors:
        visitor.start()
    submitted: list[UUID] = []
    for number, brand in enumerate(brands):
        if number % 2:
            os.kill(clearline.member("worker"), signal.SIGTERM)
        else:
            os.kill(clearline.member("web"), signal.SIGHUP)
        with httpx.Client(base_url=clearline.address, timeout=20) as fresh:
            # A connection of its own for each press, as for the pages.
            member.browser, kept = fresh, member.browser
            fresh.cookies, fresh.headers["Referer"] = kept.cookies, f"{clearline.address}/"
            answer = member.submit(brand)
            member.browser = kept
        assert answer.status_code == 302
        submitted.append(brand)
        time.sleep(PAUSE)
    question = "SELECT count(*) AS n FROM brands_brand WHERE id = ANY(%s) AND status = 'in_review'"
    late = clearline.until(
        "all are in review", lambda: clearline.ask(question, brands)[0]["n"] == times, LATEST
    )
    load.over.set()
    for visitor in visitors:
        visitor.join(25)
    measured(f"{times} restarts under {load.pages} page views: the last submission is filed after", late)
    assert load.failed == []
    assert load.pages > 20 * times
    for brand in submitted:
        assert_arrived_once(clearline, brand)
