"""What the role portal_desk may read, column by column, and that it can write nothing."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from brands.models import Brand
from portal.tenancy.models import Invitation, Membership
from portal.tenancy.scope import NoScope, at_the_desk
from tests.factories import brand_draft
from tests.people import Person

pytestmark = pytest.mark.django_db

# Everything that an operator's page can show of all organizations. A new column here is a decision.
READABLE = {
    "accounts_user": {"id", "email", "name", "is_active", "last_login"},
    "tenancy_organization": {"id", "name", "created_at", "suspended_at"},
    "tenancy_membership": {"id", "organization_id", "user_id", "role"},
    "tenancy_invitation": {
        "id",
        "organization_id",
        "email",
        "role",
        "due_at",
        "attempt",
        "sent_at",
        "last_error",
        "created_at",
        "expires_at",
        "accepted_at",
        "withdrawn_at",
    },
    "brands_brand": {
        "id",
        "organization_id",
        "status",
        "since",
        "legal_name",
        "display_name",
        "odd_word",
        "tax_identity_id",
    },
    # The keyed hash finds duplicates; the tax id itself, sealed or masked, stays away.
    "brands_taxidentity": {"id", "organization_id", "fingerprint"},
    "lifecycle_submission": {
        "id",
        "account",
        "reference",
        "organization_id",
        "kind",
        "subject_id",
        "purpose",
        "key",
        "state",
        "failures",
        "last_error",
        "accepted_at",
    },
    # How long the queue is, and whose; not what it is about.
    "lifecycle_due": {
        "item",
        "organization_id",
        "account",
        "kind",
        "due_at",
        "lease_until",
        "background",
    },
    # Which thing at the carrier we wait for, and the carrier's word for it: the nightly comparison.
    "lifecycle_watch": {
        "id",
        "organization_id",
        "kind",
        "account",
        "reference",
        "opened_at",
        "closed_at",
        "word",
        "listed_word",
    },
    # When the sweep of renewals looks at what next, and whose it is.
    "campaigns_registration": {"id", "organization_id", "look_at", "ended_at"},
    # The queue: what was filed and said is read in the scope of one organization.
    "support_ticket": {
        "id",
        "organization_id",
        "type",
        "status",
        "since",
        "subject",
        "opened_at",
        "due_at",
        "promised_for",
        "ended_at",
    },
    "audit_event": {
        "id",
        "organization_id",
        "at",
        "recorded_at",
        "actor_id",
        "actor_name",
        "address",
        "action",
        "object_kind",
        "object_id",
        "detail",
    },
    "notifications_notice": {
        "id",
        "organization_id",
        "scope",
        "text",
        "link",
        "link_words",
        "starts_at",
        "ends_at",
        "created_at",
        "created_by",
        "created_by_name",
        "withdrawn_at",
    },
}
TELLTALE = {"password", "sealed", "masked", "tax_id", "payload", "answer", "reasons", "session_data", "data"}


def rows(sql: str) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall())


def do(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


def granted(right: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for table, column in rows(f"""
        SELECT c.relname, a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
         WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm')
           AND a.attnum > 0 AND NOT a.attisdropped
           AND has_column_privilege('portal_desk', c.oid, a.attnum, '{right}')
    """):
        found.setdefault(table, set()).add(column)
    return found


def test_the_desk_reads_exactly_these_columns() -> None:
    assert granted("SELECT") == READABLE


def test_none_of_them_is_a_secret() -> None:
    assert {column for columns in READABLE.values() for column in columns} & TELLTALE == set()


@pytest.mark.parametrize("right", ["INSERT", "UPDATE", "REFERENCES"])
def test_the_desk_writes_nowhere(right: str) -> None:
    assert granted(right) == {}


def test_the_desk_deletes_nowhere_and_takes_no_other_role() -> None:
    assert (
        rows("""
        SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
           AND has_table_privilege('portal_desk', oid, 'DELETE, TRUNCATE')
    """)
        == []
    )
    assert rows("SELECT 1 FROM pg_auth_members WHERE member = 'portal_desk'::regrole") == []


@pytest.mark.parametrize("column", ["street", "email", "phone", "first_name", "reasons", "registry_id"])
def test_what_is_not_listed_is_refused_by_the_database(ada: Person, column: str) -> None:
    brand_draft(ada)
    with pytest.raises(DatabaseError, match="permission denied"), at_the_desk():
        list(Brand.everywhere.values_list(column))


def test_the_desk_sees_all_organizations_and_only_there(ada: Person, cy: Person) -> None:
    brand_draft(ada)
    brand_draft(cy)
    with at_the_desk():
        assert Brand.everywhere.values("pk").count() == 2
        assert Membership.objects.values("pk").count() == 2
    with pytest.raises(NoScope):
        Brand.everywhere.count()
    assert Membership.objects.count() == 0


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE tenancy_organization SET name = 'taken'",
        "DELETE FROM tenancy_membership",
        "INSERT INTO clock_clock (id, offset_seconds) VALUES (1, 5)",
    ],
)
@pytest.mark.parametrize("role", ["portal_desk", "none"])
def test_at_the_desk_nothing_can_be_written(ada: Person, statement: str, role: str) -> None:
    """By the role, and also without it: the transaction itself is read only."""
    refused = "permission denied|read-only transaction"
    with pytest.raises(DatabaseError, match=refused), at_the_desk():
        do(f"SET LOCAL ROLE {role}")
        do(statement)


def test_a_read_only_role_cannot_be_talked_out_of_it(ada: Person) -> None:
    with pytest.raises(DatabaseError), at_the_desk():
        do("SET TRANSACTION READ WRITE")
        do("UPDATE tenancy_organization SET name = 'taken'")


def test_after_the_desk_the_app_is_itself_again(ada: Person) -> None:
    with at_the_desk():
        assert rows("SELECT current_user") == [("portal_desk",)]
    assert rows("SELECT current_user") == [("portal_app",)]
    with pytest.raises(DatabaseError), transaction.atomic(), at_the_desk():
        rows("SELECT password FROM accounts_user")
    assert rows("SELECT current_user") == [("portal_app",)]
    with ada.acting():
        Invitation.objects.count()
