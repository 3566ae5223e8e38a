"""Reminders, the sweep of renewals, and private addresses of the renewal calendar."""

from __future__ import annotations

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from portal.tenancy.isolation import CompositeKey, IsolateTenant, OpenToDesk


class Migration(migrations.Migration):
    dependencies = [
        ("campaigns", "0002_isolation"),
        ("tenancy", "0006_organization_walls"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="CalendarFeed",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("created_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Reminder",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("about", models.CharField(max_length=10)),
                ("since", models.DateTimeField()),
                ("days", models.PositiveSmallIntegerField()),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.AddField(
            model_name="registration",
            name="look_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddIndex(
            model_name="registration",
            index=models.Index(
                condition=models.Q(("ended_at__isnull", True), ("look_at__isnull", False)),
                fields=["look_at"],
                name="registration_look",
            ),
        ),
        migrations.AddField(
            model_name="calendarfeed",
            name="organization",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenancy.organization"
            ),
        ),
        migrations.AddField(
            model_name="calendarfeed",
            name="user",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="reminder",
            name="organization",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenancy.organization"
            ),
        ),
        migrations.AddField(
            model_name="reminder",
            name="registration",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="reminders",
                to="campaigns.registration",
            ),
        ),
        migrations.AddConstraint(
            model_name="calendarfeed",
            constraint=models.UniqueConstraint(fields=("organization", "user"), name="one_feed_per_person"),
        ),
        migrations.AddConstraint(
            model_name="reminder",
            constraint=models.UniqueConstraint(
                fields=("organization", "registration", "about", "since", "days"), name="reminded_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="reminder",
            constraint=models.CheckConstraint(
                condition=models.Q(("about__in", ["end", "renewal", "empty"])), name="reminder_about_known"
            ),
        ),
        IsolateTenant("CalendarFeed"),
        IsolateTenant("Reminder"),
        CompositeKey("Reminder", "registration", "Registration"),
        # The sweep finds over all organizations what it has to look at, and whose it is; nothing else.
        OpenToDesk("Registration", columns=("id", "organization_id", "look_at", "ended_at")),
    ]
