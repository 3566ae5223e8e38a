"""One row of the vendor's general error shape."""

from __future__ import annotations

from typing import Any


def error(code: str, title: str, detail: str, *, pointer: str = "", parameter: str = "") -> dict[str, Any]:
    """One row of `errors[]`; `pointer` names a field of the body, `parameter` one of the query.

    Codes and titles are the vendor's general ones (its page "API error codes").
    """
    row: dict[str, Any] = {"code": code, "title": title, "detail": detail}
    if pointer:
        row["source"] = {"pointer": pointer}
    elif parameter:
        row["source"] = {"parameter": parameter}
    return row
