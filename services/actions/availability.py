"""Report how much room a service has. Reports are only added, never changed.

A report is done once: ``once`` is the random id of one form, and posted twice the second finds what
the first made. That is what lets a page on a bad line simply send again.
"""

from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.unlocked import Unlocked
from audit.actions import record
from audit.registry import Action
from services import entries
from services.codes import AvailabilitySource, AvailabilityStatus
from services.errors import NotAllowed
from services.models import AvailabilityReport, Service

MAX_PLACES = 999
LONGEST_CLOSURE = timedelta(days=366)
# How long the last tap can be taken back.
UNDO_WITHIN = timedelta(minutes=5)


def _check_places(status: AvailabilityStatus, total: int | None, free: int | None) -> None:
    for number in (total, free):
        if number is not None and not 0 <= number <= MAX_PLACES:
            raise NotAllowed(_("Places are between 0 and 999."))
    if total is not None and free is not None and free > total:
        raise NotAllowed(_("There cannot be more free places than places."))
    if status == AvailabilityStatus.CAPACITY and free == 0:
        raise NotAllowed(_("Room with no free place is no room: report it as full."))


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
    opens_again: date | None = None,
    once: UUID | None = None,
) -> AvailabilityReport:
    """Add a report; it becomes the service's newest unless an even newer one is there.

    ``reported_at`` may lie in the past (a phone call, an import), never in the future. Numbers
    that contradict the status raise NotAllowed. ``opens_again`` is the first day, by the place's own
    calendar, on which a closed service is open again: later than today, at most a year ahead. The
    caller has checked who may report; ``by`` is that person, and None where nobody signed in (a
    link, an import, the demo).
    """
    now = timezone.now()
    moment = reported_at or now
    if moment > now:
        raise NotAllowed(_("A report cannot come from the future."))
    if status not in AvailabilityStatus.values:
        raise NotAllowed(_("This is not an availability status."))
    kind = AvailabilityStatus(status)
    if kind == AvailabilityStatus.NO_CAPACITY:
        places_free = 0
    _check_places(kind, places_total, places_free)
    # Locked, so that of two reports at once the newer one stays the newest.
    service = _locked(service_id)
    done = reported(service_id, once)
    if done is not None:
        return done
    reopens_at, reopens_as = _reopening(service, kind, opens_again, now)
    newest = service.latest_report
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
        written_at=now,
        valid_until=valid_until,
        reopens_at=reopens_at,
        reopens_as=reopens_as,
        key=_key(service_id, once),
    )
    if newest is None or newest.reported_at <= moment:
        service.latest_report = report
        service.save(update_fields=["latest_report"])
    if by is not None:
        _log(by, entries.AVAILABILITY_REPORTED, service_id, status=str(kind), source=str(source))
    return report


@transaction.atomic
def undo_report(*, report_id: UUID, service_id: UUID, by: Unlocked) -> AvailabilityReport:
    """Take back the desk's last tap, within five minutes: a new report restores the one before it.

    The restored news keeps the age it had: taking back a slip makes nothing fresh. Harmless when
    repeated. NotAllowed when it is no longer the last, too old, or nothing came before it.
    """
    service = _locked(service_id)
    report = AvailabilityReport.objects.filter(pk=report_id, service=service).first()
    if report is None:
        raise NotAllowed(_("There is nothing to take back any more."))
    done = AvailabilityReport.objects.filter(undoes=report).first()
    if done is not None:
        return done
    before = earlier(service, report.written_at).first()
    if service.latest_report_id != report.pk or not _can_undo(report, timezone.now()) or before is None:
        raise NotAllowed(_("There is nothing to take back any more."))
    restored = AvailabilityReport.objects.create(
        service=service,
        status=before.status,
        places_total=before.places_total,
        places_free=before.places_free,
        wait_days=before.wait_days,
        note=before.note,
        source=before.source,
        reported_by=by.person.pk,
        reported_at=before.reported_at,
        valid_until=before.valid_until,
        reopens_at=before.reopens_at,
        reopens_as=before.reopens_as,
        undoes=report,
    )
    service.latest_report = restored
    service.save(update_fields=["latest_report"])
    _log(by, entries.AVAILABILITY_UNDONE, service_id, status=before.status)
    return restored


def reported(service_id: UUID, once: UUID | None) -> AvailabilityReport | None:
    """Return what a form has reported already, if it was posted before."""
    key = _key(service_id, once)
    return AvailabilityReport.objects.filter(key=key).first() if key else None


def _key(service_id: UUID, once: UUID | None) -> UUID | None:
    return uuid5(once, str(service_id)) if once else None


def earlier(service: Any, written_at: Any) -> QuerySet[AvailabilityReport]:
    """Return what stood before a report of this service and moment, the newest news first.

    What was taken back does not count, nor does what took it back. Both may be an OuterRef.
    """
    return AvailabilityReport.objects.filter(
        service=service, written_at__lt=written_at, undoes__isnull=True, undone_by__isnull=True
    ).order_by("-reported_at", "-written_at")


def _can_undo(report: AvailabilityReport, now: datetime) -> bool:
    return (
        report.source == AvailabilitySource.PROVIDER_PAGE
        and report.undoes_id is None
        and now - report.written_at < UNDO_WITHIN
    )


def _locked(service_id: UUID) -> Service:
    return Service.objects.select_for_update(of=("self",)).select_related("latest_report").get(pk=service_id)


def _reopening(
    service: Service, status: AvailabilityStatus, opens_again: date | None, now: datetime
) -> tuple[datetime | None, str]:
    """Return when a closed service opens again, and as what: how it was before it closed."""
    if opens_again is None or status != AvailabilityStatus.CLOSED:
        return None, ""
    zone = ZoneInfo(service.time_zone)
    today = now.astimezone(zone).date()
    if not today < opens_again <= today + LONGEST_CLOSURE:
        raise NotAllowed(_("Choose a day after today, and at most a year ahead."))
    newest = service.latest_report
    before = newest.reopens_as or newest.status if newest else ""
    if before in ("", AvailabilityStatus.CLOSED):
        before = AvailabilityStatus.ASSESSMENT  # nobody knows: call first
    return datetime.combine(opens_again, time.min, zone), before


def _log(by: Unlocked, action: Action, service_id: UUID, **detail: str) -> None:
    record(
        action,
        agency=by.agency.pk,
        actor=by.person.pk,
        kind="service",
        object=str(service_id),
        detail=detail,
    )
