"""Row-level security for memberships and events."""

from __future__ import annotations

from django.db import migrations

from portal.tenancy.isolation import PERSON, IsolateTenant


class Migration(migrations.Migration):
    dependencies = [("tenancy", "0001_initial"), ("audit", "0001_initial")]

    operations = [
        # Before there is a scope, a person who signs in asks which organizations are theirs.
        IsolateTenant("Membership", also=f"user_id = {PERSON}"),
        # The audit log stands below organizations in the house and cannot name them itself.
        IsolateTenant("audit.Event"),
    ]
