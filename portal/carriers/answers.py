"""Read what a stranger sends: bounded, strict, and harmless to store."""

from __future__ import annotations

import json
import math
import re
import zlib
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, NoReturn


class Unreadable(Exception):
    """The answer is no JSON that we would trust. The message never quotes it."""


def bounded(chunks: Iterable[bytes], *, encoding: str, cap: int) -> bytes:
    """The decoded body of at most `cap` bytes.

    `encoding` is the answer's Content-Encoding: none, identity or gzip, the only one that we ask
    for. Stops in the middle of a decompression bomb, before it is inflated. Raises Unreadable.
    """
    plain = encoding.strip().lower() in ("", "identity")
    if not plain and encoding.strip().lower() not in ("gzip", "x-gzip"):
        raise Unreadable("an encoding that was not asked for")
    body = bytearray()
    for piece in chunks if plain else _gunzipped(chunks, cap):
        body += piece
        if len(body) > cap:
            raise Unreadable(f"more than {cap} bytes")
    return bytes(body)


def _gunzipped(chunks: Iterable[bytes], cap: int) -> Iterator[bytes]:
    inflate = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    try:
        for chunk in chunks:
            # One byte more than allowed is enough to see that it is too much.
            yield inflate.decompress(chunk, cap + 1)
            if inflate.unconsumed_tail or inflate.unused_data:
                raise Unreadable(f"more than {cap} bytes, or data behind the end")
    except zlib.error:
        raise Unreadable("broken compression") from None
    if not inflate.eof:
        raise Unreadable("compression ends too early")


def json_value(body: bytes, kind: type = dict) -> Any:
    """`body` as JSON of that `kind`, read strictly: UTF-8, finite numbers, each name once per object.

    `object` takes any kind. NUL and lone surrogates become U+FFFD, since PostgreSQL stores neither.
    Raises Unreadable.
    """
    try:
        text = body.decode("utf-8")
        value = json.loads(
            text, object_pairs_hook=_each_name_once, parse_constant=_no_constant, parse_float=_finite
        )
    except (ValueError, RecursionError):
        raise Unreadable("not JSON") from None
    if not isinstance(value, kind):
        raise Unreadable(f"JSON, but no {kind.__name__}")
    return _storable(value) if _UNSTORABLE_ESCAPE.search(text) else value


_UNSTORABLE_ESCAPE = re.compile(r"\\u(?:0000|d[89a-f])", re.IGNORECASE)
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def _storable(value: Any) -> Any:
    if isinstance(value, str):
        return _UNSTORABLE.sub("\N{REPLACEMENT CHARACTER}", value)
    if isinstance(value, list):
        return [_storable(item) for item in value]
    if isinstance(value, dict):
        return {_storable(name): _storable(item) for name, item in value.items()}
    return value


def _each_name_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice")
    return found


def _no_constant(word: str) -> NoReturn:
    raise ValueError("NaN or Infinity")


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise ValueError("a number beyond all bounds")
    return number


def retry_after(value: str | None, *, date: str | None, cap: timedelta) -> timedelta | None:
    """How long the other side wants us to wait: `Retry-After` in seconds or as an HTTP date.

    A date is measured against the answer's own `Date` header where there is one, so that our clock
    does not matter. Nothing, junk, zero and the past are None; more than `cap` is `cap`.
    """
    text = (value or "").strip()
    if re.fullmatch(r"[0-9]{1,10}", text):
        wait = timedelta(seconds=min(int(text), int(cap.total_seconds()) + 1))
    else:
        moment = _http_date(text)
        if moment is None:
            return None
        wait = moment - (_http_date(date or "") or datetime.now(UTC))
    return min(wait, cap) if wait > timedelta(0) else None


def _http_date(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
