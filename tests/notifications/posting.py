"""News to be mailed, mail servers that misbehave, and a clock that the test moves."""

from __future__ import annotations

import smtplib
import threading
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from brands import states
from brands.models import Brand
from portal import clock
from portal.audit.recording import REGISTRY
from portal.clock import Times
from portal.lifecycle.states import make
from portal.notifications import delivering
from portal.notifications.kinds import Delivery
from portal.notifications.models import Hours, Notification
from portal.notifications.preferring import Choices, choices_of, choose
from portal.notifications.telling import HOLD
from portal.tenancy.models import Invitation
from tests.factories import submitted_brand
from tests.people import Person


class Clock:
    """Give it to `run` as `read`."""

    def __init__(self) -> None:
        self.business = self.machine = timedelta(0)

    def __call__(self) -> Times:
        times = clock.read()
        return Times(times.machine + self.machine, times.business + self.business)

    def pass_(self, **span: float) -> None:
        """Let both times go by."""
        self.business += timedelta(**span)
        self.machine += timedelta(**span)


class Post(BaseEmailBackend):
    """A mail server in this process: keeps what it takes, and does what a test wants of it before or after.

    Chosen as EMAIL_BACKEND by its path; a real SMTP conversation has a test of its own.
    """

    lock = threading.Lock()
    taken: list[Any] = []
    before: Any = None
    after: Any = None

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Take the mails."""
        for mail in email_messages:
            if Post.before:
                Post.before(mail)
            with Post.lock:
                Post.taken.append(mail)
            if Post.after:
                Post.after(mail)
        return len(email_messages)


def refuse(mail: EmailMessage) -> None:
    """The address does not exist."""
    raise smtplib.SMTPRecipientsRefused({mail.to[0]: (550, b"no such user here")})


def away(mail: EmailMessage) -> None:
    """Nobody answers."""
    raise TimeoutError("timed out")


def decided(
    person: Person, move: Any = states.VERIFY, *, at: datetime | None = None, **answers: Any
) -> Brand:
    """A brand about which the registry has decided, long enough ago that everybody is to be mailed now."""
    brand = submitted_brand(person, **answers)
    with person.acting():
        make(states.ACCEPT, brand, by=REGISTRY, at=clock.read().business)
        make(move, brand, by=REGISTRY, at=at or clock.read().business - HOLD)
    return brand


def prefer(person: Person, *, hours: dict[str, Any] | None = None, **deliveries: Delivery) -> None:
    """Let the person choose, as the page does."""
    now = choices_of(person.user)
    chosen = Choices(
        {**now.deliveries, **{kind: str(one) for kind, one in deliveries.items()}},
        Hours(user=person.user, **hours) if hours else now.hours,
    )
    choose(chosen, user=person.user, by=person.actor, at=clock.read().business)


def told(person: Person) -> list[Notification]:
    """What the person was told, oldest first."""
    with person.acting():
        return list(Notification.objects.filter(user=person.user).order_by("at", "pk"))


def post(read: Clock | None = None) -> int:
    """Mail everything that is due."""
    return delivering.run(seconds=20, read=read or clock.read)


def invitation(person: Person, **changes: Any) -> Invitation:
    """Somebody whom the person asked in, whose mail is due."""
    now = clock.read().business
    with person.acting():
        row: Invitation = Invitation.objects.create(
            organization=person.organization,
            email="dee@acme.example",
            role="submitter",
            invited_by=person.user.pk,
            invited_by_name=str(person.user),
            created_at=now,
            expires_at=now + timedelta(days=7),
            due_at=now,
        )
        for name, value in changes.items():
            setattr(row, name, value)
        row.save()
    return row
