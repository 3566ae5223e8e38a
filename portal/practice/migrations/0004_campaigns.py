"""Campaigns, how long they are looked at, and what the ledger and the events keep of them."""

import django.db.models.deletion
import uuid
from django.db import migrations, models


# As before, an entry is completed once; now also with the campaign that it made.
APPEND_ONLY = """
CREATE OR REPLACE FUNCTION practice_ledger_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    late text[] := ARRAY['answer_status', 'answer_hash', 'answer_size', 'sent_size', 'brand', 'campaign',
                         'fault', 'fault_row', 'crossed'];
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.answer_status IS NULL
       AND (to_jsonb(NEW) - late) = (to_jsonb(OLD) - late) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'the ledger is append-only';
END $$;
"""
BEFORE = APPEND_ONLY.replace(" 'campaign',", "")


class Migration(migrations.Migration):

    dependencies = [
        ('practice', '0003_faults_webhooks_proofs'),
    ]

    operations = [
        migrations.AddField(
            model_name='ledgerentry',
            name='campaign',
            field=models.UUIDField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='account',
            name='no_funds',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='registry',
            name='pace',
            field=models.CharField(default='days', max_length=8),
        ),
        migrations.CreateModel(
            name='Campaign',
            fields=[
                ('number', models.BigAutoField(primary_key=True, serialize=False)),
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('filed', models.JSONField()),
                ('tcr_id', models.CharField(max_length=7, null=True, unique=True)),
                ('key', models.CharField(blank=True, max_length=200)),
                ('reference', models.CharField(blank=True, max_length=255)),
                ('filed_at', models.DateTimeField()),
                ('received_at', models.DateTimeField(auto_now_add=True)),
                ('appears_at', models.DateTimeField(blank=True, null=True)),
                ('filed_before', models.JSONField(blank=True, null=True)),
                ('changed_at', models.DateTimeField(blank=True, null=True)),
                ('silent_since', models.DateTimeField(blank=True, null=True)),
                ('steps', models.JSONField(default=list)),
                ('rule', models.CharField(blank=True, max_length=200)),
                ('next_at', models.DateTimeField(blank=True, null=True)),
                ('told_until', models.DateTimeField()),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='campaigns', to='practice.account')),
                ('brand', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='campaigns', to='practice.brand')),
            ],
        ),
        migrations.AddField(
            model_name='event',
            name='campaign',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='events', to='practice.campaign'),
        ),
        migrations.AddIndex(
            model_name='campaign',
            index=models.Index(fields=['brand', '-number'], name='campaign_of_brand'),
        ),
        migrations.AddIndex(
            model_name='campaign',
            index=models.Index(fields=['key'], name='campaign_key'),
        ),
        migrations.AddIndex(
            model_name='campaign',
            index=models.Index(condition=models.Q(('next_at__isnull', False)), fields=['next_at'], name='campaign_next'),
        ),
        migrations.AddConstraint(
            model_name='campaign',
            constraint=models.UniqueConstraint(condition=models.Q(('reference', ''), _negated=True), fields=('account', 'reference'), name='reference_once'),
        ),
        migrations.RunSQL(APPEND_ONLY, BEFORE),
    ]
