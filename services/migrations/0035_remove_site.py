from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("services", "0001_initial")]

    operations = [
        migrations.AlterField(
            model_name="proposal",
            name="kind",
            field=models.CharField(
                choices=[
                    ("edit", "Change"),
                    ("new", "New entry"),
                    ("site", "New site"),
                    ("publish", "Show to the public"),
                    ("hide", "Hide from the public"),
                    ("reveal", "Make a site public"),
                    ("conceal", "Make a site confidential"),
                    ("remove", "Take a site out of the entry"),
                ],
                max_length=10,
            ),
        ),
    ]
