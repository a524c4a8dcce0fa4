"""Regions and districts. They are data (services/data/places.json), loaded by ``load_places``."""

from django.db import models

from services.translated import Localized, pick_name


class Region(models.Model):
    """A first-level unit of a country."""

    code = models.CharField(max_length=10, primary_key=True)  # ISO 3166-2, such as UZ-JI
    soato = models.CharField(max_length=20, blank=True)
    names = models.JSONField()  # {"uz": …, "uz-cyrl": …, "ru": …, "en": …}
    outline = models.JSONField()  # polygons, each a list of rings of [longitude, latitude]
    latitude = models.FloatField()  # centroid, computed from the outline
    longitude = models.FloatField()
    time_zone = models.CharField(max_length=50)
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["position"]

    def __str__(self) -> str:
        return self.code

    @property
    def name(self) -> Localized:
        return pick_name(self.names)


class District(models.Model):
    """A second-level unit: a district or a city. Units move, so they have dates and aliases."""

    code = models.CharField(max_length=60, primary_key=True)  # stable, such as uz-ji-gallaorol-tumani
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="districts")
    soato = models.CharField(max_length=20, blank=True)
    aliases = models.JSONField(default=list)  # former codes and names
    names = models.JSONField()
    latitude = models.FloatField(null=True)  # centroid where known
    longitude = models.FloatField(null=True)
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["region", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["soato"], condition=~models.Q(soato=""), name="services_district_soato_once"
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def name(self) -> Localized:
        return pick_name(self.names)
