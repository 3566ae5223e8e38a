"""Mailing what is due: claim a row, write its mail, send it outside any transaction, mark it sent.

A crash between sending and marking sends again: a mail cannot be searched for afterwards, and told twice
is better than never. The repeat carries the same Message-ID, by which mail programs know it. Every write
says WHERE attempt = n, so a holder that outlived its lease changes nothing.
"""

from __future__ import annotations

import smtplib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import structlog
from django.db import InterfaceError, OperationalError
from django.utils.translation import gettext as _

from portal import clock
from portal.audit.recording import CLEARLINE
from portal.clock import Times
from portal.notifications.letters import Letter, message
from portal.notifications.models import Notification
from portal.notifications.writing import invitation_letter, letter_of
from portal.tenancy.models import Invitation, Outgoing
from portal.tenancy.outgoing import LEASE, Claim, claim
from portal.tenancy.scope import acting_for

log = structlog.get_logger(__name__)
Read = Callable[[], Times]

# A person is waiting for an invitation, so it goes first.
MODELS: tuple[type[Outgoing], ...] = (Invitation, Notification)

# After the first failure, the second, and so on; the last one repeats.
DELAYS: Sequence[timedelta] = (
    # A server that restarts, a network that blinks.
    timedelta(minutes=1),
    timedelta(minutes=5),
    # Greylisting servers want a second try after 5 to 15 minutes.
    timedelta(minutes=15),
    timedelta(hours=1),
    # From here on a person has to mend something, and the mail loses its worth by the hour.
    timedelta(hours=3),
    timedelta(hours=6),
)
# RFC 5321 4.5.4.1 asks for four to five days between servers; a decision older than three is read in the portal.
GIVE_UP = timedelta(days=3)
# And not before so many tries: business time can jump by months in a practice portal.
TRIES = 5


class Away(Exception):
    """The mail server could not be talked to: no use to try the next mail now."""


@dataclass(frozen=True, slots=True)
class Errand:
    """A letter and the rows that are told by it; `generation` where a newer one would make it void."""

    letter: Letter
    model: type[Outgoing]
    items: tuple[UUID, ...]
    organization_id: UUID
    attempt: int
    generation: int | None = None


def run(*, seconds: float, read: Read = clock.read) -> int:
    """Mail what is due until nothing is left, `seconds` have passed or the server is away; the number of mails."""
    stop_at = time.monotonic() + seconds
    mails = 0
    while time.monotonic() < stop_at:
        claims: list[Claim] = []
        for model in MODELS:
            claims = claims or claim(model, read())
        if not claims:
            break
        try:
            mails += step(claims[0], read)
        except Away:
            break
    return mails


def step(one: Claim, read: Read = clock.read) -> bool:
    """Deal with one claimed row; True when a mail left. Raises Away when the server cannot be talked to."""
    with structlog.contextvars.bound_contextvars(item=str(one.item), attempt=one.attempt):
        errand: Errand | None = None
        try:
            errand = _errand(one, read())
            if errand is None:
                return False
            message(errand.letter).send()
        except (smtplib.SMTPRecipientsRefused, smtplib.SMTPSenderRefused, smtplib.SMTPDataError) as refusal:
            _later(one, errand, read(), _refusal(refusal))
        except (OperationalError, InterfaceError):
            # The database is away; the lease brings the row back.
            log.exception("mail lost to the database")
        except OSError as problem:
            # What smtplib raises is an OSError too. The text may hold an address or a password: the name is enough.
            log.warning("mail server away", error=type(problem).__name__)
            _later(
                one,
                errand,
                read(),
                _("The mail server could not be reached (%(error)s).") % {"error": type(problem).__name__},
            )
            raise Away from problem
        except Exception:
            log.exception("mail failed")
            _later(one, errand, read(), _("The mail could not be written: an error of the portal itself."))
        else:
            _sent(errand, read())
            return True
    return False


def _errand(one: Claim, times: Times) -> Errand | None:
    """What to send for a claimed row; None when the claim is lost, or when there is nothing to mail any more."""
    with acting_for(one.organization_id, by=CLEARLINE):
        if one.model is Invitation:
            return _for_invitation(one, times)
        return _for_notification(one, times)


def _for_invitation(one: Claim, times: Times) -> Errand | None:
    row = Invitation.objects.select_related("organization").filter(pk=one.item, attempt=one.attempt).first()
    if row is None:
        return None
    letter = invitation_letter(row, times)
    if letter is None:
        Invitation.objects.filter(pk=row.pk, attempt=one.attempt).update(due_at=None)
        return None
    return Errand(letter, Invitation, (row.pk,), one.organization_id, one.attempt, row.generation)


def _for_notification(one: Claim, times: Times) -> Errand | None:
    row = Notification.objects.filter(pk=one.item, attempt=one.attempt, sent_at=None).first()
    if row is None:
        return None
    rows, attempt = _gathered(row, one.attempt, times) if row.digest else ([row], one.attempt)
    if not rows:
        return None
    letter = letter_of(rows)
    items = tuple(each.pk for each in rows)
    if letter is None:
        Notification.objects.filter(pk__in=items, attempt=attempt).update(due_at=None)
        return None
    return Errand(letter, Notification, items, one.organization_id, attempt)


def _gathered(row: Notification, attempt: int, times: Times) -> tuple[list[Notification], int]:
    """The rows of one daily mail and their common attempt; no rows when another claimer gathered them first.

    A mail that was begun keeps its rows and its id. One that was not takes every row of this person that
    is due at the same moment and in no mail yet, also from a claimer that holds one of them: its attempt
    no longer counts then.
    """
    mates = Notification.objects.select_for_update().filter(
        user_id=row.user_id, digest=True, due_at=row.due_at, sent_at=None
    )
    # Locked in one order, so that two claimers wait for each other instead of for ever; read again after it.
    rows = list(mates.order_by("pk"))
    mine = next((each for each in rows if each.pk == row.pk and each.attempt == attempt), None)
    if mine is None:
        return [], attempt
    mail = mine.mail or mine.pk
    rows = [each for each in rows if each.mail == mine.mail]
    common = max(each.attempt for each in rows) + 1
    Notification.objects.filter(pk__in=[each.pk for each in rows]).update(
        mail=mail, attempt=common, lease_until=times.machine + LEASE
    )
    for each in rows:
        each.mail = mail
    return rows, common


def _ours(one: Claim, errand: Errand | None):  # type: ignore[no-untyped-def]
    """The rows that this try is about, as long as they are still ours."""
    if errand is None:
        return one.model.objects.filter(pk=one.item, attempt=one.attempt)
    rows = errand.model.objects.filter(pk__in=errand.items, attempt=errand.attempt, sent_at=None)
    return rows if errand.generation is None else rows.filter(generation=errand.generation)


def _sent(errand: Errand, times: Times) -> None:
    with acting_for(errand.organization_id, by=CLEARLINE):
        claim_ = Claim(errand.model, errand.items[0], errand.organization_id, errand.attempt)
        _ours(claim_, errand).update(sent_at=times.business, lease_until=None, last_error="")


def _later(one: Claim, errand: Errand | None, times: Times, why: str) -> None:
    """Try again after a delay, by machine time; after GIVE_UP and TRIES stop, and leave the reason to be read."""
    tries = errand.attempt if errand else one.attempt
    wait = DELAYS[min(tries, len(DELAYS)) - 1]
    with acting_for(one.organization_id, by=CLEARLINE):
        rows = _ours(one, errand)
        if tries >= TRIES:
            rows.filter(due_at__lte=times.business - GIVE_UP).update(due_at=None, last_error=why[:300])
        rows.filter(due_at__isnull=False).update(lease_until=times.machine + wait, last_error=why[:300])


def _refusal(refusal: smtplib.SMTPException) -> str:
    """What the server said against this very mail, in its own words."""
    code: object = getattr(refusal, "smtp_code", "")
    said: object = getattr(refusal, "smtp_error", b"")
    if isinstance(refusal, smtplib.SMTPRecipientsRefused) and refusal.recipients:
        code, said = next(iter(refusal.recipients.values()))
    words = said.decode(errors="replace") if isinstance(said, bytes) else str(said)
    return _("The mail server refused it: %(code)s %(words)s") % {"code": code, "words": words}
