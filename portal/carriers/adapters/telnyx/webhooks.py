"""Telnyx's webhooks: is it really Telnyx who speaks, and what about?

Telnyx signs `timestamp|body` with Ed25519 and sends both in headers (Telnyx documentation, "Webhook
fundamentals", looked up 2026-11). The signature is over the bytes as they came; what a parser and a
printer make of them again need not be the same. Nothing of an unsigned body is looked at.
"""

from __future__ import annotations

import base64
import binascii
import functools
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from portal.carriers.answers import Unreadable, json_value
from portal.carriers.config import BadCarrierConfig
from portal.carriers.contract import EventHeard, NotGenuine

SIGNATURE = "telnyx-signature-ed25519"
TIMESTAMP = "telnyx-timestamp"

# Telnyx's own libraries take five minutes; wide enough for any clock that is kept, too short for a replay.
WINDOW = timedelta(minutes=5)

# While keys are changed a sender may sign twice; more than that is nobody's need, and each signature is
# compared with each key (0.1 ms), so both numbers bound what a forgery costs us.
MOST_SIGNATURES = 2
MOST_KEYS = 4
_SIGNATURE_BYTES = 64
# "CCAMPA1" (PhoneNumberCampaign.tcrCampaignId); Telnyx's own ids are of the form of a UUID.
_REGISTRY_ID = re.compile(r"C[A-Z0-9]{6}", re.ASCII)
# In base64, with a comma and a blank.
_LONGEST_HEADER = MOST_SIGNATURES * (88 + 2)


def read_event(headers: Mapping[str, str], body: bytes, *, keys: Sequence[str], now: datetime) -> EventHeard:
    """The event of a request, if one of `keys` signed it within the window around `now`. Raises NotGenuine.

    A signed body that is no event of the documented form still counts as heard, by a name made of its bytes:
    Telnyx said something, and a look is the answer to whatever it was.
    """
    stamp = headers.get(TIMESTAMP, "")
    if not re.fullmatch(r"[0-9]{1,12}", stamp, re.ASCII):
        raise NotGenuine("no timestamp")
    signed = stamp.encode() + b"|" + body
    if not any(
        _is_by(key, signature, signed) for signature in _signatures(headers) for key in keys[:MOST_KEYS]
    ):
        raise NotGenuine("no signature of a known key")
    if abs(now.timestamp() - int(stamp)) > WINDOW.total_seconds():
        raise NotGenuine("outside the time window")
    return _event(body)


def public_key(text: str) -> Ed25519PublicKey:
    """The key that Telnyx shows as base64 of 32 bytes. Raises BadCarrierConfig."""
    try:
        return _public_key(text)
    except (ValueError, binascii.Error):
        raise BadCarrierConfig("a public key of Telnyx is base64 of 32 bytes") from None


@functools.lru_cache(maxsize=16)
def _public_key(text: str) -> Ed25519PublicKey:
    return Ed25519PublicKey.from_public_bytes(base64.b64decode(text, validate=True))


def _signatures(headers: Mapping[str, str]) -> list[bytes]:
    """The signatures of the header, several separated by commas; none where they are too many or no such."""
    text = headers.get(SIGNATURE, "")
    if len(text) > _LONGEST_HEADER:
        return []
    found = []
    for part in text.split(",")[:MOST_SIGNATURES]:
        try:
            signature = base64.b64decode(part.strip(), validate=True)
        except (ValueError, binascii.Error):
            continue
        if len(signature) == _SIGNATURE_BYTES:
            found.append(signature)
    return found


def _is_by(key: str, signature: bytes, signed: bytes) -> bool:
    try:
        public_key(key).verify(signature, signed)
    except InvalidSignature:
        return False
    return True


def _event(body: bytes) -> EventHeard:
    try:
        said = json_value(body)
    except Unreadable:
        said = {}
    data, meta = _object(said.get("data")), _object(said.get("meta"))
    payload = _object(data.get("payload"))
    # The registry's own events carry their name one level deeper.
    kinds = (payload.get("eventType"), payload.get("type"), data.get("event_type"))
    return EventHeard(
        id=_word(data.get("id"), 100) or _name_of(body),
        type=next((word for kind in kinds if (word := _word(kind, 60))), "?"),
        occurred_at=_moment(data.get("occurred_at")),
        reference=_subject(payload),
        key=_last_part(_word(meta.get("delivered_to"), 2000)),
    )


def _subject(payload: Mapping[str, Any]) -> str:
    """The campaign that a payload speaks of, or else the brand: one of a campaign names its brand as well.

    A nudge names its campaign by the registry's id, which is no reference of Telnyx's: its key says which it is.
    """
    campaign = _word(payload.get("campaignId"), 100)
    if _REGISTRY_ID.fullmatch(campaign):
        return ""
    return campaign or _word(payload.get("brandId"), 100)


def _name_of(body: bytes) -> str:
    return sha256(body).hexdigest()


def _object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _word(value: Any, longest: int) -> str:
    return value.strip()[:longest] if isinstance(value, str) else ""


def _moment(value: Any) -> datetime | None:
    try:
        moment = datetime.fromisoformat(_word(value, 40))
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _last_part(url: str) -> str:
    try:
        return urlsplit(url).path.rstrip("/").rpartition("/")[2]
    except ValueError:
        return ""
