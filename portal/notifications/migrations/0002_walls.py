"""The walls of notifications and notices, of what belongs to one person, and the claimer's narrow view."""

from __future__ import annotations

from django.db import migrations

from portal.tenancy.isolation import CURRENT, PERSON, IsolateTenant, OpenToDesk
from portal.tenancy.outgoing import open_to_claimer


def walled_by_person(table: str) -> migrations.RunSQL:
    """Only the person writes their rows. Whoever shares an organization with them reads them there: the
    sub-select sees, behind the policies of memberships, the members of the scope's organization alone."""
    mine = f"user_id = {PERSON}"
    return migrations.RunSQL(
        f"""
        ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
        ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
        CREATE POLICY person ON {table} USING ({mine}) WITH CHECK ({mine});
        CREATE POLICY colleagues ON {table} FOR SELECT
            USING (user_id IN (SELECT user_id FROM tenancy_membership));
        """,
        f"""
        DROP POLICY colleagues ON {table};
        DROP POLICY person ON {table};
        ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY;
        ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;
        """,
    )


class Migration(migrations.Migration):
    dependencies = [("notifications", "0001_initial"), ("tenancy", "0003_people")]

    operations = [
        IsolateTenant("Notification"),
        migrations.RunSQL(*open_to_claimer("notifications_notification")),
        migrations.RunSQL(*open_to_claimer("tenancy_invitation")),
        # A notice without an organization is for everybody, so everybody reads it.
        IsolateTenant("Notice", also="organization_id IS NULL"),
        # And it is written outside of any scope, where no tenant's page ever is: the operator's pages ask who may.
        migrations.RunSQL(
            f"CREATE POLICY everybody ON notifications_notice USING (organization_id IS NULL AND {CURRENT} IS NULL)"
            f" WITH CHECK (organization_id IS NULL AND {CURRENT} IS NULL)",
            "DROP POLICY everybody ON notifications_notice",
        ),
        OpenToDesk("Notice"),
        walled_by_person("notifications_preference"),
        walled_by_person("notifications_hours"),
        walled_by_person("notifications_dismissal"),
    ]
