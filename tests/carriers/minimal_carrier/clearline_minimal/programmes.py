"""Programmes, as campaigns are called at the minimal registry: a part of `MinimalCarrier`.

Unlike at the built-in adapter: one verdict and no mobile carriers, an end that only a call puts off and that is a
day instead of a moment, nothing to correct, no appeal, and no search.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from clearline_minimal.answers import all_of, made, not_offered, number_of, one_of, remarks_of, text, written
from portal.carriers.campaigns import (
    CampaignFiling,
    CampaignListed,
    CampaignReading,
    CampaignState,
    Decider,
    Qualification,
)
from portal.carriers.contract import Created, NotFound, OutcomeUnknown, Reason, Refused, Unavailable
from portal.carriers.http import Http

_PATH = "/programmes"
_STATES = {
    "CHECKING": CampaignState.REGISTRY,
    "OPEN": CampaignState.ACTIVE,
    "TURNED DOWN": CampaignState.REJECTED,
    "BARRED": CampaignState.SUSPENDED,
    "RUN OUT": CampaignState.EXPIRED,
    "CLOSED": CampaignState.DEACTIVATED,
}
# Theirs and ours; the sender is a number there.
_NAMES = {"purpose": "use_case", "about": "description", "consent": "message_flow", "texts": "samples"}
_REMARKED = {**_NAMES, "sender": "brand_reference"}


class Programmes:
    """The verbs of campaigns at one account."""

    _http: Http

    def qualify(self, brand_reference: str, use_case: str) -> Qualification:
        """`GET /senders/123/purposes`. Raises Unavailable, Unauthorized, NotFound."""
        sender = number_of(brand_reference, "MC")
        purposes = one_of(self._http, "/senders", "sender", sender).get("purposes")
        if not isinstance(purposes, list):
            raise Unavailable("GET /senders/…: the answer names no purposes")
        return Qualification(use_case, use_case in purposes, least_sub_use_cases=0, most_sub_use_cases=10)

    def create_campaign(self, filing: CampaignFiling, *, key: str) -> Created:
        """`POST /programmes`; `key` is sent nowhere. Raises Unavailable, OutcomeUnknown, Unauthorized, Refused."""
        sent: dict[str, Any] = {theirs: getattr(filing, ours) for theirs, ours in _NAMES.items()}
        try:
            sent["sender"] = number_of(filing.brand_reference, "MC")
        except NotFound as stranger:
            reason = Reason("", "No sender of this registry.", ("brand_reference",))
            raise Refused(str(stranger), reasons=(reason,)) from None
        try:
            answer = written(self._http, _PATH, sent, _REMARKED)
        except NotFound as wrong_place:
            raise Unavailable(str(wrong_place)) from None
        number = made(answer, _PATH)
        return Created(f"MP-{number:06d}", raw={"nr": number})

    def read_campaign(self, reference: str) -> CampaignReading:
        """`GET /programmes/123`. Raises Unavailable, Unauthorized, NotFound."""
        programme = one_of(self._http, _PATH, "programme", number_of(reference, "MP"))
        word = text(programme.get("condition"))
        state = _STATES.get(word, CampaignState.UNKNOWN)
        return CampaignReading(
            reference=reference,
            state=state,
            word=word,
            registry_word=word,
            decided_by=Decider.REGISTRY if state is CampaignState.REJECTED else None,
            reasons=remarks_of(programme, _REMARKED),
            ends_at=_day(programme.get("open_until")),
            created_at=_day(programme.get("since")),
            filed={ours: _filed(programme[theirs]) for theirs, ours in _NAMES.items() if theirs in programme},
            raw=dict(programme),
        )

    def find_campaign(self, filing: CampaignFiling, *, key: str) -> CampaignReading | None:
        """No key of ours is kept there: None would be a lie. Raises Unavailable."""
        raise Unavailable("this carrier cannot be searched by our key")

    def list_campaigns(self) -> Iterator[CampaignListed]:
        """`GET /programmes?after=123`, until nobody comes after. Raises Unavailable, Unauthorized."""
        for number, row in all_of(self._http, _PATH, "programmes"):
            sender = row.get("sender")
            yield CampaignListed(
                reference=f"MP-{number:06d}",
                brand_reference=f"MC-{sender:06d}" if type(sender) is int else "",
                word=text(row.get("condition")),
                created_at=_day(row.get("since")),
            )

    def renew_campaign(self, reference: str, *, key: str) -> Created:
        """`POST /programmes/123/extend`: one more term, and its fee.

        Raises Unavailable, OutcomeUnknown, Unauthorized, NotFound, Refused.
        """
        path = f"{_PATH}/{number_of(reference, 'MP')}/extend"
        answer = written(self._http, path, None, _REMARKED)
        if _day(answer.get("open_until")) is None:
            raise OutcomeUnknown(f"POST {path}: the answer names no day")
        return Created(reference, raw={"open_until": answer["open_until"]})

    def deactivate_campaign(self, reference: str) -> None:
        """`POST /programmes/123/close`. One that is gone, or has ended, is closed.

        Raises Unavailable, OutcomeUnknown, Unauthorized, Refused; NotFound only for a reference that can be none.
        """
        path = f"{_PATH}/{number_of(reference, 'MP')}/close"
        try:
            written(self._http, path, None, _REMARKED)
        except NotFound:
            return

    def update_campaign(self, reference: str, filing: CampaignFiling, *, key: str) -> Created:
        """Not offered: file a new one. Raises Refused."""
        not_offered()

    def appeal_campaign(self, reference: str, reason: str) -> Created:
        """Not offered. Raises Refused."""
        not_offered()

    def set_auto_renewal(self, reference: str, renews: bool) -> Created:
        """Not offered: each term is asked for. Raises Refused."""
        not_offered()


def _filed(value: Any) -> Any:
    return tuple(text(one) for one in value) if isinstance(value, list) else text(value)


def _day(value: Any) -> datetime | None:
    """A day as its first moment in UTC; None for anything else."""
    try:
        return datetime.strptime(text(value), "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        return None
