"""How available a service is now, derived from its newest report: stale is never available.

Available means: reported as having room, the report neither stale nor past its end, a place
free where places are counted and not held for somebody, the entry active, and open at this moment.
A service that was closed until a day says from that day on what it said before; the first minute of
the day counts as the moment it said so, and the news ages from there like any other.

``derive`` (for one service) and ``has_fresh_room`` (the same in SQL) are the only places of these
rules; a test holds them together.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count, F, Q, QuerySet, Value
from django.db.models.functions import Coalesce
from django.db.models.lookups import Exact
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from services.codes import (
    FRESH_HOURS,
    AvailabilitySource,
    AvailabilityStatus,
    Freshness,
    HoldKind,
    ServiceType,
    Status,
    fresh_hours,
)
from services.holidays import is_holiday
from services.hours import is_open
from services.models import AvailabilityReport, PlaceHold, Service


@dataclass(frozen=True)
class Availability:
    """``status`` is empty and ``freshness`` unknown when nothing was ever reported.

    ``places_free`` leaves out the ``held`` ones; ``is_held_out`` when none is left because of them.
    ``opens_again`` is the day until which it is closed.
    """

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
    held: int = 0
    is_held_out: bool = False
    opens_again: date | None = None
    source: str = ""

    @property
    def source_label(self) -> Promise | str:
        return AvailabilitySource(self.source).label if self.source else ""

    @property
    def is_fresh_room(self) -> bool:
        """Say whether there is room by news to rely on, open at this minute or not."""
        return (
            self.status == AvailabilityStatus.CAPACITY
            and self.freshness in (Freshness.FRESH, Freshness.AGEING)
            and self.places_free != 0
        )

    @property
    def label(self) -> Promise | str:
        """Return what to call it in a few words: old news is called old, not what it once said."""
        if self.freshness == Freshness.UNKNOWN:
            return _("Room not known: call first")
        if self.freshness == Freshness.STALE:
            return _("Old news: call first")
        if self.opens_again is not None:
            # Put together now: a lazy date would be in the language of whoever asked first.
            return gettext("Closed, opens again on %(day)s") % {
                "day": date_format(self.opens_again, "MONTH_DAY_FORMAT")
            }
        return (
            self._room
            if self.status == AvailabilityStatus.CAPACITY
            else AvailabilityStatus(self.status).label
        )

    @property
    def _room(self) -> Promise | str:
        if self.is_held_out:
            return _("All places are held at the moment")
        if self.places_free == 0:
            return AvailabilityStatus.NO_CAPACITY.label
        return AvailabilityStatus.CAPACITY.label if self.is_open else _("Has room, closed now")

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
        shown = replace(self, note="", source="", held=0)
        return shown if shows_numbers else replace(shown, places_free=None, places_total=None)


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
    if not minutes:
        return gettext("just now")
    if minutes < 60:
        return ngettext("%(n)d minute ago", "%(n)d minutes ago", minutes) % {"n": minutes}
    hours = minutes // 60
    if hours < 48:
        return ngettext("%(n)d hour ago", "%(n)d hours ago", hours) % {"n": hours}
    days = hours // 24
    return ngettext("%(n)d day ago", "%(n)d days ago", days) % {"n": days}


def derive(service: Service, now: datetime, *, opened: bool | None = None) -> Availability:
    """Derive the availability of one service, with its newest report, hours and holds at hand.

    ``opened`` spares looking at the hours, where the caller did.
    """
    report = service.latest_report
    if opened is None:
        opened = is_open_now(service, now)
    if report is None:
        return Availability("", None, None, None, "", None, Freshness.UNKNOWN, opened, is_available=False)
    status, free, since = report.status, report.places_free, report.reported_at
    if report.reopens_at is not None and report.reopens_at <= now:
        status, free, since = report.reopens_as, None, report.reopens_at
    freshness = freshness_of(service.service_type, since, now)
    opens_again = None
    if report.valid_until is not None and report.valid_until <= now:
        freshness = Freshness.STALE
    elif report.reopens_at is not None and now < report.reopens_at:
        # "Closed until the 10th" stays true until the 10th, however long ago it was said.
        opens_again = report.reopens_at.astimezone(ZoneInfo(service.time_zone)).date()
        freshness = Freshness.AGEING if freshness == Freshness.STALE else freshness
    held = 0 if free is None else sum(_counts(hold, report, now) for hold in service.holds.all())
    left = None if free is None else max(free - held, 0)
    has_room = service.status == Status.ACTIVE and status == AvailabilityStatus.CAPACITY and left != 0
    return Availability(
        status=status,
        places_free=left,
        places_total=report.places_total,
        wait_days=report.wait_days,
        note=report.note,
        reported_at=since,
        freshness=freshness,
        is_open=opened,
        is_available=has_room and freshness != Freshness.STALE and opened,
        age=age_of_news(since, now),
        held=held,
        is_held_out=held > 0 and left == 0,
        opens_again=opens_again,
        source=report.source,
    )


def _counts(hold: PlaceHold, report: AvailabilityReport, now: datetime) -> bool:
    """Say whether a hold takes a place away from what the report said."""
    if hold.expires_at <= now:
        return False
    # A desk that reports after it accepted somebody has counted her already.
    return hold.kind == HoldKind.ASKED or hold.made_at > report.reported_at


def counting_holds(now: datetime) -> QuerySet[PlaceHold]:
    """Return the holds that take a place away at ``now``: the same rule as ``derive``'s."""
    return PlaceHold.objects.filter(
        Q(kind=HoldKind.ASKED) | Q(made_at__gt=F("service__latest_report__reported_at")),
        expires_at__gt=now,
    )


def has_fresh_room(now: datetime) -> Q:
    """Return the condition for all of ``is_available`` but the hours, over Service."""
    held_out = (
        counting_holds(now)
        .values("service")
        .annotate(held=Count("pk"))
        .filter(service__latest_report__places_free__lte=F("held"))
        .values("service")
    )
    # Spelled so that no index of reports answers it: they are of everywhere, and whoever asks knows fewer
    # services. Where the reports are the quicker way, ``narrowing.recent_reports`` says so itself.
    said = (
        _is(F("latest_report__status"), AvailabilityStatus.CAPACITY)
        & (Q(latest_report__places_free__isnull=True) | Q(latest_report__places_free__gt=0))
        & _recent("reported_at", now)
    )
    reopened = (
        _is(F("latest_report__reopens_as"), AvailabilityStatus.CAPACITY)
        & Q(latest_report__reopens_at__lte=now)
        & _recent("reopens_at", now)
    )
    return (
        Q(status=Status.ACTIVE)
        & (Q(latest_report__valid_until__isnull=True) | Q(latest_report__valid_until__gt=now))
        & (said | reopened)
        & ~Q(pk__in=held_out)
    )


def _is(column: F, value: str) -> Q:
    return Q(Exact(Coalesce(column, Value("")), value))


def _recent(moment: str, now: datetime) -> Q:
    """Return the condition that a moment of the newest report is not too long ago to rely on."""
    shelter, office = (now - timedelta(hours=FRESH_HOURS[kind][1]) for kind in ("shelter", "office"))
    shelters = Q(service_type=ServiceType.SAFE_HOUSE)
    return (shelters & Q(**{f"latest_report__{moment}__gt": shelter})) | (
        ~shelters & Q(**{f"latest_report__{moment}__gt": office})
    )


def availability_of(service_ids: Iterable[UUID]) -> dict[UUID, Availability]:
    """Return the availability of each service that exists. Four queries, for colleagues' eyes."""
    now = timezone.now()
    services = (
        Service.objects.filter(pk__in=list(service_ids))
        .select_related("latest_report")
        .prefetch_related("hours", "schedule_exceptions", "holds")
    )
    return {service.pk: derive(service, now) for service in services}
