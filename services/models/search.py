"""Derived tables that search reads. Written only by ``services.actions.indexing``."""

from django.db import models

from services.folding import MAX_TOKEN
from services.models.entries import Service


class ServiceToken(models.Model):
    """A folded word of a service. Confidential sites put none of their own words here."""

    id = models.BigAutoField(primary_key=True)
    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="tokens")
    token = models.CharField(max_length=MAX_TOKEN)
    weight = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["service", "token"], name="services_token_once"),
        ]
        indexes = [
            # Search by words: a range over tokens gives the services without touching the table.
            models.Index(fields=["token", "weight", "service"], name="services_token_prefix"),
        ]


class ServiceFacet(models.Model):
    """One fact to filter by: a region, district, language, subtype, access need, cost or papers."""

    class Kind(models.TextChoices):
        REGION = "region"
        DISTRICT = "district"
        LANGUAGE = "language"
        ACCESS = "access"
        SUBTYPE = "subtype"
        COST = "cost"  # FREE: all that it lists costs nothing
        PAPERS = "papers"  # NONE: it lists no paper to bring

    FREE = "free"
    NONE = "none"

    id = models.BigAutoField(primary_key=True)
    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="facets")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    code = models.CharField(max_length=60)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["service", "kind", "code"], name="services_facet_once"),
        ]
        indexes = [
            # Every filter of the search page, and the numbers on the map.
            models.Index(fields=["kind", "code", "service"], name="services_facet_filter"),
        ]


class ServiceHours(models.Model):
    """Minutes of a weekday at which a service is open; no row crosses midnight."""

    id = models.BigAutoField(primary_key=True)
    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="hours")
    weekday = models.PositiveSmallIntegerField()
    opens = models.PositiveSmallIntegerField()  # minutes after midnight
    closes = models.PositiveSmallIntegerField()  # not included; 1440 is the end of the day
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)

    class Meta:
        indexes = [
            # "Open now" of each service. With the hours in it: else SQLite, which knows no numbers, takes the
            # other index, and looks through everybody's hours of that weekday for each service.
            models.Index(fields=["service", "weekday", "opens", "closes"], name="services_hours_of_day"),
            # The same at night, when it is quicker to begin with the few that are open.
            models.Index(fields=["weekday", "opens", "closes", "service"], name="services_hours_open"),
        ]
