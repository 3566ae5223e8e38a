"""The ledger: every request below `/v2` as it arrived, and what it was answered.

It is the oracle of the tests that count what reached the carrier, so it is append-only in the
database itself, and it keeps enough to recognize a repeated request: the caller's key out of
`webhookURL`, and a hash of the body. A tax id never enters it: `"12-3456789"` becomes `"***6789"`
before the body is stored or hashed.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from django.http import HttpRequest
from django.utils.translation import gettext as _

from portal.practice.clock import Moment
from portal.practice.models import Fault, LedgerEntry, fingerprint
from portal.practice.wire import NotJson, kept, read_json

MASKED = frozenset({"ein", "universalein"})
PAGE = 100


class BadFilter(ValueError):
    """The ledger cannot be filtered like that; the text says why, for a person."""


def receive(
    request: HttpRequest,
    raw: bytes,
    moment: Moment,
    *,
    api_key: str,
    verb: str = "",
    resource: str = "",
    number: str = "",
) -> LedgerEntry:
    """Write down a request that has just arrived, before anything is done about it.

    `number` is the phone number in its address: the key of a request about a number.
    """
    try:
        document: Any = masked(read_json(raw)) if raw else None
        body = _readable(document) if raw else ""
        body_hash = canonical_hash(document) if raw else ""
    except (NotJson, RecursionError):
        # What cannot be read cannot be masked either: only its hash and size are kept.
        document, body, body_hash = None, "", hashlib.sha256(raw).hexdigest()
    return LedgerEntry.objects.create(
        at=moment.machine,
        business_at=moment.business,
        account=fingerprint(api_key) if api_key else "",
        account_label=label_of(api_key),
        method=kept(request.method or "", 16),
        path=kept(request.path, 500),
        query=_masked_query(request.META.get("QUERY_STRING", "")),
        key=kept(number, 200) or (key_in(document) if isinstance(document, Mapping) else ""),
        body=body,
        body_hash=body_hash,
        body_size=len(raw),
        verb=verb,
        resource=resource,
    )


def met(entry: LedgerEntry, *, fault: Fault | None = None, crossed: str = "") -> None:
    """Write down the fault that met the request, or the limit that it crossed, before it is answered."""
    told = {"fault": f"{fault} #{fault.number}", "fault_row": fault.pk} if fault else {}
    LedgerEntry.objects.filter(pk=entry.pk).update(crossed=crossed, **told)


def answer(
    entry: LedgerEntry,
    *,
    status: int | None,
    body: bytes,
    brand: uuid.UUID | None,
    campaign: uuid.UUID | None = None,
    sent: int | None = None,
) -> None:
    """Complete the entry with the answer. Inside the transaction of what the request did.

    `status` None: not one byte was answered. `sent`: how much of the body went out, None for all of it.
    """
    LedgerEntry.objects.filter(pk=entry.pk).update(
        answer_status=status,
        answer_hash=hashlib.sha256(body).hexdigest() if status is not None else "",
        answer_size=len(body) if status is not None else 0,
        brand=brand,
        campaign=campaign,
        sent_size=sent,
    )


def entries(
    *,
    account: str = "",
    method: str = "",
    path: str = "",
    key: str = "",
    before: str = "",
    limit: str = "",
    most: int = 1000,
) -> list[LedgerEntry]:
    """The newest entries first: of an account, with a method, below a path, with a key, before an id.

    Raises BadFilter when `before` or `limit` is no whole number that fits.
    """
    rows = LedgerEntry.objects.order_by("-id")
    if account:
        rows = rows.filter(account=kept(account, 16))
    if method:
        rows = rows.filter(method=kept(method, 16).upper())
    if path:
        rows = rows.filter(path__startswith=kept(path, 500))
    if key:
        rows = rows.filter(key=kept(key, 200))
    if before:
        rows = rows.filter(id__lt=_whole(before, most=2**63 - 1))
    return list(rows[: _whole(limit, most=most) if limit else PAGE])


def masked(document: Any) -> Any:
    """A copy of a JSON document with every tax id replaced by a token (see `token`)."""
    if isinstance(document, Mapping):
        return {
            name: token(value) if name.lower() in MASKED else masked(value)
            for name, value in document.items()
        }
    if isinstance(document, list):
        return [masked(value) for value in document]
    return document


def token(tax_id: Any) -> str | None:
    """`"12-3456789"` -> `"***6789"`; nothing of it stays when it is too short to hide anything."""
    if tax_id is None:
        return None
    text = str(tax_id) if isinstance(tax_id, str | int) else ""
    return f"***{text[-4:]}" if len(text) > 6 else "***"


def canonical_hash(document: Any) -> str:
    """SHA-256, hexadecimal, of a masked JSON document in its canonical form: sorted names, no blanks."""
    text = json.dumps(document, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def key_in(document: Mapping[str, Any]) -> str:
    """The caller's own key: the last part of the path of `webhookURL`, or the phone number that is put on a campaign,
    or an empty string.
    """
    url = document.get("webhookURL")
    if not isinstance(url, str):
        number = document.get("phoneNumber")
        return kept(number, 200) if isinstance(number, str) else ""
    try:
        path = urlsplit(url).path
    except ValueError:
        return ""
    return kept(path.rstrip("/").rpartition("/")[2], 200)


def label_of(api_key: str) -> str:
    """A name for an account that does not give its key away: `practice…` and the last four characters."""
    if not api_key:
        return ""
    if not api_key.startswith("practice"):
        return "(other key)"
    return kept(api_key if len(api_key) < 14 else f"practice…{api_key[-4:]}", 40)


def _readable(document: Any) -> str:
    text = json.dumps(document, ensure_ascii=False)
    return text if kept(text, len(text)) == text else json.dumps(document)


def _masked_query(query: str) -> str:
    pairs = parse_qsl(query, keep_blank_values=True, errors="replace")
    if any(name.lower() in MASKED for name, _value in pairs):
        query = urlencode([(name, "***" if name.lower() in MASKED else value) for name, value in pairs])
    return kept(query, 2000)


def _whole(text: str, *, most: int) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 20 and 0 < int(text) <= most):
        raise BadFilter(_("Expected a whole number between 1 and %(most)s.") % {"most": most})
    return int(text)
