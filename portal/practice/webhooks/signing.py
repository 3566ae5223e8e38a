"""Telnyx's signature: Ed25519 over `timestamp|raw body`, in base64, with a key pair of this registry."""

from __future__ import annotations

import base64
import hashlib

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import transaction

from portal.practice.models import Registry

SIGNATURE = "telnyx-signature-ed25519"
TIMESTAMP = "telnyx-timestamp"


def key() -> bytes:
    """The private key, 32 bytes. The first asking of a new database makes it."""
    found = Registry.objects.filter(pk=1).values_list("webhook_key", flat=True).first()
    if found is None:
        made = Ed25519PrivateKey.generate().private_bytes_raw()
        # Whoever comes first has made it; the other takes what stands there.
        Registry.objects.filter(pk=1, webhook_key=None).update(webhook_key=made)
        found = Registry.objects.values_list("webhook_key", flat=True).get(pk=1)
    return bytes(found)


def key_before() -> bytes:
    """The key that the last rotation replaced; without one, the key."""
    found = Registry.objects.values_list("webhook_key_before", flat=True).get(pk=1)
    return bytes(found) if found is not None else key()


def wrong_key() -> bytes:
    """A key that is nobody's, always the same."""
    return hashlib.sha256(b"not the registry's key").digest()


@transaction.atomic
def rotate() -> None:
    """Sign with a new key from now on."""
    before = key()
    fresh = Ed25519PrivateKey.generate().private_bytes_raw()
    Registry.objects.filter(pk=1).update(webhook_key=fresh, webhook_key_before=before)


def public(private: bytes) -> str:
    """The public half as the vendor shows it: base64 of 32 bytes."""
    half = Ed25519PrivateKey.from_private_bytes(private).public_key()
    raw = half.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    return base64.b64encode(raw).decode()


def signed(private: bytes, timestamp: str, body: bytes) -> str:
    """The signature of a webhook, in base64."""
    made = Ed25519PrivateKey.from_private_bytes(private).sign(f"{timestamp}|".encode() + body)
    return base64.b64encode(made).decode()
