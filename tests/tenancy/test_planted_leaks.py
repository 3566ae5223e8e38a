"""What the matrix is worth: it names each planted leak, and says nothing of what is sound.

Where the database's policies would catch the mistake they are switched off for the test, so that the
matrix is shown to see by itself.
"""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest

from portal.tenancy.roles import Act
from tests.conftest import owner_url
from tests.people import enrolled
from tests.tenancy.addresses import Address, addresses
from tests.tenancy.matrix import findings, in_role

pytestmark = [
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
    pytest.mark.urls("tests.tenancy.leaks"),
]

LEAKS = {
    one.name.partition(":")[2]: one
    for one in addresses("tests.tenancy.leaks")
    if one.name.startswith("leaks:")
}
SOUND = ("sound", "sound_write", "sound_list")
# Leak → what the matrix says of it.
BY_THEMSELVES = {
    "no_decorator": "asks for no permission",
    "wrong_permission": "asks for view only, and writes: brands_brand",
    "trusts_the_body": "post with ids in the body: shows another tenant's row",
    "links_from_the_body": "links a row of brands_brand to another tenant's",
    "betrays_by_a_unique_key": "get foreign brand_id: tells another tenant's id from one that never was",
    "keeps_pages": "shows another tenant's row",
}
BEHIND_THE_POLICIES = {
    "past_the_manager": "get foreign brand_id: shows another tenant's row",
    "forbidden_instead_of_none": "get foreign brand_id: answers 403 for another tenant's id",
    "says_whose": "get foreign brand_id: tells another tenant's id from one that never was",
    "htmx_skips_the_check": "get htmx foreign brand_id: shows another tenant's row",
    "forgot_the_filter": "shows another tenant's row",
    "writes_before_it_looks": "changes another tenant's rows: brands_brand",
}


@pytest.fixture
def without_policies() -> Iterator[None]:
    """Row-level security of brands is off, as in a database whose migration was forgotten."""
    with psycopg.connect(owner_url(), autocommit=True) as owner:
        owner.execute("ALTER TABLE brands_brand DISABLE ROW LEVEL SECURITY")
        try:
            yield
        finally:
            owner.execute("ALTER TABLE brands_brand ENABLE ROW LEVEL SECURITY")


def found(name: str) -> list[str]:
    """What the matrix finds on one of the planted addresses."""
    address: Address = LEAKS[name]
    written = {address.name: address.can or Act.VIEW}
    return findings(address, in_role("owner"), enrolled("cy"), written)


def test_every_planted_address_is_looked_at() -> None:
    assert set(LEAKS) == {*SOUND, *BY_THEMSELVES, *BEHIND_THE_POLICIES}


@pytest.mark.parametrize("name", SOUND)
def test_what_is_sound_has_no_findings(name: str) -> None:
    assert found(name) == []


@pytest.mark.usefixtures("without_policies")
@pytest.mark.parametrize("name", SOUND)
def test_what_is_sound_has_no_findings_with_the_policies_off(name: str) -> None:
    assert found(name) == []


@pytest.mark.parametrize("name", BY_THEMSELVES)
def test_a_leak_that_policies_cannot_catch_is_named(name: str) -> None:
    assert [one for one in found(name) if BY_THEMSELVES[name] in one]


@pytest.mark.usefixtures("without_policies")
@pytest.mark.parametrize("name", BEHIND_THE_POLICIES)
def test_a_leak_that_policies_would_catch_is_named_without_them(name: str) -> None:
    assert [one for one in found(name) if BEHIND_THE_POLICIES[name] in one]


@pytest.mark.parametrize("name", BEHIND_THE_POLICIES)
def test_with_the_policies_the_same_mistakes_leak_nothing(name: str) -> None:
    assert found(name) == []
