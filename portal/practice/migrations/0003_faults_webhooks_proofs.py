"""Faults, webhooks, vettings and one-time passwords; and what the ledger keeps of a fault."""

import django.db.models.deletion
import uuid
from django.db import migrations, models


# As before, an entry is completed once; and a fault that met the request is written down before its answer.
APPEND_ONLY = """
CREATE OR REPLACE FUNCTION practice_ledger_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    late text[] := ARRAY['answer_status', 'answer_hash', 'answer_size', 'sent_size', 'brand',
                         'fault', 'fault_row', 'crossed'];
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.answer_status IS NULL
       AND (to_jsonb(NEW) - late) = (to_jsonb(OLD) - late) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'the ledger is append-only';
END $$;
"""
BEFORE = """
CREATE OR REPLACE FUNCTION practice_ledger_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.answer_status IS NULL
       AND (to_jsonb(NEW) - ARRAY['answer_status', 'answer_hash', 'answer_size', 'brand'])
         = (to_jsonb(OLD) - ARRAY['answer_status', 'answer_hash', 'answer_size', 'brand']) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'the ledger is append-only';
END $$;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('practice', '0002_seal_tax_ids'),
    ]

    operations = [
        migrations.CreateModel(
            name='Delivery',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('attempt', models.PositiveSmallIntegerField(default=1)),
                ('place', models.PositiveSmallIntegerField(default=0)),
                ('due_at', models.DateTimeField(null=True)),
                ('claimed_at', models.DateTimeField(null=True)),
                ('done_at', models.DateTimeField(null=True)),
                ('outcome', models.CharField(blank=True, max_length=10)),
                ('url', models.CharField(blank=True, max_length=2000)),
                ('answer_status', models.PositiveSmallIntegerField(null=True)),
                ('answer', models.CharField(blank=True, max_length=300)),
                ('error', models.CharField(blank=True, max_length=300)),
                ('timestamp', models.CharField(blank=True, max_length=20)),
                ('signature', models.TextField(blank=True)),
                ('body', models.TextField(blank=True)),
                ('milliseconds', models.PositiveIntegerField(null=True)),
                ('twist', models.JSONField(default=dict)),
                ('fault', models.CharField(blank=True, max_length=60)),
            ],
            options={
                'verbose_name_plural': 'deliveries',
            },
        ),
        migrations.CreateModel(
            name='Event',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('event_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('account', models.CharField(max_length=16)),
                ('event_type', models.CharField(max_length=40)),
                ('payload', models.JSONField()),
                ('occurred_at', models.DateTimeField()),
                ('urls', models.JSONField(default=list)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
            ],
        ),
        migrations.CreateModel(
            name='Fault',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('account', models.CharField(blank=True, max_length=16)),
                ('number', models.PositiveIntegerField()),
                ('name', models.CharField(blank=True, max_length=20)),
                ('match', models.JSONField(default=dict)),
                ('phase', models.CharField(max_length=2)),
                ('effect', models.CharField(max_length=20)),
                ('values', models.JSONField(default=dict)),
                ('times', models.PositiveIntegerField(null=True)),
                ('seen', models.PositiveIntegerField(default=0)),
                ('used', models.PositiveIntegerField(default=0)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('ends_at', models.DateTimeField(null=True)),
                ('removed_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='OneTimePassword',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reference', models.CharField(max_length=20, unique=True)),
                ('pin', models.CharField(max_length=10)),
                ('phone', models.CharField(max_length=20)),
                ('text', models.CharField(max_length=500)),
                ('success_text', models.CharField(max_length=500)),
                ('asked_at', models.DateTimeField()),
                ('wrong', models.PositiveSmallIntegerField(default=0)),
                ('verified_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='Vetting',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('evp_id', models.CharField(max_length=10)),
                ('vetting_class', models.CharField(max_length=60)),
                ('vetting_id', models.CharField(max_length=60)),
                ('token', models.CharField(blank=True, max_length=200)),
                ('score', models.PositiveSmallIntegerField(null=True)),
                ('ordered_at', models.DateTimeField()),
                ('due_at', models.DateTimeField(null=True)),
                ('mailed_at', models.DateTimeField(null=True)),
                ('announced', models.BooleanField(default=False)),
            ],
        ),
        migrations.AddField(
            model_name='account',
            name='burst',
            field=models.FloatField(default=1),
        ),
        migrations.AddField(
            model_name='account',
            name='most_in_flight',
            field=models.PositiveIntegerField(null=True),
        ),
        migrations.AddField(
            model_name='account',
            name='rate',
            field=models.FloatField(null=True),
        ),
        migrations.AddField(
            model_name='account',
            name='retry_after',
            field=models.CharField(blank=True, max_length=60),
        ),
        migrations.AddField(
            model_name='account',
            name='tokens',
            field=models.FloatField(default=0),
        ),
        migrations.AddField(
            model_name='account',
            name='tokens_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='account',
            name='webhooks_off',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='brand',
            name='announced',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='brand',
            name='appears_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='brand',
            name='changed_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='brand',
            name='deleted_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='brand',
            name='filed_before',
            field=models.JSONField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='brand',
            name='revets',
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='brand',
            name='revetted_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='brand',
            name='suspended_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='brand',
            name='told',
            field=models.CharField(blank=True, max_length=120),
        ),
        migrations.AddField(
            model_name='ledgerentry',
            name='crossed',
            field=models.CharField(blank=True, max_length=10),
        ),
        migrations.AddField(
            model_name='ledgerentry',
            name='fault',
            field=models.CharField(blank=True, max_length=60),
        ),
        migrations.AddField(
            model_name='ledgerentry',
            name='fault_row',
            field=models.BigIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='ledgerentry',
            name='resource',
            field=models.CharField(blank=True, max_length=12),
        ),
        migrations.AddField(
            model_name='ledgerentry',
            name='sent_size',
            field=models.PositiveIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='ledgerentry',
            name='verb',
            field=models.CharField(blank=True, max_length=12),
        ),
        migrations.AddField(
            model_name='registry',
            name='seed',
            field=models.BigIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='registry',
            name='webhook_key',
            field=models.BinaryField(max_length=32, null=True),
        ),
        migrations.AddField(
            model_name='registry',
            name='webhook_key_before',
            field=models.BinaryField(max_length=32, null=True),
        ),
        migrations.AddField(
            model_name='registry',
            name='webhooks_off',
            field=models.BooleanField(default=False),
        ),
        migrations.AddIndex(
            model_name='brand',
            index=models.Index(condition=models.Q(('announced', False)), fields=['due_at'], name='brand_unannounced'),
        ),
        migrations.AddIndex(
            model_name='ledgerentry',
            index=models.Index(condition=models.Q(('crossed', ''), _negated=True), fields=['account'], name='ledger_crossed'),
        ),
        migrations.AddField(
            model_name='event',
            name='brand',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='events', to='practice.brand'),
        ),
        migrations.AddField(
            model_name='delivery',
            name='event',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='deliveries', to='practice.event'),
        ),
        migrations.AddIndex(
            model_name='fault',
            index=models.Index(condition=models.Q(('removed_at', None)), fields=['account', 'id'], name='fault_active'),
        ),
        migrations.AddField(
            model_name='onetimepassword',
            name='brand',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='passwords', to='practice.brand'),
        ),
        migrations.AddField(
            model_name='vetting',
            name='brand',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='vettings', to='practice.brand'),
        ),
        migrations.AddIndex(
            model_name='event',
            index=models.Index(fields=['account', 'id'], name='event_of_account'),
        ),
        migrations.AddIndex(
            model_name='delivery',
            index=models.Index(condition=models.Q(('outcome', '')), fields=['due_at'], name='delivery_due'),
        ),
        # Brands of before had no webhooks: none is owed about what they are already.
        migrations.RunSQL("UPDATE practice_brand SET announced = true", migrations.RunSQL.noop),
        migrations.RunSQL(APPEND_ONLY, BEFORE),
    ]
