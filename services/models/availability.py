"""What providers say about their room. Rows are only ever added: history must not change."""

import uuid
from typing import Any

from django.db import models
from django.db.models import Q

from services.codes import AvailabilitySource, AvailabilityStatus
from services.errors import NotAllowed
from services.models.entries import Service


class AvailabilityReport(models.Model):
    """One report. How fresh it is follows from ``reported_at`` (services.queries.availability)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="availability_reports")
    status = models.CharField(max_length=40, choices=AvailabilityStatus.choices)
    places_total = models.PositiveSmallIntegerField(null=True)
    places_free = models.PositiveSmallIntegerField(null=True)
    wait_days = models.PositiveSmallIntegerField(null=True)
    note = models.CharField(max_length=200, blank=True)
    source = models.CharField(max_length=20, choices=AvailabilitySource.choices)
    reported_by = models.UUIDField(null=True)  # a person's id; the name is for the access log
    reported_at = models.DateTimeField()
    valid_until = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=AvailabilityStatus.values), name="services_report_status_known"
            ),
            models.CheckConstraint(
                condition=Q(places_free__isnull=True)
                | Q(places_total__isnull=True)
                | Q(places_free__lte=models.F("places_total")),
                name="services_report_free_within_total",
            ),
        ]
        indexes = [
            # The desk's history of one service, newest first.
            models.Index(fields=["service", "-reported_at"], name="services_report_newest"),
            # "Has room now" on the search page: the few that said so of late.
            models.Index(fields=["status", "reported_at", "service"], name="services_report_recent"),
        ]

    def __str__(self) -> str:
        return str(self.id)

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Add the report; a second save is refused."""
        if not self._state.adding:
            raise NotAllowed("Availability reports are only added.")
        super().save(*args, **kwargs)
