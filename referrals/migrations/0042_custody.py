

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0001_initial'),
        ('referrals', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='CaseSuccessor',
            fields=[
                ('case', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='successor', serialize=False, to='referrals.case')),
                ('until', models.DateTimeField()),
                ('signature', models.BinaryField()),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.AddField(
            model_name='case',
            name='owner_left',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='referral',
            name='handover_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='referral',
            name='worker_left',
            field=models.BooleanField(default=False),
        ),
        migrations.AlterField(
            model_name='caseitem',
            name='section',
            field=models.CharField(choices=[('card', 'Card'), ('identity', 'Identity'), ('incident', 'Incident'), ('plan', 'Safety plan'), ('followup', 'Follow-up'), ('notes', 'Notes'), ('consents', 'Consents'), ('referrals', 'Referrals'), ('inquiries', 'Questions by link'), ('documents', 'Documents'), ('closings', 'Closings'), ('history', 'History'), ('packets', 'Keys of what was sent')], max_length=16),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(condition=models.Q(('is_open', True), ('owner_left', True)), fields=['agency', 'id'], name='case_owner_left'),
        ),
        migrations.AddIndex(
            model_name='referral',
            index=models.Index(condition=models.Q(('worker_left', True)), fields=['recipient_agency', 'id'], name='referral_worker_left'),
        ),
        migrations.AddField(
            model_name='casesuccessor',
            name='named_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='casesuccessor',
            name='person',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddIndex(
            model_name='casesuccessor',
            index=models.Index(fields=['person', 'until'], name='case_successor_to'),
        ),
        migrations.AddConstraint(
            model_name='casesuccessor',
            constraint=models.CheckConstraint(condition=models.Q(('person', models.F('named_by')), _negated=True), name='successor_is_named_by_another'),
        ),
        migrations.AddConstraint(
            model_name='casesuccessor',
            constraint=models.CheckConstraint(condition=models.Q(('signature', b''), _negated=True), name='successor_is_signed'),
        ),
    ]
