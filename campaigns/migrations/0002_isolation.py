"""Row-level security for campaigns and what stands for them at the carrier."""

from __future__ import annotations

from django.db import migrations

from portal.tenancy.isolation import CompositeKey, IsolateTenant


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0001_initial"), ("brands", "0008_proofs")]

    operations = [
        IsolateTenant("Campaign"),
        IsolateTenant("Registration"),
        IsolateTenant("Standing"),
        IsolateTenant("Period"),
        CompositeKey("Campaign", "brand", "brands.Brand"),
        CompositeKey("Registration", "campaign", "Campaign"),
        CompositeKey("Standing", "registration", "Registration"),
        CompositeKey("Period", "registration", "Registration"),
    ]
