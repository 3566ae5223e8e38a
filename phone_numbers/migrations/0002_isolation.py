"""Row-level security for numbers and their assignments."""

from __future__ import annotations

from django.db import migrations

from portal.tenancy.isolation import CompositeKey, IsolateTenant


class Migration(migrations.Migration):
    dependencies = [("numbers", "0001_initial"), ("campaigns", "0002_isolation")]

    operations = [
        IsolateTenant("Number"),
        IsolateTenant("Assignment"),
        CompositeKey("Assignment", "number", "Number"),
        CompositeKey("Assignment", "campaign", "campaigns.Campaign"),
    ]
