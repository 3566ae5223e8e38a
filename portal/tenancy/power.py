"""The portal refuses to run with a database role that could see behind the walls."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.db import connection, connections

if TYPE_CHECKING:
    from django.db.backends.postgresql.base import DatabaseWrapper

_QUESTION = """
    SELECT rolsuper, rolbypassrls, rolinherit AND EXISTS (SELECT FROM pg_auth_members WHERE member = pg_roles.oid),
           EXISTS (SELECT FROM pg_class WHERE relowner = pg_roles.oid AND relkind IN ('r', 'p', 'v', 'm'))
      FROM pg_roles WHERE rolname = current_user
"""


class TooPowerful(RuntimeError):
    """DATABASE_URL names a role for which row-level security does not hold."""


def powers() -> list[str]:
    """What the app's own role has and must not have, in words; [] when the walls hold for it."""
    with connection.cursor() as cursor:
        cursor.execute(_QUESTION)
        superuser, bypasses, inherits, owns = cursor.fetchone()
    found = {
        "is a superuser": superuser,
        "has BYPASSRLS": bypasses,
        "owns tables": owns,
        "inherits the rights of other roles (it must be NOINHERIT)": inherits,
    }
    return [what for what, is_so in found.items() if is_so]


def refuse_power() -> None:
    """For the start of a process: raise TooPowerful when the walls would not hold for the app's role."""
    if found := powers():
        raise TooPowerful(
            f"The role in DATABASE_URL {', and '.join(found)}. Use portal_app there, made by"
            " portal/embedded/roles.sql, and give the owner in DATABASE_OWNER_URL for migrations only."
        )


def let_go() -> None:
    """Leave no connection open: a server may fork after this, and its processes must not share one."""
    connection.close()
    cast("DatabaseWrapper", connections["default"]).close_pool()
