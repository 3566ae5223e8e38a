"""Answers that no carrier should give, made out of the one that it should have given."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Mapping
from typing import Any

HUGE = 20 * 1024 * 1024
# 30 MB of zeros are 30 kB on the wire.
_BOMB = gzip.compress(b'{"brandId":"' + b"0" * (30 * 1024 * 1024) + b'"}', mtime=0)

_ID_NAMES = ("brandId", "campaignId", "referenceId", "vettingId", "phoneNumber", "id", "phone_number")
_HTML = b"<!DOCTYPE html><html><head><title>Welcome</title></head><body><h1>It works!</h1></body></html>"


def spoiled(kind: str, good: bytes) -> tuple[bytes, dict[str, str]]:
    """The body of that kind, and the header fields that go with it. `good` is the true answer's body."""
    document = json.loads(good) if good else {}
    fields = {"Content-Type": "application/json"}
    if kind == "html":
        return _HTML, {"Content-Type": "text/html"}
    if kind == "gzip_bomb":
        return _BOMB, {**fields, "Content-Encoding": "gzip"}
    plain = _PLAIN.get(kind)
    if plain is not None:
        return plain(good), fields
    return _bytes(_each(document, _CHANGES[kind])), fields


def _bytes(document: Any) -> bytes:
    return json.dumps(document, separators=(",", ":")).encode()


def _each(document: Any, change: Callable[[dict[str, Any]], None]) -> Any:
    """The same document with `change` made to every row in it, and to itself when it is an object."""
    # Lists stand in `records`, those of the account's numbers in `data`, as does a single one.
    rows = document.get("records", document.get("data")) if isinstance(document, dict) else document
    rows = [rows] if isinstance(rows, dict) else rows
    for row in rows if isinstance(rows, list) else [document]:
        if isinstance(row, dict):
            change(row)
    return document


def _huge(good: bytes) -> bytes:
    return good[:-1] + b',"padding":"' + b"x" * HUGE + b'"}' if good.endswith(b"}") else b"x" * HUGE


def _duplicate_keys(good: bytes) -> bytes:
    name = b"campaignId" if b'"campaignId"' in good else b"brandId"
    return b'{"%s":"00000000-0000-4000-8000-000000000000","status":"OK",' % name + good[1:]


def _wrong_type(row: dict[str, Any]) -> None:
    for name, value in row.items():
        row[name] = [value] if isinstance(value, str) else "many" if isinstance(value, int) else 7


def _null_id(row: dict[str, Any]) -> None:
    row.update({name: None for name in _ID_NAMES if name in row})


def _unknown_status(row: dict[str, Any]) -> None:
    name = "campaignStatus" if "campaignId" in row else "status"
    row["assignmentStatus" if "assignmentStatus" in row else name] = "ON_THE_DESK_OF_SOMEBODY"


def _unknown_enum(row: dict[str, Any]) -> None:
    if "assignmentStatus" in row:
        row["assignmentStatus"] = "HALF_ASSIGNED"
    elif "campaignId" in row:
        row.update({"usecase": "TELEPATHY", "submissionStatus": "HALF_DONE", "status": "RESTING"})
    else:
        row.update({"entityType": "COOPERATIVE", "vertical": "SPACE", "identityStatus": "HALF_VERIFIED"})


def _extra_fields(row: dict[str, Any]) -> None:
    row.update({"aFieldOfTomorrow": {"deep": [1, 2, {"er": None}]}, "riskTier": 3})
    row.pop("submissionStatus" if "campaignId" in row else "identityStatus", None)


def _missing_fields(row: dict[str, Any]) -> None:
    for name in ("campaignStatus", "referenceId") if "campaignId" in row else ("identityStatus",):
        row.pop(name, None)
    for name in ("status", "webhookURL", "assignmentStatus", "features", "phone_number"):
        row.pop(name, None)


_PLAIN: Mapping[str, Callable[[bytes], bytes]] = {
    "empty": lambda good: b"",
    "truncated": lambda good: good[: max(1, len(good) // 2)],
    "not_json": lambda good: b"OK\n",
    "bad_utf8": lambda good: good[:-1] + b',"note":"\xff\xfe\xc3"}',
    "huge": _huge,
    "duplicate_keys": _duplicate_keys,
    "error_inside": lambda good: _bytes(
        {
            "errors": [
                {"code": "10007", "title": "Unexpected error", "detail": "An unexpected error occurred."}
            ]
        }
    ),
}
_CHANGES: Mapping[str, Callable[[dict[str, Any]], None]] = {
    "wrong_type": _wrong_type,
    "null_id": _null_id,
    "unknown_status": _unknown_status,
    "unknown_enum": _unknown_enum,
    "extra_fields": _extra_fields,
    "missing_fields": _missing_fields,
}
