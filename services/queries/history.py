"""What a service said over the last days: the steps of its history, and a chart of them.

What was taken back is left out. A step ends where the next begins; where news went stale before that,
the rest of the time is a step of its own in which nobody knew.
"""

from collections.abc import Callable
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

# From the top of the chart to its bottom; each that occurred has a lane with its name.
_LANES = (
    AvailabilityStatus.CAPACITY.value,
    AvailabilityStatus.ASSESSMENT.value,
    AvailabilityStatus.WAITLIST.value,
    AvailabilityStatus.NO_CAPACITY.value,
    AvailabilityStatus.CLOSED.value,
    UNKNOWN,
)


def _label(status: str) -> Promise | str:
    return _("Too old to rely on") if status == UNKNOWN else AvailabilityStatus(status).label


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
        return _label(self.status)

    @property
    def source_label(self) -> Promise | str:
        return AvailabilitySource(self.source).label


@dataclass(frozen=True)
class Bar:
    """One piece of a lane, in the chart's units."""

    x: float
    width: float


@dataclass(frozen=True)
class Lane:
    """When one thing was true: its name at ``text_y``, its bars from ``bar_y`` down."""

    status: str
    label: Promise | str
    text_y: int
    bar_y: int
    bars: list[Bar]


@dataclass(frozen=True)
class Places:
    """Free places as a stepped line, where they were counted: ``most`` at ``top``, none at ``bottom``.

    ``lines`` are points of polylines, one for each stretch in which places were counted.
    """

    most: int
    text_y: int
    top: int
    bottom: int
    lines: list[str]


@dataclass(frozen=True)
class Chart:
    """The last days: a lane for each thing that was said, and below them the free places."""

    width: int
    height: int
    bar_height: int
    lanes: list[Lane]
    places: Places | None
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


# In units of the chart, of which a phone has some 320.
_WIDTH, _LANE, _BAR, _PLACES = 400, 42, 16, 76


def _chart(steps: list[Step], start: datetime, now: datetime) -> Chart:
    def x(moment: datetime) -> float:
        return round(_WIDTH * ((moment - start) / (now - start)), 1)

    def bars(status: str) -> list[Bar]:
        # Two units at least: a yes of an hour has to be seen.
        return [
            Bar(min(x(step.start), _WIDTH - 2), max(round(x(step.end) - x(step.start), 1), 2))
            for step in steps
            if step.status == status
        ]

    said = [status for status in _LANES if any(step.status == status for step in steps)]
    lanes = [
        Lane(status, _label(status), number * _LANE + 14, number * _LANE + 20, bars(status))
        for number, status in enumerate(said)
    ]
    places = _places(steps, x, len(lanes) * _LANE + 6)
    weeks = [now - timedelta(days=days) for days in (28, 21, 14, 7)]
    height = places.bottom + 4 if places else len(lanes) * _LANE
    return Chart(_WIDTH, height, _BAR, lanes, places, [(x(week), week) for week in weeks])


def _places(steps: list[Step], x: Callable[[datetime], float], above: int) -> Places | None:
    most = max((step.free for step in steps if step.free is not None), default=0)
    if not most:
        return None
    top, bottom = above + 24, above + _PLACES
    lines: list[str] = []
    points: list[str] = []
    for step in steps:
        if step.free is None:
            if points:
                lines.append(" ".join(points))
            points = []
            continue
        y = round(bottom - (bottom - top) * step.free / most, 1)
        points += [f"{x(step.start)},{y}", f"{x(step.end)},{y}"]
    if points:
        lines.append(" ".join(points))
    return Places(most, above + 14, top, bottom, lines)


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
