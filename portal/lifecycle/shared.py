"""What all processes share about a carrier account. No row here belongs to an organization or names one.

Written by the gate (permits, breaker, retry budget), by the operator (pause), by the inbox and the sweep.
"""

from __future__ import annotations

from enum import StrEnum
from uuid import NAMESPACE_URL, UUID, uuid5

from django.db import connection, models
from django.db.models.functions import Now

# What the house's log calls an account and what happens to it.
ACCOUNT_KIND = "carrier-account"
PAUSED = "carrier-account.paused"
RESUMED = "carrier-account.resumed"
KEY_REFUSED = "carrier-account.key-refused"
KEY_ACCEPTED = "carrier-account.key-accepted"


class PauseFor(StrEnum):
    """Why an account is paused."""

    # The kill switch: submissions wait, readings go on.
    PERSON = "person"
    # The carrier refused our key: nothing leaves at all.
    CREDENTIALS = "credentials"


def account_id(account: str) -> UUID:
    """The id of `account` where an id is asked for: always the same."""
    return uuid5(NAMESPACE_URL, f"clearline:{ACCOUNT_KIND}:{account}")


class CarrierAccount(models.Model):
    """One account at one carrier: may it be asked now, how often, and when was it last compared.

    All times are machine time. `free_at` is the virtual moment up to which permits are taken
    (a generic cell rate algorithm), `background_at` when one was last taken for work that nobody waits for.
    The breaker is open from `opened_at` on, both times are null when it is closed; whoever comes first after
    `open_until` is the probe and moves it on. `requests` and `retries` count in the window that began at
    `window_at`, `failures` and `limits` (429) in a row.
    Read it through `portal.lifecycle.accounts`: what counts as paused depends on the key in use.
    """

    account = models.CharField(max_length=40, primary_key=True)

    paused_at = models.DateTimeField(null=True)
    # "person": the kill switch; "credentials": the carrier refused our key.
    paused_for = models.CharField(max_length=12, blank=True)
    paused_by = models.CharField(max_length=254, blank=True)
    paused_reason = models.CharField(max_length=300, blank=True)
    # A keyed hash of the key that was refused: another key ends the pause by itself.
    refused_key = models.CharField(max_length=64, blank=True)
    refused_at = models.DateTimeField(null=True)
    # When the operators were told by mail that it was; the lease is that of whoever is telling them.
    alerted_at = models.DateTimeField(null=True)
    alert_lease_until = models.DateTimeField(null=True)

    free_at = models.DateTimeField(null=True)
    background_at = models.DateTimeField(null=True)
    limits = models.PositiveIntegerField(default=0)
    wait_until = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(default=0)
    opened_at = models.DateTimeField(null=True)
    open_until = models.DateTimeField(null=True)
    window_at = models.DateTimeField(null=True)
    requests = models.PositiveIntegerField(default=0)
    retries = models.PositiveIntegerField(default=0)
    last_answer_at = models.DateTimeField(null=True)

    last_event_at = models.DateTimeField(null=True)
    refused_events = models.PositiveIntegerField(default=0)
    refused_event_at = models.DateTimeField(null=True)

    sweep_due_at = models.DateTimeField(db_default=Now())
    sweep_lease_until = models.DateTimeField(null=True)
    swept_at = models.DateTimeField(null=True)
    sweep_found = models.JSONField(default=dict)
    # Since when it is doubtful whether this database knows of every write: what was accepted before is searched
    # at the carrier before it is sent (`lifecycle.doubting`).
    doubt_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.account


class CarrierEvent(models.Model):
    """One signed event of a carrier, as far as it is needed: that something happened to the thing of `key`.

    It only ever causes a read, so neither its body nor anything personal is kept.
    """

    account = models.CharField(max_length=40)
    event_id = models.CharField(max_length=100)
    type = models.CharField(max_length=60)
    key = models.UUIDField(null=True)
    # The carrier's own id of what it speaks of; empty where it names none.
    reference = models.CharField(max_length=100, blank=True)
    occurred_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField(db_default=Now())
    # How many times it was delivered: duplicates have no other effect.
    times = models.PositiveIntegerField(default=1)
    # When it made something due; null while nothing with its key exists here.
    heard_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "event_id"], name="one_event")]
        indexes = [
            models.Index(fields=["key"], name="events_of"),
            # What is old enough to be cleared away.
            models.Index(fields=["received_at"], name="events_by_age"),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.event_id}"


class Stranger(models.Model):
    """Something that stands at the carrier under our account and that nobody here made."""

    account = models.CharField(max_length=40)
    reference = models.CharField(max_length=100)
    kind = models.CharField(max_length=30)
    word = models.CharField(max_length=100, blank=True)
    # It carries a key of our form that nobody here knows: made by another portal, or lost with a restored database.
    key = models.UUIDField(null=True)
    # Still listed, but cannot be read any more.
    gone_at = models.DateTimeField(null=True)
    first_seen_at = models.DateTimeField(db_default=Now())
    last_seen_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "kind", "reference"], name="one_stranger")]

    def __str__(self) -> str:
        return f"{self.kind} {self.reference}"


def ensure_account(account: str) -> None:
    """Make the row of `account` where there is none yet."""
    CarrierAccount.objects.bulk_create([CarrierAccount(account=account)], ignore_conflicts=True)


def alone_with(account: str, key: UUID) -> None:
    """Until the end of the transaction, nobody else takes or answers an event of this key.

    Without it an event and the wait that it is about, written at the same moment, would not see each other.
    Take it before rows of the table of due work, never after.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"event {account} {key}"])


def take_up(account: str, key: UUID, reference: str) -> bool:
    """Did events about this object come before there was anything to wait for? They count as heard now."""
    alone_with(account, key)
    waiting = CarrierEvent.objects.filter(account=account, key=key, heard_at=None)
    return bool(waiting.filter(reference__in=["", reference]).update(heard_at=Now()))
