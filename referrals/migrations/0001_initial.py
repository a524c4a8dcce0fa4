# The tables before the first release: one file a room until then, rewritten when they change.

import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '0001_initial'),
        ('auth', '0012_alter_user_first_name_max_length'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='UnmetNeed',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('month', models.DateField()),
                ('district', models.CharField(blank=True, max_length=60)),
                ('service_type', models.CharField(max_length=40)),
                ('reason', models.CharField(choices=[('declined_by_survivor', 'She did not want it'), ('unavailable', 'Not available')], max_length=30)),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='Case',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('is_open', models.BooleanField(default=True)),
                ('month_opened', models.DateField()),
                ('month_closed', models.DateField(null=True)),
                ('retention_class', models.CharField(choices=[('standard', 'Standard'), ('child', 'Child')], max_length=16)),
                ('destroy_after', models.DateField(null=True)),
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
                'permissions': [('view_case', 'View case'), ('edit_case', 'Edit case')],
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='CaseHalf',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('epoch', models.PositiveIntegerField()),
                ('half', models.BinaryField(max_length=32)),
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
                ('section', models.CharField(choices=[('card', 'Card'), ('identity', 'Identity'), ('incident', 'Incident'), ('plan', 'Safety plan'), ('notes', 'Notes'), ('consents', 'Consents'), ('referrals', 'Referrals'), ('inquiries', 'Questions by link'), ('history', 'History')], max_length=16)),
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
                ('half', models.BinaryField(max_length=32)),
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
                ('half', models.BinaryField(max_length=32)),
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
                ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='timer_policies', to='accounts.agency')),
                ('decided_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'default_permissions': (),
            },
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
            constraint=models.UniqueConstraint(condition=models.Q(('section__in', ['card', 'identity', 'incident', 'plan'])), fields=('case', 'section'), name='one_item_of_a_single_section'),
        ),
        migrations.AddConstraint(
            model_name='caseitem',
            constraint=models.CheckConstraint(condition=models.Q(('sealed', b''), _negated=True), name='case_item_is_sealed'),
        ),
        migrations.AddConstraint(
            model_name='caseuserpermission',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('wrapped_key', b''), _negated=True), models.Q(('signature', b''), _negated=True)), name='case_user_grant_has_a_key'),
        ),
        migrations.AlterUniqueTogether(
            name='caseuserpermission',
            unique_together={('user', 'permission', 'content_object')},
        ),
        migrations.AddConstraint(
            model_name='doneonce',
            constraint=models.UniqueConstraint(fields=('person', 'key'), name='done_once'),
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
    ]
