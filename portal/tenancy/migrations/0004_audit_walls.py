"""Row-level security for the chain of the audit log, and who may look across organizations."""

from __future__ import annotations

from django.db import migrations

from portal.tenancy.isolation import IsolateTenant, OpenToDesk

# The sealer sees the queue and the seals of everybody, which hold no personal data; of the events, the house's
# own, which no scope shows, and else those of its scope alone: one organization after the other.
# The queue is written by a trigger that runs as the owner of the tables, who makes this migration.
SEALER = """
    CREATE POLICY queue ON audit_unsealed FOR INSERT TO CURRENT_USER WITH CHECK (true);
    CREATE POLICY sealer ON audit_unsealed TO portal_sealer USING (true);
    CREATE POLICY sealer ON audit_event FOR SELECT TO portal_sealer USING (organization_id IS NULL);
    CREATE POLICY sealer ON audit_link TO portal_sealer
        USING (organization_id IS NULL) WITH CHECK (organization_id IS NULL);
    CREATE POLICY sealer ON audit_seal TO portal_sealer USING (true) WITH CHECK (true);
"""
SEALER_BACK = """
    DROP POLICY sealer ON audit_seal;
    DROP POLICY sealer ON audit_link;
    DROP POLICY sealer ON audit_event;
    DROP POLICY sealer ON audit_unsealed;
    DROP POLICY queue ON audit_unsealed;
"""


class Migration(migrations.Migration):
    dependencies = [("tenancy", "0003_people"), ("audit", "0003_chain")]

    operations = [
        IsolateTenant("audit.Unsealed"),
        IsolateTenant("audit.Link"),
        IsolateTenant("audit.Seal"),
        OpenToDesk("audit.Event"),
        migrations.RunSQL(SEALER, SEALER_BACK),
    ]
