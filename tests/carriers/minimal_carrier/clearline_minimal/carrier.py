"""The minimal registry's calls behind the portal's contract.

Unlike the built-in adapter: ids are integers there and "MC-000123" here, a refusal comes inside a 200, a list
is followed by its last id, our key is sent nowhere (so nothing can be found again by it), and nothing can be
corrected. Its campaigns stand in `programmes`, its numbers in `lines`.
"""

from __future__ import annotations

from collections.abc import Iterator

from clearline_minimal.answers import all_of, made, not_offered, number_of, one_of, remarks_of, text, written
from clearline_minimal.lines import Lines
from clearline_minimal.programmes import Programmes
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
    PasswordReading,
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


class MinimalCarrier(Programmes, Lines):
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
            explain=lambda body: remarks_of(body, _NAMES),
            gate=config.gate,
        )

    def create_brand(self, filing: BrandFiling, *, key: str) -> Created:
        """`POST /senders`. Raises Unavailable, OutcomeUnknown, Unauthorized, Refused."""
        sent = {theirs: str(getattr(filing, ours)) for theirs, ours in _NAMES.items()}
        try:
            answer = written(self._http, "/senders", sent, _NAMES)
        except NotFound as wrong_place:
            raise Unavailable(str(wrong_place)) from None
        number = made(answer, "/senders")
        return Created(f"MC-{number:06d}", raw={"nr": number})

    def read_brand(self, reference: str) -> BrandReading:
        """`GET /senders/123`. Raises Unavailable, Unauthorized, NotFound."""
        sender = one_of(self._http, "/senders", "sender", number_of(reference, "MC"))
        return BrandReading(
            reference=reference,
            state=_STATES.get(text(sender.get("condition")), BrandState.UNKNOWN),
            word=text(sender.get("condition")),
            reasons=remarks_of(sender, _NAMES),
            filed={ours: text(sender.get(theirs)) for theirs, ours in _NAMES.items() if theirs in sender},
            raw={name: value for name, value in sender.items() if name != "number"},
        )

    def find_brand(self, filing: BrandFiling, *, key: str) -> BrandReading | None:
        """No key of ours is kept there: None would be a lie. Raises Unavailable."""
        raise Unavailable("this carrier cannot be searched by our key")

    def list_brands(self) -> Iterator[BrandListed]:
        """`GET /senders?after=123`, until nobody comes after. Raises Unavailable, Unauthorized."""
        for number, row in all_of(self._http, "/senders", "senders"):
            yield BrandListed(f"MC-{number:06d}", text(row.get("company")), text(row.get("condition")))

    def update_brand(self, reference: str, filing: BrandFiling, *, key: str) -> Created:
        """Not offered: register anew. Raises Refused."""
        not_offered()

    def review_brand(self, reference: str) -> Created:
        """Not offered. Raises Refused."""
        not_offered()

    def delete_brand(self, reference: str) -> None:
        """Not offered. Raises Refused."""
        not_offered()

    def resend_confirmation(self, reference: str) -> None:
        """Not offered. Raises Refused."""
        not_offered()

    def send_password(self, reference: str, *, text: str, success_text: str) -> str:
        """Not offered. Raises Refused."""
        not_offered()

    def check_password(self, reference: str, password: str) -> None:
        """Not offered. Raises Refused."""
        not_offered()

    def read_password(self, reference: str) -> PasswordReading | None:
        """None was ever sent."""
        return None

    def close(self) -> None:
        """Give back the connections."""
        self._http.close()
