"""The end that the handover names is kept by itself: her consent may be made shorter after sending."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("referrals", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="referral",
            name="handover_until",
            field=models.DateTimeField(null=True),
        ),
    ]
