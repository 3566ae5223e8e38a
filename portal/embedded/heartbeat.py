"""Whether the worker still works, seen from outside of it.

A Celery worker can stay connected to a restarted broker and hear nothing any more (celery#10205,
#10302). Its tick writes a row; a row that grows old although database and broker answer means
that the worker is deaf, and a restart is the only cure.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable

# The row is written before every step, and a call to a carrier lasts 30 s at most. Only when both processes
# of a worker are in a long search at once may it be older: a restart then costs a lease and loses nothing.
STALE_SECONDS = 45.0
_AGE = "SELECT extract(epoch FROM now() - at)::float FROM lifecycle_heartbeat WHERE name = 'worker'"


class Heartbeat:
    """Answers `complaint` for a supervisor's watch.

    `age` gives the age of the row in seconds, None when there is no row yet, and raises OSError
    when the database does not answer. `broker_answers` tells whether the broker does. Nothing is
    said against a worker that had to do without either of them during the last STALE_SECONDS.
    """

    def __init__(
        self,
        age: Callable[[], float | None],
        broker_answers: Callable[[], bool],
        *,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._age = age
        self._broker_answers = broker_answers
        self._now = now
        self._able_since: float | None = None

    def complaint(self) -> str | None:
        """Why the worker should be restarted, or None."""
        now = self._now()
        try:
            age = self._age()
        except OSError:
            self._able_since = None
            return None
        if not self._broker_answers():
            self._able_since = None
            return None
        if self._able_since is None:
            self._able_since = now
        if age is None or age <= STALE_SECONDS or now - self._able_since < STALE_SECONDS:
            return None
        self._able_since = now
        return f"no sign of work for {age:.0f} seconds"


def age_in(url: str) -> float | None:
    """The age of the worker's row in the database at `url`. Raises OSError when it does not answer."""
    # Not at the top: its import costs more than the start of PostgreSQL.
    import psycopg

    try:
        with psycopg.connect(
            url, connect_timeout=2, options="-c statement_timeout=2000", autocommit=True
        ) as database:
            row = database.execute(_AGE).fetchone()
    except psycopg.errors.UndefinedTable:
        return None
    except psycopg.Error as error:
        raise OSError(str(error)) from error
    return float(row[0]) if row else None


def main() -> int:
    """`python -m portal.embedded.heartbeat`: 0 when the worker of DATABASE_URL has just worked.

    The tick that it answers comes from beat through the broker, so this asks after all three.
    """
    try:
        age = age_in(os.environ["DATABASE_URL"])
    except (OSError, KeyError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0 if age is not None and age <= STALE_SECONDS else 1


if __name__ == "__main__":
    sys.exit(main())
