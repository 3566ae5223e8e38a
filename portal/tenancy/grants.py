"""What the database's roles may do, as migrations say it.

The roles themselves are made once per cluster (`portal/embedded/roles.sql`). Privileges belong to a
database, so they are granted in migrations: a test database or a restored one then has them too.
`portal_app` runs the portal and owns nothing; `portal_claimer` sees the table of due work alone (granted
where that table is made); `portal_desk` is for the operator's pages and is granted tables where those pages need them.
"""

from __future__ import annotations

APP = """
    GRANT USAGE ON SCHEMA public TO portal_app, portal_claimer, portal_desk;
    GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO portal_app;
    GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO portal_app;
    ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO portal_app;
    ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO portal_app;
"""
APP_BACK = """
    ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE ALL ON TABLES FROM portal_app;
    ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE ALL ON SEQUENCES FROM portal_app;
"""
