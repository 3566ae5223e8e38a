"""Delivering webhooks: a thread of the practice process, working from rows.

As the vendor does it: two seconds for an answer, three attempts at the address with growing pauses, then
three at the failover address. Only a 2xx is delivered. Deliveries of one brand go out one after the other.
An attempt whose process died is made again, so the receiver may get an event twice, as with any sender.
"""

from __future__ import annotations

import functools
import ipaddress
import itertools
import json
import logging
import os
import ssl
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import httpx
from django.conf import settings
from django.db import close_old_connections, connection, transaction
from django.db.models import Q

from portal.practice import clock
from portal.practice.models import Delivery, Event
from portal.practice.webhooks import campaign_events, events, number_events, signing, twisting
from portal.practice.webhooks.bell import BELL

log = logging.getLogger(__name__)

SECONDS_TO_ANSWER = 2.0
TRIES_PER_ADDRESS = 3
_CLAIM = timedelta(seconds=30)
_BATCH = 200
_SENDERS = 16

_start = threading.Lock()
# Of the process that it runs in: a copy of this module in another process has none.
_running_in: set[int] = set()


def ensure_running() -> None:
    """Start the sending thread of this process, once.

    Called with every request, because a preloading server imports this before it makes the process that serves.
    """
    if os.getpid() in _running_in:
        return
    with _start:
        if os.getpid() not in _running_in:
            _running_in.add(os.getpid())
            threading.Thread(target=_run, name="practice-webhooks", daemon=True).start()


def _run() -> None:
    with ThreadPoolExecutor(_SENDERS, thread_name_prefix="practice-sender") as pool:
        while True:
            try:
                moment = clock.read()
                events.notice(moment)
                campaign_events.notice(moment)
                number_events.notice(moment)
                twisting.release(moment)
                if not _send_due(moment, pool):
                    BELL.wait(getattr(settings, "WEBHOOK_LOOK", 0.5))
                BELL.clear()
            except Exception:
                # The database may be gone for a while; whatever it was, the next look starts afresh.
                log.warning("webhooks: a look failed", exc_info=True)
                close_old_connections()
                connection.close()
                time.sleep(1)


def _send_due(moment: clock.Moment, pool: ThreadPoolExecutor) -> bool:
    """Hand what is due to the senders; whether there was anything."""
    with transaction.atomic():
        rows = list(
            Delivery.objects.select_for_update(skip_locked=True, of=("self",))
            .filter(outcome="", due_at__lte=moment.machine)
            .filter(Q(claimed_at=None) | Q(claimed_at__lt=moment.machine - _CLAIM))
            .select_related("event")
            .order_by("due_at", "id")[:_BATCH]
        )
        Delivery.objects.filter(pk__in=[row.pk for row in rows]).update(claimed_at=moment.machine)
    alone = [row for row in rows if row.twist.get("side")]
    in_line = sorted(
        (row for row in rows if not row.twist.get("side")),
        key=lambda row: (row.event.brand_id, row.due_at, row.pk),
    )
    for _brand, line in itertools.groupby(in_line, key=lambda row: row.event.brand_id):
        pool.submit(_deliver_all, list(line))
    for row in alone:
        pool.submit(_deliver_all, [row])
    return bool(rows)


def _deliver_all(rows: list[Delivery]) -> None:
    try:
        for row in rows:
            _deliver(row)
    except Exception:
        log.warning("webhooks: a delivery failed", exc_info=True)
    finally:
        connection.close()


def _deliver(row: Delivery) -> None:
    """Make one attempt, write down what came of it, and plan the next one if there is to be one."""
    url = row.event.urls[row.place]
    row.url = url[:2000]
    reason = refusal_of(url)
    if reason:
        row.outcome, row.error = "refused", reason
    else:
        _post(row, url)
    done_at = row.done_at = clock.read().machine
    with transaction.atomic():
        row.save()
        if row.outcome == "failed" and not row.twist.get("once"):
            _again(row, done_at)


def _post(row: Delivery, url: str) -> None:
    body, headers = made(row, url)
    row.body = body.decode()
    started = time.monotonic()
    try:
        with httpx.Client(trust_env=False, timeout=SECONDS_TO_ANSWER, verify=_tls()) as client:
            answer = client.post(url, content=body, headers=headers)
        row.answer_status = answer.status_code
        row.answer = answer.text[:300].replace("\x00", "\N{REPLACEMENT CHARACTER}")
        row.outcome = "delivered" if answer.is_success else "failed"
    except (httpx.HTTPError, httpx.InvalidURL) as trouble:
        row.outcome, row.error = "failed", f"{type(trouble).__name__}: {trouble}"[:300]
    row.milliseconds = int((time.monotonic() - started) * 1000)


@functools.cache
def _tls() -> ssl.SSLContext:
    """One for all: making it costs 25 ms, more than a whole delivery."""
    return httpx.create_ssl_context(trust_env=False)


def made(row: Delivery, url: str) -> tuple[bytes, dict[str, str]]:
    """Body and header fields of a delivery as it goes out now, twisted as its fault wants it."""
    twist = row.twist
    body = json.dumps(_envelope(row.event, twist, attempt=row.attempt, url=url)).encode()
    row.timestamp = str(int(time.time() + twist.get("skew", 0) - twist.get("age", 0)))
    row.signature = signing.signed(_key(twist), row.timestamp, body)
    headers = {"Content-Type": "application/json", "User-Agent": "practice-registry"}
    match twist.get("forge"):
        case "unsigned":
            row.signature = ""
        case "body":
            body = body.replace(b'"record_type": "event"', b'"record_type": "evenT"')
        case "timestamp":
            row.timestamp = str(int(row.timestamp) + 1)
        case "many_signatures":
            row.signature = ",".join([row.signature] * 1000)
        case "junk_signature":
            row.signature = "!" * 88
    headers[signing.TIMESTAMP] = row.timestamp
    if row.signature:
        headers[signing.SIGNATURE] = row.signature
    row.signature = row.signature[:200]
    return body, headers


def refusal_of(url: str) -> str:
    """Why nothing is sent to `url`, or an empty string: this registry calls this machine only."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").lower()
    except ValueError:
        return "The address cannot be read."
    if parts.scheme not in ("http", "https") or not host:
        return "The address is not an HTTP address."
    hosts: frozenset[str] = getattr(settings, "WEBHOOK_HOSTS", frozenset())
    if host == "localhost" or host in hosts:
        return ""
    try:
        near = ipaddress.ip_address(host).is_loopback
    except ValueError:
        near = False
    return "" if near else "Not sent: the address is not on this machine (see PRACTICE_WEBHOOK_HOSTS)."


def _envelope(event: Event, twist: dict[str, Any], *, attempt: int, url: str) -> dict[str, Any]:
    strange = {"campaignId" if "campaignId" in event.payload else "brandId": twist.get("brand")}
    payload = {**event.payload, **strange} if "brand" in twist else event.payload
    occurred_at = event.occurred_at.astimezone(UTC) + timedelta(seconds=twist.get("skew", 0))
    return {
        "data": {
            "event_type": event.event_type,
            "id": str(event.event_id),
            "occurred_at": occurred_at.isoformat(timespec="milliseconds"),
            "payload": payload,
            "record_type": "event",
        },
        "meta": {"attempt": attempt, "delivered_to": url},
    }


def _key(twist: dict[str, Any]) -> bytes:
    match twist.get("forge"):
        case "wrong_key":
            return signing.wrong_key()
        case "previous_key":
            return signing.key_before()
    return signing.key()


def _again(row: Delivery, done_at: datetime) -> None:
    """Plan the next attempt: here, then at the failover address, then nowhere."""
    tries = row.attempt - row.place * TRIES_PER_ADDRESS
    place = row.place if tries < TRIES_PER_ADDRESS else row.place + 1
    if place >= len(row.event.urls):
        return
    pause: float = getattr(settings, "WEBHOOK_PAUSE", 1.0) * 2 ** (tries - 1)
    Delivery.objects.create(
        event=row.event,
        attempt=row.attempt + 1,
        place=place,
        due_at=done_at + timedelta(seconds=pause),
        twist=row.twist,
        fault=row.fault,
        url=row.event.urls[place][:2000],
    )
