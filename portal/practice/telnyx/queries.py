"""What every endpoint asks of its request: a JSON body, parameters, a page; and the vendor's form of a moment."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from portal.practice.telnyx.errors import error
from portal.practice.telnyx.exchange import Call, invalid, refused
from portal.practice.wire import NotJson, keepable, read_json

MOST_RECORDS = 500
LAST_PAGE = 1_000_000


def document(call: Call) -> Any:
    """The JSON that was sent. Raises a Refusal, 422."""
    if call.request.content_type != "application/json":
        raise invalid({"loc": ["body"], "msg": "value is not a valid dict", "type": "type_error.dict"})
    try:
        return read_json(call.raw)
    except NotJson as problem:
        raise invalid(
            {"loc": ["body"], "msg": str(problem)[:200], "type": "value_error.jsondecode"}
        ) from problem


def first_of(page: int, size: int, paging: str) -> int:
    """Where a page starts; `paging` is how a fault turns pages wrongly.

    repeat: every page comes twice. skip: a row is left out at every turn. loop: there is only the first
    page, over and over. moves: a row came in above, so the last one of a page opens the next as well.
    """
    turns = page - 1
    match paging:
        case "repeat":
            return turns // 2 * size
        case "skip":
            return turns * (size + 1)
        case "loop":
            return 0
        case "moves":
            return max(0, turns * size - min(turns, 1))
    return turns * size


def stamp(moment: datetime) -> str:
    """The vendor's form of a moment: UTC, without an offset."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds")


def parameters(call: Call) -> dict[str, str]:
    asked: dict[str, str] = {}
    for name, values in call.request.GET.lists():
        if len(values) != 1 or not keepable(values[0]):
            raise bad_parameter(name, f"{name} must be given once, as plain text.")
        asked[name] = values[0]
    return asked


def number(text: str, name: str, most: int) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 10 and 1 <= int(text) <= most):
        raise bad_parameter(name, f"{name} must be a whole number between 1 and {most}.")
    return int(text)


def bad_parameter(name: str, detail: str) -> Exception:
    return refused(400, error("10015", "Bad Request", detail, parameter=name))
