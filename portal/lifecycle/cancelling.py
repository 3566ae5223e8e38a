"""Cancelling the second of two things at the carrier that should be one (purpose "cancel-twin", see `twins`).

The payload names what goes (`reference`), what stays (`keeps`, empty when nothing is to stay) and the `key` that
both carry. All of it is asked once more right before: a deletion cannot be taken back.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

import structlog
from django.utils.translation import gettext_lazy as _

from portal.audit.recording import CLEARLINE, record
from portal.audit.sentences import Told
from portal.audit.sentences import teach as teach_sentence
from portal.carriers.contract import Carrier, Created, NotFound, Reason, Refused
from portal.clock import Times
from portal.lifecycle.models import Submission
from portal.tenancy.scope import acting_for
from portal.ui.looks import Text

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Subject:
    kind: str
    pk: UUID
    organization_id: UUID


class Cancelling(ABC):
    """What is the same for every kind; a flow says how one of its things is read and ended."""

    @abstractmethod
    def key_of(self, carrier: Carrier, reference: str) -> str:
        """The key that stands on the thing at the carrier. Raises NotFound where nothing is, or nothing any more."""

    @abstractmethod
    def end(self, carrier: Carrier, reference: str) -> None:
        """End it for good at the carrier. Safe to repeat."""

    @abstractmethod
    def ours(self, submission: Submission) -> Collection[str]:
        """What we go by at the carrier now, in the scope of the tenant: never cancelled."""

    def send(self, carrier: Carrier, submission: Submission) -> Created:
        """End it, if it is what it was. Raises Refused when anything has changed."""
        asked = submission.payload
        with acting_for(submission.organization_id, by=CLEARLINE):
            ours = self.ours(submission)
        if asked["reference"] in ours:
            raise _not_any_more("we go by this reference now")
        try:
            if self.key_of(carrier, asked["reference"]) != asked["key"]:
                raise _not_any_more("it carries another key")
        except NotFound:
            return Created(asked["reference"])
        try:
            if asked["keeps"] and self.key_of(carrier, asked["keeps"]) != asked["key"]:
                raise _not_any_more("the one to keep carries another key")
        except NotFound:
            raise _not_any_more("the one to keep is gone") from None
        self.end(carrier, asked["reference"])
        return Created(asked["reference"])

    def search(self, carrier: Carrier, submission: Submission) -> Created | None:
        """Is it gone?"""
        try:
            self.key_of(carrier, submission.payload["reference"])
        except NotFound:
            return Created(submission.payload["reference"])
        return None

    def filed(self, submission: Submission, times: Times) -> None:
        """It is gone; what we go by stays as it is."""
        detail = {"cancelled": submission.payload["reference"]}
        action = f"{submission.kind}.twin-cancelled"
        record(action, _subject(submission), by=CLEARLINE, at=times.business, detail=detail)

    def refused(self, submission: Submission, reasons: tuple[Reason, ...], times: Times) -> None:
        """It stays, and an operator has to look."""
        reference = submission.payload["reference"]
        log.error("a twin could not be cancelled", reference=reference, why=[one.text for one in reasons])
        action = f"{submission.kind}.twin-stays"
        record(action, _subject(submission), by=CLEARLINE, at=times.business, detail={"stays": reference})


def teach(kind: str, *, found: Text, took_over: Text, searched_first: Text) -> None:
    """Say how the events of a sweep are told for `kind`; the last two are the same for all."""
    told = {
        "twin-found": Told(found, "late", "warning"),
        "twin-took-over": Told(took_over, "mute", "in-review"),
        "searched-first": Told(searched_first, "late", "unknown"),
        "twin-cancelled": Told(_("The second registration was cancelled"), "ok", "deleted"),
        "twin-stays": Told(
            _("The second registration could not be cancelled: the operator looks into it"), "late", "warning"
        ),
    }
    for name, one in told.items():
        teach_sentence(f"{kind}.{name}", one)


def _subject(submission: Submission) -> _Subject:
    return _Subject(submission.kind, submission.subject_id, submission.organization_id)


def _not_any_more(why: str) -> Refused:
    return Refused(f"not cancelled: {why}", reasons=(Reason("changed", why),))
