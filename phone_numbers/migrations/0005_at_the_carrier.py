"""Where a number was put, when the carrier confirmed it, and since when its list lacks it."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("numbers", "0004_limits"),
    ]

    operations = [
        migrations.AddField(
            model_name="assignment",
            name="missed_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="assignment",
            name="on_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="assignment",
            name="reference",
            field=models.CharField(blank=True, max_length=100),
        ),
    ]
