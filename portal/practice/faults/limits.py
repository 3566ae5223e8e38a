"""How much an account may ask: a token bucket in the database, and the requests that are under way."""

from __future__ import annotations

import contextlib
import threading
from collections import Counter
from collections.abc import Iterator

from django.db import transaction

from portal.practice.clock import Moment
from portal.practice.models import Account

# Of this process, which is the only one (`Programs.practice`). A restart forgets those that it killed.
_under_way: Counter[str] = Counter()
_lock = threading.Lock()


@contextlib.contextmanager
def under_way(account: str) -> Iterator[int]:
    """Count a request of `account` for as long as it runs; gives how many there are, this one included."""
    with _lock:
        _under_way[account] += 1
        count = _under_way[account]
    try:
        yield count
    finally:
        with _lock:
            _under_way[account] -= 1
            if not _under_way[account]:
                del _under_way[account]


def crossed(account: str, moment: Moment, *, running: int) -> tuple[str, str]:
    """Which limit this request crosses, "rate" or "in_flight" or none, and what Retry-After to answer."""
    limits = Account.objects.filter(fingerprint=account).exclude(rate=None, most_in_flight=None).first()
    if limits is None:
        return "", ""
    if limits.most_in_flight is not None and running > limits.most_in_flight:
        return "in_flight", limits.retry_after
    if limits.rate is None or _token(limits.pk, limits.rate, moment):
        return "", ""
    return "rate", limits.retry_after


@transaction.atomic
def _token(account_id: int, rate: float, moment: Moment) -> bool:
    """Take one token, if there is one."""
    row = Account.objects.select_for_update().get(pk=account_id)
    waited = 0.0 if row.tokens_at is None else max(0.0, (moment.machine - row.tokens_at).total_seconds())
    tokens = row.burst if row.tokens_at is None else min(row.burst, row.tokens + waited * rate)
    row.tokens_at = moment.machine if row.tokens_at is None else max(row.tokens_at, moment.machine)
    row.tokens = tokens - 1 if tokens >= 1 else tokens
    row.save(update_fields=["tokens", "tokens_at"])
    return tokens >= 1
