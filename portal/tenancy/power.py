"""The portal refuses to run with a database role that could see behind the walls."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, cast

from django.db import OperationalError, connection, connections

if TYPE_CHECKING:
    from django.db.backends.postgresql.base import DatabaseWrapper

# Seconds. A database that is being restarted is back within a few; a process that ended meanwhile would come
# back later, because whoever restarts it waits longer each time. Well below gunicorn's limit of 30 for a start.
PATIENCE = 20.0
KNOCK = 0.5

# What has an owner stands in pg_shdepend: tables, sequences, functions, schemas, the database itself.
_QUESTION = """
    WITH me AS (SELECT * FROM pg_roles WHERE rolname = current_user),
         owners AS (SELECT DISTINCT refobjid FROM pg_shdepend
                     WHERE refclassid = 'pg_authid'::regclass AND deptype = 'o'
                       AND dbid IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))),
         others AS (SELECT r.* FROM pg_roles r, me WHERE r.oid <> me.oid AND pg_has_role(me.oid, r.oid, 'MEMBER'))
    SELECT rolsuper, rolbypassrls, rolcreaterole OR rolcreatedb OR rolreplication,
           EXISTS (SELECT FROM owners WHERE refobjid = me.oid),
           rolinherit AND EXISTS (SELECT FROM others),
           EXISTS (SELECT FROM others o WHERE o.rolsuper OR o.rolbypassrls OR o.rolcreaterole
                                           OR o.oid IN (SELECT refobjid FROM owners))
      FROM me
"""


class TooPowerful(RuntimeError):
    """DATABASE_URL names a role for which row-level security does not hold."""


def powers() -> list[str]:
    """What the app's own role has and must not have, in words; [] when the walls hold for it."""
    with connection.cursor() as cursor:
        cursor.execute(_QUESTION)
        superuser, bypasses, makes, owns, inherits, becomes = cursor.fetchone()
    found = {
        "is a superuser": superuser,
        "has BYPASSRLS": bypasses,
        "may make roles or databases, or replicate": makes,
        "owns tables or other objects": owns,
        "inherits the rights of other roles (it must be NOINHERIT)": inherits,
        "may become a role for which the walls do not hold": becomes and not superuser,
    }
    return [what for what, is_so in found.items() if is_so]


def refuse_power() -> None:
    """For the start of a process: raise TooPowerful when the walls would not hold for the app's role.

    A database that is away is waited for, at most PATIENCE; then OperationalError.
    """
    if found := _answered():
        raise TooPowerful(
            f"The role in DATABASE_URL {', and '.join(found)}. Use portal_app there, made by"
            " portal/embedded/roles.sql, and give the owner in DATABASE_OWNER_URL for migrations only."
        )


def _answered() -> list[str]:
    give_up = time.monotonic() + PATIENCE
    while True:
        try:
            return powers()
        except OperationalError:
            if time.monotonic() >= give_up:
                raise
            connection.close()
            time.sleep(KNOCK)


def let_go() -> None:
    """Leave no connection open: a server may fork after this, and its processes must not share one."""
    connection.close()
    cast("DatabaseWrapper", connections["default"]).close_pool()
