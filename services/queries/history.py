"""What a service said over the last days: the steps of its history, and a chart of them.

What was taken back is left out. A step ends where the next begins; where news went stale before that,
the rest of the time is a step of its own in which nobody knew.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Exists, OuterRef
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from services.actions.availability import UNDO_WITHIN, earlier
from services.codes import AvailabilitySource, AvailabilityStatus, fresh_hours
from services.models import AvailabilityReport, Service
from services.queries.cards import ServiceCard
from services.queries.entries import desk_services

DAYS = 30
MOST_STEPS = 400  # of a chart: more would be finer than a pixel

UNKNOWN = "unknown"

# How high the band stands for each state, in parts of its full height: never told by colour alone.
_HEIGHTS = {
    AvailabilityStatus.CAPACITY.value: 1.0,
    AvailabilityStatus.ASSESSMENT.value: 0.7,
    AvailabilityStatus.WAITLIST.value: 0.5,
    AvailabilityStatus.NO_CAPACITY.value: 0.25,
    AvailabilityStatus.CLOSED.value: 0.12,
    UNKNOWN: 0.0,
}


@dataclass(frozen=True)
class Step:
    """A time in which one thing was true: from ``start`` up to ``end``."""

    start: datetime
    end: datetime
    status: str  # an AvailabilityStatus, or ``UNKNOWN`` where news was too old
    free: int | None
    source: str

    @property
    def label(self) -> Promise | str:
        return _("Too old to rely on") if self.status == UNKNOWN else AvailabilityStatus(self.status).label

    @property
    def source_label(self) -> Promise | str:
        return AvailabilitySource(self.source).label


@dataclass(frozen=True)
class Bar:
    """One piece of the band, in the chart's units; ``y`` is its upper edge."""

    x: float
    y: float
    width: float
    height: float
    status: str


@dataclass(frozen=True)
class Chart:
    """The last days as a band by status, with the free places as a stepped line where counted."""

    width: int
    height: int
    bars: list[Bar]
    lines: list[str]  # points of polylines: one for each stretch in which places were counted
    most: int  # free places at the top of the line's scale
    days: list[tuple[float, datetime]]  # where a week begins


@dataclass(frozen=True)
class History:
    steps: list[Step]  # newest first
    chart: Chart


def history(service: Service, now: datetime) -> History:
    """Return the last 30 days of a service. Two queries."""
    start = now - timedelta(days=DAYS)
    told = AvailabilityReport.objects.filter(
        service=service, undoes__isnull=True, undone_by__isnull=True, reported_at__lte=now
    ).order_by("-reported_at", "-written_at")
    reports = list(told.filter(reported_at__gt=start)[:MOST_STEPS])
    reports += list(told.filter(reported_at__lte=start)[:1])
    steps: list[Step] = []
    for number, report in enumerate(reversed(reports)):
        later = reports[len(reports) - 2 - number].reported_at if number + 1 < len(reports) else now
        steps += _steps(service.service_type, report, max(report.reported_at, start), later)
    return History(steps[::-1], _chart(steps, start, now))


def _steps(service_type: str, report: AvailabilityReport, start: datetime, end: datetime) -> list[Step]:
    """Cut one report's time where it opened again and where it went stale."""
    stale = timedelta(hours=fresh_hours(service_type)[1])
    if report.reopens_at is None:
        cuts = [(start, report.status), (report.reported_at + stale, UNKNOWN)]
    else:
        cuts = [
            (start, report.status),
            (report.reopens_at, report.reopens_as),
            (report.reopens_at + stale, UNKNOWN),
        ]
    if report.valid_until is not None:
        cuts = [cut for cut in cuts if cut[0] < report.valid_until] + [(report.valid_until, UNKNOWN)]
    found = []
    for number, (moment, status) in enumerate(cuts):
        begins = max(moment, start)
        ends = min(cuts[number + 1][0] if number + 1 < len(cuts) else end, end)
        if begins < ends:
            free = report.places_free if status == report.status else None
            found.append(Step(begins, ends, status, free, report.source))
    return found


_WIDTH, _BAND, _LINE = 600, 40, 60


def _chart(steps: list[Step], start: datetime, now: datetime) -> Chart:
    def x(moment: datetime) -> float:
        return round(_WIDTH * ((moment - start) / (now - start)), 1)

    most = max([step.free for step in steps if step.free is not None], default=0)
    bars: list[Bar] = []
    lines: list[str] = []
    points: list[str] = []
    for step in steps:
        high = round(_BAND * _HEIGHTS[step.status], 1)
        if high:
            bars.append(
                Bar(
                    x(step.start),
                    _LINE + _BAND - high,
                    max(x(step.end) - x(step.start), 1),
                    high,
                    step.status,
                )
            )
        if step.free is None or not most:
            if points:
                lines.append(" ".join(points))
            points = []
            continue
        y = round(_LINE - 6 - (_LINE - 12) * step.free / most, 1)
        points += [f"{x(step.start)},{y}", f"{x(step.end)},{y}"]
    if points:
        lines.append(" ".join(points))
    weeks = [now - timedelta(days=days) for days in (28, 21, 14, 7)]
    return Chart(_WIDTH, _LINE + _BAND, bars, lines, most, [(x(week), week) for week in weeks])


@dataclass(frozen=True)
class DeskCard:
    """A service on its own desk's page: when it was saved there, if just now, and what can be taken back."""

    service: ServiceCard
    saved_at: datetime | None
    undo_id: UUID | None


def desk_cards(agency_id: UUID, now: datetime) -> list[DeskCard]:
    """Return the desk's cards. A constant number of queries."""
    before = earlier(OuterRef("service"), OuterRef("written_at"))
    just_now = AvailabilityReport.objects.filter(
        latest_of__organization__agency=agency_id,
        source=AvailabilitySource.PROVIDER_PAGE,
        undoes__isnull=True,
        written_at__gt=now - UNDO_WITHIN,
    ).annotate(has_before=Exists(before))
    taps = {report.service_id: report for report in just_now}
    return [_desk_card(card, taps.get(card.id)) for card in desk_services(agency_id)]


def _desk_card(card: ServiceCard, tap: AvailabilityReport | None) -> DeskCard:
    if tap is None:
        return DeskCard(card, None, None)
    return DeskCard(card, tap.written_at, tap.pk if getattr(tap, "has_before", False) else None)
