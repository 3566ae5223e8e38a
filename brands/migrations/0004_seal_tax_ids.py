"""Seal the tax ids that were stored in clear: of brands, and in the frozen payloads of their submissions.

Row-level security holds for the owner too, so this works in one organization's scope after the other.
"""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.conf import settings
from django.db import migrations

from portal.lib.sealing import Sealer, keyed_hash
from portal.lib.tax_ids import identity, masked, plain

TOKEN = "tax-id:"
PURPOSE = "tax id"


def seal(apps: Any, schema_editor: Any) -> None:
    """Clear text becomes a sealed row, and a token where it was frozen."""
    for organization in each_scope(apps, schema_editor):
        for brand in rows(apps, schema_editor, "brands", "Brand"):
            kept = keep(apps, schema_editor, organization, brand.tax_id, brand.country) if brand.tax_id else None
            for submission in rows(apps, schema_editor, "lifecycle", "Submission", subject_id=brand.pk):
                clear = submission.payload.get("tax_id", "")
                if not clear or clear.startswith(TOKEN):
                    continue
                one = kept
                if one is None or plain(clear) != plain(brand.tax_id):
                    country = submission.payload.get("country", brand.country)
                    one = keep(apps, schema_editor, organization, clear, country)
                submission.payload["tax_id"] = f"{TOKEN}{one.pk}"
                submission.save(update_fields=["payload"])
            brand.tax_identity, brand.tax_id = kept, ""
            brand.save(update_fields=["tax_identity", "tax_id"])


def unseal(apps: Any, schema_editor: Any) -> None:
    """Back to clear text, which is what the code before this migration reads."""
    sealer = Sealer(settings.TAX_ID_KEYS, purpose=PURPOSE)
    for _organization in each_scope(apps, schema_editor):
        clear = {
            f"{TOKEN}{row.pk}": sealer.open(row.sealed).partition(" ")[2]
            for row in rows(apps, schema_editor, "brands", "TaxIdentity")
        }
        for brand in rows(apps, schema_editor, "brands", "Brand"):
            for submission in rows(apps, schema_editor, "lifecycle", "Submission", subject_id=brand.pk):
                token = submission.payload.get("tax_id", "")
                submission.payload["tax_id"] = clear.get(token, token)
                submission.save(update_fields=["payload"])
            brand.tax_id = clear.get(f"{TOKEN}{brand.tax_identity_id}", "")
            brand.tax_identity = None
            brand.save(update_fields=["tax_identity", "tax_id"])
        rows(apps, schema_editor, "brands", "TaxIdentity").delete()


def keep(apps: Any, schema_editor: Any, organization: Any, tax_id: str, country: str) -> Any:
    """A sealed row, as `brands.tax_identity` makes it."""
    pk = uuid4()
    return apps.get_model("brands", "TaxIdentity").objects.using(schema_editor.connection.alias).create(
        pk=pk,
        organization_id=organization,
        country=country,
        sealed=Sealer(settings.TAX_ID_KEYS, purpose=PURPOSE).seal(f"{pk} {tax_id}"),
        masked=masked(tax_id),
        fingerprint=keyed_hash(settings.TAX_ID_HASH_KEY, identity(tax_id, country)),
    )


def rows(apps: Any, schema_editor: Any, app: str, model: str, **wanted: Any) -> Any:
    """The rows of the organization whose scope is open."""
    return apps.get_model(app, model).objects.using(schema_editor.connection.alias).filter(**wanted)


def each_scope(apps: Any, schema_editor: Any) -> Any:
    """Open the scope of one organization after the other, and none at the end."""
    organizations = apps.get_model("tenancy", "Organization").objects.using(schema_editor.connection.alias)
    with schema_editor.connection.cursor() as cursor:
        for pk in list(organizations.values_list("pk", flat=True)):
            cursor.execute("SELECT set_config('app.organization_id', %s, true)", [str(pk)])
            yield pk
        cursor.execute("SELECT set_config('app.organization_id', '', true)")


class Migration(migrations.Migration):
    dependencies = [("brands", "0003_tax_identity"), ("lifecycle", "0003_delete_clock")]

    operations = [migrations.RunPython(seal, unseal)]
