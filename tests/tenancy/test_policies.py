"""Who sees what, as the catalogue says it, against written tables: policies, narrow roles, ownership, functions.

A new tenant table needs no row here: its policy `tenant` is what every tenant table has. Whatever else
lets rows be seen stands in `BEYOND`, with its reason.
"""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection

pytestmark = pytest.mark.django_db

SCOPE, PERSON, NOBODYS = "app.organization_id", "app.user_id", "organization_id IS NULL"
ALL = "public"

# (table, policy): (command, role, what its expression says, reason).
BEYOND: dict[tuple[str, str], tuple[str, str, str, str]] = {
    ("tenancy_membership", "also"): (
        "SELECT",
        ALL,
        PERSON,
        "before a scope: a person asks where they belong",
    ),
    ("tenancy_organization", "known"): ("SELECT", ALL, "true", "a name and a time zone, found by membership"),
    ("tenancy_organization", "made"): ("INSERT", ALL, "true", "a new one has no scope yet"),
    ("tenancy_organization", "own"): ("UPDATE", ALL, SCOPE, "it is changed in its own scope only"),
    ("audit_event", "house"): ("INSERT", ALL, NOBODYS, "the house's own events: added, and not read"),
    ("audit_event", "sealer"): ("SELECT", "portal_sealer", NOBODYS, "the house's events get their seals"),
    ("audit_link", "sealer"): ("ALL", "portal_sealer", NOBODYS, "the house's chain"),
    ("audit_seal", "sealer"): ("ALL", "portal_sealer", "true", "seals are one chain over all; digests only"),
    ("audit_unsealed", "sealer"): ("ALL", "portal_sealer", "true", "the queue: numbers of events only"),
    ("audit_unsealed", "queue"): ("INSERT", "portal_owner", "true", "the trigger that queues every event"),
    ("lifecycle_due", "claimed"): ("ALL", "portal_claimer", "true", "work is claimed over all organizations"),
    ("tenancy_invitation", "claimed"): ("ALL", "portal_claimer", "sent_at IS NULL", "unsent mail"),
    ("notifications_notification", "claimed"): ("ALL", "portal_claimer", "sent_at IS NULL", "unsent mail"),
    ("support_note", "ourselves"): (
        "ALL",
        ALL,
        "app.support_notes",
        "restrictive: shows less, not more; the desk's notes are shown to the desk's own pages alone",
    ),
    ("notifications_notice", "also"): ("SELECT", ALL, NOBODYS, "a notice for everybody is read by everybody"),
    ("notifications_notice", "everybody"): (
        "ALL",
        ALL,
        NOBODYS,
        "and written by the operator, outside any scope, where no page of a tenant is",
    ),
    **{
        (f"notifications_{table}", policy): how
        for table in ("preference", "hours", "dismissal")
        for policy, how in {
            "person": ("ALL", ALL, PERSON, "a person's own, wherever they work"),
            "colleagues": (
                "SELECT",
                ALL,
                "tenancy_membership",
                "whoever shares an organization, by its policies",
            ),
        }.items()
    },
}

# What the roles that see more than one organization may do, by table: r(ead), a(dd), w(rite), d(elete).
NARROW: dict[str, dict[str, str]] = {
    "portal_claimer": {
        "clock_clock": "r",
        "lifecycle_carrieraccount": "r",
        "lifecycle_due": "rw",
        "notifications_notification": "rw",
        "tenancy_invitation": "rw",
    },
    "portal_sealer": {"audit_event": "r", "audit_link": "ra", "audit_seal": "ra", "audit_unsealed": "rd"},
    "portal_desk": dict.fromkeys(
        (
            "accounts_user",
            "audit_event",
            "brands_brand",
            "brands_taxidentity",
            "campaigns_registration",
            "lifecycle_due",
            "lifecycle_submission",
            "lifecycle_watch",
            "notifications_notice",
            "support_ticket",
            "tenancy_invitation",
            "tenancy_membership",
            "tenancy_organization",
        ),
        "r",
    ),
}
# What nobody may read across organizations, whatever else of the table they may.
NEVER = {
    "accounts_user": {"password"},
    "brands_taxidentity": {"sealed", "masked"},
    "lifecycle_submission": {"payload", "answer", "reasons"},
    "lifecycle_watch": {"answer"},
}
# What the claimer may see and change of a row whose content it must not know.
CLAIMED = {"id", "organization_id", "due_at", "attempt", "lease_until", "sent_at"}
# The portal adds to these and changes nothing in them.
APPEND_ONLY = {"audit_event": "ra", "audit_link": "r", "audit_seal": "r", "audit_unsealed": "r"}
# Functions that run with their owner's rights, each with its reason.
DEFINER = {"audit_queue": "a trigger without arguments; queues the rows just added, and nobody else may"}


def rows(sql: str, **parameters: object) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters or None)
        return cursor.fetchall()


def policies() -> dict[tuple[str, str], tuple[str, str, str]]:
    """(table, policy): command, roles, and both expressions."""
    return {
        (table, name): (command, ",".join(sorted(roles)), f"{using or ''} | {check or ''}")
        for table, name, command, roles, using, check in rows(
            "SELECT tablename, policyname, cmd, roles, qual, with_check FROM pg_policies"
            " WHERE schemaname = 'public'"
        )
    }


def with_organization() -> set[str]:
    return {
        name
        for (name,) in rows("""
            SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'organization_id'
             WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
        """)
    }


def test_every_tenant_table_has_the_one_policy_for_everybody_and_every_command() -> None:
    found = policies()
    for table in with_organization():
        command, role, said = found[table, "tenant"]
        assert (command, role) == ("ALL", "public"), table
        using, check = said.split(" | ")
        assert using == check, f"{table} shows other rows than it takes"
        assert "organization_id = " in using, table
        assert SCOPE in using, table
    assert {table for table, name in found if name == "tenant"} == with_organization()


def test_whatever_shows_more_is_written_down_with_its_reason() -> None:
    found = {key: value for key, value in policies().items() if key[1] not in {"tenant", "desk"}}
    assert set(found) == set(BEYOND)
    for key, (command, role, says, reason) in BEYOND.items():
        assert found[key][:2] == (command, role), key
        assert says in found[key][2], key
        assert reason


def test_a_policy_for_everybody_asks_for_the_setting_or_shows_nobodys_rows() -> None:
    found = {key: said for key, (_, role, said) in policies().items() if role == ALL}
    loose = {
        key for key, said in found.items() if "current_setting('app." not in said and NOBODYS not in said
    }
    organizations = {("tenancy_organization", "known"), ("tenancy_organization", "made")}
    assert {key for key in loose if "tenancy_membership" not in found[key]} == organizations


def test_policies_of_the_desk_only_read() -> None:
    desk = {key: value for key, value in policies().items() if key[1] == "desk"}
    assert {value[:2] for value in desk.values()} == {("SELECT", "portal_desk")}


def privileges(role: str) -> dict[str, str]:
    """By table: r, a, w, d, and capitals for what nobody but an owner needs."""
    found: dict[str, str] = {}
    for letter, table in rows(
        """
        SELECT v.letter, c.relname FROM pg_class c, (VALUES
               ('r', 'SELECT'), ('a', 'INSERT'), ('w', 'UPDATE'), ('X', 'REFERENCES')) AS v (letter, privilege)
         WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm')
           AND has_any_column_privilege(%(role)s, c.oid, v.privilege)
        UNION ALL
        SELECT v.letter, c.relname FROM pg_class c, (VALUES
               ('d', 'DELETE'), ('T', 'TRUNCATE'), ('G', 'TRIGGER')) AS v (letter, privilege)
         WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm')
           AND has_table_privilege(%(role)s, c.oid, v.privilege)
        """,
        role=role,
    ):
        found[table] = found.get(table, "") + letter
    return {table: "".join(sorted(letters, key="rawdXTG".index)) for table, letters in found.items()}


@pytest.mark.parametrize("role", NARROW)
def test_a_role_that_sees_many_organizations_may_exactly_what_is_written(role: str) -> None:
    assert privileges(role) == NARROW[role]


def test_the_portal_may_read_and_write_and_neither_empty_nor_watch_tables() -> None:
    found = privileges("portal_app")
    assert {table: letters for table, letters in found.items() if letters != "rawd"} == APPEND_ONLY


def test_nobody_reads_secrets_across_organizations() -> None:
    readable = rows(
        """
        SELECT r.rolname, c.relname, a.attname FROM pg_roles r, pg_class c
          JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
         WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND r.rolname = ANY (%(roles)s)
           AND has_column_privilege(r.oid, c.oid, a.attnum, 'SELECT')
        """,
        roles=list(NARROW),
    )
    assert [one for one in readable if one[2] in NEVER.get(one[1], ())] == []
    outboxes = {"notifications_notification", "tenancy_invitation"}
    known = {column for role, table, column in readable if role == "portal_claimer" and table in outboxes}
    assert known == CLAIMED


# --- what else could hand the exemption back


def test_the_portals_roles_own_nothing_at_all() -> None:
    """Tables, sequences, functions, types, schemas, databases, default privileges: whatever has an owner."""
    owned = rows(
        "SELECT refobjid::regrole::text, classid::regclass::text, objid FROM pg_shdepend"
        " WHERE refclassid = 'pg_authid'::regclass AND deptype = 'o'"
        "   AND refobjid = ANY (SELECT oid FROM pg_roles WHERE rolname = ANY (%(roles)s))",
        roles=["portal_app", *NARROW],
    )
    assert owned == []


def test_the_portal_becomes_nobody_but_the_narrow_roles_and_inherits_none() -> None:
    becomes = rows(
        "SELECT rolname FROM pg_roles WHERE pg_has_role('portal_app', oid, 'MEMBER') AND rolname <> 'portal_app'"
    )
    assert {name for (name,) in becomes} == set(NARROW)
    special = "rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolreplication"
    inherits = "rolname = 'portal_app' AND rolinherit"
    assert (
        rows(
            f"SELECT rolname FROM pg_roles WHERE rolname = ANY (%(roles)s) AND ({special} OR {inherits})",
            roles=["portal_app", *NARROW],
        )
        == []
    )


def test_the_portal_makes_nothing_in_the_schema() -> None:
    assert rows("SELECT has_schema_privilege('portal_app', 'public', 'CREATE')") == [(False,)]
    assert rows("SELECT has_database_privilege('portal_app', current_database(), 'CREATE')") == [(False,)]


def test_new_tables_are_granted_to_the_portal_only_and_not_more_than_rows() -> None:
    granted = rows(
        "SELECT defaclrole::regrole::text, d.defaclobjtype::text, a.grantee::regrole::text, a.privilege_type"
        "  FROM pg_default_acl d, aclexplode(d.defaclacl) a"
    )
    assert {(owner, to) for owner, _, to, _ in granted} == {("portal_owner", "portal_app")}
    assert {what for _, kind, _, what in granted if kind == "r"} == {"SELECT", "INSERT", "UPDATE", "DELETE"}
    assert {what for _, kind, _, what in granted if kind == "S"} == {"SELECT", "USAGE"}


def test_functions_with_their_owners_rights_are_written_down_and_cannot_be_led_astray() -> None:
    found = rows(
        "SELECT proname, array_to_string(proconfig, ';'), prorettype::regtype::text, pronargs FROM pg_proc"
        " WHERE prosecdef AND pronamespace NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)"
    )
    assert {name for name, *_ in found} == set(DEFINER)
    for _, config, returns, arguments in found:
        assert config == "search_path=pg_catalog, pg_temp"
        assert (returns, arguments) == ("trigger", 0)


def test_there_are_no_views_that_look_past_the_policies() -> None:
    """A view asks as its owner unless it says security_invoker; a materialized one has no policies at all."""
    assert (
        rows("""
            SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace
               AND (relkind IN ('m', 'f')
                    OR relkind = 'v' AND NOT coalesce(reloptions @> '{security_invoker=true}', false))
        """)
        == []
    )


def test_nobody_else_may_do_anything_in_the_schema() -> None:
    """PUBLIC is everybody who can connect."""
    assert (
        rows("""
            SELECT c.relname, a.privilege_type FROM pg_class c, aclexplode(c.relacl) a
             WHERE c.relnamespace = 'public'::regnamespace AND a.grantee = 0
        """)
        == []
    )
