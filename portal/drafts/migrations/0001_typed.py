"""What people typed into the steps of drafts, walled like every tenant's table."""

from __future__ import annotations

import uuid

import django.db.models.deletion
from django.db import migrations, models

from portal.tenancy.isolation import IsolateTenant


class Migration(migrations.Migration):
    initial = True

    dependencies = [("tenancy", "0006_organization_walls")]

    operations = [
        migrations.CreateModel(
            name="Typed",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("kind", models.CharField(max_length=30)),
                ("subject_id", models.UUIDField()),
                ("slug", models.CharField(max_length=50)),
                ("person", models.UUIDField()),
                ("person_name", models.CharField(max_length=254)),
                ("at", models.DateTimeField()),
                ("state", models.CharField(max_length=5)),
                ("answers", models.JSONField()),
                ("opened_from", models.TextField(blank=True)),
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
                "indexes": [
                    models.Index(
                        fields=["organization", "kind", "subject_id", "slug", "-at"], name="typed_into_step"
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["open", "saved", "aside"])), name="typed_state_known"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "open")),
                        fields=("organization", "kind", "subject_id", "slug", "person"),
                        name="one_open_text_per_person",
                    ),
                ],
            },
        ),
        IsolateTenant("Typed"),
    ]
