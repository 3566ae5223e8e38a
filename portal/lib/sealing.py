"""Secrets at rest: text sealed under keys that can be changed, and a keyed hash to compare by.

Fernet (AES-128-CBC and HMAC-SHA256, with a random start each time): the same text sealed twice looks
different, so nobody can compare sealed texts; that is what the keyed hash is for, under a key of its own.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

# 40 characters of `secrets.token_urlsafe` carry 240 bits, more than the 128 that AES-128 needs.
SHORTEST_KEY = 40


class CannotOpen(Exception):
    """None of the keys opens the text: the key it was sealed with is missing, or it was tampered with.

    The message never quotes the text.
    """

    def __init__(self) -> None:
        super().__init__("none of the keys opens it: a former key is missing, or the text was changed")


class Sealer:
    """Seals with the first key and opens with any of them.

    `keys` are strings of at least 40 characters, such as `secrets.token_urlsafe(50)` makes; the first one
    is current, the rest are former ones. `purpose` keeps uses apart: what is sealed for one cannot be
    opened for another, even where an operator gave both the same key.
    """

    def __init__(self, keys: Sequence[str], *, purpose: str = "sealed text") -> None:
        """Raises ValueError without a key, or with one that is too short."""
        if not keys:
            raise ValueError("a key is needed to seal with")
        self._current = Fernet(_fernet_key(keys[0], purpose))
        self._all = MultiFernet([Fernet(_fernet_key(key, purpose)) for key in keys])

    def seal(self, text: str) -> str:
        """`text` sealed with the first key: ASCII, about 1.4 times as long and 100 characters more."""
        return self._current.encrypt(text.encode()).decode("ascii")

    def open(self, sealed: str) -> str:
        """The text that was sealed. Raises CannotOpen."""
        try:
            return self._all.decrypt(sealed.encode()).decode()
        except InvalidToken:
            raise CannotOpen from None

    def reseal(self, sealed: str) -> str:
        """The same text under the first key. Raises CannotOpen when no key of ours opens it."""
        return self.seal(self.open(sealed))

    def is_current(self, sealed: str) -> bool:
        """Was it sealed with the first key?"""
        try:
            self._current.decrypt(sealed.encode())
        except InvalidToken:
            return False
        return True


def keyed_hash(key: str, text: str) -> str:
    """HMAC-SHA256 of `text` as 64 hexadecimal digits: equal texts can be found without being known.

    A tax id has only nine digits, so without the key its hash would be guessed in a second. Raises
    ValueError when `key` is too short.
    """
    _long_enough(key)
    return hmac.new(key.encode(), text.encode(), hashlib.sha256).hexdigest()


def _fernet_key(key: str, purpose: str) -> bytes:
    _long_enough(key)
    derive = HKDF(algorithm=SHA256(), length=32, salt=None, info=f"clearline/{purpose}".encode())
    return base64.urlsafe_b64encode(derive.derive(key.encode()))


def _long_enough(key: str) -> None:
    if len(key) < SHORTEST_KEY:
        raise ValueError(f"a key has at least {SHORTEST_KEY} characters")
