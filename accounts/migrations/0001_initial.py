# The tables before the first release: one file a room until then, rewritten when they change.

import accounts.models.people
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
    ]

    operations = [
        migrations.CreateModel(
            name='Person',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=100, unique=True, verbose_name='sign-in name')),
                ('display_name', models.CharField(max_length=100, verbose_name='name')),
                ('is_active', models.BooleanField(default=False)),
                ('removed_on', models.DateField(blank=True, null=True)),
                ('groups', models.ManyToManyField(related_name='user_set', related_query_name='user', to='auth.group')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('removed_on__isnull', True), ('is_active', False), _connector='OR'), name='removed_person_is_not_active')],
            },
        ),
        migrations.CreateModel(
            name='Agency',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=200, unique=True, verbose_name='name')),
                ('does_casework', models.BooleanField(default=False)),
                ('provides_services', models.BooleanField(default=False)),
                ('is_active', models.BooleanField(default=True)),
                ('time_zone', models.CharField(default=accounts.models.people.site_time_zone, max_length=40)),
                ('leaves_to', models.JSONField(blank=True, default=list)),
            ],
        ),
        migrations.CreateModel(
            name='Throttle',
            fields=[
                ('key', models.BinaryField(max_length=32, primary_key=True, serialize=False)),
                ('failures', models.PositiveIntegerField(default=0)),
                ('not_before', models.DateTimeField()),
                ('forget_at', models.DateTimeField(db_index=True)),
            ],
        ),
        migrations.CreateModel(
            name='Keyring',
            fields=[
                ('person', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='keyring', serialize=False, to=settings.AUTH_USER_MODEL)),
                ('revision', models.PositiveIntegerField(default=1)),
                ('sealed', models.BinaryField()),
            ],
        ),
        migrations.CreateModel(
            name='NoticeChoice',
            fields=[
                ('person', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='notice_choice', serialize=False, to=settings.AUTH_USER_MODEL)),
                ('email', models.EmailField(blank=True, max_length=200)),
                ('waiting_email', models.EmailField(blank=True, max_length=200)),
                ('code_until', models.DateTimeField(null=True)),
                ('wrong_codes', models.PositiveSmallIntegerField(default=0)),
                ('language', models.CharField(default='uz', max_length=10)),
                ('by_email', models.BooleanField(default=False)),
                ('by_gateway', models.BooleanField(default=False)),
                ('handle', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('emergencies_at_night', models.BooleanField(default=False)),
                ('told_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='Gateway',
            fields=[
                ('agency', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='gateway', serialize=False, to='accounts.agency')),
                ('url', models.URLField(max_length=300)),
                ('secret_epoch', models.PositiveIntegerField(default=1)),
            ],
        ),
        migrations.AddField(
            model_name='person',
            name='agency',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='people', to='accounts.agency'),
        ),
        migrations.CreateModel(
            name='Agreement',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('partner_root_fingerprint', models.BinaryField(max_length=32)),
                ('valid_until', models.DateField()),
                ('root_epoch', models.PositiveIntegerField()),
                ('root_signature', models.BinaryField()),
                ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='agreements', to='accounts.agency')),
                ('partner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='agreements_of_partners', to='accounts.agency')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('agency', 'partner'), name='one_agreement_a_partner'), models.CheckConstraint(condition=models.Q(('agency', models.F('partner')), _negated=True), name='agreement_is_with_another')],
            },
        ),
        migrations.CreateModel(
            name='Membership',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('trained_until', models.DateField(blank=True, null=True, verbose_name='confidentiality training valid until')),
                ('code_signed_until', models.DateField(blank=True, null=True, verbose_name='code of conduct valid until')),
                ('roles_revision', models.PositiveIntegerField(default=0)),
                ('roles_signature', models.BinaryField(null=True)),
                ('person', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='membership', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Notice',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('channel', models.CharField(choices=[('email', 'E-mail'), ('gateway', 'SMS or messenger'), ('code', 'Code to confirm an address')], max_length=10)),
                ('is_urgent', models.BooleanField(default=False)),
                ('number', models.PositiveIntegerField(default=1)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('not_before', models.DateTimeField(db_index=True)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='notices', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('person', 'channel'), name='one_notice_a_channel')],
            },
        ),
        migrations.CreateModel(
            name='PersonKey',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('epoch', models.PositiveIntegerField(default=1)),
                ('public', models.BinaryField()),
                ('fingerprint', models.BinaryField(max_length=32)),
                ('root_epoch', models.PositiveIntegerField(null=True)),
                ('root_signature', models.BinaryField(null=True)),
                ('revoked_on', models.DateField(null=True)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='public_keys', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('person', 'epoch'), name='one_person_key_an_epoch')],
            },
        ),
        migrations.CreateModel(
            name='QuickWrap',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('digest', models.BinaryField(max_length=32)),
                ('sealed', models.BinaryField()),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='quick_wraps', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('person', 'digest'), name='one_quick_wrap_a_grant')],
            },
        ),
        migrations.CreateModel(
            name='Role',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(choices=[('caseworker', 'Caseworker'), ('intake', 'Intake desk'), ('supervisor', 'Supervisor'), ('custodian', 'Key custodian'), ('editor', 'Directory editor'), ('analyst', 'Analyst'), ('administrator', 'Administrator')], max_length=20)),
                ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='roles', to='accounts.agency')),
                ('group', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='role', to='auth.group')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('agency', 'name'), name='one_role_of_a_name')],
            },
        ),
        migrations.CreateModel(
            name='RoleKey',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(choices=[('root', "agency's signing key"), ('inbox', 'inbox key'), ('auditor', 'access log key'), ('statistics', 'statistics key'), ('member', "members' key"), ('continuity_a', 'first half of recovery'), ('continuity_b', 'second half of recovery')], max_length=20)),
                ('epoch', models.PositiveIntegerField(default=1)),
                ('public', models.BinaryField()),
                ('fingerprint', models.BinaryField(max_length=32)),
                ('root_epoch', models.PositiveIntegerField()),
                ('root_signature', models.BinaryField()),
                ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='keys', to='accounts.agency')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('agency', 'name', 'epoch'), name='one_role_key_an_epoch')],
            },
        ),
        migrations.CreateModel(
            name='RoleKeyHolding',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('person_epoch', models.PositiveIntegerField()),
                ('wrapped_key', models.BinaryField()),
                ('signature', models.BinaryField()),
                ('granted_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='holdings_granted', to=settings.AUTH_USER_MODEL)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='holdings', to=settings.AUTH_USER_MODEL)),
                ('role_key', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='holdings', to='accounts.rolekey')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('person', 'role_key'), name='one_holding_a_role_key'), models.CheckConstraint(condition=models.Q(('wrapped_key', b''), _negated=True), name='holding_has_a_key')],
            },
        ),
        migrations.CreateModel(
            name='Session',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('id_hash', models.BinaryField(max_length=32, unique=True)),
                ('sealed', models.BinaryField()),
                ('is_waiting', models.BooleanField(default=False)),
                ('wrong_codes', models.PositiveSmallIntegerField(default=0)),
                ('started_at', models.DateTimeField()),
                ('seen_at', models.DateTimeField(db_index=True)),
                ('stepped_up_until', models.DateTimeField(null=True)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='sessions', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Slot',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('password', 'Password'), ('password+card', 'Password And Card'), ('recovery', 'Recovery')], max_length=20)),
                ('pepper_version', models.PositiveSmallIntegerField(default=1)),
                ('salt', models.BinaryField()),
                ('verifier_hash', models.BinaryField()),
                ('sealed', models.BinaryField()),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='slots', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('person', 'kind'), name='one_slot_of_a_kind'), models.UniqueConstraint(condition=models.Q(('kind__startswith', 'password')), fields=('person',), name='one_password_slot')],
            },
        ),
        migrations.CreateModel(
            name='Update',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('page', models.CharField(max_length=40)),
                ('number', models.PositiveIntegerField(default=1)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='updates', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('person', 'page'), name='one_update_a_page')],
            },
        ),
        migrations.CreateModel(
            name='Invitation',
            fields=[
                ('person', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='invitation', serialize=False, to=settings.AUTH_USER_MODEL)),
                ('code_hash', models.BinaryField(max_length=32, unique=True)),
                ('roles', models.JSONField(default=list)),
                ('root_fingerprint', models.BinaryField(max_length=32)),
                ('root_check', models.BinaryField(max_length=32)),
                ('root_epoch', models.PositiveIntegerField(default=1)),
                ('sealed_check_key', models.BinaryField()),
                ('keys_check', models.BinaryField(max_length=32, null=True)),
                ('expires_at', models.DateTimeField()),
                ('accepted_at', models.DateTimeField(null=True)),
                ('invited_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='invitations_made', to=settings.AUTH_USER_MODEL)),
            ],
        ),
    ]
