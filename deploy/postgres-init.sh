#!/bin/sh
# Runs once in an empty PostgreSQL container: roles and databases from the same file that the
# embedded server uses, then the passwords of the two roles that sign in over the network.
# On a managed server run the same two steps by hand, as its administrator.
set -eu

psql --no-psqlrc --quiet --username "$POSTGRES_USER" --dbname postgres --file /clearline/roles.sql
# Passwords are read by psql itself, so that they stand in no command line.
psql --no-psqlrc --quiet --username "$POSTGRES_USER" --dbname postgres <<'SQL'
\set ON_ERROR_STOP on
\getenv owner_password PORTAL_OWNER_PASSWORD
\getenv app_password PORTAL_APP_PASSWORD
ALTER ROLE portal_owner PASSWORD :'owner_password';
ALTER ROLE portal_app PASSWORD :'app_password';
SQL
