"""Fair claims and the account's gate: queues by account, and what a claimer may know of an account."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('lifecycle', '0005_inbox_and_sweep'),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='due',
            name='due_next',
        ),
        migrations.RemoveIndex(
            model_name='due',
            name='due_turn',
        ),
        migrations.RemoveField(
            model_name='due',
            name='turn',
        ),
        migrations.AddField(
            model_name='carrieraccount',
            name='alert_lease_until',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='carrieraccount',
            name='alerted_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='carrieraccount',
            name='background_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='carrieraccount',
            name='limits',
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='carrieraccount',
            name='refused_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='watch',
            name='every',
            field=models.DurationField(null=True),
        ),
        migrations.AddField(
            model_name='watch',
            name='planned_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddIndex(
            model_name='due',
            index=models.Index(fields=['account', 'kind', 'background', 'due_at'], name='due_next'),
        ),
        migrations.AddIndex(
            model_name='due',
            index=models.Index(fields=['account', 'kind', 'background', 'organization_id', 'due_at'], name='due_turn'),
        ),
        # Every claim and every step changes a row: room on its own page keeps a claim out of the indexes, and
        # the dead versions in front of a queue are what makes a claim slow. So they are cleared away early,
        # and without pauses: the table is small and hot.
        migrations.RunSQL(
            "ALTER TABLE lifecycle_due SET (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02,"
            " autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_cost_delay = 0,"
            " autovacuum_analyze_scale_factor = 0.05)",
            "ALTER TABLE lifecycle_due RESET (fillfactor, autovacuum_vacuum_scale_factor,"
            " autovacuum_vacuum_threshold, autovacuum_vacuum_cost_delay, autovacuum_analyze_scale_factor)",
        ),
        # A handful of rows, changed twice for every request.
        migrations.RunSQL(
            "ALTER TABLE lifecycle_carrieraccount SET (fillfactor = 10, autovacuum_vacuum_threshold = 500)",
            "ALTER TABLE lifecycle_carrieraccount RESET (fillfactor, autovacuum_vacuum_threshold)",
        ),
        # Whether an account may be asked at all: no queue of a closed account is claimed from.
        migrations.RunSQL(
            "GRANT SELECT (account, paused_for, refused_key, wait_until, open_until)"
            " ON lifecycle_carrieraccount TO portal_claimer",
            "REVOKE SELECT (account, paused_for, refused_key, wait_until, open_until)"
            " ON lifecycle_carrieraccount FROM portal_claimer",
        ),
    ]
