from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import WEEKLY, rrule
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.hours import WEEKDAYS, from_hsds, is_open, split, to_hsds
from services.models import ScheduleException, Service, ServiceHours
from services.queries.availability import is_open_now
from services.queries.search import open_at

from .conftest import Make

ZONE = ZoneInfo("Asia/Tashkent")
START = date(2026, 1, 1)
_time = st.times().map(lambda moment: moment.replace(second=0, microsecond=0))
_days = st.lists(st.sampled_from(WEEKDAYS), min_size=1, max_size=7, unique=True)
_day = st.integers(0, 60).map(lambda n: START + timedelta(days=n))


@given(days=_days, opens=_time, closes=_time, first=_day, length=st.integers(0, 40), day=_day, at=_time)
def test_open_says_what_the_rrule_says(  # noqa: PLR0917 - hypothesis hands them over by name
    days: list[str], opens: time, closes: time, first: date, length: int, day: date, at: time
) -> None:
    last = first + timedelta(days=length)
    rows = from_hsds(
        {
            "freq": "WEEKLY",
            "byday": ",".join(days),
            "opens_at": opens.isoformat(),
            "closes_at": closes.isoformat(),
            "valid_from": first.isoformat(),
            "valid_to": last.isoformat(),
        }
    )
    assert rows is not None
    minutes = [
        minute
        for row in rows
        for minute in split(
            row.weekday, row.opens, row.closes, valid_from=row.valid_from, valid_to=row.valid_to
        )
    ]
    now = datetime.combine(day, at)
    # 23:59 is how files say "the end of the day" (services.hours.parse_time).
    begin, end = (time(0) if moment == time(23, 59) else moment for moment in (opens, closes))
    span = datetime.combine(START, end) - datetime.combine(START, begin)
    if span <= timedelta(0):
        span += timedelta(days=1)
    starts = rrule(
        WEEKLY,
        dtstart=datetime.combine(first, begin),
        until=datetime.combine(last, begin),
        byweekday=[WEEKDAYS.index(day) for day in days],
    )
    expected = any(start <= now < start + span for start in starts)
    assert is_open(minutes, [], now) == expected


@given(days=_days, opens=_time, closes=_time)
def test_hours_come_back_as_they_went_out(days: list[str], opens: time, closes: time) -> None:
    rows = from_hsds(
        {"byday": ",".join(days), "opens_at": opens.isoformat(), "closes_at": closes.isoformat()}
    )
    assert rows is not None
    assert from_hsds(to_hsds(rows)) == sorted(rows, key=lambda row: row.weekday)


@pytest.mark.parametrize(
    "rule",
    [
        {"freq": "MONTHLY", "bymonthday": "15"},
        {"interval": 2},
        {"byweekno": "3"},
        {"count": 4},
        {"byday": "1MO"},
        {"opens_at": ""},
    ],
)
def test_a_rule_that_weekdays_cannot_say_is_never_open(rule: dict[str, object]) -> None:
    weekly = {"freq": "WEEKLY", "byday": "MO", "opens_at": "09:00", "closes_at": "18:00"}
    assert from_hsds(weekly | rule) is None


def test_a_closed_holiday_is_closed_at_every_minute_of_it(make: Make) -> None:
    service = make()
    ServiceHours.objects.filter(service=service).delete()
    for weekday in range(7):
        ServiceHours.objects.create(service=service, weekday=weekday, opens=0, closes=1440)
    ScheduleException.objects.create(service=service, date_from="2026-03-21", date_to="2026-03-21")
    for moment, expected in (
        (datetime(2026, 3, 20, 23, 59, tzinfo=ZONE), True),
        (datetime(2026, 3, 21, 0, 0, tzinfo=ZONE), False),
        (datetime(2026, 3, 21, 23, 59, tzinfo=ZONE), False),
        (datetime(2026, 3, 22, 0, 0, tzinfo=ZONE), True),
    ):
        assert is_open_now(service, moment) is expected
        assert Service.objects.filter(open_at(moment)).exists() is expected


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    weekday=st.integers(0, 6),
    opens=_time,
    closes=_time,
    special=st.none() | st.tuples(_time, _time),
    day=_day,
    at=_time,
)
def test_sql_and_python_agree_on_open(  # noqa: PLR0917 - hypothesis hands them over by name
    make: Make,
    weekday: int,
    opens: time,
    closes: time,
    special: tuple[time, time] | None,
    day: date,
    at: time,
) -> None:
    service = Service.objects.first() or make()
    ServiceHours.objects.all().delete()
    ScheduleException.objects.all().delete()
    for row in split(weekday, opens, closes, valid_from=START, valid_to=START + timedelta(days=30)):
        ServiceHours.objects.create(service=service, **row.__dict__)
    if special and special[0] < special[1]:
        ScheduleException.objects.create(
            service=service,
            date_from=START + timedelta(days=10),
            date_to=START + timedelta(days=20),
            opens=special[0],
            closes=special[1],
        )
    now = datetime.combine(day, at, tzinfo=ZONE).astimezone(UTC)
    assert Service.objects.filter(open_at(now)).exists() == is_open_now(service, now)
