"""The walls in the database: what the catalogue says, and what the app's own role can and cannot do."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from brands.models import Brand
from portal.tenancy.models import Organization
from portal.tenancy.scope import acting_for
from tests.conftest import owner_url
from tests.factories import brand_draft
from tests.people import Person

# Tables without a tenant's rows, each with its reason. Every other table has organization_id and its walls.
EXEMPT = {
    "accounts_user": "people stand outside organizations; what they may see follows from their memberships",
    "accounts_remembered": "Django's cache: wrong tries by keyed hash, used codes; nobody's rows",
    "account_emailaddress": "allauth: addresses of people",
    "account_emailconfirmation": "allauth: addresses of people",
    "auth_group": "Django's; unused",
    "auth_group_permissions": "Django's; unused",
    "auth_permission": "Django's; unused",
    "django_content_type": "names of models",
    "django_migrations": "what was migrated",
    "django_session": "signed-in browsers; the key is the secret",
    "clock_clock": "one number for everybody",
    "lifecycle_carrieraccount": "what all processes share about a carrier account; no tenant's rows",
    "lifecycle_carrierevent": "which signed events came in: ids and times, nothing of what they say",
    "lifecycle_heartbeat": "processes, not tenants",
    "lifecycle_stranger": "references at the carrier that belong to no tenant",
    "mfa_authenticator": "allauth: second factors of people",
    "notifications_dismissal": "a person's own, walled by person; tested in test_walls",
    "notifications_hours": "a person's own, walled by person; tested in test_walls",
    "notifications_preference": "a person's own, walled by person; tested in test_walls",
    "notifications_practicemail": "mails of a practice portal, written in that mode alone; no tenant is real there",
    "tenancy_staff": "the operator's own people",
    "usersessions_usersession": "allauth: signed-in browsers of people",
    "tenancy_organization": "the tenants themselves: known to everybody, with policies of their own",
}


def rows(sql: str) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()


@pytest.mark.django_db
def test_every_table_is_walled_or_exempt_with_a_reason() -> None:
    tables = dict(
        rows("""
            SELECT c.relname, c.relrowsecurity AND c.relforcerowsecurity
                   AND EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid AND p.polwithcheck IS NOT NULL)
                   AND EXISTS (SELECT FROM pg_constraint k WHERE k.conrelid = c.oid AND k.contype IN ('u', 'p')
                               AND k.conname = c.relname || '_tenant_key')
              FROM pg_class c WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace
        """)
    )
    with_tenant = {
        name
        for (name,) in rows(
            "SELECT table_name FROM information_schema.columns WHERE column_name = 'organization_id'"
        )
    }
    assert set(tables) == with_tenant | set(EXEMPT), "a new table is walled, or exempt with a reason"
    assert not with_tenant & set(EXEMPT)
    assert [name for name in sorted(with_tenant) if not tables[name]] == []


@pytest.mark.django_db
def test_without_a_scope_the_database_shows_nothing(ada: Person) -> None:
    brand_draft(ada)
    for table in ("brands_brand", "audit_event", "tenancy_membership"):
        assert rows(f"SELECT count(*) FROM {table}") == [(0,)]


@pytest.mark.django_db
def test_with_every_filter_gone_the_database_alone_holds(ada: Person, cy: Person) -> None:
    brand_draft(ada)
    with acting_for(cy.organization.pk, by=cy.actor):
        assert rows("SELECT count(*) FROM brands_brand") == [(0,)]
        assert rows("SELECT count(*) FROM audit_event") == [(0,)]
        assert Brand._base_manager.update(city="Taken") == 0
        assert Brand._base_manager.all().delete()[0] == 0
    with ada.acting():
        assert Brand.objects.get().city == "Seattle"


@pytest.mark.django_db
def test_a_row_can_neither_be_made_nor_moved_into_another_organization(ada: Person, cy: Person) -> None:
    brand = brand_draft(ada)
    with pytest.raises(ProgrammingError, match="row-level security"), cy.acting():
        Brand._base_manager.create(
            organization_id=ada.organization.pk,
            since=brand.since,
            created_at=brand.since,
            saved_at=brand.since,
        )
    with pytest.raises(ProgrammingError, match="row-level security"), ada.acting():
        Brand._base_manager.filter(pk=brand.pk).update(organization_id=cy.organization.pk)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    [
        "SET LOCAL ROLE portal_owner",
        "ALTER TABLE brands_brand DISABLE ROW LEVEL SECURITY",
        "DROP POLICY tenant ON brands_brand",
        "TRUNCATE brands_brand",
        "SET row_security = off; SELECT * FROM brands_brand",
    ],
)
def test_the_app_cannot_take_the_walls_down(ada: Person, statement: str) -> None:
    brand_draft(ada)
    with pytest.raises((ProgrammingError, IntegrityError)), transaction.atomic():
        rows(statement)


@pytest.mark.django_db
def test_an_organization_is_changed_in_its_own_scope_only(ada: Person, cy: Person) -> None:
    for scope in (cy.acting(), nullcontext()):
        with scope:
            assert Organization.objects.filter(pk=ada.organization.pk).update(name="Taken") == 0
    with pytest.raises(ProgrammingError, match="row-level security"), cy.acting():
        Organization.objects.filter(pk=cy.organization.pk).update(id=uuid4())
    assert Organization.objects.get(pk=ada.organization.pk).name == "Acme"


@pytest.mark.django_db
def test_the_owner_is_held_by_the_walls_too(ada: Person) -> None:
    """FORCE: without it the owner of a table sees everything in it."""
    brand_draft(ada)
    with psycopg.connect(owner_url()) as owner:
        table = owner.execute(
            "SELECT relrowsecurity, relforcerowsecurity FROM pg_class WHERE relname = 'brands_brand'"
        )
        assert table.fetchone() == (True, True)


@pytest.mark.django_db
def test_a_person_sees_their_own_memberships_before_there_is_a_scope(ada: Person, bo: Person) -> None:
    from portal.tenancy.models import Membership
    from portal.tenancy.scope import as_person

    with as_person(bo.user.pk):
        assert [one.user_id for one in Membership.objects.all()] == [bo.user.pk]
        assert Membership.objects.update(role="owner") == 0
    with as_person(uuid4()):
        assert not Membership.objects.exists()
