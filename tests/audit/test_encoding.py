"""What is hashed, byte for byte: a chain that was sealed years ago must verify with this code."""

from __future__ import annotations

from hashlib import sha256
from uuid import UUID

import pytest

from portal.audit.chain import encoded, first_seal, genesis, linked
from tests.audit.chains import tampering, verified

EVENT = """
    INSERT INTO audit_event (id, organization_id, at, recorded_at, actor_id, actor_name, address, action,
                             object_kind, object_id, detail)
    VALUES (7, NULL, '2026-11-02 09:14:00.000001-05', '2026-11-02T14:14:00Z', NULL, 'Åda "Ö", Osei: x', '2001:db8::1',
            'person.signed-in', 'person', '00000000-0000-0000-0000-000000000007',
            '{"zz": 1.50, "a": [true, null, "é"], "b": {"n": 1e3}}')
"""
# Written out by hand after the description in portal/audit/chain.py.
BYTES = (
    '1:7,-,27:2026-11-02T14:14:00.000001Z,27:2026-11-02T14:14:00.000000Z,-,18:Åda "Ö", Osei: x,15:2001:db8::1/128,'
    "16:person.signed-in,6:person,36:00000000-0000-0000-0000-000000000007,"
    '55:{"a": [true, null, "é"], "b": {"n": 1000}, "zz": 1.50},'
).encode()


def test_fields_cannot_be_shifted_into_one_another() -> None:
    lists = [
        ["a", "b"],
        ["ab"],
        ["a,b"],
        ["a", "b", ""],
        ["a", "b", None],
        [None, "a", "b"],
        ["1:a", "b"],
        ["-", "b"],
    ]
    assert len({encoded(one) for one in lists}) == len(lists)


def test_what_stands_before_the_first() -> None:
    assert genesis(None) == sha256(b"clearline audit 1 house").digest()
    one = UUID("6cf1f5c4-5b50-4d3c-8d1c-6b7f7d2f0a01")
    assert genesis(one) == sha256(b"clearline audit 1 6cf1f5c4-5b50-4d3c-8d1c-6b7f7d2f0a01").digest()
    assert first_seal() == sha256(b"clearline audit 1 seals").digest()


@pytest.mark.django_db(transaction=True)
def test_an_event_is_hashed_as_described() -> None:
    from tests.audit.chains import seal_all

    with tampering() as hand:
        hand.execute("SET session_replication_role = origin")
        hand.execute(EVENT)
    assert seal_all() == 1
    with tampering() as hand:
        digest = hand.execute("SELECT digest FROM audit_link").fetchone()
        seal = hand.execute(
            "SELECT digest, to_char(sealed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"') FROM audit_seal"
        ).fetchone()
    assert digest is not None
    assert seal is not None
    link = sha256(genesis(None) + BYTES).digest()
    assert bytes(digest[0]) == link == linked(genesis(None), BYTES)
    text = f"1:1,1:1,-,1:1,1:1,64:{link.hex()},27:{seal[1]},"
    assert bytes(seal[0]) == sha256(first_seal() + text.encode()).digest()
    assert verified().findings == []
