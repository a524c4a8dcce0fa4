"""Nearest first: longitude and type in the index, so that a belt is not looked through row by row."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("services", "0001_initial")]

    operations = [
        migrations.RemoveIndex(model_name="service", name="services_by_latitude"),
        migrations.AddIndex(
            model_name="service",
            index=models.Index(
                fields=["publication", "near_latitude", "near_longitude", "service_type"], name="services_by_latitude"
            ),
        ),
    ]
