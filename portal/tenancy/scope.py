"""Whose rows are we looking at? The scope is one organization, one actor, one transaction.

Everything that touches a tenant's rows happens inside `acting_for`. It opens the transaction,
tells PostgreSQL which organization it serves (transaction-local, so that a pooled connection
never carries it over) and remembers it for the managers, which raise without it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from uuid import UUID

from django.db import connection, models, transaction

from portal.audit.recording import Actor


class NoScope(RuntimeError):
    """A tenant's rows were asked for without saying whose."""


@dataclass(frozen=True, slots=True)
class Scope:
    """The organization served and who acts in it."""

    organization_id: UUID
    actor: Actor


_scope: ContextVar[Scope | None] = ContextVar("scope", default=None)
_desk: ContextVar[bool] = ContextVar("desk", default=False)


def current() -> Scope:
    """The open scope. Raises NoScope when there is none."""
    scope = _scope.get()
    if scope is None:
        raise NoScope("open acting_for(organization, by=…) before touching a tenant's rows")
    return scope


@contextmanager
def acting_for(organization_id: UUID, *, by: Actor, read_only: bool = False) -> Iterator[Scope]:
    """One transaction in which only `organization_id`'s rows exist. An exception rolls it back.

    `read_only`: the database itself refuses every write in it.
    """
    scope = Scope(organization_id, by)
    outer = _scope.get()
    token = _scope.set(scope)
    try:
        with transaction.atomic():
            _tell_database(str(organization_id))
            if read_only:
                with connection.cursor() as cursor:
                    cursor.execute("SET TRANSACTION READ ONLY")
            yield scope
            # Inside an outer transaction this was only a savepoint, and the setting would stay.
            _tell_database(str(outer.organization_id) if outer else "")
    finally:
        _scope.reset(token)


@contextmanager
def as_person(user_id: UUID) -> Iterator[None]:
    """One transaction in which a person sees their own memberships, to find out where they belong."""
    with transaction.atomic():
        _tell_database(str(user_id), setting="app.user_id")
        yield
        _tell_database("", setting="app.user_id")


@contextmanager
def at_the_desk() -> Iterator[None]:
    """One read-only transaction as `portal_desk`, which sees the listed tables of all organizations.

    For the operator's pages. Writing, also an operator's, happens in `acting_for` one organization.
    """
    token = _desk.set(True)
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION READ ONLY")
                cursor.execute("SET LOCAL ROLE portal_desk")
            yield
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL ROLE NONE")
    finally:
        _desk.reset(token)


def _tell_database(value: str, *, setting: str = "app.organization_id") -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config(%s, %s, true)", [setting, value])


class TenantManager(models.Manager):  # type: ignore[type-arg]
    """Gives the rows of the scope's organization, and raises NoScope where there is none."""

    def get_queryset(self) -> models.QuerySet:  # type: ignore[type-arg]
        """All rows of the organization that is being served."""
        return super().get_queryset().filter(organization_id=current().organization_id)


class DeskManager(models.Manager):  # type: ignore[type-arg]
    """Gives the rows of all organizations, and raises NoScope anywhere but `at_the_desk`."""

    def get_queryset(self) -> models.QuerySet:  # type: ignore[type-arg]
        """All rows that the desk is shown; the database's policies say which."""
        if not _desk.get():
            raise NoScope("open at_the_desk() before looking across organizations")
        return super().get_queryset()
