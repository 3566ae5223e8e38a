"""Lines, as numbers are called at the minimal registry: a part of `MinimalCarrier`.

Unlike at the built-in adapter: digits without a plus, ids of their own, the whole account in one list, an owner
instead of tags, done at once, no moving, and nothing to enable.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

from clearline_minimal.answers import all_of, not_offered, number_of, part_of, remarks_of, text, written
from portal.carriers.contract import Created, NotFound, Reason, Refused, Unavailable
from portal.carriers.http import Http
from portal.carriers.numbers import NumberListed, NumberPart, NumberReading, NumberState, NumberTrouble

_PATH = "/lines"
_STATES = {
    "JOINING": NumberState.PENDING,
    "ON": NumberState.ASSIGNED,
    "TURNED AWAY": NumberState.FAILED,
    "LEAVING": NumberState.RELEASING,
}
# What a remark is about, in our codes.
_TROUBLES = {
    "taken": NumberTrouble.ALREADY_ASSIGNED,
    "programme": NumberTrouble.CAMPAIGN_INACTIVE,
    "full": NumberTrouble.OVER_LIMIT,
    "line": NumberTrouble.NUMBER_NOT_FOUND,
}


class Lines:
    """The verbs of numbers at one account."""

    _http: Http

    def assign_number(self, e164: str, campaign_reference: str) -> Created:
        """`POST /programmes/123/join`. Raises Unavailable, OutcomeUnknown, Unauthorized, NotFound, Refused."""
        path, body = f"/programmes/{number_of(campaign_reference, 'MP')}/join", {"digits": _digits(e164)}
        try:
            written(self._http, path, body, {name: name for name in _TROUBLES})
        except NotFound:
            raise Refused(f"POST {path}: there is none", reasons=(_NO_CAMPAIGN,)) from None
        except Refused as refused:
            raise Refused(str(refused), reasons=_told(refused.reasons)) from None
        return Created(e164)

    def move_number(self, e164: str, campaign_reference: str) -> Created:
        """Not offered: take it off first. Raises Refused."""
        not_offered()

    def release_number(self, e164: str) -> Created:
        """`POST /lines/12025550100/leave`. Raises Unavailable, OutcomeUnknown, Unauthorized, Refused."""
        path = f"{_PATH}/{_digits(e164)}/leave"
        with suppress(NotFound):
            written(self._http, path, None, {})
        return Created(e164)

    def read_number(self, e164: str) -> NumberReading:
        """`GET /lines/12025550100`. Raises Unavailable, Unauthorized, NotFound."""
        path = f"{_PATH}/{_digits(e164)}"
        answer = self._http.read(path)
        line = answer.get("line")
        if answer.get("ok") is False and answer.get("fault") == "UNKNOWN":
            raise NotFound(f"GET {path}: there is none")
        if answer.get("ok") is not True or not isinstance(line, dict) or line.get("digits") != e164[1:]:
            raise Unavailable(f"GET {path}: the answer is no such line")
        if not line.get("programme"):
            raise NotFound(f"GET {path}: in no programme")
        return _reading(line)

    def list_assigned(self, campaign_reference: str) -> Iterator[NumberReading]:
        """Every line there is, as far as it is in the programme. Raises Unavailable, Unauthorized, NotFound."""
        programme = number_of(campaign_reference, "MP")
        rows = [row for _nr, row in all_of(self._http, _PATH, "lines") if row.get("programme") == programme]
        return iter(sorted(map(_reading, rows), key=lambda one: one.e164))

    def list_numbers(self, *, tag: str = "", mark: str = "") -> NumberPart:
        """`GET /lines?after=123`; the owner is compared here. Raises Unavailable, Unauthorized, NotFound."""
        if not re.fullmatch(r"[0-9]{0,9}", mark, re.ASCII):
            raise NotFound("GET /lines: no such part")
        rows = part_of(self._http, _PATH, "lines", int(mark or 0))
        last = str(rows[-1][0]) if rows else ""
        return NumberPart(tuple(_listed(nr, row) for nr, row in rows if tag in ("", row.get("owner"))), last)

    def enable_number(self, reference: str) -> Created:
        """Not offered: every line that can text is set up. Raises Refused."""
        not_offered()


def _listed(number: int, row: Mapping[str, Any]) -> NumberListed:
    owner = text(row.get("owner"))
    return NumberListed(
        e164=f"+{text(row.get('digits'))}",
        reference=f"ML-{number:06d}",
        country=text(row.get("nation")),
        toll_free=row.get("free") is True,
        sms=row.get("texts") is True,
        enabled=row.get("texts") is True,
        tags=(owner,) if owner else (),
    )


_NO_CAMPAIGN = Reason(str(NumberTrouble.NO_CAMPAIGN), "There is no such programme.")


def _digits(e164: str) -> str:
    """Without the plus. Raises NotFound for what can be no number."""
    if not re.fullmatch(r"\+[1-9][0-9]{6,14}", e164, re.ASCII):
        raise NotFound("GET: that can be no number")
    return e164[1:]


def _reading(line: Mapping[str, Any]) -> NumberReading:
    word = text(line.get("condition"))
    return NumberReading(
        e164=f"+{text(line.get('digits'))}",
        campaign_reference=f"MP-{line['programme']:06d}",
        state=_STATES.get(word, NumberState.UNKNOWN),
        word=word,
        reasons=_told(remarks_of(line, {name: name for name in _TROUBLES})),
    )


def _told(reasons: tuple[Reason, ...]) -> tuple[Reason, ...]:
    """Remarks name what they are about; our codes say the same."""
    return tuple(
        Reason(str(_TROUBLES[one.fields[0]]) if one.fields else one.code, one.text) for one in reasons
    )
