-- The roles and databases of Clearline, in one place: the embedded PostgreSQL, docker-compose and
-- a managed server all run this file, as a superuser, with psql. Running it again changes nothing.
-- Passwords are not set here: embedded roles sign in through a private socket; a deployment
-- sets passwords afterwards (deploy/postgres-init.sh).

\set ON_ERROR_STOP on
SET client_min_messages = warning;

-- portal_owner: owns the tables and runs migrations. CREATEDB is for test databases.
-- portal_app: the portal at run time. It owns nothing, bypasses nothing and inherits nothing.
-- portal_claimer, portal_desk, portal_sealer: narrow roles that portal_app takes with SET LOCAL ROLE.
-- practice: the practice registry, which shares the server but no database.
SELECT format('CREATE ROLE %I %s', role, attributes)
FROM (VALUES
    ('portal_owner', 'LOGIN CREATEDB NOSUPERUSER NOCREATEROLE NOBYPASSRLS'),
    ('portal_app', 'LOGIN NOINHERIT NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS'),
    ('portal_claimer', 'NOLOGIN NOSUPERUSER NOBYPASSRLS'),
    ('portal_desk', 'NOLOGIN NOSUPERUSER NOBYPASSRLS'),
    ('portal_sealer', 'NOLOGIN NOSUPERUSER NOBYPASSRLS'),
    ('practice', 'LOGIN CREATEDB NOSUPERUSER NOCREATEROLE NOBYPASSRLS')
) AS wanted (role, attributes)
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role)
\gexec

GRANT portal_claimer, portal_desk, portal_sealer TO portal_app;
-- So that tests, which create their database as the owner, can run as the portal's own role.
GRANT portal_app TO portal_owner;

SELECT format('CREATE DATABASE %I OWNER %I ENCODING ''UTF8'' TEMPLATE template0', name, owner)
FROM (VALUES ('clearline', 'portal_owner'), ('practice', 'practice')) AS wanted (name, owner)
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = name)
\gexec

-- Everybody may connect to a new database; here only those who work in it.
REVOKE CONNECT, TEMPORARY ON DATABASE clearline FROM PUBLIC;
GRANT CONNECT, TEMPORARY ON DATABASE clearline TO portal_app;
REVOKE CONNECT, TEMPORARY ON DATABASE practice FROM PUBLIC;
