"""The inventory's columns, orders, rosters and selections; each assignment carries its number's E.164."""

from __future__ import annotations

import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.comparison
from django.conf import settings
from django.db import migrations, models

# The owner of the tables is behind their walls, too; what is written are numbers of the row's own organization.
NUMBER_ITSELF = [
    "ALTER TABLE numbers_number NO FORCE ROW LEVEL SECURITY",
    "ALTER TABLE numbers_assignment NO FORCE ROW LEVEL SECURITY",
    "UPDATE numbers_assignment AS assignment SET e164 = number.e164 FROM numbers_number AS number"
    " WHERE number.id = assignment.number_id",
    "ALTER TABLE numbers_number FORCE ROW LEVEL SECURITY",
    "ALTER TABLE numbers_assignment FORCE ROW LEVEL SECURITY",
]


class Migration(migrations.Migration):

    dependencies = [
        ('campaigns', '0003_renewal'),
        ('numbers', '0002_isolation'),
        ('tenancy', '0006_organization_walls'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Order',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('token', models.UUIDField(default=uuid.uuid4)),
                ('act', models.CharField(max_length=10)),
                ('total', models.PositiveIntegerField(default=0)),
                ('skipped', models.JSONField(default=list)),
                ('skipped_total', models.PositiveIntegerField(default=0)),
                ('by_id', models.UUIDField(null=True)),
                ('by_name', models.CharField(max_length=254)),
                ('at', models.DateTimeField()),
                ('undo_until', models.DateTimeField(null=True)),
                ('undone_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='Roster',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('used', models.PositiveIntegerField(default=0)),
                ('direct', models.PositiveIntegerField()),
                ('approved', models.PositiveIntegerField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='Selection',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('product', models.CharField(max_length=20)),
                ('everything', models.BooleanField(default=False)),
                ('query', models.JSONField(default=dict)),
                ('ids', django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), default=list, size=None)),
                ('exceptions', django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), default=list, size=None)),
                ('changed_at', models.DateTimeField(auto_now=True)),
            ],
        ),
        migrations.RemoveIndex(
            model_name='assignment',
            name='assignments_of_campaign',
        ),
        migrations.AddField(
            model_name='assignment',
            name='e164',
            field=models.CharField(default='', max_length=16),
            preserve_default=False,
        ),
        migrations.RunSQL(NUMBER_ITSELF, migrations.RunSQL.noop),
        migrations.AlterField(model_name='assignment', name='e164', field=models.CharField(max_length=16)),
        migrations.AddField(
            model_name='assignment',
            name='reasons',
            field=models.JSONField(default=list),
        ),
        migrations.AddField(
            model_name='assignment',
            name='word',
            field=models.CharField(blank=True, max_length=100),
        ),
        migrations.AddField(
            model_name='number',
            name='added_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='number',
            name='country',
            field=models.CharField(default='US', max_length=2),
        ),
        migrations.AddField(
            model_name='number',
            name='enabled',
            field=models.BooleanField(null=True),
        ),
        migrations.AddField(
            model_name='number',
            name='reference',
            field=models.CharField(blank=True, max_length=100),
        ),
        migrations.AddField(
            model_name='number',
            name='removed_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='number',
            name='serves',
            field=models.CharField(blank=True, max_length=100),
        ),
        migrations.AddField(
            model_name='number',
            name='serves_kind',
            field=models.CharField(blank=True, max_length=10),
        ),
        migrations.AddField(
            model_name='number',
            name='sms',
            field=models.BooleanField(default=True),
        ),
        migrations.AddField(
            model_name='number',
            name='synced_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='number',
            name='type',
            field=models.CharField(default='local', max_length=10),
        ),
        migrations.AddIndex(
            model_name='number',
            index=models.Index(condition=models.Q(('removed_at', None)), fields=['organization', 'product', 'e164'], name='numbers_all'),
        ),
        migrations.AddIndex(
            model_name='number',
            index=models.Index(condition=models.Q(('removed_at', None), models.Q(('serves', ''), _negated=True)), fields=['organization', 'product', 'e164'], name='numbers_serving'),
        ),
        migrations.AddIndex(
            model_name='number',
            index=models.Index(condition=models.Q(('removed_at', None), ('serves', '')), fields=['organization', 'product', 'e164'], name='numbers_free'),
        ),
        migrations.AddConstraint(
            model_name='number',
            constraint=models.CheckConstraint(condition=models.Q(('e164__regex', '^\\+1[2-9][0-9]{9}$')), name='number_is_nanp'),
        ),
        migrations.AddConstraint(
            model_name='number',
            constraint=models.CheckConstraint(condition=models.Q(('product__in', ['phone', 'contact_center'])), name='number_product_known'),
        ),
        migrations.AddConstraint(
            model_name='number',
            constraint=models.CheckConstraint(condition=models.Q(('country__in', ['US', 'CA'])), name='number_country_known'),
        ),
        migrations.AddConstraint(
            model_name='number',
            constraint=models.CheckConstraint(condition=models.Q(('type__in', ['local', 'toll_free'])), name='number_type_known'),
        ),
        migrations.AddConstraint(
            model_name='number',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('serves', ''), ('serves_kind', '')), models.Q(('serves_kind__in', ['user', 'queue', 'site']), models.Q(('serves', ''), _negated=True)), _connector='OR'), name='number_serves_whole'),
        ),
        migrations.AddField(
            model_name='order',
            name='campaign',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='campaigns.campaign'),
        ),
        migrations.AddField(
            model_name='order',
            name='organization',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.organization'),
        ),
        migrations.AddField(
            model_name='assignment',
            name='order',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='assigned', to='numbers.order'),
        ),
        migrations.AddField(
            model_name='assignment',
            name='release',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='released', to='numbers.order'),
        ),
        migrations.AddIndex(
            model_name='assignment',
            index=models.Index(fields=['organization', 'campaign', 'number'], name='assignments_of_campaign'),
        ),
        migrations.AddIndex(
            model_name='assignment',
            index=models.Index(fields=['organization', 'number', '-since'], name='assignments_of_number'),
        ),
        migrations.AddIndex(
            model_name='assignment',
            index=models.Index(fields=['organization', 'order'], name='assignments_of_order'),
        ),
        migrations.AddIndex(
            model_name='assignment',
            index=models.Index(condition=models.Q(('release__isnull', False)), fields=['organization', 'release'], name='assignments_of_release'),
        ),
        migrations.AddConstraint(
            model_name='assignment',
            constraint=models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('e164',), name='one_holder_per_number'),
        ),
        migrations.AddConstraint(
            model_name='assignment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', False), ('state__in', ['released', 'failed'])), models.Q(('ended_at', None), ('state__in', ['pending', 'on', 'releasing'])), _connector='OR'), name='assignment_state_fits_its_end'),
        ),
        migrations.AddField(
            model_name='roster',
            name='campaign',
            field=models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='roster', to='campaigns.campaign'),
        ),
        migrations.AddField(
            model_name='roster',
            name='organization',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.organization'),
        ),
        migrations.AddField(
            model_name='selection',
            name='organization',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.organization'),
        ),
        migrations.AddField(
            model_name='selection',
            name='user',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddIndex(
            model_name='order',
            index=models.Index(fields=['organization', '-at'], name='orders_newest'),
        ),
        migrations.AddConstraint(
            model_name='order',
            constraint=models.UniqueConstraint(fields=('organization', 'token'), name='one_order_per_form'),
        ),
        migrations.AddConstraint(
            model_name='order',
            constraint=models.CheckConstraint(condition=models.Q(('act__in', ['assign', 'unassign'])), name='order_act_known'),
        ),
        migrations.AddConstraint(
            model_name='roster',
            constraint=models.CheckConstraint(condition=models.Q(('used__lte', django.db.models.functions.comparison.Greatest(models.F('direct'), django.db.models.functions.comparison.Coalesce(models.F('approved'), 0)))), name='roster_within_its_limit'),
        ),
        migrations.AddConstraint(
            model_name='selection',
            constraint=models.UniqueConstraint(fields=('organization', 'user', 'product'), name='one_selection_per_list'),
        ),
    ]
