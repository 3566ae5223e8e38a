"""An organization is changed in its own scope only; everybody may know that it exists."""

from __future__ import annotations

from django.db import migrations

from portal.tenancy.isolation import CURRENT

WALLS = f"""
    ALTER TABLE tenancy_organization ENABLE ROW LEVEL SECURITY;
    ALTER TABLE tenancy_organization FORCE ROW LEVEL SECURITY;
    CREATE POLICY known ON tenancy_organization FOR SELECT USING (true);
    CREATE POLICY made ON tenancy_organization FOR INSERT WITH CHECK (true);
    CREATE POLICY own ON tenancy_organization FOR UPDATE USING (id = {CURRENT}) WITH CHECK (id = {CURRENT});
"""
NO_WALLS = """
    DROP POLICY own ON tenancy_organization;
    DROP POLICY made ON tenancy_organization;
    DROP POLICY known ON tenancy_organization;
    ALTER TABLE tenancy_organization NO FORCE ROW LEVEL SECURITY;
    ALTER TABLE tenancy_organization DISABLE ROW LEVEL SECURITY;
"""


class Migration(migrations.Migration):
    dependencies = [("tenancy", "0005_member_since")]

    operations = [migrations.RunSQL(WALLS, NO_WALLS)]
