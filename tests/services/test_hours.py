from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import DAILY, WEEKLY, rrule, rruleset
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
def test_open_says_what_the_rrule_says(
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


_special = st.builds(
    lambda first, length, hours: ScheduleException(
        date_from=START + timedelta(days=first),
        date_to=START + timedelta(days=first + length),
        opens=min(hours) if hours and min(hours) < max(hours) else None,
        closes=max(hours) if hours and min(hours) < max(hours) else None,
    ),
    st.integers(0, 20),
    st.integers(0, 5),
    st.none() | st.tuples(_time, _time),
)


@given(
    rules=st.lists(st.tuples(_days, _time, _time), min_size=1, max_size=3),
    specials=st.lists(_special, max_size=3),
    holidays=st.sets(st.integers(0, 25), max_size=5),
    day=st.integers(0, 25),
    at=_time,
)
def test_exceptions_and_holidays_say_what_the_rruleset_says(
    rules: list[tuple[list[str], time, time]],
    specials: list[ScheduleException],
    holidays: set[int],
    day: int,
    at: time,
) -> None:
    now = datetime.combine(START + timedelta(days=day), at)
    midnight = datetime.combine(now.date(), time(0))
    minutes = [
        row for days, opens, closes in rules for one in days
        for row in split(WEEKDAYS.index(one), opens, closes)
    ]  # fmt: skip
    # Each stretch within a day is a rule of its own; days with hours of their own are taken out of all
    # of them, holidays out of those that do not last all day.
    special_days = {
        special.date_from + timedelta(days=n)
        for special in specials
        for n in range((special.date_to - special.date_from).days + 1)
    }
    holiday_dates = {START + timedelta(days=n) for n in holidays}
    expected = False
    for days, opens, closes in rules:
        start, end = _clock(opens), _clock(closes)
        stretches = (
            [(0, start, end)] if start < end else [(0, start, 1440), (1, 0, end)]
        )  # (days later, from, to)
        for later, begins, ends in stretches:
            events = rruleset()
            events.rrule(
                rrule(
                    WEEKLY,
                    dtstart=datetime.combine(START - timedelta(days=14), time(begins // 60, begins % 60)),
                    until=datetime.combine(START + timedelta(days=40), time(0)),
                    byweekday=[(WEEKDAYS.index(one) + later) % 7 for one in days],
                )
            )
            lasts_all_day = (begins, ends) == (0, 1440)
            for out in special_days | (set() if lasts_all_day else holiday_dates):
                events.exdate(datetime.combine(out, time(begins // 60, begins % 60)))
            starts = events.between(midnight, midnight + timedelta(hours=23, minutes=59), inc=True)
            expected |= any(one <= now < one + timedelta(minutes=ends - begins) for one in starts)
    for special in specials:
        if special.opens is not None and special.closes is not None:
            dates = rrule(DAILY, dtstart=special.date_from, until=special.date_to)
            expected |= any(
                datetime.combine(one, special.opens) <= now < datetime.combine(one, special.closes)
                for one in dates
            )
    is_holiday = now.date() in holiday_dates
    assert is_open(minutes, specials, now, holiday=is_holiday) == expected


def _clock(moment: time) -> int:
    return moment.hour * 60 + moment.minute


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
def test_sql_and_python_agree_on_open(
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
