"""Row-level security for brands."""

from __future__ import annotations

from django.db import migrations

from portal.tenancy.isolation import IsolateTenant


class Migration(migrations.Migration):
    dependencies = [("brands", "0001_initial")]

    operations = [IsolateTenant("Brand")]
