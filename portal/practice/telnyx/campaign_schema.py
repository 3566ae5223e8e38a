"""What the vendor demands of a campaign: its schema, and the conditions that it states in words only.

Names are those of the vendor's published contract (2026-07-16), which bounds texts only where a campaign is
changed; lengths and conditions of a new one: domain reference, sections 2.1 to 2.3.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from portal.practice.campaigns.networks import NAMES, SUB_USE_CASES, USE_CASES
from portal.practice.telnyx.brand_schema import Field
from portal.practice.telnyx.errors import error
from portal.practice.wire import keepable

SAMPLES = tuple(f"sample{n}" for n in range(1, 6))

TEXTS: tuple[Field, ...] = (
    Field("brandId", required=True),
    Field("usecase", required=True),
    Field("description", required=True),
    Field("messageFlow"),
    *(Field(name) for name in SAMPLES),
    *(Field(name) for name in ("optinKeywords", "optoutKeywords", "helpKeywords")),
    *(Field(name) for name in ("optinMessage", "optoutMessage", "helpMessage")),
    *(Field(name) for name in ("embeddedLinkSample", "privacyPolicyLink", "termsAndConditionsLink")),
    *(Field(name) for name in ("referenceId", "resellerId", "webhookURL", "webhookFailoverURL")),
)
FLAGS: tuple[Field, ...] = tuple(
    Field(name, flag=True)
    for name in (
        *("ageGated", "autoRenewal", "directLending", "embeddedLink", "embeddedPhone", "numberPool"),
        *("subscriberHelp", "subscriberOptin", "subscriberOptout", "termsAndConditions"),
    )
)
# Lists: of words, or of whole numbers.
LISTS: Mapping[str, type] = {"subUsecases": str, "tag": str, "mnoIds": int}

UPDATE_FIELDS: tuple[Field, ...] = (
    *(Field(name, 255) for name in SAMPLES),
    Field("messageFlow", 2048),
    Field("helpMessage", 255),
    Field("resellerId", 8),
    Field("autoRenewal", flag=True),
    Field("webhookURL"),
    Field("webhookFailoverURL"),
)

# Characters, least and most.
LENGTHS: Mapping[str, tuple[int, int]] = {
    "description": (40, 4096),
    "messageFlow": (40, 2048),
    **dict.fromkeys(SAMPLES, (20, 1024)),
    **dict.fromkeys(("optinMessage", "optoutMessage", "helpMessage"), (20, 320)),
    **dict.fromkeys(("optinKeywords", "optoutKeywords", "helpKeywords"), (0, 255)),
    "embeddedLinkSample": (0, 255),
    "referenceId": (0, 50),
}
_MUST_BE_TRUE = ("subscriberOptin", "subscriberOptout", "subscriberHelp", "termsAndConditions")
_KEYWORDS = re.compile(r"[A-Za-z0-9]{1,20}(,[A-Za-z0-9]{1,20})*", re.ASCII)


def lists(body: Any) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The known lists of `body`, and what is wrong with them in the vendor's `detail[]` form."""
    found: dict[str, Any] = {}
    problems: list[dict[str, Any]] = []
    for name, kind in LISTS.items() if isinstance(body, dict) else ():
        value = body.get(name)
        if value is None:
            continue
        if not isinstance(value, list):
            problems.append(_wrong(name, "value is not a valid list", "type_error.list"))
        elif not all(_is_kind(one, kind) for one in value):
            words = "str type expected" if kind is str else "value is not a valid integer"
            problems.append(_wrong(name, words, f"type_error.{kind.__name__}"))
        elif len({*value}) < len(value):
            problems.append(_wrong(name, "the list has duplicated items", "value_error.list.unique_items"))
        else:
            found[name] = value
    return found, problems


def conditions(filed: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What the schema cannot say and the registry checks all the same, in the vendor's general form."""
    use_case = USE_CASES.get(str(filed["usecase"]))
    if use_case is None:
        words = f"{filed['usecase']} is not a valid use case; it must be one of {', '.join(USE_CASES)}."
        return [error("10032", "Invalid use case", words, pointer="/usecase")]
    return [*_lengths(filed), *_counts(filed), *_promises(filed), *_unknown_networks(filed)]


def _lengths(filed: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for name, (least, most) in LENGTHS.items():
        value = filed.get(name)
        if value is not None and not least <= len(value) <= most:
            yield _bad(name, f"{name} must have {least} to {most} characters.")


def _counts(filed: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    use_case = USE_CASES[filed["usecase"]]
    subs = filed.get("subUsecases") or []
    least, most = use_case.subs
    if not least <= len(subs) <= most:
        yield _bad("subUsecases", f"{use_case.code} takes {least} to {most} sub-usecases.")
    for one in subs:
        if one not in SUB_USE_CASES:
            yield _bad("subUsecases", f"{one} is not a valid sub-usecase.")
    samples = [filed[name] for name in SAMPLES if filed.get(name)]
    if len(samples) < use_case.samples:
        # The first one that is missing.
        yield _bad(
            SAMPLES[len(samples)], f"{use_case.code} needs at least {use_case.samples} message samples."
        )


def _promises(filed: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for name in _MUST_BE_TRUE:
        if filed.get(name) is not True:
            yield error("10004", "Missing required parameter", f"{name} must be true.", pointer=f"/{name}")
    for name in ("messageFlow", "helpMessage", "optoutKeywords", "helpKeywords"):
        if not str(filed.get(name) or "").strip():
            yield error("10004", "Missing required parameter", f"{name} is required.", pointer=f"/{name}")
    for name in ("optinKeywords", "optoutKeywords", "helpKeywords"):
        if filed.get(name) and not _KEYWORDS.fullmatch(filed[name]):
            yield _bad(
                name, f"{name} must be letters and digits, with commas and without blanks between them."
            )


def _unknown_networks(filed: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for one in filed.get("mnoIds") or ():
        if str(one) not in NAMES:
            yield _bad("mnoIds", f"{one} is not a network id.")


def _is_kind(value: Any, kind: type) -> bool:
    if kind is str:
        return isinstance(value, str) and keepable(value)
    return isinstance(value, int) and not isinstance(value, bool)


def _wrong(name: str, message: str, kind: str) -> dict[str, Any]:
    return {"loc": ["body", name], "msg": message, "type": kind}


def _bad(name: str, detail: str) -> dict[str, Any]:
    return error("10015", "Bad Request", detail, pointer=f"/{name}")
