"""What providers say about their room, and places that are held for a while.

Reports are only ever added: history must not change. Holds are the opposite: they name nobody, and
nothing stays of one that is over.
"""

import uuid
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone

from services.codes import AvailabilitySource, AvailabilityStatus, HoldKind
from services.errors import NotAllowed
from services.models.entries import Service


class AvailabilityReport(models.Model):
    """One report. How fresh it is follows from ``reported_at`` (services.queries.availability).

    ``reported_at`` is when it was so, ``written_at`` when somebody wrote it down. A service that is
    closed until a day says with ``reopens_at`` when that day begins, and with ``reopens_as`` how it
    will be then: as it was before.
    """

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
    written_at = models.DateTimeField(default=timezone.now)
    reopens_at = models.DateTimeField(null=True)
    reopens_as = models.CharField(max_length=40, choices=AvailabilityStatus.choices, blank=True)
    # The report that this one takes back. Each is taken back once at most.
    undoes = models.OneToOneField("self", null=True, on_delete=models.CASCADE, related_name="undone_by")
    # Of the form: posted twice, the second finds the first (services.actions.availability).
    key = models.UUIDField(null=True, unique=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(reopens_at__isnull=True, reopens_as="")
                | Q(
                    status=AvailabilityStatus.CLOSED,
                    reopens_at__isnull=False,
                    reopens_as__in=AvailabilityStatus.values,
                ),
                name="services_report_only_closed_reopens",
            ),
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
            # The same, for those that were closed until a day.
            models.Index(
                fields=["reopens_as", "reopens_at", "service"],
                name="services_report_reopened",
                condition=models.Q(reopens_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Add the report; a second save is refused."""
        if not self._state.adding:
            raise NotAllowed("Availability reports are only added.")
        super().save(*args, **kwargs)


class PlaceHold(models.Model):
    """One place that is spoken for during some minutes. Deleted when it ends; names nobody.

    Neither the person who made it nor their agency is a column: a thief of the database would read
    which shelter somebody was looking at. ``mark`` lets the maker's own key recognise it, and nobody
    else (services.actions.holds).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="holds")
    kind = models.CharField(max_length=10, choices=HoldKind.choices)
    mark = models.BinaryField(max_length=32)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=HoldKind.values), name="services_hold_kind_known"),
            models.CheckConstraint(
                condition=Q(expires_at__gt=models.F("made_at")), name="services_hold_ends_after_it_begins"
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)
