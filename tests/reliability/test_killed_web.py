"""`kill -9` of the pages' server while it answers the press of the button.

A lock in the database holds the request at one exact place: inside its transaction, or after the
commit and before the answer.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

import pytest
from psycopg import sql

from tests.reliability import processes
from tests.reliability.arriving import assert_arrived_once, stays_so, until_in_review
from tests.reliability.conftest import Measure
from tests.reliability.running import Clearline
from tests.reliability.visitor import Press, Visitor

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("system")]

INSIDE, AFTER = "lifecycle_submission", "django_session"


@contextmanager
def held_at(clearline: Clearline, table: str, member: Visitor, brand: UUID) -> Iterator[Press]:
    """Inside the block the submit stands still where it writes to `table`; readers pass."""
    with clearline.database() as database, database.transaction():
        database.execute(sql.SQL("LOCK TABLE {} IN SHARE MODE").format(sql.Identifier(table)))
        press = member.start_submitting(brand)
        clearline.until(
            f"the request waits for {table}",
            lambda: bool(
                clearline.ask("SELECT 1 FROM pg_locks WHERE NOT granted AND relation = %s::regclass", table)
            ),
            10,
        )
        yield press


def killed(clearline: Clearline, press: Press, victim: str) -> float:
    """Kill the whole web server, or only its process that has the request; the moment of it."""
    pids = clearline.tree("web")
    if victim == "one worker":
        serving = processes.holder(pids[1:], local=clearline.port, remote=press.port)
        assert serving is not None
        pids = [serving]
    processes.kill(pids)
    moment = time.monotonic()
    assert press.answer(10) is None
    return moment


@pytest.mark.parametrize("victim", ["master", "one worker"])
def test_a_submit_cut_off_inside_its_transaction_can_be_made_again(
    clearline: Clearline, member: Visitor, draft: UUID, measured: Measure, victim: str
) -> None:
    with held_at(clearline, INSIDE, member, draft) as press:
        moment = killed(clearline, press, victim)
    clearline.until("the portal answers", clearline.ready, 15)
    measured(f"web ({victim}) killed in the submit: pages again", time.monotonic() - moment)
    clearline.until("its transaction is gone", lambda: clearline.status(draft) == "draft", 5)
    assert clearline.row(draft) is None
    assert member.submit(draft).status_code == 302
    until_in_review(clearline, draft, 10)
    stays_so(clearline, draft)


@pytest.mark.parametrize("victim", ["master", "one worker"])
def test_a_submit_cut_off_after_its_commit_is_told_so_when_it_is_made_again(
    clearline: Clearline, member: Visitor, draft: UUID, victim: str
) -> None:
    check = member.browser.get(f"/brands/drafts/{draft}/check/")
    with held_at(clearline, AFTER, member, draft) as press:
        assert clearline.status(draft) != "draft"
        killed(clearline, press, victim)
    clearline.until("the portal answers", clearline.ready, 15)
    # The page with the button is still open in the browser.
    again = member.press(draft, check)
    assert again.status_code == 409
    until_in_review(clearline, draft, 10)
    assert_arrived_once(clearline, draft)
    row = clearline.row(draft)
    assert row is not None
    assert row.key[:8].upper() in again.text
