"""Sealed texts: what opens them, and what does not."""

from __future__ import annotations

import secrets

import pytest

from portal.lib.sealing import CannotOpen, Sealer, keyed_hash

FORMER, CURRENT, STRANGERS = (secrets.token_urlsafe(50) for _ in range(3))


def test_what_was_sealed_is_opened_and_shows_nothing_meanwhile() -> None:
    sealer = Sealer([CURRENT])
    sealed = sealer.seal("91-4730265 · åäö")
    assert "4730265" not in sealed
    assert sealer.open(sealed) == "91-4730265 · åäö"


def test_the_same_text_looks_different_each_time() -> None:
    sealer = Sealer([CURRENT])
    assert sealer.seal("91-4730265") != sealer.seal("91-4730265")


def test_a_former_key_still_opens_and_only_the_first_one_seals() -> None:
    old = Sealer([FORMER]).seal("91-4730265")
    both = Sealer([CURRENT, FORMER])
    assert both.open(old) == "91-4730265"
    assert not both.is_current(old)
    new = both.reseal(old)
    assert both.is_current(new)
    assert Sealer([CURRENT]).open(new) == "91-4730265"


def test_without_its_key_a_text_stays_shut_and_the_error_quotes_nothing() -> None:
    sealed = Sealer([FORMER]).seal("91-4730265")
    for wrong in (Sealer([STRANGERS]), Sealer([FORMER], purpose="something else")):
        for act in (wrong.open, wrong.reseal):
            with pytest.raises(CannotOpen) as caught:
                act(sealed)
            assert sealed[:20] not in str(caught.value)
            assert caught.value.__cause__ is None


def test_a_text_that_was_tampered_with_stays_shut() -> None:
    sealer = Sealer([CURRENT])
    sealed = sealer.seal("91-4730265")
    for changed in ("", sealed[:-8], f"{sealed[:40]}AAAA{sealed[44:]}"):
        with pytest.raises(CannotOpen):
            sealer.open(changed)


def test_short_keys_and_no_keys_are_refused() -> None:
    for keys in ([], ["k" * 39], [CURRENT, "short"]):
        with pytest.raises(ValueError, match="key"):
            Sealer(keys)
    with pytest.raises(ValueError, match="40"):
        keyed_hash("k" * 39, "US 914730265")


def test_the_keyed_hash_is_equal_for_equals_and_needs_its_key() -> None:
    assert keyed_hash(CURRENT, "US 914730265") == keyed_hash(CURRENT, "US 914730265")
    assert keyed_hash(CURRENT, "US 914730265") != keyed_hash(FORMER, "US 914730265")
    assert keyed_hash(CURRENT, "US 914730265") != keyed_hash(CURRENT, "CA 914730265")
