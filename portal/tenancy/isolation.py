"""The second wall, as a migration operation: row-level security.

The first wall is the scoped manager; it can be forgotten or got around. This one stands in the
database: a policy shows and takes only rows of the organization that the transaction was opened
for. Each table also gets the key (organization, id), for foreign keys that cannot point at another
organization's row: such keys are checked behind the policies. A test compares with the catalogue.
"""

from __future__ import annotations

from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor as Editor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

# After a transaction the setting is the empty string, not NULL. The sub-select makes it a constant of
# the plan: without it a scan asks once per row (measured 31.0 against 23.3 ms for a million rows).
CURRENT = "(SELECT nullif(current_setting('app.organization_id', true), '')::uuid)"
PERSON = "(SELECT nullif(current_setting('app.user_id', true), '')::uuid)"


def _named(app_label: str, model: str) -> tuple[str, str]:
    """App and model of "Model" or "app.Model"."""
    app, _, name = model.rpartition(".")
    return app or app_label, name


class _Wall(Operation):
    """Changes the database and no model: the statements that build it, and those that take it down."""

    reversible = True
    reduces_to_sql = True

    def up(self, app_label: str, state: ProjectState) -> list[str]:
        """What builds it, in order; `state` has the models as they are then."""
        raise NotImplementedError

    def down(self, app_label: str, state: ProjectState) -> list[str]:
        """What takes it down, in order."""
        raise NotImplementedError

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """The models stay as they are."""

    def database_forwards(
        self, app_label: str, schema_editor: Editor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        """Build it."""
        for statement in self.up(app_label, to_state):
            schema_editor.execute(statement)

    def database_backwards(
        self, app_label: str, schema_editor: Editor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        """Take it down."""
        for statement in self.down(app_label, from_state):
            schema_editor.execute(statement)


class IsolateTenant(_Wall):
    """Put one model's table behind row-level security, and give it the key that composite keys point at.

    `also` lets further rows be *read* (never written): an SQL condition, with the reason beside it.
    `claimed` opens the table to the role `portal_claimer`, which works across organizations.
    """

    def __init__(self, model: str, *, also: str = "", claimed: bool = False) -> None:
        """`model` is a model with `organization_id`: of the migration's app, or "app.Model" of an app below it."""
        self.model = model
        self.also = also
        self.claimed = claimed

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        """As Django writes it into a migration."""
        options = {"also": self.also} if self.also else {}
        return (
            self.__class__.__name__,
            [self.model],
            {**options, **({"claimed": True} if self.claimed else {})},
        )

    def up(self, app_label: str, state: ProjectState) -> list[str]:
        """Policies first, then the key."""
        model = state.apps.get_model(*_named(app_label, self.model))
        table, key = model._meta.db_table, model._meta.pk.column  # noqa: SLF001  as schema editors do
        reads = f"organization_id = {CURRENT}"
        statements = [
            f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
            f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
            f"CREATE POLICY tenant ON {table} USING ({reads}) WITH CHECK ({reads})",
            f"ALTER TABLE {table} ADD CONSTRAINT {table}_tenant_key UNIQUE (organization_id, {key})",
        ]
        if self.also:
            statements.append(f"CREATE POLICY also ON {table} FOR SELECT USING ({self.also})")
        if self.claimed:
            statements.append(f"CREATE POLICY claimed ON {table} TO portal_claimer USING (true)")
        return statements

    def down(self, app_label: str, state: ProjectState) -> list[str]:
        """Take everything down again."""
        table = state.apps.get_model(*_named(app_label, self.model))._meta.db_table  # noqa: SLF001
        return [
            f"ALTER TABLE {table} DROP CONSTRAINT {table}_tenant_key",
            f"DROP POLICY IF EXISTS claimed ON {table}",
            f"DROP POLICY IF EXISTS also ON {table}",
            f"DROP POLICY tenant ON {table}",
            f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY",
            f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY",
        ]

    def describe(self) -> str:
        """For the list that `migrate` prints."""
        return f"Show rows of {self.model} to their own organization only"


class CompositeKey(_Wall):
    """The third wall: a foreign key between two tenant tables that carries the organization along.

    `CompositeKey("Brand", "tax_identity", "brands.TaxIdentity")` adds FOREIGN KEY (organization_id,
    tax_identity_id) REFERENCES … (organization_id, id). PostgreSQL checks foreign keys behind the policies,
    for every role: a plain key would take another organization's row, and by its answer tell that it exists.
    Declare the field with `db_constraint=False`, so that Django adds no plain key, and isolate the parent first.

    Checked at the statement and not at the commit, so that the error names the line that made it;
    `SET CONSTRAINTS ALL DEFERRED` puts it off to the commit for rows that name each other.
    """

    def __init__(self, model: str, field: str, parent: str) -> None:
        """`model` and `parent` as in IsolateTenant; `field` is the foreign key of `model` to `parent`."""
        self.model = model
        self.field = field
        self.parent = parent

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        """As Django writes it into a migration."""
        return self.__class__.__name__, [self.model, self.field, self.parent], {}

    def up(self, app_label: str, state: ProjectState) -> list[str]:
        """Raises ValueError where a plain key would stand beside it, or where the field points elsewhere."""
        child = state.apps.get_model(*_named(app_label, self.model))._meta  # noqa: SLF001
        parent = state.apps.get_model(*_named(app_label, self.parent))._meta  # noqa: SLF001
        field = child.get_field(self.field)
        if field.is_relation and (field.related_model._meta.label != parent.label or field.db_constraint):  # noqa: SLF001
            raise ValueError(
                f"{child.label}.{self.field} must point at {parent.label}, with db_constraint=False"
            )
        return [
            f"ALTER TABLE {child.db_table} ADD CONSTRAINT {_key_name(child.db_table, field.column)}"
            f" FOREIGN KEY (organization_id, {field.column})"
            f" REFERENCES {parent.db_table} (organization_id, {parent.pk.column})"
            " DEFERRABLE INITIALLY IMMEDIATE"
        ]

    def down(self, app_label: str, state: ProjectState) -> list[str]:
        """Drop the key."""
        child = state.apps.get_model(*_named(app_label, self.model))._meta  # noqa: SLF001
        name = _key_name(child.db_table, child.get_field(self.field).column)
        return [f"ALTER TABLE {child.db_table} DROP CONSTRAINT {name}"]

    def describe(self) -> str:
        """For the list that `migrate` prints."""
        return f"Let {self.model}.{self.field} point at rows of its own organization only"


def _key_name(table: str, column: str) -> str:
    """Name of a composite key, within PostgreSQL's 63 bytes."""
    return f"{table}_{column}"[:52] + "_tenant_fk"


class OpenToDesk(_Wall):
    """Let the role `portal_desk` read a table of all organizations, or only the named columns of it.

    For the operator's pages; the role can write nowhere. A test lists what it may read.
    """

    def __init__(self, model: str, columns: tuple[str, ...] = ()) -> None:
        """`model` as in IsolateTenant; `columns` are database columns, none meaning all."""
        self.model = model
        self.columns = columns

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        """As Django writes it into a migration."""
        return self.__class__.__name__, [self.model], {"columns": self.columns} if self.columns else {}

    def up(self, app_label: str, state: ProjectState) -> list[str]:
        """The grant, and the policy where the table has walls."""
        table = state.apps.get_model(*_named(app_label, self.model))._meta.db_table  # noqa: SLF001
        columns = f" ({', '.join(self.columns)})" if self.columns else ""
        return [
            f"GRANT SELECT{columns} ON {table} TO portal_desk",
            f"CREATE POLICY desk ON {table} FOR SELECT TO portal_desk USING (true)",
        ]

    def down(self, app_label: str, state: ProjectState) -> list[str]:
        """Take both away again."""
        table = state.apps.get_model(*_named(app_label, self.model))._meta.db_table  # noqa: SLF001
        return [f"DROP POLICY desk ON {table}", f"REVOKE ALL ON {table} FROM portal_desk"]

    def describe(self) -> str:
        """For the list that `migrate` prints."""
        return f"Let the operator's desk read {self.model}"
