"""Where "Leave now" leads an agency's people."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]

    operations = [
        migrations.AddField("agency", "leaves_to", models.JSONField(blank=True, default=list)),
    ]
