"""The minimal registry's calls behind the portal's contract.

Unlike the built-in adapter: ids are integers there and "MC-000123" here, a refusal comes inside a 200, a list
is followed by its last id, our key is sent nowhere (so nothing can be found again by it), nothing can be
corrected, and a listing ends unless it is extended by a call.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, NoReturn

from clearline_minimal.rules import POLICY
from portal.carriers.config import CarrierConfig
from portal.carriers.contract import (
    BrandFiling,
    BrandListed,
    BrandReading,
    BrandState,
    Capabilities,
    Created,
    NotFound,
    OutcomeUnknown,
    PasswordReading,
    Reason,
    Refused,
    Unavailable,
)
from portal.carriers.http import Http, Limits

_STATES = {
    "CHECKING": BrandState.PENDING,
    "LISTED": BrandState.VERIFIED,
    "TURNED DOWN": BrandState.UNVERIFIED,
    "BARRED": BrandState.SUSPENDED,
}
# Theirs and ours.
_NAMES = {"company": "legal_name", "nation": "country", "number": "tax_id", "mail": "email"}
_MOST_PAGES = 1000


class MinimalCarrier:
    """One account at the minimal registry."""

    capabilities = Capabilities(search=False, renewal="call", brand_updates=False, events=False)

    def __init__(self, config: CarrierConfig) -> None:
        self._http = Http(
            url=config.url,
            key=config.key,
            limits=Limits(
                total=POLICY.call_deadline.value,
                answer_bytes=POLICY.answer_bytes.value,
                retry_after=POLICY.retry_after_cap.value,
            ),
            explain=_remarks,
            gate=config.gate,
        )

    def create_brand(self, filing: BrandFiling, *, key: str) -> Created:
        """`POST /senders`. Raises Unavailable, OutcomeUnknown, Unauthorized, Refused."""
        sent = {theirs: str(getattr(filing, ours)) for theirs, ours in _NAMES.items()}
        try:
            answer = self._http.write("POST", "/senders", sent)
        except NotFound as wrong_place:
            raise Unavailable(str(wrong_place)) from None
        if answer.get("ok") is False and answer.get("fault") == "BUSY":
            raise Unavailable("POST /senders: busy, nothing was taken in")
        if answer.get("ok") is False and answer.get("fault") == "REJECTED":
            raise Refused("POST /senders: rejected", reasons=_remarks(answer))
        number = answer.get("nr")
        if answer.get("ok") is not True or type(number) is not int or number < 1:
            raise OutcomeUnknown("POST /senders: the answer names no number")
        return Created(f"MC-{number:06d}", raw={"nr": number})

    def read_brand(self, reference: str) -> BrandReading:
        """`GET /senders/123`. Raises Unavailable, Unauthorized, NotFound."""
        number = _number(reference)
        answer = self._http.read(f"/senders/{number}")
        if answer.get("ok") is False and answer.get("fault") == "UNKNOWN":
            raise NotFound(f"GET /senders/{number}: there is none")
        sender = answer.get("sender")
        if answer.get("ok") is not True or not isinstance(sender, dict) or sender.get("nr") != number:
            raise Unavailable(f"GET /senders/{number}: the answer is no sender")
        return BrandReading(
            reference=reference,
            state=_STATES.get(_text(sender.get("condition")), BrandState.UNKNOWN),
            word=_text(sender.get("condition")),
            reasons=_remarks(sender),
            filed={ours: _text(sender.get(theirs)) for theirs, ours in _NAMES.items() if theirs in sender},
            raw={name: value for name, value in sender.items() if name != "number"},
        )

    def find_brand(self, filing: BrandFiling, *, key: str) -> BrandReading | None:
        """No key of ours is kept there: None would be a lie. Raises Unavailable."""
        raise Unavailable("this carrier cannot be searched by our key")

    def list_brands(self) -> Iterator[BrandListed]:
        """`GET /senders?after=123`, until nobody comes after. Raises Unavailable, Unauthorized."""
        last = 0
        for _page in range(_MOST_PAGES):
            try:
                answer = self._http.read("/senders", {"after": last})
            except NotFound as wrong_place:
                raise Unavailable(str(wrong_place)) from None
            rows = answer.get("senders")
            if answer.get("ok") is not True or not isinstance(rows, list):
                raise Unavailable("GET /senders: the answer is no list")
            if not rows:
                return
            for row in rows:
                number = row.get("nr") if isinstance(row, dict) else None
                if type(number) is not int or number <= last:
                    raise Unavailable("GET /senders: the list does not rise")
                last = number
                yield BrandListed(f"MC-{number:06d}", _text(row.get("company")), _text(row.get("condition")))
        raise Unavailable("GET /senders: the list does not end")

    def extend_brand(self, reference: str) -> date:
        """`POST /senders/123/extend`: renewal by call; the last day of the listing from then on.

        The contract names no verb for it yet: nothing that the portal files so far ends by itself.
        Raises Unavailable, OutcomeUnknown, Unauthorized, NotFound, Refused.
        """
        number = _number(reference)
        answer = self._http.write("POST", f"/senders/{number}/extend")
        if answer.get("ok") is False and answer.get("fault") == "REJECTED":
            raise Refused(f"POST /senders/{number}/extend: rejected", reasons=_remarks(answer))
        try:
            return date.fromisoformat(_text(answer.get("listed_until")))
        except ValueError:
            raise OutcomeUnknown(f"POST /senders/{number}/extend: the answer names no day") from None

    def update_brand(self, reference: str, filing: BrandFiling, *, key: str) -> Created:
        """Not offered: register anew. Raises Refused."""
        _not_offered()

    def review_brand(self, reference: str) -> Created:
        """Not offered. Raises Refused."""
        _not_offered()

    def delete_brand(self, reference: str) -> None:
        """Not offered: a sender that is not extended ends by itself. Raises Refused."""
        _not_offered()

    def resend_confirmation(self, reference: str) -> None:
        """Not offered. Raises Refused."""
        _not_offered()

    def send_password(self, reference: str, *, text: str, success_text: str) -> str:
        """Not offered. Raises Refused."""
        _not_offered()

    def check_password(self, reference: str, password: str) -> None:
        """Not offered. Raises Refused."""
        _not_offered()

    def read_password(self, reference: str) -> PasswordReading | None:
        """None was ever sent."""
        return None

    def close(self) -> None:
        """Give back the connections."""
        self._http.close()


def _not_offered() -> NoReturn:
    """Surely not processed, and no repetition helps: that is what Refused says."""
    raise Refused("this carrier does not offer it", reasons=(Reason("not-offered", "Not offered."),))


def _number(reference: str) -> int:
    """ "MC-000123" as the integer of the API. Raises NotFound for what cannot be one of ours."""
    if not re.fullmatch(r"MC-[0-9]{6,12}", reference, re.ASCII):
        raise NotFound("GET /senders: no such reference")
    return int(reference.removeprefix("MC-"))


def _remarks(body: Mapping[str, Any]) -> tuple[Reason, ...]:
    remarks = body.get("remarks")
    return tuple(
        Reason(
            "",
            _text(remark.get("text")),
            tuple(ours for theirs, ours in _NAMES.items() if theirs == remark.get("about")),
        )
        for remark in (remarks if isinstance(remarks, list) else [])[:50]
        if isinstance(remark, dict)
    )


def _text(value: Any) -> str:
    return value[:1000] if isinstance(value, str) else ""
