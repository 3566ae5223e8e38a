"""What every test of this folder asks at the end: did it arrive, exactly once, and does every row say so?"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from tests.reliability import processes
from tests.reliability.running import Clearline
from tests.reliability.visitor import Visitor

# More than any reading of the registry's, less than a filing: so many bytes are a submission.
A_FILING = 500


@contextmanager
def in_flight(clearline: Clearline, visitor: Visitor, brand: UUID) -> Iterator[None]:
    """Inside the block the brand's filing has left the worker, and the registry has not read it yet."""
    with clearline.registry_stopped():
        assert visitor.submit(brand).status_code == 302
        clearline.until("the filing is on its way", lambda: clearline.state(brand) == "sending", 15)
        clearline.until("its bytes have left", lambda: processes.unread(clearline.port + 1) > A_FILING, 5)
        yield


def key_of(clearline: Clearline, brand: UUID) -> str:
    """Our key of the brand's submission, as the registry knows it."""
    row = clearline.row(brand)
    assert row is not None
    return row.key


def until_in_review(clearline: Clearline, brand: UUID, seconds: float) -> float:
    """Wait for the registry's reference; the seconds that it took."""
    return clearline.until("the brand is in review", lambda: clearline.status(brand) == "in_review", seconds)


def assert_arrived_once(
    clearline: Clearline, brand: UUID, *, verified: bool = False, registry_died: bool = False
) -> None:
    """One request, one brand over there, and here one confirmed write, one wait and one due row.

    A registry that died may have written down a request that it never acted on: then only what it
    answered counts, and the brands over there say whether anything was made twice.
    """
    row = clearline.row(brand)
    assert row is not None
    there = clearline.registered(row.key)
    posts = [one for one in clearline.posts(row.key) if one["status"] is not None or not registry_died]
    assert len(posts) == 1, f"{len(posts)} creates with key {row.key}"
    assert [one["id"] for one in there] == [row.reference]
    assert (row.state, row.brand_reference) == ("confirmed", row.reference)
    assert row.brand_status == ("verified" if verified else "in_review")
    submissions = clearline.ask("SELECT 1 FROM lifecycle_submission WHERE subject_id = %s", brand)
    assert len(submissions) == 1
    watches = clearline.ask(
        "SELECT id, reference, closed_at FROM lifecycle_watch WHERE subject_id = %s", brand
    )
    # A verified brand is read on, once a week.
    assert [(watch["reference"], watch["closed_at"]) for watch in watches] == [(row.reference, None)]
    due = clearline.ask("SELECT item FROM lifecycle_due WHERE item IN (%s, %s)", row.item, watches[0]["id"])
    assert [one["item"] for one in due] == [watches[0]["id"]]
    events = clearline.events(brand)
    for once in ("brand.submitted", "brand.accepted"):
        assert events.count(once) == 1, events


def stays_so(clearline: Clearline, brand: UUID, seconds: float = 3.0) -> None:
    """And nothing more comes: the same picture after another tick."""
    time.sleep(seconds)
    assert_arrived_once(clearline, brand)
