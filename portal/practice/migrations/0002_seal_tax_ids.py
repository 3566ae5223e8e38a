"""Seal the tax ids of brands that were filed before."""

from __future__ import annotations

from typing import Any

from django.db import migrations

from portal.practice import tax_ids


def seal(apps: Any, schema_editor: Any) -> None:
    """In the rows, and in every text about them."""
    for brand in apps.get_model("practice", "Brand").objects.all():
        for name in ("reasons", "failure", "word", "history"):
            setattr(brand, name, tax_ids.without(getattr(brand, name), brand.filed))
        brand.filed = tax_ids.kept(tax_ids.told(brand.filed))
        brand.save(update_fields=["filed", "reasons", "failure", "word", "history"])


class Migration(migrations.Migration):
    dependencies = [("practice", "0001_initial")]

    operations = [migrations.RunPython(seal, migrations.RunPython.noop)]
