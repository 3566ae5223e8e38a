"""The column that held tax ids in clear."""

from __future__ import annotations

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("brands", "0004_seal_tax_ids")]

    operations = [migrations.RemoveField(model_name="brand", name="tax_id")]
