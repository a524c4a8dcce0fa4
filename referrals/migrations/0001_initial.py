# The tables before the first release: one file a room until then, rewritten when they change.

import django.db.models.deletion
import referrals.models.halves
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '0001_initial'),
        ('auth', '0012_alter_user_first_name_max_length'),
        ('services', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Case',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('is_open', models.BooleanField(default=True)),
                ('month_opened', models.DateField()),
                ('month_closed', models.DateField(null=True)),
                ('retention_class', models.CharField(choices=[('standard', 'Standard'), ('child', 'Child')], max_length=16)),
                ('destroy_after', models.DateField(null=True)),
                ('erasure_told', models.BooleanField(default=False)),
                ('key_epoch', models.PositiveIntegerField(default=1)),
                ('rotation_due', models.BooleanField(default=False)),
                ('version', models.PositiveIntegerField(default=1)),
                ('share_a', models.BinaryField()),
                ('share_a_signature', models.BinaryField()),
                ('share_a_key_epoch', models.PositiveIntegerField()),
                ('share_b', models.BinaryField()),
                ('share_b_signature', models.BinaryField()),
                ('share_b_key_epoch', models.PositiveIntegerField()),
                ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='cases', to='accounts.agency')),
                ('shares_granted_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'permissions': [('view_case', 'View case'), ('edit_case', 'Edit case'), ('view_case_documents', 'View documents of a case')],
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='ServiceFeedback',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('quarter', models.DateField()),
                ('question', models.CharField(choices=[('reached', 'Did she get what she came for?'), ('respectful', 'Was she treated with respect?'), ('safe', 'Did she feel safe there?'), ('again', 'Would she go there again?')], max_length=20)),
                ('yes', models.PositiveIntegerField(default=0)),
                ('no', models.PositiveIntegerField(default=0)),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='TimerPolicy',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('version', models.PositiveIntegerField()),
                ('emergency_answer', models.PositiveSmallIntegerField()),
                ('emergency_supervisor', models.PositiveSmallIntegerField()),
                ('emergency_end', models.PositiveSmallIntegerField()),
                ('urgent_answer', models.PositiveSmallIntegerField()),
                ('urgent_supervisor', models.PositiveSmallIntegerField()),
                ('urgent_end', models.PositiveSmallIntegerField()),
                ('routine_answer', models.PositiveSmallIntegerField()),
                ('routine_supervisor', models.PositiveSmallIntegerField()),
                ('routine_end', models.PositiveSmallIntegerField()),
                ('working_week', models.CharField(max_length=7)),
                ('decided_on', models.DateField()),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='UnmetNeed',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('month', models.DateField()),
                ('district', models.CharField(blank=True, max_length=60)),
                ('service_type', models.CharField(max_length=40)),
                ('reason', models.CharField(choices=[('declined_by_survivor', 'She did not want it'), ('no_capacity', 'No place free'), ('no_answer', 'No answer in time'), ('unavailable', 'Not available')], max_length=30)),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='CaseHold',
            fields=[
                ('case', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='hold', serialize=False, to='referrals.case')),
                ('until', models.DateField()),
                ('asked_on', models.DateField()),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='CaseDocument',
            fields=[
                ('id', models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ('sealed', models.BinaryField()),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='documents', to='referrals.case')),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='CaseHalf',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('epoch', models.PositiveIntegerField()),
                ('half', referrals.models.halves.HalfField(max_length=32)),
                ('tide', referrals.models.halves.TideField(db_index=True, default=0, editable=False)),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='halves', to='referrals.case')),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='CaseItem',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('section', models.CharField(choices=[('card', 'Card'), ('identity', 'Identity'), ('incident', 'Incident'), ('plan', 'Safety plan'), ('followup', 'Follow-up'), ('notes', 'Notes'), ('consents', 'Consents'), ('referrals', 'Referrals'), ('inquiries', 'Questions by link'), ('documents', 'Documents'), ('closings', 'Closings'), ('history', 'History')], max_length=16)),
                ('epoch', models.PositiveIntegerField()),
                ('revision', models.PositiveIntegerField(default=1)),
                ('sealed', models.BinaryField()),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='items', to='referrals.case')),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='CaseTransfer',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('outcome', models.CharField(choices=[('waiting', 'Waiting'), ('taken', 'Taken over'), ('declined', 'Not taken'), ('taken_back', 'Taken back')], default='waiting', max_length=10)),
                ('ends_shares', models.BooleanField()),
                ('offered_on', models.DateField()),
                ('expires_at', models.DateTimeField(null=True)),
                ('ended_on', models.DateField(null=True)),
                ('key_epoch', models.PositiveIntegerField()),
                ('recipient_key_epoch', models.PositiveIntegerField()),
                ('wrapped_key', models.BinaryField(blank=True)),
                ('signature', models.BinaryField(blank=True)),
                ('sealed', models.BinaryField(blank=True)),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='transfers', to='referrals.case')),
                ('offered_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('offered_to', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='CaseUserPermission',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key_epoch', models.PositiveIntegerField()),
                ('recipient_key_epoch', models.PositiveIntegerField()),
                ('wrapped_key', models.BinaryField()),
                ('signature', models.BinaryField()),
                ('expires_at', models.DateTimeField(null=True)),
                ('content_object', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='user_grants', to='referrals.case')),
                ('granted_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('permission', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='auth.permission')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'abstract': False,
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='DocumentHalf',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('half', referrals.models.halves.HalfField(max_length=32)),
                ('tide', referrals.models.halves.TideField(db_index=True, default=0, editable=False)),
                ('document', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='half', to='referrals.casedocument')),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='DoneOnce',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('key', models.UUIDField()),
                ('result', models.UUIDField(null=True)),
                ('day', models.DateField()),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='DutyShift',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('weekday', models.PositiveSmallIntegerField(null=True)),
                ('day', models.DateField(null=True)),
                ('starts', models.TimeField()),
                ('ends', models.TimeField()),
                ('agency', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='duty_shifts', to='accounts.agency')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='EmergencyOpening',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('reason', models.CharField(choices=[('danger', 'She is in danger now, and nobody who has the case can be reached'), ('owner_away', 'Her caseworker is away or has left, and something must be done'), ('keys_lost', 'Her caseworker has lost password and recovery code'), ('her_wish', 'She asks for her file, and her caseworker cannot be reached')], max_length=12)),
                ('step', models.CharField(choices=[('asked', 'Waits for a custodian'), ('released', 'Released by a custodian'), ('opened', 'Opened'), ('refused', 'Refused'), ('ended', 'Ended')], default='asked', max_length=10)),
                ('asked_on', models.DateField()),
                ('ends_at', models.DateTimeField(null=True)),
                ('key_epoch', models.PositiveIntegerField()),
                ('recipient_key_epoch', models.PositiveIntegerField(default=0)),
                ('share_b', models.BinaryField(blank=True)),
                ('share_b_signature', models.BinaryField(blank=True)),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='emergencies', to='referrals.case')),
                ('released_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='ExportSwitch',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('role', models.CharField(choices=[('caseworker', 'Caseworker'), ('intake', 'Intake desk'), ('supervisor', 'Supervisor'), ('custodian', 'Key custodian'), ('editor', 'Directory editor'), ('analyst', 'Analyst'), ('administrator', 'Administrator')], max_length=20)),
                ('asked_on', models.DateField()),
                ('approved_on', models.DateField(null=True)),
                ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='export_switches', to='accounts.agency')),
                ('approved_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='Inquiry',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('token_hash', models.BinaryField(max_length=32, unique=True)),
                ('sealed_opaque', models.BinaryField()),
                ('asked_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField(null=True)),
                ('answer', models.CharField(blank=True, choices=[('can', 'We can take her'), ('cannot', 'We cannot'), ('call', 'Call me')], max_length=10)),
                ('reason_code', models.CharField(blank=True, choices=[('no_capacity', 'No place free'), ('not_eligible', 'Not eligible here'), ('service_not_offered', 'This service is not offered'), ('outside_area', 'Outside our area'), ('conflict_of_interest', 'Conflict of interest'), ('safety_concern', 'Safety concern'), ('duplicate', 'Already referred'), ('information_insufficient', 'Not enough information'), ('other', 'Another reason')], max_length=30)),
                ('ended_at', models.DateTimeField(null=True)),
                ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='inquiries', to='accounts.agency')),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='InquiryHalf',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('half', referrals.models.halves.HalfField(max_length=32)),
                ('tide', referrals.models.halves.TideField(db_index=True, default=0, editable=False)),
                ('inquiry', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='half', to='referrals.inquiry')),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='Referral',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('state', models.CharField(choices=[('sent', 'Sent'), ('needs_info', 'Question asked'), ('accepted', 'Accepted'), ('in_progress', 'In progress'), ('delivered', 'Delivered'), ('closed', 'Closed'), ('declined', 'Declined'), ('expired', 'Expired'), ('cancelled', 'Cancelled'), ('consent_withdrawn', 'Consent withdrawn'), ('failed', 'Failed'), ('entered_in_error', 'Entered in error')], default='sent', max_length=20)),
                ('reason_code', models.CharField(blank=True, max_length=30)),
                ('version', models.PositiveIntegerField(default=1)),
                ('policy', models.JSONField()),
                ('sent_at', models.DateTimeField()),
                ('respond_by', models.DateTimeField(null=True)),
                ('escalate_at', models.DateTimeField(null=True)),
                ('expires_at', models.DateTimeField(null=True)),
                ('consent_expires_at', models.DateTimeField(null=True)),
                ('paused_until', models.DateTimeField(null=True)),
                ('accepted_at', models.DateTimeField(null=True)),
                ('delivered_at', models.DateTimeField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
                ('told', models.PositiveSmallIntegerField(choices=[(0, 'Nobody'), (1, 'Both Sides'), (2, 'Supervisors')], default=0)),
                ('claimed_until', models.DateTimeField(null=True)),
                ('epoch', models.PositiveIntegerField(default=1)),
                ('revision', models.PositiveIntegerField(default=1)),
                ('sealed_opaque', models.BinaryField()),
                ('sealed_identity', models.BinaryField()),
                ('sealed_sender', models.BinaryField()),
                ('sealed_answer', models.BinaryField(blank=True, default=b'')),
                ('sealed_meeting', models.BinaryField(blank=True, default=b'')),
                ('handover', models.BinaryField(blank=True)),
                ('handover_signature', models.BinaryField(blank=True)),
                ('handover_key_epoch', models.PositiveIntegerField()),
                ('handover_until', models.DateTimeField(null=True)),
                ('claimed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('error_asked_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('recipient_agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='referrals_received', to='accounts.agency')),
                ('sender_agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='referrals_sent', to='accounts.agency')),
                ('sent_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'permissions': [('send_referral', 'Read what one has sent'), ('view_referral', 'Read the part for the desk'), ('view_identity', 'Read the consented identity')],
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='ReferralGroupPermission',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key_epoch', models.PositiveIntegerField()),
                ('recipient_key_epoch', models.PositiveIntegerField()),
                ('wrapped_key', models.BinaryField()),
                ('signature', models.BinaryField()),
                ('expires_at', models.DateTimeField(null=True)),
                ('content_object', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='group_grants', to='referrals.referral')),
                ('granted_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('group', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='auth.group')),
                ('permission', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='auth.permission')),
            ],
            options={
                'abstract': False,
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='ReferralHalf',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('part', models.CharField(choices=[('opaque', 'Opaque'), ('identity', 'Identity'), ('sender', 'Sender'), ('answer', 'Answer'), ('meeting', 'Meeting')], max_length=10)),
                ('half', referrals.models.halves.HalfField(max_length=32)),
                ('tide', referrals.models.halves.TideField(db_index=True, default=0, editable=False)),
                ('referral', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='halves', to='referrals.referral')),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='ReferralUserPermission',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key_epoch', models.PositiveIntegerField()),
                ('recipient_key_epoch', models.PositiveIntegerField()),
                ('wrapped_key', models.BinaryField()),
                ('signature', models.BinaryField()),
                ('expires_at', models.DateTimeField(null=True)),
                ('content_object', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='user_grants', to='referrals.referral')),
                ('granted_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('permission', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='auth.permission')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'abstract': False,
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='RetentionPolicy',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('version', models.PositiveIntegerField()),
                ('standard_years', models.PositiveSmallIntegerField()),
                ('child_years', models.PositiveSmallIntegerField()),
                ('is_longer', models.BooleanField()),
                ('asked_on', models.DateField()),
                ('decided_on', models.DateField(null=True)),
                ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='retention_policies', to='accounts.agency')),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.AddField(
            model_name='servicefeedback',
            name='service',
            field=models.UUIDField(),
        ),
        migrations.AddField(
            model_name='timerpolicy',
            name='agency',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='timer_policies', to='accounts.agency'),
        ),
        migrations.AddField(
            model_name='timerpolicy',
            name='decided_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='casehold',
            name='agreed_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='casehold',
            name='asked_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='casehold',
            name='lift_asked_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(condition=models.Q(('destroy_after__isnull', False)), fields=['destroy_after', 'id'], name='case_clock_erase'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('is_open', True), ('month_closed__isnull', True)), models.Q(('is_open', False), ('month_closed__isnull', False)), _connector='OR'), name='case_open_or_closed_in_a_month'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('share_a', b''), _negated=True), models.Q(('share_a_signature', b''), _negated=True), models.Q(('share_b', b''), _negated=True), models.Q(('share_b_signature', b''), _negated=True)), name='case_has_both_shares'),
        ),
        migrations.AddConstraint(
            model_name='casedocument',
            constraint=models.CheckConstraint(condition=models.Q(('sealed', b''), _negated=True), name='case_document_is_sealed'),
        ),
        migrations.AddConstraint(
            model_name='casehalf',
            constraint=models.UniqueConstraint(fields=('case', 'epoch'), name='one_case_half_an_epoch'),
        ),
        migrations.AddConstraint(
            model_name='casehalf',
            constraint=models.CheckConstraint(condition=models.Q(('half', b''), _negated=True), name='case_half_is_there'),
        ),
        migrations.AddIndex(
            model_name='caseitem',
            index=models.Index(fields=['case', 'section'], name='case_item_by_section'),
        ),
        migrations.AddConstraint(
            model_name='caseitem',
            constraint=models.UniqueConstraint(condition=models.Q(('section__in', ['card', 'identity', 'incident', 'plan', 'followup'])), fields=('case', 'section'), name='one_item_of_a_single_section'),
        ),
        migrations.AddConstraint(
            model_name='caseitem',
            constraint=models.CheckConstraint(condition=models.Q(('sealed', b''), _negated=True), name='case_item_is_sealed'),
        ),
        migrations.AddIndex(
            model_name='casetransfer',
            index=models.Index(fields=['offered_to', 'outcome'], name='case_transfer_to'),
        ),
        migrations.AddIndex(
            model_name='casetransfer',
            index=models.Index(fields=['offered_by', 'outcome'], name='case_transfer_by'),
        ),
        migrations.AddConstraint(
            model_name='casetransfer',
            constraint=models.UniqueConstraint(condition=models.Q(('outcome', 'waiting')), fields=('case',), name='one_offer_of_a_case'),
        ),
        migrations.AddConstraint(
            model_name='casetransfer',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ended_on__isnull', True), ('expires_at__isnull', False), ('outcome', 'waiting'), models.Q(('wrapped_key', b''), _negated=True), models.Q(('signature', b''), _negated=True), models.Q(('sealed', b''), _negated=True)), models.Q(models.Q(('outcome', 'waiting'), _negated=True), ('ended_on__isnull', False), ('expires_at__isnull', True), ('sealed', b''), ('signature', b''), ('wrapped_key', b'')), _connector='OR'), name='case_transfer_keys_until_it_ends'),
        ),
        migrations.AddIndex(
            model_name='caseuserpermission',
            index=models.Index(condition=models.Q(('expires_at__isnull', False)), fields=['expires_at'], name='case_share_clock'),
        ),
        migrations.AddConstraint(
            model_name='caseuserpermission',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('wrapped_key', b''), _negated=True), models.Q(('signature', b''), _negated=True)), name='case_user_grant_has_a_key'),
        ),
        migrations.AddConstraint(
            model_name='caseuserpermission',
            constraint=models.UniqueConstraint(condition=models.Q(('expires_at__isnull', True)), fields=('content_object', 'permission'), name='one_owner_of_a_case'),
        ),
        migrations.AlterUniqueTogether(
            name='caseuserpermission',
            unique_together={('user', 'permission', 'content_object')},
        ),
        migrations.AddConstraint(
            model_name='documenthalf',
            constraint=models.CheckConstraint(condition=models.Q(('half', b''), _negated=True), name='document_half_is_there'),
        ),
        migrations.AddConstraint(
            model_name='doneonce',
            constraint=models.UniqueConstraint(fields=('person', 'key'), name='done_once'),
        ),
        migrations.AddIndex(
            model_name='dutyshift',
            index=models.Index(fields=['agency', 'weekday', 'day'], name='duty_of_an_agency'),
        ),
        migrations.AddConstraint(
            model_name='dutyshift',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('day__isnull', True), ('weekday__isnull', False), ('weekday__lt', 7)), models.Q(('day__isnull', False), ('weekday__isnull', True)), _connector='OR'), name='duty_weekly_or_once'),
        ),
        migrations.AddConstraint(
            model_name='emergencyopening',
            constraint=models.UniqueConstraint(condition=models.Q(('step__in', ['asked', 'released', 'opened'])), fields=('case', 'asked_by'), name='one_emergency_opening_at_a_time'),
        ),
        migrations.AddConstraint(
            model_name='emergencyopening',
            constraint=models.CheckConstraint(condition=models.Q(('released_by', models.F('asked_by')), _negated=True), name='emergency_opening_takes_two'),
        ),
        migrations.AddConstraint(
            model_name='emergencyopening',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('step__in', ['released', 'opened']), _negated=True), models.Q(('ends_at__isnull', False), ('released_by__isnull', False)), _connector='OR'), name='emergency_opened_only_when_released'),
        ),
        migrations.AddConstraint(
            model_name='exportswitch',
            constraint=models.UniqueConstraint(fields=('agency', 'role'), name='one_export_switch_a_role'),
        ),
        migrations.AddConstraint(
            model_name='exportswitch',
            constraint=models.CheckConstraint(condition=models.Q(('approved_by__isnull', True), models.Q(('approved_by', models.F('asked_by')), _negated=True), _connector='OR'), name='export_switch_takes_two'),
        ),
        migrations.AddIndex(
            model_name='inquiry',
            index=models.Index(condition=models.Q(('expires_at__isnull', False)), fields=['expires_at'], name='inquiry_clock'),
        ),
        migrations.AddConstraint(
            model_name='inquiry',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('answer', ''), ('ended_at__isnull', True), ('expires_at__isnull', False)), models.Q(('ended_at__isnull', False), ('expires_at__isnull', True)), _connector='OR'), name='inquiry_waits_or_has_ended'),
        ),
        migrations.AddConstraint(
            model_name='inquiryhalf',
            constraint=models.CheckConstraint(condition=models.Q(('half', b''), _negated=True), name='inquiry_half_is_there'),
        ),
        migrations.AddIndex(
            model_name='referral',
            index=models.Index(fields=['recipient_agency', 'state', 'respond_by', 'id'], name='referral_inbox'),
        ),
        migrations.AddIndex(
            model_name='referral',
            index=models.Index(fields=['sender_agency', 'state', 'respond_by', 'id'], name='referral_sent_late'),
        ),
        migrations.AddIndex(
            model_name='referral',
            index=models.Index(condition=models.Q(('state__in', ['needs_info', 'sent'])), fields=['expires_at'], name='referral_clock_end'),
        ),
        migrations.AddIndex(
            model_name='referral',
            index=models.Index(condition=models.Q(('consent_expires_at__isnull', False)), fields=['consent_expires_at'], name='referral_clock_consent'),
        ),
        migrations.AddIndex(
            model_name='referral',
            index=models.Index(condition=models.Q(('state__in', ['needs_info', 'sent']), ('told', 0)), fields=['respond_by'], name='referral_clock_late'),
        ),
        migrations.AddIndex(
            model_name='referral',
            index=models.Index(condition=models.Q(('state__in', ['needs_info', 'sent']), ('told__lt', 2)), fields=['escalate_at'], name='referral_clock_escalate'),
        ),
        migrations.AddConstraint(
            model_name='referral',
            constraint=models.CheckConstraint(condition=models.Q(('sender_agency', models.F('recipient_agency')), _negated=True), name='referral_leaves_the_agency'),
        ),
        migrations.AddConstraint(
            model_name='referral',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'needs_info'), _negated=True), ('paused_until__isnull', False), _connector='OR'), name='referral_question_has_an_end'),
        ),
        migrations.AddConstraint(
            model_name='referral',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('expires_at__isnull', False), ('state__in', ['accepted', 'delivered', 'in_progress', 'needs_info', 'sent'])), ('ended_at__isnull', False), _connector='OR'), name='referral_has_timers_until_it_ends'),
        ),
        migrations.AddConstraint(
            model_name='referralgrouppermission',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('wrapped_key', b''), _negated=True), models.Q(('signature', b''), _negated=True)), name='referral_group_grant_has_a_key'),
        ),
        migrations.AlterUniqueTogether(
            name='referralgrouppermission',
            unique_together={('group', 'permission', 'content_object')},
        ),
        migrations.AddConstraint(
            model_name='referralhalf',
            constraint=models.UniqueConstraint(fields=('referral', 'part'), name='one_referral_half_a_part'),
        ),
        migrations.AddConstraint(
            model_name='referralhalf',
            constraint=models.CheckConstraint(condition=models.Q(('half', b''), _negated=True), name='referral_half_is_there'),
        ),
        migrations.AddConstraint(
            model_name='referraluserpermission',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('wrapped_key', b''), _negated=True), models.Q(('signature', b''), _negated=True)), name='referral_user_grant_has_a_key'),
        ),
        migrations.AlterUniqueTogether(
            name='referraluserpermission',
            unique_together={('user', 'permission', 'content_object')},
        ),
        migrations.AddConstraint(
            model_name='retentionpolicy',
            constraint=models.UniqueConstraint(fields=('agency', 'version'), name='one_retention_policy_a_version'),
        ),
        migrations.AddConstraint(
            model_name='retentionpolicy',
            constraint=models.UniqueConstraint(condition=models.Q(('decided_by__isnull', True)), fields=('agency',), name='one_retention_policy_waits'),
        ),
        migrations.AddConstraint(
            model_name='retentionpolicy',
            constraint=models.CheckConstraint(condition=models.Q(('is_longer', False), ('decided_by__isnull', True), models.Q(('decided_by', models.F('asked_by')), _negated=True), _connector='OR'), name='two_people_keep_longer'),
        ),
        migrations.AddConstraint(
            model_name='servicefeedback',
            constraint=models.UniqueConstraint(fields=('service', 'quarter', 'question'), name='one_feedback_sum'),
        ),
        migrations.AddConstraint(
            model_name='timerpolicy',
            constraint=models.UniqueConstraint(fields=('agency', 'version'), name='one_timer_policy_a_version'),
        ),
        migrations.AddConstraint(
            model_name='timerpolicy',
            constraint=models.CheckConstraint(condition=models.Q(('emergency_answer__gt', 0), ('emergency_answer__lt', models.F('emergency_supervisor')), ('emergency_supervisor__lt', models.F('emergency_end'))), name='emergency_timers_in_order'),
        ),
        migrations.AddConstraint(
            model_name='timerpolicy',
            constraint=models.CheckConstraint(condition=models.Q(('urgent_answer__gt', 0), ('urgent_answer__lt', models.F('urgent_supervisor')), ('urgent_supervisor__lt', models.F('urgent_end'))), name='urgent_timers_in_order'),
        ),
        migrations.AddConstraint(
            model_name='timerpolicy',
            constraint=models.CheckConstraint(condition=models.Q(('routine_answer__gt', 0), ('routine_answer__lt', models.F('routine_supervisor')), ('routine_supervisor__lt', models.F('routine_end'))), name='routine_timers_in_order'),
        ),
        migrations.AddConstraint(
            model_name='timerpolicy',
            constraint=models.CheckConstraint(condition=models.Q(('working_week', ''), _negated=True), name='timers_have_a_working_day'),
        ),
        migrations.AddConstraint(
            model_name='casehold',
            constraint=models.CheckConstraint(condition=models.Q(('agreed_by__isnull', True), models.Q(('agreed_by', models.F('asked_by')), _negated=True), _connector='OR'), name='two_people_hold'),
        ),
        migrations.AddConstraint(
            model_name='casehold',
            constraint=models.CheckConstraint(condition=models.Q(('lift_asked_by__isnull', True), ('agreed_by__isnull', False), _connector='OR'), name='hold_is_lifted_after_it_was_agreed'),
        ),
    ]
