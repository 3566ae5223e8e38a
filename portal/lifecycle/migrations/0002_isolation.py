"""Row-level security for submissions, watches and the table of due work."""

from __future__ import annotations

from django.db import migrations

from portal.tenancy.isolation import IsolateTenant


class Migration(migrations.Migration):
    dependencies = [("lifecycle", "0001_initial")]

    operations = [
        IsolateTenant("Submission"),
        IsolateTenant("Watch"),
        IsolateTenant("Due", claimed=True),
    ]
