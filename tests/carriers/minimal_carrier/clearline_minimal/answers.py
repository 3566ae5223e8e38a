"""How the minimal registry answers: always 200, `ok` says the rest, and remarks say why."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, NoReturn

from portal.carriers.contract import NotFound, OutcomeUnknown, Reason, Refused, Unavailable
from portal.carriers.http import Http

_MOST_PAGES = 1000


def not_offered() -> NoReturn:
    """Surely not processed, and no repetition helps: that is what Refused says."""
    raise Refused("this carrier does not offer it", reasons=(Reason("not-offered", "Not offered."),))


def number_of(reference: str, prefix: str) -> int:
    """ "MC-000123" as the integer of the API. Raises NotFound for what cannot be one of ours."""
    if not re.fullmatch(rf"{prefix}-[0-9]{{6,12}}", reference, re.ASCII):
        raise NotFound("GET: no such reference")
    return int(reference.removeprefix(f"{prefix}-"))


def written(
    http: Http, path: str, body: Mapping[str, Any] | None, names: Mapping[str, str]
) -> dict[str, Any]:
    """What `POST path` was answered with. `names` are ours by theirs.

    Raises Unavailable, OutcomeUnknown, Unauthorized, NotFound, Refused.
    """
    answer = http.write("POST", path, body)
    match answer.get("ok"), answer.get("fault"):
        case True, _:
            return answer
        case False, "BUSY":
            raise Unavailable(f"POST {path}: busy, nothing was taken in")
        case False, "UNKNOWN":
            raise NotFound(f"POST {path}: there is none")
        case False, "REJECTED":
            raise Refused(f"POST {path}: rejected", reasons=remarks_of(answer, names))
    raise OutcomeUnknown(f"POST {path}: the answer says neither yes nor no")


def made(answer: Mapping[str, Any], path: str) -> int:
    """The number of what was made. Raises OutcomeUnknown."""
    number = answer.get("nr")
    if type(number) is not int or number < 1:
        raise OutcomeUnknown(f"POST {path}: the answer names no number")
    return number


def one_of(http: Http, path: str, name: str, number: int) -> Mapping[str, Any]:
    """The thing at `path/number`, under `name` in the answer. Raises Unavailable, Unauthorized, NotFound."""
    answer = http.read(f"{path}/{number}")
    if answer.get("ok") is False and answer.get("fault") == "UNKNOWN":
        raise NotFound(f"GET {path}/{number}: there is none")
    found = answer.get(name)
    if answer.get("ok") is not True or not isinstance(found, dict) or found.get("nr") != number:
        raise Unavailable(f"GET {path}/{number}: the answer is no {name}")
    return found


def all_of(http: Http, path: str, name: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """Every thing at `path` with its number, until nobody comes after. Raises Unavailable, Unauthorized."""
    last = 0
    for _page in range(_MOST_PAGES):
        rows = part_of(http, path, name, last)
        if not rows:
            return
        yield from rows
        last = rows[-1][0]
    raise Unavailable(f"GET {path}: the list does not end")


def part_of(http: Http, path: str, name: str, last: int) -> list[tuple[int, Mapping[str, Any]]]:
    """The things that come after the one of number `last`, as many as a page has. Raises Unavailable, Unauthorized."""
    try:
        answer = http.read(path, {"after": last})
    except NotFound as wrong_place:
        raise Unavailable(str(wrong_place)) from None
    rows = answer.get(name)
    if answer.get("ok") is not True or not isinstance(rows, list):
        raise Unavailable(f"GET {path}: the answer is no list")
    found: list[tuple[int, Mapping[str, Any]]] = []
    for row in rows:
        number = row.get("nr") if isinstance(row, dict) else None
        if type(number) is not int or number <= last:
            raise Unavailable(f"GET {path}: the list does not rise")
        last = number
        found.append((number, row))
    return found


def remarks_of(body: Mapping[str, Any], names: Mapping[str, str]) -> tuple[Reason, ...]:
    """The remarks of an answer as reasons, fields by our names."""
    remarks = body.get("remarks")
    return tuple(
        Reason(
            "",
            text(remark.get("text")),
            tuple(ours for ours in (names.get(text(remark.get("about"))),) if ours),
        )
        for remark in (remarks if isinstance(remarks, list) else [])[:50]
        if isinstance(remark, dict)
    )


def text(value: Any) -> str:
    """A text, cut to what a page can bear; empty for anything else."""
    return value[:1000] if isinstance(value, str) else ""
