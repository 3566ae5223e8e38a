"""The desk sees how long the queue of due work is: times, accounts and organizations, not what it is about."""

from __future__ import annotations

from django.db import migrations

from portal.tenancy.isolation import OpenToDesk


class Migration(migrations.Migration):
    dependencies = [
        ("lifecycle", "0004_shared_by_all"),
        ("operations", "0001_desk"),
    ]

    operations = [
        OpenToDesk(
            "lifecycle.Due",
            columns=("item", "organization_id", "account", "kind", "due_at", "lease_until", "background"),
        ),
    ]
