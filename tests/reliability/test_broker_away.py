"""The broker stands still: it takes connections and says nothing, which is worse than being gone."""

from __future__ import annotations

import time
from uuid import UUID

import pytest

from tests.factories import unique_name
from tests.reliability import processes
from tests.reliability.arriving import assert_arrived_once, until_in_review
from tests.reliability.conftest import Measure
from tests.reliability.running import Clearline
from tests.reliability.visitor import Visitor

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("system")]


def test_pages_answer_and_work_goes_on_without_a_broker(
    clearline: Clearline, member: Visitor, draft: UUID, measured: Measure
) -> None:
    another = member.draft(unique_name("Silent"))
    with processes.stopped([clearline.member("valkey")]):
        # What was delivered before is used up.
        time.sleep(3)
        began = time.monotonic()
        assert member.submit(draft).status_code == 302
        submitted = time.monotonic() - began
        measured("broker stands still: check page and submit answer", submitted)
        assert submitted < 2
        # Without its alarm clock the worker sleeps; the loop that needs none does the work.
        assert clearline.state(draft) == "accepted"
        with clearline.working_beside():
            measured("broker stands still: `manage.py work` files it", until_in_review(clearline, draft, 30))
            assert member.submit(another).status_code == 302
            measured("broker stands still: the next one is filed", until_in_review(clearline, another, 6))
        third = member.draft(unique_name("Silent"))
        assert member.submit(third).status_code == 302
    measured("broker goes on: ticks again", clearline.until_ticks(15))
    until_in_review(clearline, third, 5)
    for brand in (draft, another, third):
        assert_arrived_once(clearline, brand)
