"""Telnyx's proofs beyond the registration, in our words: external vettings and one-time passwords.

Pure functions over plain data. Sources: the vendor's ExternalVetting and BrandSmsOtpStatus, and the 10DLC
reference, sections 1.8 to 1.10, for the words that the vendor's file leaves open.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from portal.carriers.contract import BrandState, PasswordReading

# Where the digits go, in our texts and in Telnyx's (TriggerBrandSmsOtpRequest.pinSms).
OUR_PLACE = "{password}"
THEIR_PLACE = "@OTP_PIN@"

# The vetting that stands for the e-mail to a listed company's contact (10DLC vetting classes).
_AUTHENTICATION = "AUTHPLUS"

_BEGINNING = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Vetted:
    """What the vettings of a brand say. The score is the newest's that is complete and has one.

    `asked_at` is when the newest Authentication+ was ordered, which is when its e-mail went out, and `open`
    says that its link was not followed yet.
    """

    score: int | None = None
    vetting_class: str = ""
    asked_at: datetime | None = None
    open: bool = False


NEVER_VETTED = Vetted()


def vetted(rows: Sequence[Any]) -> Vetted:
    """The list of `GET …/externalVetting`, oldest first or in any order; what is no vetting is passed over."""
    known = [row for row in rows if isinstance(row, dict)]
    scored = [row for row in known if _is_complete(row) and _score(row) is not None]
    asked = [row for row in known if row.get("vettingClass") == _AUTHENTICATION]
    newest = _newest(scored, "vettedDate")
    question = _newest(asked, "createDate")
    return Vetted(
        score=_score(newest),
        vetting_class=_word(newest.get("vettingClass")),
        asked_at=moment(question.get("createDate")),
        open=bool(question) and not _is_complete(question),
    )


def can_be_vetted(brand: Mapping[str, Any], state: BrandState) -> bool:
    """Can the vettings change what is said of the brand? "A sole proprietor cannot be vetted" (10DLC 1.10),
    and before the registry has verified a brand neither its score nor its contact's proof decides anything.
    """
    return state is BrandState.VERIFIED and brand.get("entityType") != "SOLE_PROPRIETOR"


def proven(brand: Mapping[str, Any], state: BrandState, vettings: Vetted) -> BrandState:
    """`state`, unless the contact of a listed company has still to follow the link (Authentication+)."""
    if state is BrandState.VERIFIED and brand.get("entityType") == "PUBLIC_PROFIT" and vettings.open:
        return BrandState.NEEDS_CONFIRMATION
    return state


def password_of(answer: Mapping[str, Any]) -> PasswordReading:
    """A `BrandSmsOtpStatus`. `verifyDate` is the vendor's proof; the word VERIFIED is seen as well."""
    word = answer.get("deliveryStatus")
    verified = word == "VERIFIED" or moment(answer.get("verifyDate")) is not None
    return PasswordReading(
        word=_word(word),
        asked_at=moment(answer.get("requestDate")),
        delivered=word == "DELIVERED_HANDSET" or verified,
        failed=word in ("FAILED", "DELIVERY_FAILED") and not verified,
        expired=word == "EXPIRED" and not verified,
        verified=verified,
    )


def moment(text: Any) -> datetime | None:
    """A moment in ISO 8601; without an offset it is UTC. None for anything else."""
    if not isinstance(text, str):
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)


def _is_complete(vetting: Mapping[str, Any]) -> bool:
    """ "If this date is missing, then the vetting was not complete or not valid" (ExternalVetting.vettedDate)."""
    date = vetting.get("vettedDate")
    return isinstance(date, str) and bool(date.strip())


def _score(vetting: Mapping[str, Any]) -> int | None:
    score = vetting.get("vettingScore")
    return score if type(score) is int and 0 <= score <= 100 else None


def _newest(rows: Sequence[Mapping[str, Any]], date: str) -> Mapping[str, Any]:
    """The row with the latest `date`, of equal ones the later in the list; an empty one of none."""
    latest: Mapping[str, Any] = {}
    for row in rows:
        if (moment(row.get(date)) or _BEGINNING) >= (moment(latest.get(date)) or _BEGINNING):
            latest = row
    return latest


def _word(value: Any) -> str:
    return value[:100] if isinstance(value, str) else ""
