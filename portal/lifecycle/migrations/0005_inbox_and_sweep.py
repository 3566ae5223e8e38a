"""What the inbox and the sweep keep, and what the sweep may read of all organizations: names and words, no answers."""

from django.db import migrations, models

from portal.tenancy.isolation import OpenToDesk


class Migration(migrations.Migration):

    dependencies = [
        ('lifecycle', '0004_shared_by_all'),
        ('tenancy', '0006_organization_walls'),
    ]

    operations = [
        migrations.AddField(
            model_name='carrieraccount',
            name='doubt_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='carrierevent',
            name='reference',
            field=models.CharField(blank=True, max_length=100),
        ),
        migrations.AddField(
            model_name='stranger',
            name='gone_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='stranger',
            name='key',
            field=models.UUIDField(null=True),
        ),
        migrations.AddField(
            model_name='submission',
            name='rests_until',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='submission',
            name='searched_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='watch',
            name='listed_word',
            field=models.CharField(blank=True, max_length=100),
        ),
        migrations.AddIndex(
            model_name='carrierevent',
            index=models.Index(fields=['received_at'], name='events_by_age'),
        ),
        migrations.AddIndex(
            model_name='submission',
            index=models.Index(condition=models.Q(('reference', ''), _negated=True), fields=['account', 'reference'], name='submission_named'),
        ),
        migrations.AddIndex(
            model_name='watch',
            index=models.Index(fields=['account', 'reference'], name='watch_named'),
        ),
        OpenToDesk(
            'Watch',
            columns=(
                'id', 'organization_id', 'kind', 'account', 'reference', 'opened_at', 'closed_at', 'word', 'listed_word',
            ),
        ),
        # Its policy for the desk is made with the operator's pages.
        migrations.RunSQL(
            "GRANT SELECT (account, reference) ON lifecycle_submission TO portal_desk",
            "REVOKE SELECT (reference) ON lifecycle_submission FROM portal_desk",
        ),
    ]
