"""Write both tables anew: a dropped column and replaced rows stay readable in the files until then."""

from __future__ import annotations

from django.db import migrations


class Migration(migrations.Migration):
    # VACUUM refuses to run inside a transaction. It may be repeated, should it be broken off.
    atomic = False

    dependencies = [("brands", "0005_no_clear_tax_id")]

    operations = [
        migrations.RunSQL("VACUUM (FULL) brands_brand", migrations.RunSQL.noop),
        migrations.RunSQL("VACUUM (FULL) lifecycle_submission", migrations.RunSQL.noop),
    ]
