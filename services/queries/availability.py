"""How available a service is now, derived from its newest report: stale is never available.

Available means: reported as having room, the report neither stale nor past its end, a place
free where places are counted, the entry active, and open at this moment.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from services.codes import FRESH_HOURS, AvailabilityStatus, Freshness, ServiceType, Status, fresh_hours
from services.holidays import is_holiday
from services.hours import is_open
from services.models import AvailabilityReport, Service


@dataclass(frozen=True)
class Availability:
    """``status`` is empty and ``freshness`` unknown when nothing was ever reported."""

    status: str
    places_free: int | None
    places_total: int | None
    wait_days: int | None
    note: str
    reported_at: datetime | None
    freshness: Freshness
    is_open: bool
    is_available: bool
    age: str = ""  # "3 hours ago"; empty when nothing was reported

    @property
    def label(self) -> Promise | str:
        """Return what to call it in a few words: old news is called old, not what it once said."""
        if self.freshness == Freshness.UNKNOWN:
            return _("Room not known: call first")
        if self.freshness == Freshness.STALE:
            return _("Old news: call first")
        if self.status == AvailabilityStatus.CAPACITY and self.places_free == 0:
            return AvailabilityStatus.NO_CAPACITY.label
        if self.status == AvailabilityStatus.CAPACITY and not self.is_open:
            return _("Has room, closed now")
        return AvailabilityStatus(self.status).label

    @property
    def tone(self) -> str:
        """Return the colour of its tag: ok, wait, stop or quiet."""
        if self.freshness in (Freshness.UNKNOWN, Freshness.STALE):
            return "quiet"
        if self.is_available:
            return "ok"
        return {
            AvailabilityStatus.NO_CAPACITY.value: "stop",
            AvailabilityStatus.CLOSED.value: "stop",
        }.get(self.status, "wait")

    def for_public(self, *, shows_numbers: bool) -> "Availability":
        """Return it without what is for colleagues: the note, and numbers unless opted in."""
        if shows_numbers:
            return replace(self, note="")
        return replace(self, note="", places_free=None, places_total=None)


def freshness_of(service_type: str, reported_at: datetime, now: datetime) -> Freshness:
    """Return how old news is: shelters are fresh for 2 h and stale at 8 h, others 24 h and 72 h."""
    fresh, stale = fresh_hours(service_type)
    age = now - reported_at
    if age < timedelta(hours=fresh):
        return Freshness.FRESH
    return Freshness.AGEING if age < timedelta(hours=stale) else Freshness.STALE


def is_open_now(service: Service, now: datetime) -> bool:
    """Say whether the service is open; its ``hours`` and ``schedule_exceptions`` are prefetched."""
    local = now.astimezone(ZoneInfo(service.time_zone))
    return is_open(
        service.hours.all(),
        service.schedule_exceptions.all(),
        local,
        holiday=is_holiday(local.date(), service.time_zone),
    )


def age_of_news(reported_at: datetime, now: datetime) -> str:
    """Return how old news is, in one unit, in the reader's language of this moment."""
    minutes = max(0, int((now - reported_at).total_seconds() // 60))
    if minutes < 60:
        return ngettext("%(n)d minute ago", "%(n)d minutes ago", minutes) % {"n": minutes}
    hours = minutes // 60
    if hours < 48:
        return ngettext("%(n)d hour ago", "%(n)d hours ago", hours) % {"n": hours}
    days = hours // 24
    return ngettext("%(n)d day ago", "%(n)d days ago", days) % {"n": days}


def derive(service: Service, now: datetime, *, opened: bool | None = None) -> Availability:
    """Derive the availability of one service, with its newest report and hours at hand.

    ``opened`` spares looking at the hours, where the caller did.
    """
    report = service.latest_report
    if opened is None:
        opened = is_open_now(service, now)
    if report is None:
        return Availability("", None, None, None, "", None, Freshness.UNKNOWN, opened, is_available=False)
    freshness = freshness_of(service.service_type, report.reported_at, now)
    if report.valid_until is not None and report.valid_until <= now:
        freshness = Freshness.STALE
    return Availability(
        status=report.status,
        places_free=report.places_free,
        places_total=report.places_total,
        wait_days=report.wait_days,
        note=report.note,
        reported_at=report.reported_at,
        freshness=freshness,
        is_open=opened,
        is_available=_has_room(service, report) and freshness != Freshness.STALE and opened,
        age=age_of_news(report.reported_at, now),
    )


def _has_room(service: Service, report: AvailabilityReport) -> bool:
    return (
        service.status == Status.ACTIVE
        and report.status == AvailabilityStatus.CAPACITY
        and report.places_free != 0
    )


def has_fresh_room(now: datetime) -> Q:
    """Return the condition for all of ``is_available`` but the hours, over Service."""
    shelter, office = (now - timedelta(hours=FRESH_HOURS[kind][1]) for kind in ("shelter", "office"))
    shelters = Q(service_type=ServiceType.SAFE_HOUSE)
    return (
        Q(status=Status.ACTIVE, latest_report__status=AvailabilityStatus.CAPACITY)
        & (Q(latest_report__places_free__isnull=True) | Q(latest_report__places_free__gt=0))
        & (Q(latest_report__valid_until__isnull=True) | Q(latest_report__valid_until__gt=now))
        & (
            (shelters & Q(latest_report__reported_at__gt=shelter))
            | (~shelters & Q(latest_report__reported_at__gt=office))
        )
    )


def availability_of(service_ids: Iterable[UUID]) -> dict[UUID, Availability]:
    """Return the availability of each service that exists. Three queries, for colleagues' eyes."""
    now = timezone.now()
    services = (
        Service.objects.filter(pk__in=list(service_ids))
        .select_related("latest_report")
        .prefetch_related("hours", "schedule_exceptions")
    )
    return {service.pk: derive(service, now) for service in services}
