"""A carrier account for pages and people: is it paused, how is it doing, pause it, resume it.

The kill switch stops submissions: nothing new is sent and nothing is searched for, what was accepted waits
where it is and loses no time of its own. Readings go on, because they change nothing over there and pages stay
true. Refused credentials stop everything, because every request would be refused; another key in the settings
ends that by itself, without a row being touched.
"""

from __future__ import annotations

import smtplib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db import connection, transaction
from django.utils.translation import gettext as _

from portal import clock
from portal.audit.recording import Actor, record_house
from portal.carriers.policy import Rate
from portal.lifecycle import gateway
from portal.lifecycle.nudge import nudge
from portal.lifecycle.shared import (
    ACCOUNT_KIND,
    PAUSED,
    RESUMED,
    CarrierAccount,
    PauseFor,
    account_id,
    ensure_account,
)
from portal.notifications.letters import Letter, absolute, message
from portal.tenancy.models import Staff, StaffRole

log = structlog.get_logger(__name__)

# Longer than a mail server may take for the mails of one alert.
ALERT_LEASE = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Pause:
    """Why nothing of an account is sent, since when (machine time), by whom and with what reason."""

    why: PauseFor
    since: datetime
    by: str = ""
    reason: str = ""

    @property
    def readings_go_on(self) -> bool:
        """Does the portal still ask the carrier how things stand?"""
        return self.why is PauseFor.PERSON


@dataclass(frozen=True, slots=True)
class AccountState:
    """One account at one moment. All times are machine time.

    `breaker_since` is None while the breaker is closed; while it is open, the next probe leaves at `probe_at`.
    `permits_free` is how many requests of people could leave at once now, of `rate.burst`. `requests` and
    `retries` count since `window_since`. `refused_at` stays when another key was put in.
    """

    account: str
    paused: Pause | None
    breaker_since: datetime | None
    probe_at: datetime | None
    failures: int
    wait_until: datetime | None
    rate: Rate
    permits_free: int
    window_since: datetime | None
    requests: int
    retries: int
    refused_at: datetime | None
    last_answer_at: datetime | None
    last_event_at: datetime | None
    refused_events: int
    swept_at: datetime | None
    sweep_due_at: datetime | None
    sweep_found: dict[str, Any]


def paused(account: str) -> Pause | None:
    """Why `account` is paused now, or None. Refused credentials count as long as the same key is in use."""
    row = CarrierAccount.objects.filter(account=account).first()
    return None if row is None else _pause_of(row)


def pause(account: str, *, by: Actor, reason: str) -> bool:
    """Send nothing more for `account` until somebody resumes it. False when somebody had paused it already.

    `reason` is for the pages of everybody who waits, at most 300 characters.
    """
    ensure_account(account)
    with transaction.atomic():
        rows = CarrierAccount.objects.filter(account=account).exclude(paused_for=PauseFor.PERSON)
        times = clock.read()
        won = rows.update(
            paused_at=times.machine,
            paused_for=PauseFor.PERSON,
            paused_by=by.name[:254],
            paused_reason=reason[:300],
        )
        if won:
            _tell(PAUSED, account, by, times, {"reason": reason[:300]})
    return bool(won)


def resume(account: str, *, by: Actor) -> bool:
    """End a pause, also one for refused credentials: the next request asks with whatever key is in use.

    False when it was not paused.
    """
    with transaction.atomic():
        row = CarrierAccount.objects.select_for_update().filter(account=account).first()
        if row is None or not (row.paused_for or row.refused_key):
            return False
        was = row.paused_for or PauseFor.CREDENTIALS
        CarrierAccount.objects.filter(account=account).update(
            paused_at=None, paused_for="", paused_by="", paused_reason="", refused_key="", refused_at=None
        )
        _tell(RESUMED, account, by, clock.read(), {"was": str(was)})
        nudge()
    return True


def state_of(account: str) -> AccountState:
    """How `account` is doing. Raises LookupError for one that settings do not name."""
    rate = gateway.rate(account)
    row = CarrierAccount.objects.filter(account=account).first() or CarrierAccount(account=account)
    now = clock.read().machine
    return AccountState(
        account=account,
        paused=_pause_of(row),
        breaker_since=row.opened_at,
        probe_at=row.open_until,
        failures=row.failures,
        wait_until=row.wait_until if row.wait_until and row.wait_until > now else None,
        rate=rate,
        permits_free=_permits(row.free_at, rate, now),
        window_since=row.window_at,
        requests=row.requests,
        retries=row.retries,
        refused_at=row.refused_at,
        last_answer_at=row.last_answer_at,
        last_event_at=row.last_event_at,
        refused_events=row.refused_events,
        swept_at=row.swept_at,
        sweep_due_at=row.sweep_due_at if row.pk and isinstance(row.sweep_due_at, datetime) else None,
        sweep_found=row.sweep_found,
    )


def alert_operators() -> int:
    """Mail the operators about keys that were refused since anybody last told them; the number of mails.

    Once per pause: the row of the account is what is owed. A crash between sending and noting sends again, with
    the same Message-ID; a mail server that is away is tried again when the lease is over.
    """
    mails = 0
    for account, since in _owed():
        try:
            mails += _mail(account, since)
        except (OSError, smtplib.SMTPException) as problem:
            log.warning("mail server away", error=type(problem).__name__)
            continue
        CarrierAccount.objects.filter(account=account, refused_at=since).update(
            alerted_at=clock.read().machine
        )
    return mails


def _owed() -> list[tuple[str, datetime]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE lifecycle_carrieraccount SET alert_lease_until = clock_timestamp() + %s * interval '1 second'"
            " WHERE refused_at IS NOT NULL AND alerted_at IS NULL"
            "   AND (alert_lease_until IS NULL OR alert_lease_until < clock_timestamp())"
            " RETURNING account, refused_at",
            [ALERT_LEASE.total_seconds()],
        )
        return [(account, since) for account, since in cursor.fetchall()]


def _mail(account: str, since: datetime) -> int:
    operators = Staff.objects.filter(role=StaffRole.OPERATOR, user__is_active=True).select_related("user")
    for operator in operators:
        message(
            Letter(
                id=f"{account_id(account)}-{since:%Y%m%d%H%M%S%f}-{operator.user_id}",
                to=operator.user.email,
                subject=_("%(account)s refuses the portal's credentials") % {"account": account},
                paragraphs=[
                    _(
                        "The carrier account %(account)s refused our API key, so nothing is sent to it and"
                        " nothing is asked. Whatever was submitted waits and is not lost."
                    )
                    % {"account": account},
                    _("Put a valid key into the settings and restart: everything goes on by itself then."),
                ],
                button=_("Open the carrier accounts"),
                url=absolute("/operations/carriers/"),
                reason=_("You get this because you run this portal."),
                preferences=False,
            )
        ).send()
    return len(operators)


def _pause_of(row: CarrierAccount) -> Pause | None:
    if row.refused_key and row.refused_at and row.refused_key == _mark(row.account):
        return Pause(PauseFor.CREDENTIALS, row.refused_at)
    if row.paused_for == PauseFor.PERSON and row.paused_at:
        return Pause(PauseFor.PERSON, row.paused_at, row.paused_by, row.paused_reason)
    return None


def _mark(account: str) -> str:
    try:
        return gateway.key_mark(account)
    except LookupError:
        return ""


def _permits(free_at: datetime | None, rate: Rate, now: datetime) -> int:
    taken = max((free_at - now).total_seconds(), 0.0) * rate.per_second if free_at else 0.0
    return max(int(rate.burst - taken), 0)


def _tell(action: str, account: str, by: Actor, times: clock.Times, detail: dict[str, Any]) -> None:
    record_house(
        action,
        kind=ACCOUNT_KIND,
        object_id=account_id(account),
        by=by,
        at=times.business,
        detail={"account": account, **detail},
    )
