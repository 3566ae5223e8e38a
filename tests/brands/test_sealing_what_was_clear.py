"""The migrations that sealed tax ids which had been stored in clear, forwards and backwards."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.db import connections
from django.db.migrations.executor import MigrationExecutor

from brands.models import Brand
from brands.withholding import TaxIds
from portal.lifecycle.models import Submission
from tests.people import Person, enrolled

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True, databases=["default", "owner"])]


def migrate(name: str) -> None:
    """To the migration of this name; "" to the newest of every app, as the other tests expect it."""
    executor = MigrationExecutor(connections["owner"])
    executor.migrate([("brands", name)] if name else executor.loader.graph.leaf_nodes())


@pytest.fixture
def before() -> Iterator[None]:
    """The database as it was, and afterwards as it is."""
    migrate("0003_tax_identity")
    yield
    migrate("")


def stored_in_clear(person: Person, tax_id: str, frozen: str) -> Any:
    """A brand and its submission as they used to be stored."""
    pk = uuid4()
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT set_config('app.organization_id', %s, false)", [str(person.organization.pk)])
        cursor.execute(
            "INSERT INTO brands_brand SELECT (jsonb_populate_record(NULL::brands_brand, %s)).*",
            [
                json.dumps(
                    dict.fromkeys(text_columns(cursor), "")
                    | {
                        "id": str(pk),
                        "organization_id": str(person.organization.pk),
                        "status": "draft",
                        "country": "US",
                        "tax_id": tax_id,
                        "reasons": [],
                    }
                    | dict.fromkeys(("since", "created_at", "saved_at"), "2026-11-22T10:00:00Z")
                )
            ],
        )
        cursor.execute("SELECT set_config('app.organization_id', '', false)")
    with person.acting():
        Submission.objects.create(
            organization_id=person.organization.pk,
            kind="brand",
            subject_id=pk,
            purpose="register",
            account="telnyx",
            payload={"country": "US", "tax_id": frozen},
        )
    return pk


def text_columns(cursor: Any) -> list[str]:
    cursor.execute(
        "SELECT column_name FROM information_schema.columns"
        " WHERE table_name = 'brands_brand' AND data_type = 'character varying'"
    )
    return [name for (name,) in cursor.fetchall()]


def everything(person: Person) -> str:
    with person.acting(), connections["default"].cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT string_agg(t::text, ' ') FROM brands_brand t)"
            " || (SELECT string_agg(t::text, ' ') FROM lifecycle_submission t)"
        )
        return str(cursor.fetchone()[0])


@pytest.mark.usefixtures("before")
def test_what_was_clear_is_sealed_and_what_was_frozen_still_means_the_same() -> None:
    ada, cy = enrolled("ada"), enrolled("cy")
    same = stored_in_clear(ada, "91-4730265", "914730265")
    changed = stored_in_clear(cy, "91-4730271", "91-4730272")
    nothing = stored_in_clear(cy, "", "")
    assert "91-4730265" in everything(ada)

    migrate("")
    assert "4730" not in everything(ada) + everything(cy)
    with ada.acting():
        brand = Brand.objects.get(pk=same)
        payload = Submission.objects.get(subject_id=same).payload
        assert brand.tax_identity is not None
        assert (brand.tax_identity.open(), brand.masked_tax_id) == ("91-4730265", "••-•••0265")
        assert payload["tax_id"] == brand.tax_identity.token
    with cy.acting():
        assert Brand.objects.get(pk=nothing).tax_identity is None
        later = Submission.objects.get(subject_id=changed).payload["tax_id"]
    assert TaxIds(cy.organization.pk, changed)._clear[later] == "91-4730272"

    migrate("0003_tax_identity")
    assert "91-4730265" in everything(ada)
    assert "91-4730272" in everything(cy)
