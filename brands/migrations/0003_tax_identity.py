"""A table for sealed tax ids, behind the walls; the brand points at its own organization's rows only."""

from __future__ import annotations

import uuid

import django.db.models.deletion
from django.db import migrations, models

from portal.tenancy.isolation import CompositeKey, IsolateTenant, OpenToDesk


class Migration(migrations.Migration):
    dependencies = [("brands", "0002_isolation"), ("tenancy", "0003_people")]

    operations = [
        migrations.CreateModel(
            name="TaxIdentity",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("country", models.CharField(max_length=2)),
                ("sealed", models.TextField()),
                ("masked", models.CharField(max_length=20)),
                ("fingerprint", models.CharField(max_length=64)),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.organization",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["fingerprint", "organization"], name="tax_id_twins")],
            },
        ),
        IsolateTenant("TaxIdentity"),
        # Operators see that two organizations use the same tax id, and never which one it is.
        OpenToDesk("TaxIdentity", columns=("id", "organization_id", "fingerprint")),
        migrations.AddField(
            model_name="brand",
            name="tax_identity",
            field=models.ForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="brands",
                to="brands.taxidentity",
            ),
        ),
        CompositeKey("Brand", "tax_identity", "brands.TaxIdentity"),
        # Which brand it is that shares one: for the desk, beside what OpenToDesk lets it see of brands.
        migrations.RunSQL(
            "GRANT SELECT (tax_identity_id) ON brands_brand TO portal_desk",
            "REVOKE SELECT (tax_identity_id) ON brands_brand FROM portal_desk",
        ),
    ]
