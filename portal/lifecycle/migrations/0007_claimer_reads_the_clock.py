"""The claimer reads the offset of business time: one number that is the same for everybody."""

from __future__ import annotations

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("clock", "0001_initial"),
        ("lifecycle", "0006_fair_claims"),
    ]

    operations = [
        migrations.RunSQL(
            "GRANT SELECT ON clock_clock TO portal_claimer",
            "REVOKE SELECT ON clock_clock FROM portal_claimer",
        ),
    ]
