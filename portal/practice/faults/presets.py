"""The fault plan's cases by name, each as the faults that play it.

F35 and F36 are no faults of requests: a campaign's own switches play them (a renewal that is refused, another date
of expiry). Nor are F38 and F39: numbers that fail by themselves (`numbers.rules`), and one that somebody puts on a
campaign elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Preset:
    """One case: `faults` are orders as `switching.switch_on` takes them."""

    name: str
    says: Any
    faults: tuple[dict[str, Any], ...]


def _case(name: str, says: Any, *faults: dict[str, Any]) -> Preset:
    return Preset(name, says, faults)


def _on(verb: str, effect: str, phase: str, times: int | None = 1, **values: Any) -> dict[str, Any]:
    match = {"verb": verb} if verb != "any" else {}
    return {"match": match, "effect": effect, "phase": phase, "values": values, "times": times}


def _of_campaign(order: dict[str, Any]) -> dict[str, Any]:
    return {**order, "match": {**order["match"], "resource": "campaign"}}


def _of_number(order: dict[str, Any]) -> dict[str, Any]:
    return {**order, "match": {**order["match"], "resource": "number"}}


_SEVERAL = {
    "errors": [
        {
            "code": "10015",
            "title": "Bad Request",
            "detail": "The EIN must have nine digits.",
            "source": {"pointer": "/ein"},
        },
        {
            "code": "10015",
            "title": "Bad Request",
            "detail": "The website cannot be reached.",
            "source": {"pointer": "/website"},
        },
    ]
}

PRESETS = {
    preset.name: preset
    for preset in (
        _case(
            "F01",
            _("429 with Retry-After 3, five times"),
            _on("any", "status", "P2", 5, status=429, retry_after="3"),
        ),
        _case("F02", _("429 without Retry-After"), _on("any", "status", "P2", 3, status=429)),
        _case(
            "F02-junk",
            _("429 with a Retry-After that nobody can read"),
            _on("any", "status", "P2", 3, status=429, retry_after="soon"),
        ),
        _case(
            "F02-huge",
            _("429 with a Retry-After of a day"),
            _on("any", "status", "P2", 1, status=429, retry_after="86400"),
        ),
        _case(
            "F03",
            _("503 before anything was done, three times"),
            _on("create", "status", "P2", 3, status=503),
        ),
        _case("F04", _("500 after it was done"), _on("create", "status", "P3", 1, status=500)),
        _case("F05", _("No answer after it was done"), _on("create", "hang", "P3", 1)),
        _case("F06", _("Cut in the middle of the answer"), _on("create", "reset", "P4", 1, bytes=40)),
        _case("F07", _("Done five seconds after we gave up"), _on("create", "late", "P2", 1, seconds=5)),
        _case(
            "F08",
            _("Lists and readings are 30 seconds old"),
            _on("read", "stale", "P2", 10),
            _on("list", "stale", "P2", 10),
        ),
        _case(
            "F10",
            _("400 with errors in two fields"),
            _on("create", "status", "P2", 1, status=400, body=_SEVERAL),
        ),
        _case("F11", _("The key is revoked"), _on("any", "status", "P2", None, status=401)),
        _case("F12", _("404 on what exists, twice"), _on("read", "status", "P2", 2, status=404)),
        _case("F13", _("409 although it was done"), _on("create", "status", "P3", 1, status=409)),
        _case("F15", _("413: too large"), _on("create", "status", "P2", 1, status=413)),
        _case("F16", _("A page of HTML with 200"), _on("any", "body", "P4", 1, kind="html")),
        _case(
            "F16-status",
            _("A status word that nobody knows"),
            _on("read", "body", "P4", 3, kind="unknown_status"),
        ),
        _case("F17", _("An answer of 20 MB"), _on("any", "body", "P4", 1, kind="huge")),
        _case("F17-slow", _("An answer byte by byte"), _on("any", "slow", "P4", 1)),
        _case("F17-bomb", _("A gzip bomb"), _on("any", "body", "P4", 1, kind="gzip_bomb")),
        _case("F18", _("A redirect to another host"), _on("any", "header", "P4", 1, kind="redirect")),
        _case("F20", _("Nothing works until you remove this"), _on("any", "status", "P2", None, status=503)),
        _case(
            "F21",
            _("Brown-out: 30 % errors, the rest slow"),
            {
                "match": {"prob": 0.3},
                "effect": "status",
                "phase": "P2",
                "values": {"status": 503},
                "times": None,
            },
            {"match": {}, "effect": "delay", "phase": "P2", "values": {"seconds": 1}, "times": None},
        ),
        _case(
            "F22",
            _("The status flips to and fro"),
            _on(
                "read",
                "say",
                "P4",
                5,
                words=[
                    "REGISTRATION_PENDING/UNVERIFIED",
                    "OK/VERIFIED",
                    "REGISTRATION_PENDING/UNVERIFIED",
                    "OK/VERIFIED",
                    "SUSPENDED/VERIFIED",
                ],
                once=True,
            ),
        ),
        _case(
            "F23",
            _("Back to waiting"),
            _on("read", "say", "P4", 2, words=["REGISTRATION_PENDING/UNVERIFIED"]),
        ),
        _case(
            "F22-campaign",
            _("A campaign's status flips to and fro"),
            _of_campaign(
                _on(
                    "read",
                    "say",
                    "P4",
                    5,
                    words=[
                        "MNO_PENDING/ACTIVE",
                        "MNO_PROVISIONED/ACTIVE",
                        "MNO_PENDING/ACTIVE",
                        "MNO_PROVISIONED/ACTIVE",
                        "TCR_SUSPENDED/ACTIVE",
                    ],
                    once=True,
                )
            ),
        ),
        _case(
            "F23-campaign",
            _("A campaign back in the carriers' review"),
            _of_campaign(_on("read", "say", "P4", 2, words=["MNO_PENDING/ACTIVE"])),
        ),
        _case(
            "F05-number",
            _("The answer to an assignment is lost after it was done"),
            _of_number(_on("create", "hang", "P3", 1)),
        ),
        _case(
            "F22-number",
            _("A number's status flips to and fro"),
            *(
                _of_number(
                    _on(
                        verb,
                        "say",
                        "P4",
                        5,
                        words=["PENDING_ASSIGNMENT/", "ASSIGNED/", "PENDING_ASSIGNMENT/", "ASSIGNED/"],
                        once=True,
                    )
                )
                for verb in ("read", "list")
            ),
        ),
        _case(
            "F40-number",
            _("Taken off its campaign, and still listed for ten minutes"),
            _of_number(_on("read", "stale", "P2", None, seconds=600)),
            _of_number(_on("list", "stale", "P2", None, seconds=600)),
        ),
        _case("F24", _("One webhook fifty times"), _on("webhook", "duplicate", "P5", 1, copies=50)),
        _case("F25", _("Webhooks in reversed order"), _on("webhook", "reverse", "P5", 2, count=2)),
        _case("F26", _("The webhook comes before our answer"), _on("create", "early", "P3", 1)),
        _case("F27", _("The webhook is lost"), _on("webhook", "lost", "P5", None)),
        _case(
            "F28", _("The webhook comes again after ten minutes"), _on("webhook", "replay", "P5", 1, age=600)
        ),
        _case(
            "F29", _("A webhook signed with another key"), _on("webhook", "forge", "P5", 1, how="wrong_key")
        ),
        _case(
            "F29-body", _("A webhook whose body was changed"), _on("webhook", "forge", "P5", 1, how="body")
        ),
        _case(
            "F29-unsigned",
            _("A webhook without a signature"),
            _on("webhook", "forge", "P5", 1, how="unsigned"),
        ),
        _case(
            "F30",
            _("A webhook signed with the key before the last"),
            _on("webhook", "forge", "P5", 1, how="previous_key"),
        ),
        _case("F31", _("A webhook about somebody else's brand"), _on("webhook", "unknown", "P5", 1)),
        _case(
            "F33",
            _("Its clock is ten minutes ahead"),
            _on("any", "skew", "P1", None, seconds=600),
            _on("webhook", "skew", "P5", None, seconds=600),
        ),
        _case(
            "F34",
            _("The answer to a change of the renewal flag is lost"),
            _of_campaign(_on("update", "hang", "P3", 1)),
        ),
        _case(
            "F40",
            _("Ended, and still shown as before for ten minutes"),
            _of_campaign(_on("read", "stale", "P2", None, seconds=600)),
            _of_campaign(_on("list", "stale", "P2", None, seconds=600)),
        ),
        _case("F41", _("Pages repeat themselves"), _on("list", "page", "P2", 10, kind="repeat")),
        _case("F41-loop", _("Pages go round in a circle"), _on("list", "page", "P2", 10, kind="loop")),
        _case("F41-skip", _("A page leaves a brand out"), _on("list", "page", "P2", 10, kind="skip")),
        _case(
            "F44",
            _("Fields that nobody knows, and one is missing"),
            _on("read", "body", "P4", 3, kind="extra_fields"),
        ),
    )
}
