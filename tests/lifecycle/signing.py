"""Events as Telnyx signs them, with a key of the test's own."""

from __future__ import annotations

import base64
import json
import time
from typing import Any
from uuid import UUID, uuid4

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.test import Client


class Signer:
    """Somebody with a private key: the carrier, or a forger."""

    def __init__(self) -> None:
        self._key = Ed25519PrivateKey.generate()

    @property
    def public(self) -> str:
        """The public half as Telnyx shows it."""
        raw = self._key.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
        return base64.b64encode(raw).decode()

    def sign(self, stamp: str, body: bytes) -> str:
        """The signature of `stamp|body`."""
        return base64.b64encode(self._key.sign(stamp.encode() + b"|" + body)).decode()

    def headers(self, body: bytes, *, ago: float = 0) -> dict[str, str]:
        """The two header fields, as if sent `ago` seconds before now."""
        stamp = str(int(time.time() - ago))
        return {"telnyx-timestamp": stamp, "telnyx-signature-ed25519": self.sign(stamp, body)}


def body_of(key: UUID | str = "", *, brand: str = "", event_id: str = "", **payload: Any) -> bytes:
    """An event about a brand, in the vendor's form."""
    said = {
        "data": {
            "event_type": "10dlc.brand.update",
            "id": event_id or str(uuid4()),
            "occurred_at": "2026-11-20T10:00:00.000+00:00",
            "payload": {"type": "TCR_BRAND_UPDATE", "eventType": "BRAND_UPDATE", "brandId": brand, **payload},
            "record_type": "event",
        },
        "meta": {
            "attempt": 1,
            "delivered_to": f"https://portal.example/webhooks/telnyx/{key}/" if key else "",
        },
    }
    return json.dumps(said).encode()


def send(key: UUID | str, body: bytes, headers: dict[str, str], *, carrier: str = "telnyx") -> int:
    """Post it as a stranger without cookies, checked for CSRF as browsers are; the status of the answer."""
    client = Client(enforce_csrf_checks=True)
    answer = client.post(
        f"/webhooks/{carrier}/{key}/", data=body, content_type="application/json", headers=headers
    )
    assert not answer.content
    assert not answer.cookies
    return answer.status_code
