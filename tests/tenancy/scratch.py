"""Two tenant tables that exist in one transaction only, for tests of what the database does with links between them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID, uuid4

import psycopg
import pytest
from django.db import connection, models
from django.db.migrations.operations import CreateModel
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

from portal.tenancy.isolation import CompositeKey, IsolateTenant
from tests.conftest import owner_url

ACME, RIVAL = uuid4(), uuid4()


def _model(name: str, **fields: models.Field) -> CreateModel:  # type: ignore[type-arg]
    """A tenant's table; its organizations are ids without a table of their own."""
    own = [("id", models.UUIDField(primary_key=True)), ("organization_id", models.UUIDField())]
    return CreateModel(name, fields=[*own, *fields.items()])


def operations(*, db_constraint: bool = False, key: Operation | None = None) -> list[Operation]:
    """A shelf, and a book that stands on one: with a composite key, or another, or Django's plain one."""
    shelf = models.ForeignKey("scratch.Shelf", models.PROTECT, null=True, db_constraint=db_constraint)
    made = [_model("Shelf"), _model("Book", shelf=shelf), IsolateTenant("Shelf"), IsolateTenant("Book")]
    return [*made, *([key] if key else [])]


COMPOSITE = CompositeKey("Book", "shelf", "scratch.Shelf")


def statements(wanted: list[Operation], *, backwards: Operation | None = None) -> list[str]:
    """The SQL of `wanted`, one after the other, then of taking `backwards` down again."""
    state = ProjectState()
    with connection.schema_editor(collect_sql=True) as editor:
        for operation in wanted:
            before, state = state, state.clone()
            operation.state_forwards("scratch", state)
            operation.database_forwards("scratch", editor, before, state)
        if backwards is not None:
            backwards.database_backwards("scratch", editor, state, state)
    return [str(statement) for statement in editor.collected_sql]


@contextmanager
def library(wanted: list[Operation], url: str = "") -> Iterator[psycopg.Connection]:
    """A connection of the owner (or of whom `url` names) in which the tables stand; nothing of it is kept."""
    with psycopg.connect(url or owner_url()) as owner:
        for statement in statements(wanted):
            owner.execute(statement)  # type: ignore[call-overload]
        owner.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON scratch_shelf, scratch_book TO portal_app")
        try:
            yield owner
        finally:
            owner.rollback()


def as_app(owner: psycopg.Connection, organization: UUID | None) -> None:
    """Go on as the portal does, for one organization or for none."""
    owner.execute("SET LOCAL ROLE portal_app")
    serve(owner, organization)


def serve(owner: psycopg.Connection, organization: UUID | None) -> None:
    """Say whose rows are shown and taken, also to the owner, whom the policies hold too."""
    owner.execute("SELECT set_config('app.organization_id', %s, true)", [str(organization or "")])


def add(owner: psycopg.Connection, table: str, organization: UUID, **columns: object) -> UUID:
    """Insert a row of `organization`; its id."""
    key = uuid4()
    values = {"id": key, "organization_id": organization, **columns}
    places = ", ".join(["%s"] * len(values))
    owner.execute(f"INSERT INTO {table} ({', '.join(values)}) VALUES ({places})", [*values.values()])  # type: ignore[arg-type]
    return key


def superuser_url() -> str:
    """The embedded server for its superuser; skips where the server is somebody else's."""
    url = psycopg.conninfo.make_conninfo(owner_url(), user="postgres", password="")
    try:
        psycopg.connect(url).close()
    except psycopg.OperationalError as problem:
        pytest.skip(f"the server's superuser cannot be reached: {problem}")
    return url
