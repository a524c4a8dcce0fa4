from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("services", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="importsource",
            name="empty_clears",
            field=models.BooleanField(default=False),
        ),
    ]
