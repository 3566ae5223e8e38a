"""Every effect there is: the phases that it can strike in, and the values that it takes.

A request passes through the phases in this order, and the position is what makes a test exact:

    P1 read    the request has arrived, nothing was done
    P2 before  it is understood, nothing was done yet
    P3 after   what it asked for is committed, the caller knows nothing
    P4 answer  inside the answer
    P5 webhook what the registry tells by itself, afterwards

P0, a refused or silent connection, happens before any program of ours has the request, and belongs to
no account: `tests/practice_registry.py` does it to the whole process (`outage`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

BODIES = (
    *("empty", "truncated", "html", "wrong_type", "null_id", "unknown_status", "unknown_enum", "huge"),
    *(
        "bad_utf8",
        "gzip_bomb",
        "duplicate_keys",
        "error_inside",
        "not_json",
        "extra_fields",
        "missing_fields",
    ),
)
PAGES = ("repeat", "skip", "loop", "moves")
FORGERIES = (
    *("unsigned", "wrong_key", "body", "timestamp", "many_signatures", "previous_key", "junk_signature"),
)
STATUSES = (400, 401, 403, 404, 408, 409, 410, 413, 415, 422, 423, 425, 429, 500, 502, 503, 504)


class BadValue(ValueError):
    """A value does not fit its effect; the text says why."""


@dataclass(frozen=True, slots=True)
class Value:
    """One value of an effect: its usual content, and the reading that refuses anything else."""

    usual: Any
    read: Callable[[Any], Any]
    required: bool = False


@dataclass(frozen=True, slots=True)
class Effect:
    """What a fault does. The first phase is the usual one; `verbs` bound what it can be put on."""

    name: str
    phases: tuple[str, ...]
    says: str
    values: Mapping[str, Value] = field(default_factory=dict)
    verbs: tuple[str, ...] = ()


def number(low: float, high: float) -> Callable[[Any], float]:
    """A reading for a number between `low` and `high`."""

    def read(given: Any) -> float:
        if isinstance(given, bool) or not isinstance(given, int | float) or not low <= given <= high:
            raise BadValue(f"must be a number from {low:g} to {high:g}")
        return given

    return read


def whole(low: int, high: int) -> Callable[[Any], int]:
    """A reading for a whole number between `low` and `high`."""

    def read(given: Any) -> int:
        if isinstance(given, bool) or not isinstance(given, int) or not low <= given <= high:
            raise BadValue(f"must be a whole number from {low} to {high}")
        return given

    return read


def one_of(*words: Any) -> Callable[[Any], Any]:
    """A reading for one of `words`."""

    def read(given: Any) -> Any:
        if given not in words:
            raise BadValue(f"must be one of {', '.join(map(str, words))}")
        return given

    return read


def text(given: Any) -> str:
    """Plain text of at most 500 characters that fits into a header line."""
    if not isinstance(given, str) or len(given) > 500 or not given.isprintable():
        raise BadValue("must be one line of plain text")
    return given


def document(given: Any) -> Any:
    """Any JSON object or list, or null."""
    if given is not None and not isinstance(given, dict | list):
        raise BadValue("must be a JSON object or list")
    return given


def yes_no(given: Any) -> bool:
    """True or false."""
    if not isinstance(given, bool):
        raise BadValue("must be true or false")
    return given


def words(given: Any) -> list[list[str]]:
    """Pairs of a status and an identity status; "OK/VERIFIED" is one as well."""
    pairs = [one.split("/", 1) if isinstance(one, str) else one for one in given] if given else []
    if not pairs or not all(
        isinstance(pair, list) and len(pair) == 2 and all(isinstance(word, str) for word in pair)
        for pair in pairs
    ):
        raise BadValue('must be a list such as ["OK/VERIFIED", "REGISTRATION_PENDING/UNVERIFIED"]')
    return pairs


_LONG = number(0, 3600)
_EFFECTS = (
    Effect(
        "status",
        ("P2", "P3"),
        "Answers a status of its own; after the commit what was asked for exists",
        {
            "status": Value(500, one_of(*STATUSES)),
            "retry_after": Value("", text),
            "body": Value(None, document),
        },
    ),
    Effect(
        "reset", ("P2", "P1", "P3", "P4"), "Cuts the connection (RST)", {"bytes": Value(20, whole(0, 10**6))}
    ),
    Effect(
        "hang", ("P3", "P1", "P2"), "Never answers, then cuts the connection", {"seconds": Value(60, _LONG)}
    ),
    Effect("delay", ("P2", "P3", "P1"), "Answers late, and well", {"seconds": Value(2, number(0, 60))}),
    Effect(
        "late",
        ("P2",),
        "Never answers; what was asked for appears by itself later",
        {"seconds": Value(5, _LONG), "hold": Value(60, _LONG)},
        verbs=("create",),
    ),
    Effect("body", ("P4",), "Answers what nobody can use", {"kind": Value("html", one_of(*BODIES))}),
    Effect(
        "header",
        ("P4",),
        "Answers with a wrong header: a wrong length, or a redirect",
        {
            "kind": Value("redirect", one_of("redirect", "too_long", "too_short", "junk_length", "extra")),
            "to": Value("http://127.0.0.1:9/", text),
            "name": Value("X-Practice", text),
            "value": Value("yes", text),
        },
    ),
    Effect(
        "slow",
        ("P4",),
        "Answers byte by byte",
        {"bytes_per_second": Value(1, number(0.1, 10**6)), "seconds": Value(120, _LONG)},
    ),
    Effect(
        "stale",
        ("P2",),
        "Answers from what it knew some seconds ago",
        {"seconds": Value(30, _LONG)},
        verbs=("read", "list"),
    ),
    Effect(
        "page", ("P2",), "Turns pages wrongly", {"kind": Value("repeat", one_of(*PAGES))}, verbs=("list",)
    ),
    Effect(
        "say",
        ("P4",),
        "Says words of its own in turn, over and over",
        {"words": Value(None, words, required=True), "once": Value(False, yes_no)},
        verbs=("read", "list"),
    ),
    Effect("skew", ("P1", "P5"), "Its clock is wrong", {"seconds": Value(600, number(-864_000, 864_000))}),
    Effect(
        "early",
        ("P3",),
        "Sends the webhook before it answers",
        {"seconds": Value(5, number(0, 30))},
        verbs=("create",),
    ),
    Effect(
        "duplicate", ("P5",), "Sends the webhook several times at once", {"copies": Value(50, whole(2, 500))}
    ),
    Effect(
        "reverse",
        ("P5",),
        "Holds webhooks back and sends them newest first",
        {"count": Value(2, whole(2, 100)), "seconds": Value(30, _LONG)},
    ),
    Effect("lost", ("P5",), "Never sends the webhook"),
    Effect("wait", ("P5",), "Sends the webhook late", {"seconds": Value(5, _LONG)}),
    Effect(
        "replay",
        ("P5",),
        "Sends the same webhook again, with its old time",
        {
            "seconds": Value(0, _LONG),
            "age": Value(600, number(0, 864_000)),
            "copies": Value(1, whole(1, 100)),
        },
    ),
    Effect(
        "forge",
        ("P5",),
        "Somebody else sends it: the signature is wrong",
        {"how": Value("wrong_key", one_of(*FORGERIES)), "also": Value(False, yes_no)},
    ),
    Effect(
        "unknown",
        ("P5",),
        "Speaks of an object that is not ours",
        {"brand": Value("", text), "also": Value(False, yes_no)},
    ),
)
EFFECTS = {effect.name: effect for effect in _EFFECTS}
PHASES = ("P1", "P2", "P3", "P4", "P5")


def values_of(effect: Effect, given: Mapping[str, Any]) -> dict[str, Any]:
    """All values of the effect, the given ones read. Raises BadValue with words."""
    unknown = set(given) - set(effect.values)
    if unknown:
        known = ", ".join(effect.values) or "nothing"
        raise BadValue(f"{effect.name} knows only {known}")
    found = {}
    for name, value in effect.values.items():
        if name not in given and value.required:
            raise BadValue(f"{effect.name} needs {name}")
        try:
            found[name] = value.read(given[name]) if name in given else value.usual
        except BadValue as problem:
            raise BadValue(f"{name} {problem}") from problem
        except (TypeError, ValueError) as problem:
            raise BadValue(f"{name} cannot be read") from problem
    return found
