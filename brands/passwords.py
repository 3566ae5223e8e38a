"""The one-time password of a sole proprietor: sent to the mobile phone, entered here, proven by the registry.

The six digits pass through the payload of one submission and are wiped from it when it has ended, however
it ended. No event, error or log holds them. All times are business time.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.db import transaction
from django.utils.translation import gettext as _

from brands import states
from brands.confirming import NotNow, words_of
from brands.models import Brand
from brands.withholding import TaxIds
from portal.audit.recording import REGISTRY, Actor, record
from portal.carriers.contract import (
    Carrier,
    Created,
    OutcomeUnknown,
    PasswordReading,
    Reason,
    Refused,
)
from portal.clock import Times
from portal.lifecycle import gateway
from portal.lifecycle.models import OPEN, Submission, SubmissionState, accept, latest, look_again
from portal.lifecycle.nudge import nudge

SEND = "send-password"
CHECK = "check-password"
# A text message arrives within seconds, and a new password makes the one before worthless.
SEND_AGAIN = timedelta(minutes=2)
# How far the carrier's clock may stand behind ours. Less than the time between two passwords.
CLOCKS_APART = timedelta(minutes=1)
# So long after something was sent it is looked at: an answer of the carrier's own takes a few seconds.
LOOK_AFTER = timedelta(seconds=3)
# Of a name that may have 100 characters: the whole text has room for 500.
LONGEST_NAME = 60
HIDDEN = "••••••"

# Why a check ended that the carrier never answered: it says nothing about the digits.
UNANSWERED = "unanswered"


class Delivery(StrEnum):
    """How far the newest one-time password is."""

    ON_ITS_WAY = "on-its-way"
    DELIVERED = "delivered"
    FAILED = "failed"
    EXPIRED = "expired"
    PROVEN = "proven"


@dataclass(frozen=True, slots=True)
class Password:
    """The newest one-time password of a brand, as far as it is known now.

    `asked_at` is None when none was ever sent. `last` is the newest check since then, `sending` an attempt to
    send that has not ended or was refused.
    """

    asked_at: datetime | None = None
    until: datetime | None = None
    delivery: str = ""
    word: str = ""
    tries_left: int = 0
    last: Submission | None = None
    sending: Submission | None = None

    @property
    def is_being_sent(self) -> bool:
        """Has the carrier still to take the order?"""
        return self.sending is not None and self.sending.state in OPEN

    @property
    def is_being_checked(self) -> bool:
        """Has the registry still to say whether the digits were right?"""
        return self.last is not None and self.last.state in OPEN

    @property
    def can_be_entered(self) -> bool:
        """Is there a password whose digits may still be right?"""
        return (
            self.asked_at is not None
            and self.delivery != Delivery.EXPIRED
            and self.tries_left > 0
            and not self.is_being_sent
            and not self.is_being_checked
        )


def password_of(brand: Brand, times: Times) -> Password:
    """The newest one-time password of `brand`. Whether it has expired is derived, also when no worker ran."""
    policy = gateway.policy(gateway.default_account())
    sending = latest(brand, SEND)
    asked_at = brand.password_asked_at
    if asked_at is None:
        return Password(sending=sending)
    until = asked_at + policy.password_valid.value
    checks = _checks(brand)
    wrong = sum(1 for one in checks if one.state == SubmissionState.REFUSED and not is_unanswered(one))
    return Password(
        asked_at=asked_at,
        until=until,
        delivery=Delivery.EXPIRED if times.business >= until else brand.password_state,
        word=brand.password_word,
        tries_left=max(0, policy.password_tries.value - wrong),
        last=checks[0] if checks else None,
        sending=sending,
    )


def _checks(brand: Brand) -> list[Submission]:
    """The checks of the newest password that left, newest first."""
    rows = Submission.objects.filter(kind=brand.kind, subject_id=brand.pk)
    left = rows.filter(purpose=SEND, state=SubmissionState.CONFIRMED).order_by("-accepted_at").first()
    checks = rows.filter(purpose=CHECK)
    if left is not None:
        checks = checks.filter(accepted_at__gt=left.accepted_at)
    return list(checks.order_by("-accepted_at"))


def is_unanswered(check: Submission) -> bool:
    """Did a check end without a word about the digits?"""
    return any(reason["code"] == UNANSWERED for reason in check.reasons)


def send_again_at(brand: Brand, password: Password) -> datetime | None:
    """From when on another password can be asked for; None for at once."""
    last = password.sending
    if last is None or last.state == SubmissionState.REFUSED:
        return None
    return datetime.fromisoformat(last.payload["asked_at"]) + SEND_AGAIN


def ask_for(brand: Brand, *, by: Actor, times: Times) -> Submission:
    """Have the carrier text a password to the phone: submission and event in one transaction, then a nudge.

    Raises NotNow while one is being sent or checked, or has only just left, and when the brand waits for none.
    """
    with transaction.atomic():
        row = Brand.objects.select_for_update().get(pk=brand.pk)
        if row.status != states.PASSWORD:
            raise NotNow
        password = password_of(row, times)
        at = send_again_at(row, password)
        if password.is_being_sent or password.is_being_checked or (at is not None and times.business < at):
            raise NotNow(at)
        submission = _accept(row, SEND, texts_of(row), times)
        record(states.PASSWORD_ASKED, row, by=by, at=times.business)
        nudge()
    return submission


def enter(brand: Brand, digits: str, *, by: Actor, times: Times) -> Submission:
    """Have the registry check `digits`: submission and event in one transaction, then a nudge.

    Raises NotNow when there is no password that they could be, or others are being checked.
    """
    with transaction.atomic():
        row = Brand.objects.select_for_update().get(pk=brand.pk)
        if row.status != states.PASSWORD or not password_of(row, times).can_be_entered:
            raise NotNow
        submission = _accept(row, CHECK, {"password": digits}, times)
        record(states.PASSWORD_ENTERED, row, by=by, at=times.business)
        nudge()
    return submission


def texts_of(brand: Brand) -> dict[str, str]:
    """The two text messages, each below 500 characters.

    A brace in a name would be taken for the place of the digits.
    """
    name = brand.name.replace("{", "").replace("}", "")[:LONGEST_NAME]
    hours = gateway.policy(gateway.default_account()).password_valid.value.total_seconds() // 3600
    text = _(
        "%(name)s: your one-time password is {password}. Enter it where you registered your business for text "
        "messages. It holds for %(hours)d hours. If you did not ask for it, ignore this message."
    )
    thanks = _("%(name)s: thank you, your phone is confirmed. No further messages follow.")
    return {"text": text % {"name": name, "hours": hours}, "success_text": thanks % {"name": name}}


def _accept(brand: Brand, purpose: str, payload: dict[str, str], times: Times) -> Submission:
    return accept(
        brand,
        purpose=purpose,
        account=gateway.default_account(),
        payload={"reference": brand.reference, "asked_at": times.business.isoformat(), **payload},
        machine_now=times.machine,
        version=brand.version,
    )


class SendPassword:
    """The purpose "send-password": a text message to the proprietor's phone. A new one voids the one before."""

    def send(self, carrier: Carrier, submission: Submission) -> Created:
        """Ask for it."""
        frozen = submission.payload
        with TaxIds(submission.organization_id, submission.subject_id).withheld():
            sent = carrier.send_password(
                frozen["reference"], text=frozen["text"], success_text=frozen["success_text"]
            )
        return Created(sent)

    def search(self, carrier: Carrier, submission: Submission) -> Created | None:
        """A password that was asked for no earlier than this one."""
        reference = submission.payload["reference"]
        with TaxIds(submission.organization_id, submission.subject_id).withheld():
            found = carrier.read_password(reference)
        since = datetime.fromisoformat(submission.payload["asked_at"]) - CLOCKS_APART
        fits = found is not None and found.asked_at is not None and found.asked_at >= since
        return Created(reference) if fits else None

    def filed(self, submission: Submission, times: Times) -> None:
        """It is on its way; how far, the next reading says."""
        brand = Brand.objects.get(pk=submission.subject_id)
        Brand.objects.filter(pk=brand.pk).update(
            password_asked_at=times.business, password_state=Delivery.ON_ITS_WAY, password_word=""
        )
        record(states.PASSWORD_SENT, brand, by=REGISTRY, at=times.business)
        _look_soon(brand, times)

    def refused(self, submission: Submission, reasons: tuple[Reason, ...], times: Times) -> None:
        """Kept in the registry's words; the phone may be the wrong one."""
        brand = Brand.objects.get(pk=submission.subject_id)
        record(states.PASSWORD_NOT_SENT, brand, by=REGISTRY, at=times.business, detail=words_of(reasons))
        _look_soon(brand, times)


class CheckPassword:
    """The purpose "check-password": are these the digits? Asking twice does no harm but costs a try."""

    # Where nothing can be searched, nobody decides about digits that are worthless by then.
    unsearchable = (Reason(UNANSWERED, ""),)

    def send(self, carrier: Carrier, submission: Submission) -> Created:
        """Ask the registry. An error that quotes the digits is not quoted.

        Without an answer it ends as refused, "unanswered": the next reading shows whether they were right, and
        the person is better off entering them again than waiting for a search.
        """
        reference, digits = submission.payload["reference"], submission.payload["password"]
        secrets = TaxIds(submission.organization_id, submission.subject_id, also={digits: HIDDEN})
        try:
            with secrets.withheld():
                carrier.check_password(reference, digits)
        except OutcomeUnknown:
            raise Refused("no answer came", reasons=self.unsearchable) from None
        return Created(reference)

    def search(self, carrier: Carrier, submission: Submission) -> Created | None:
        """Was the phone proven by it?"""
        reference = submission.payload["reference"]
        with TaxIds(submission.organization_id, submission.subject_id).withheld():
            found = carrier.read_password(reference)
        return Created(reference) if found is not None and found.verified else None

    def filed(self, submission: Submission, times: Times) -> None:
        """The registry says next that the brand is verified."""
        brand = _without_digits(submission)
        Brand.objects.filter(pk=brand.pk).update(password_state=Delivery.PROVEN)
        record(states.PASSWORD_RIGHT, brand, by=REGISTRY, at=times.business)
        _look_soon(brand, times)

    def refused(self, submission: Submission, reasons: tuple[Reason, ...], times: Times) -> None:
        """Wrong, too late, or tried too often; or nobody knows."""
        brand = _without_digits(submission)
        record(states.PASSWORD_WRONG, brand, by=REGISTRY, at=times.business, detail=words_of(reasons))
        _look_soon(brand, times)


def _without_digits(submission: Submission) -> Brand:
    """The brand of a check that has ended; nothing of the digits is left in its row."""
    kept = {name: value for name, value in submission.payload.items() if name != "password"}
    Submission.objects.filter(pk=submission.pk).update(payload=kept)
    brand: Brand = Brand.objects.get(pk=submission.subject_id)
    return brand


def _look_soon(brand: Brand, times: Times) -> None:
    """Somebody is sitting in front of it."""
    look_again(brand, at=times.business + LOOK_AFTER, business_now=times.business)


def changes_of(brand: Brand, reading: PasswordReading | None) -> dict[str, object]:
    """The columns that a reading changes: nothing when there is none, or when it is about an older password."""
    if reading is None:
        return {}
    known = brand.password_asked_at
    if known and reading.asked_at and reading.asked_at < known - CLOCKS_APART:
        return {}
    state = Delivery.ON_ITS_WAY
    if reading.verified:
        state = Delivery.PROVEN
    elif reading.expired:
        state = Delivery.EXPIRED
    elif reading.failed:
        state = Delivery.FAILED
    elif reading.delivered:
        state = Delivery.DELIVERED
    return {
        "password_asked_at": reading.asked_at or known,
        "password_state": state,
        "password_word": reading.word[:100],
    }
