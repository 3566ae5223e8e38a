"""The e-mail to the contact person of a listed company (Authentication+): how long its link holds, and another.

Only the contact person can follow the link. What can be done here is to have the e-mail sent again, for as
long as the registry allows it, and to tell members before and after the link ends. All times are business time.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.db import transaction

from brands import states
from brands.models import Brand
from brands.withholding import TaxIds
from portal.audit.recording import CLEARLINE, REGISTRY, Actor, record
from portal.carriers.contract import BrandState, Carrier, Created, Reason
from portal.clock import Times
from portal.lifecycle import gateway
from portal.lifecycle.models import OPEN, Submission, accept, latest
from portal.lifecycle.nudge import nudge
from portal.notifications.kinds import ATTENTION
from portal.notifications.telling import tell

PURPOSE = "confirm-mail"
# An e-mail may take minutes to arrive; whoever asks again sooner gets two and does not know which link holds.
MAIL_AGAIN = timedelta(minutes=10)
# Two days before the link ends: a working day is left in any week without holidays.
REMIND_BEFORE = timedelta(days=2)

# What members are told about a link, beside the state of the brand itself.
ENDING = "confirm-ending"
ENDED = "confirm-ended"


class LinkState(StrEnum):
    """How far the link in the newest e-mail is."""

    HOLDS = "holds"
    # It leads nowhere any more, and another e-mail can be had.
    ENDED = "ended"
    # The registry sends no more e-mails for this registration.
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Link:
    """The newest e-mail: when it left, until when its link holds, until when another can be had."""

    mailed_at: datetime
    until: datetime
    closes_at: datetime
    state: LinkState


class NotNow(Exception):
    """It cannot be asked for now. `again_at` is when it can, None for never."""

    def __init__(self, again_at: datetime | None = None) -> None:
        super().__init__(f"again at {again_at}")
        self.again_at = again_at


def asked_at(brand: Brand) -> datetime:
    """When the registry first asked; one that does not say is taken to have done so when the brand came here."""
    return brand.confirmation_asked_at or brand.since


def mailed_at(brand: Brand) -> datetime:
    """When the newest e-mail left."""
    return max(brand.confirmation_mailed_at or asked_at(brand), asked_at(brand))


def link_of(brand: Brand, times: Times) -> Link:
    """The newest e-mail to the contact of `brand`, by the carrier's policy."""
    policy = gateway.policy(gateway.default_account())
    mailed = mailed_at(brand)
    closes_at = asked_at(brand) + policy.confirmation_resend.value
    until = min(mailed + policy.confirmation_link.value, closes_at)
    if times.business >= closes_at:
        state = LinkState.CLOSED
    else:
        state = LinkState.HOLDS if times.business < until else LinkState.ENDED
    return Link(mailed, until, closes_at, state)


def again_at(brand: Brand, times: Times) -> datetime:
    """From when on the e-mail can be asked for again."""
    last = latest(brand, PURPOSE)
    asked = datetime.fromisoformat(last.payload["asked_at"]) if last else link_of(brand, times).mailed_at
    return max(asked, link_of(brand, times).mailed_at) + MAIL_AGAIN


def ask_again(brand: Brand, *, by: Actor, times: Times) -> Submission:
    """Have the registry mail the contact again: submission and event in one transaction, then a nudge.

    Raises NotNow while one is on its way or has only just left, when the registry sends no more, and when the
    brand is not waiting for it.
    """
    with transaction.atomic():
        row = Brand.objects.select_for_update().get(pk=brand.pk)
        if row.status != states.CONFIRM or link_of(row, times).state == LinkState.CLOSED:
            raise NotNow
        last, at = latest(row, PURPOSE), again_at(row, times)
        if (last is not None and last.state in OPEN) or times.business < at:
            raise NotNow(at)
        submission = accept(
            row,
            purpose=PURPOSE,
            account=gateway.default_account(),
            payload={"reference": row.reference, "asked_at": times.business.isoformat()},
            machine_now=times.machine,
            version=row.version,
        )
        record(states.CONFIRM_ASKED, row, by=by, at=times.business)
        nudge()
    return submission


class ConfirmMail:
    """The purpose "confirm-mail": another e-mail to the contact. A second one by mistake harms nobody."""

    def send(self, carrier: Carrier, submission: Submission) -> Created:
        """Ask for it."""
        reference = submission.payload["reference"]
        with TaxIds(submission.organization_id, submission.subject_id).withheld():
            carrier.resend_confirmation(reference)
        return Created(reference)

    def search(self, carrier: Carrier, submission: Submission) -> Created | None:
        """An e-mail cannot be searched for; once the link was followed, none is needed any more."""
        reference = submission.payload["reference"]
        with TaxIds(submission.organization_id, submission.subject_id).withheld():
            still = carrier.read_brand(reference).state == BrandState.NEEDS_CONFIRMATION
        return None if still else Created(reference)

    def filed(self, submission: Submission, times: Times) -> None:
        """Its link counts from now."""
        brand = Brand.objects.get(pk=submission.subject_id)
        Brand.objects.filter(pk=brand.pk).update(confirmation_mailed_at=times.business)
        record(states.CONFIRM_SENT, brand, by=REGISTRY, at=times.business)

    def refused(self, submission: Submission, reasons: tuple[Reason, ...], times: Times) -> None:
        """Kept in the registry's words; the page says what else can be done."""
        brand = Brand.objects.get(pk=submission.subject_id)
        record(states.CONFIRM_REFUSED, brand, by=REGISTRY, at=times.business, detail=words_of(reasons))


def words_of(reasons: tuple[Reason, ...]) -> dict[str, str]:
    """The first reason of a refusal, as an event keeps it."""
    said = [asdict(one)["text"] for one in reasons if one.text]
    return {"word": said[0][:300]} if said else {}


def remind(brand: Brand, times: Times) -> None:
    """Tell members that the link ends soon, and that it has ended: once each for every e-mail.

    Called at every reading of a brand that waits for its contact, so it is found again whatever was missed.
    """
    link = link_of(brand, times)
    state = ""
    if link.state == LinkState.HOLDS and times.business >= link.until - REMIND_BEFORE:
        state = ENDING
    elif link.state != LinkState.HOLDS:
        state = ENDED
    if state:
        tell(brand, kind=ATTENTION, state=state, at=times.business, by=CLEARLINE, since=link.mailed_at)
