"""The gate goes by the database's clock: no process tells it what time it is."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection

from portal import clock
from portal.carriers.gate import Passage
from portal.lifecycle.errand import Errand, current, on_errand
from tests.lifecycle.gates import Doorstep, Frozen

pytestmark = pytest.mark.django_db


def test_in_real_life_the_database_clock_decides_and_no_process_has_a_say() -> None:
    assert current().now() is None
    seen = []
    with on_errand(Errand(read=clock.read)):
        seen.append(current().now())
    assert seen == [None]
    gate = Doorstep(Frozen()).gate
    gate.left(Passage.ANSWERED)
    gate.enter(within=1)
    gate.left(Passage.ANSWERED)
    answered = Doorstep(Frozen()).row().last_answer_at
    assert answered is not None
    assert abs((answered - clock.read().machine).total_seconds()) < 5


def test_no_process_tells_the_gate_what_time_it_is() -> None:
    gate, told = Doorstep(Frozen()).gate, []

    def watched(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if isinstance(params, dict) and "now" in params:
            told.append(params["now"])
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watched), on_errand(Errand(interactive=True)):
        gate.enter(within=1)
        for passage in Passage:
            gate.left(passage)
    assert len(told) > len(Passage)
    assert set(told) == {None}
