"""The gate of a carrier account: one row in PostgreSQL decides for all processes, by the database's clock.

Asked at the HTTP call and not when a step begins: calls take long, and a limit on starts is no limit on
requests. Every decision is one statement that locks the account's row, looks and writes, in a transaction of
its own, never inside a tenant's: the row is shared by everybody and must be free again at once.

What holds a request back, in this order:

    credentials   the carrier refused this very key (401, 403): nothing leaves until there is another one
    paused        a person's kill switch: submissions wait, readings go on
    limited       the carrier said "too often" (429) and named a time, or we chose one
    open          the breaker: too many failures in a row; one probe each `BREAKER` while it lasts
    budget        enough second tries in this window; first tries still leave
    busy          no permit is free yet (a generic cell rate algorithm on `free_at`)

Permits: `burst` at once, then `per_second` in the long run. A request for which nobody waits leaves the
policy's `interactive_share` of the burst untouched, so people find permits whenever they come and come first
for as long as they ask; even then one request in ten is not theirs, so that nothing starves.
"""

from __future__ import annotations

import math
import random
import time
from datetime import timedelta
from typing import Any

import structlog
from django.db import connection, transaction

from portal import clock
from portal.audit.recording import CLEARLINE, record_house
from portal.carriers.contract import Unavailable
from portal.carriers.gate import Held, Passage
from portal.carriers.policy import Rate
from portal.lifecycle.errand import Errand, current
from portal.lifecycle.shared import (
    ACCOUNT_KIND,
    KEY_ACCEPTED,
    KEY_REFUSED,
    PauseFor,
    account_id,
    ensure_account,
)

log = structlog.get_logger(__name__)

# Seconds that a call waits for its permit inside its lease; longer, and the row waits instead of a worker.
PATIENCE = 2.0

# Failures in a row that open the breaker. At 30 % errors, a brown-out that is better worked through, eight in
# a row come once in 15,000 requests; in an outage eight requests are all it costs to notice.
BREAKER_AFTER = 8
# While open, one request in so long: a carrier that comes back is found within half a minute.
BREAKER = timedelta(seconds=30)

# Second tries may be a tenth of all requests (the usual retry budget: enough for accidents, too little for a
# storm), counted in windows of five minutes; a quiet account may try so many again all the same.
RETRY_SHARE = 0.1
RETRY_FLOOR = 20
WINDOW = timedelta(minutes=5)
# A row that the budget holds back looks again after this, or when the window ends.
BUDGET_LOOK = timedelta(minutes=1)

# The part of the rate that nobody's work gets even while people ask for everything.
BACKGROUND_FLOOR = 0.1

# A 429 without a time of its own: doubled from the first to the second, up to the last.
LIMITED_FIRST = timedelta(seconds=1)
LIMITED_LAST = timedelta(minutes=1)

# Rows that were on their way when an account was paused come again after this; until it is resumed they are
# not even claimed.
PAUSE_LOOK = timedelta(seconds=30)

CREDENTIALS, PAUSED, LIMITED, OPEN, BUDGET, BUSY = (
    "credentials",
    "paused",
    "limited",
    "open",
    "budget",
    "busy",
)
_WORDS = {
    CREDENTIALS: "the carrier refused our credentials",
    PAUSED: "submissions are paused",
    LIMITED: "the carrier asked us to wait",
    OPEN: "the carrier did not answer lately",
    BUDGET: "too many second tries lately",
    BUSY: "no permit is free",
}

# MATERIALIZED, so that the clock is read once, and after the row is ours.
_ENTER = """
    WITH held AS MATERIALIZED (
         SELECT * FROM lifecycle_carrieraccount WHERE account = %(account)s FOR UPDATE
    ), seen AS MATERIALIZED (
         SELECT held.*, coalesce(%(now)s::timestamptz, clock_timestamp()) AS now FROM held
    ), sane AS MATERIALIZED (
         -- A server that took over may be a little behind: what lies further ahead than it can is not believed.
         SELECT seen.*,
                CASE WHEN free_at > greatest(now, wait_until) + %(ahead)s + %(each)s
                     THEN now + %(ahead_of_people)s ELSE coalesce(free_at, now) END AS taken_until,
                open_until > now AND open_until <= now + %(breaker)s AS is_open,
                window_at > now - %(window)s AND window_at <= now AS in_window
           FROM seen
    ), counted AS MATERIALIZED (
         SELECT sane.*,
                CASE WHEN in_window THEN window_at ELSE now END AS window_now,
                CASE WHEN in_window THEN requests ELSE 0 END + 1 AS requests_now,
                CASE WHEN in_window THEN retries ELSE 0 END + %(retry)s::boolean::integer AS retries_now,
                taken_until - CASE WHEN background_at <= now - %(seldom)s
                               THEN CASE WHEN %(interactive)s THEN %(ahead_but_one)s ELSE %(ahead)s END
                               WHEN %(interactive)s THEN %(ahead)s ELSE %(ahead_of_people)s END AS slot
           FROM sane
    ), verdict AS MATERIALIZED (
         SELECT counted.*,
                CASE WHEN refused_key = %(key)s THEN 'credentials'
                     WHEN %(writes)s AND paused_for = 'person' THEN 'paused'
                     WHEN wait_until > now THEN 'limited'
                     WHEN is_open THEN 'open'
                     WHEN %(retry)s AND retries_now > greatest(%(retry_floor)s, requests_now * %(retry_share)s)
                     THEN 'budget'
                     WHEN slot > now THEN 'busy' ELSE '' END AS refusal
           FROM counted
    ), passed AS (
       UPDATE lifecycle_carrieraccount AS row
          SET free_at = greatest(taken_until, now) + %(each)s,
              background_at = CASE WHEN %(interactive)s THEN row.background_at ELSE now END,
              open_until = CASE WHEN verdict.opened_at IS NULL THEN NULL ELSE now + %(breaker)s END,
              window_at = window_now, requests = requests_now, retries = retries_now
         FROM verdict WHERE row.account = verdict.account AND refusal = ''
    )
  SELECT refusal, CASE refusal WHEN 'limited' THEN wait_until - now WHEN 'open' THEN open_until - now
                  WHEN 'budget' THEN least(window_now + %(window)s - now, %(budget_look)s)
                  WHEN 'busy' THEN slot - now WHEN '' THEN interval '0' ELSE %(pause_look)s END
    FROM verdict
"""

_LEFT = """
  UPDATE lifecycle_carrieraccount AS row
     SET failures = CASE WHEN %(failed)s THEN row.failures + 1 ELSE 0 END,
         opened_at = CASE WHEN NOT %(failed)s THEN NULL WHEN row.failures + 1 < %(breaker_after)s THEN row.opened_at
                     ELSE coalesce(row.opened_at, now) END,
         open_until = CASE WHEN NOT %(failed)s THEN NULL WHEN row.failures + 1 < %(breaker_after)s THEN row.open_until
                      ELSE now + %(breaker)s END,
         limits = CASE WHEN %(limited)s THEN row.limits + 1 WHEN %(failed)s THEN row.limits ELSE 0 END,
         wait_until = CASE WHEN %(limited)s THEN greatest(row.wait_until, now + pause) ELSE row.wait_until END,
         -- What we believed to be free was not: after the wait one request at a time.
         free_at = CASE WHEN %(limited)s THEN greatest(row.free_at, now + pause + %(ahead)s) ELSE row.free_at END,
         last_answer_at = CASE WHEN %(failed)s THEN row.last_answer_at ELSE now END
    FROM (SELECT account, coalesce(%(now)s::timestamptz, clock_timestamp()) AS now,
                 coalesce(%(wish)s, least(%(limited_first)s * power(2, least(limits, 30)), %(limited_last)s)) AS pause
            FROM lifecycle_carrieraccount WHERE account = %(account)s) AS seen
   WHERE row.account = seen.account
 RETURNING row.paused_for
"""

_REFUSED = """
  UPDATE lifecycle_carrieraccount
     SET refused_key = %(key)s, refused_at = coalesce(%(now)s::timestamptz, clock_timestamp()),
         alerted_at = NULL, alert_lease_until = NULL,
         paused_at = coalesce(paused_at, %(now)s::timestamptz, clock_timestamp()),
         paused_for = CASE paused_for WHEN '' THEN 'credentials' ELSE paused_for END
   WHERE account = %(account)s AND refused_key <> %(key)s
"""

# The key that was refused stays known: a process that still holds it must not ask again.
_ACCEPTED = """
  UPDATE lifecycle_carrieraccount SET paused_at = NULL, paused_for = ''
   WHERE account = %(account)s AND paused_for = 'credentials' AND refused_key <> %(key)s
"""


class AccountGate:
    """The gate of one account, as an adapter sees it (`portal.carriers.gate.Gate`).

    `key` is the keyed hash of the API key in use; `rate` what the account is allowed, `interactive_share` the
    part of its burst that is kept for people.
    """

    def __init__(self, account: str, *, key: str, rate: Rate, interactive_share: float) -> None:
        each = timedelta(seconds=1 / rate.per_second)
        ahead = each * (rate.burst - 1)
        self._account = account
        self._fixed: dict[str, Any] = {
            "account": account,
            "key": key,
            "each": each,
            "ahead": ahead,
            "ahead_of_people": max(ahead - each * (rate.burst * interactive_share), timedelta(0)),
            # While the background has had nothing for `seldom`, people leave one permit to it.
            "ahead_but_one": max(ahead - each, timedelta(0)),
            "seldom": each / BACKGROUND_FLOOR,
            "breaker": BREAKER,
            "breaker_after": BREAKER_AFTER,
            "window": WINDOW,
            "retry_share": RETRY_SHARE,
            "retry_floor": RETRY_FLOOR,
            "budget_look": BUDGET_LOOK,
            "pause_look": PAUSE_LOOK,
            "limited_first": LIMITED_FIRST,
            "limited_last": LIMITED_LAST,
        }

    def enter(self, *, within: float) -> None:
        """Take the permit for one request; waits for it at most `PATIENCE` and at most `within` seconds.

        Raises Held, and Unavailable after the errand's `begin_by`. Whatever was waited for, everything is looked at
        again afterwards: a 429 that arrived in another process meanwhile counts.
        """
        errand = current()
        give_up = time.monotonic() + min(within, PATIENCE if errand.patience is None else errand.patience)
        while True:
            refusal, wait = self.ask(errand)
            if not refusal:
                if time.monotonic() > errand.begin_by:
                    raise Unavailable("too late to send under this claim")
                errand.begin_by = math.inf
                return
            seconds = wait.total_seconds()
            if refusal not in (BUSY, LIMITED) or time.monotonic() + seconds > give_up:
                if refusal != BUDGET:
                    errand.held_for = max(errand.held_for, seconds)
                log.info("held back", account=self._account, reason=refusal, seconds=round(seconds, 3))
                why = f"{self._account}: {_WORDS[refusal]}"
                raise Held(why, retry_after=wait, second_try=refusal == BUDGET)
            # Not all to the same moment: those who wait wake one after the other.
            time.sleep(seconds * random.uniform(1.0, 1.2) + 0.001)  # noqa: S311  spreads, hides nothing

    def ask(self, errand: Errand) -> tuple[str, timedelta]:
        """One try: "" when the permit is taken, else what stands in the way and for how long."""
        values = {
            **self._fixed,
            "now": errand.now(),
            "interactive": errand.interactive,
            "writes": errand.writes,
            "retry": errand.retry,
        }
        with connection.cursor() as cursor:
            cursor.execute(_ENTER, values)
            row = cursor.fetchone()
            if row is None:
                ensure_account(self._account)
                cursor.execute(_ENTER, values)
                row = cursor.fetchone()
        return row[0], row[1]

    def left(self, passage: Passage, *, retry_after: timedelta | None = None) -> None:
        """How the request ended. `retry_after` is the carrier's own wish, capped by its policy; 0 is none."""
        now = current().now()
        values = {
            **self._fixed,
            "now": now,
            "failed": passage is Passage.FAILED,
            "limited": passage is Passage.LIMITED,
            "wish": retry_after or None,
        }
        with connection.cursor() as cursor:
            cursor.execute(_LEFT, values)
            row = cursor.fetchone()
        if passage is Passage.UNAUTHORIZED:
            self._settle(_REFUSED, values, KEY_REFUSED)
        elif row is not None and row[0] == PauseFor.CREDENTIALS and passage is Passage.ANSWERED:
            self._settle(_ACCEPTED, values, KEY_ACCEPTED)

    def _settle(self, statement: str, values: dict[str, Any], action: str) -> None:
        """Change what the key is known for, and tell of it once: of many processes one changes the row."""
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, values)
            if cursor.rowcount:
                record_house(
                    action,
                    kind=ACCOUNT_KIND,
                    object_id=account_id(self._account),
                    by=CLEARLINE,
                    at=clock.read().business,
                    detail={"account": self._account},
                )
                log.error("credentials", account=self._account, what=action)
