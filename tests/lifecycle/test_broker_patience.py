"""How a worker waits for its broker."""

from __future__ import annotations

import time

import pytest
from kombu.exceptions import OperationalError

from portal.celery import RETRY_SECONDS, app


@pytest.mark.slow
def test_a_worker_looks_for_its_broker_every_two_seconds_however_long_it_is_away() -> None:
    # What a worker asks for its connection; nobody listens at this socket.
    connection = app.connection_for_read("redis+socket:///nowhere/clearline.sock")
    pauses: list[float] = []
    began = time.monotonic()
    with pytest.raises(OperationalError):
        connection.ensure_connection(lambda _problem, pause: pauses.append(pause), 3)
    assert pauses == [RETRY_SECONDS] * 3
    assert time.monotonic() - began == pytest.approx(3 * RETRY_SECONDS, abs=1.5)


def test_a_worker_never_gives_its_broker_up() -> None:
    assert app.conf.broker_connection_max_retries is None
