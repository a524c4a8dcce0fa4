"""Report how much room a service has. Reports are only added, never changed."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.unlocked import Unlocked
from audit.actions import record
from services import entries
from services.codes import AvailabilitySource, AvailabilityStatus
from services.errors import NotAllowed
from services.models import AvailabilityReport, Service

MAX_PLACES = 999


def _check_places(status: AvailabilityStatus, total: int | None, free: int | None) -> None:
    for number in (total, free):
        if number is not None and not 0 <= number <= MAX_PLACES:
            raise NotAllowed("Places are between 0 and 999.")
    if total is not None and free is not None and free > total:
        raise NotAllowed("There cannot be more free places than places.")
    if status == AvailabilityStatus.CAPACITY and free == 0:
        raise NotAllowed("Room with no free place is no room: report it as full.")


@transaction.atomic
def report_availability(
    *,
    service_id: UUID,
    status: str,
    source: AvailabilitySource,
    places_total: int | None = None,
    places_free: int | None = None,
    wait_days: int | None = None,
    note: str = "",
    by: Unlocked | None = None,
    reported_at: datetime | None = None,
    valid_until: datetime | None = None,
) -> AvailabilityReport:
    """Add a report; it becomes the service's newest unless an even newer one is there.

    ``reported_at`` may lie in the past (a phone call, an import), never in the future. Numbers
    that contradict the status raise NotAllowed. The caller has checked who may report; ``by`` is
    that person, and None where nobody signed in (an import, the demo).
    """
    now = timezone.now()
    moment = reported_at or now
    if moment > now:
        raise NotAllowed("A report cannot come from the future.")
    if status not in AvailabilityStatus.values:
        raise NotAllowed("This is not an availability status.")
    kind = AvailabilityStatus(status)
    if kind == AvailabilityStatus.NO_CAPACITY:
        places_free = 0
    _check_places(kind, places_total, places_free)
    # Locked, so that of two reports at once the newer one stays the newest.
    service = Service.objects.select_for_update().select_related(None).get(pk=service_id)
    report = AvailabilityReport.objects.create(
        service=service,
        status=kind,
        places_total=places_total,
        places_free=places_free,
        wait_days=wait_days,
        note=note[:200],
        source=source,
        reported_by=by.person.pk if by else None,
        reported_at=moment,
        valid_until=valid_until,
    )
    newest = service.latest_report
    if newest is None or newest.reported_at <= moment:
        service.latest_report = report
        service.save(update_fields=["latest_report"])
    if by is not None:
        record(
            entries.AVAILABILITY_REPORTED,
            agency=by.agency.pk,
            actor=by.person.pk,
            kind="service",
            object=str(service_id),
            detail={"status": str(kind)},
        )
    return report
