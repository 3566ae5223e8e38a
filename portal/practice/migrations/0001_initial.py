"""Tables of the practice registry, and the guard that keeps its ledger append-only."""

import django.db.models.deletion
import uuid
from django.db import migrations, models


# The ledger is the oracle of the tests: nothing may change or vanish from it, except that an entry
# which has no answer yet gets one.
APPEND_ONLY = """
CREATE FUNCTION practice_ledger_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.answer_status IS NULL
       AND (to_jsonb(NEW) - ARRAY['answer_status', 'answer_hash', 'answer_size', 'brand'])
         = (to_jsonb(OLD) - ARRAY['answer_status', 'answer_hash', 'answer_size', 'brand']) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'the ledger is append-only';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON practice_ledgerentry
    FOR EACH ROW EXECUTE FUNCTION practice_ledger_is_append_only();
CREATE TRIGGER never_emptied BEFORE TRUNCATE ON practice_ledgerentry
    FOR EACH STATEMENT EXECUTE FUNCTION practice_ledger_is_append_only();
"""
UNDO = """
DROP TRIGGER never_emptied ON practice_ledgerentry;
DROP TRIGGER append_only ON practice_ledgerentry;
DROP FUNCTION practice_ledger_is_append_only();
"""


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Account',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('fingerprint', models.CharField(max_length=16, unique=True)),
                ('label', models.CharField(max_length=40)),
                ('silent_since', models.DateTimeField(blank=True, null=True)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
            ],
        ),
        migrations.CreateModel(
            name='LedgerEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('business_at', models.DateTimeField()),
                ('account', models.CharField(blank=True, max_length=16)),
                ('account_label', models.CharField(blank=True, max_length=40)),
                ('method', models.CharField(max_length=16)),
                ('path', models.CharField(max_length=500)),
                ('query', models.CharField(blank=True, max_length=2000)),
                ('key', models.CharField(blank=True, max_length=200)),
                ('body', models.TextField(blank=True)),
                ('body_hash', models.CharField(blank=True, max_length=64)),
                ('body_size', models.PositiveIntegerField(default=0)),
                ('answer_status', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('answer_hash', models.CharField(blank=True, max_length=64)),
                ('answer_size', models.PositiveIntegerField(default=0)),
                ('brand', models.UUIDField(blank=True, null=True)),
            ],
            options={
                'verbose_name_plural': 'ledger entries',
                'indexes': [models.Index(fields=['account', 'id'], name='ledger_of_account'), models.Index(fields=['key', 'id'], name='ledger_of_key')],
            },
        ),
        migrations.CreateModel(
            name='Registry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('offset_seconds', models.BigIntegerField(default=0)),
                ('silent_since', models.DateTimeField(blank=True, null=True)),
                ('started_at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('pk', 1)), name='one_registry')],
            },
        ),
        migrations.CreateModel(
            name='Brand',
            fields=[
                ('number', models.BigAutoField(primary_key=True, serialize=False)),
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('filed', models.JSONField()),
                ('tcr_id', models.CharField(max_length=7, null=True, unique=True)),
                ('key', models.CharField(blank=True, max_length=200)),
                ('filed_at', models.DateTimeField()),
                ('received_at', models.DateTimeField(auto_now_add=True)),
                ('due_at', models.DateTimeField()),
                ('outcome', models.CharField(max_length=20)),
                ('reasons', models.JSONField(default=list)),
                ('failure', models.TextField(blank=True)),
                ('word', models.CharField(blank=True, max_length=60)),
                ('rule', models.CharField(blank=True, max_length=200)),
                ('by_hand', models.BooleanField(default=False)),
                ('silent_since', models.DateTimeField(blank=True, null=True)),
                ('history', models.JSONField(default=list)),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='brands', to='practice.account')),
            ],
            options={
                'indexes': [models.Index(fields=['account', '-number'], name='brand_of_account'), models.Index(fields=['key'], name='brand_key')],
                'constraints': [models.CheckConstraint(condition=models.Q(('outcome__in', ['verified', 'vetted', 'rejected', 'failed', 'self_declared', 'odd'])), name='outcome_known')],
            },
        ),
        migrations.RunSQL(APPEND_ONLY, UNDO),
    ]
