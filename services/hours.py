"""Opening hours: minutes of a weekday, "open now", and HSDS schedules at the edge.

Inside there are simple rows (weekday, opens, closes, validity); HSDS 3.1 speaks RRULE. What a
simple row cannot say (every second week, the 15th of a month) is kept raw and never counts as
open. Times are the local time of the place; the caller passes a local moment.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Protocol

DAY_MINUTES = 24 * 60
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_SPOKEN_TIME = re.compile(r"(\d{1,2})(?:[:.](\d{2}))?\s*([ap])\.?m\.?", re.IGNORECASE | re.ASCII)
# RRULE parts that simple rows cannot say.
_BEYOND_ROWS = ("count", "byweekno", "bymonthday", "byyearday")


class MinuteRow(Protocol):
    """Open from ``opens`` up to but not including ``closes``, in minutes of ``weekday``."""

    weekday: int
    opens: int
    closes: int
    valid_from: date | None
    valid_to: date | None


class DayException(Protocol):
    date_from: date
    date_to: date
    opens: time | None
    closes: time | None


@dataclass(frozen=True)
class Minutes:
    weekday: int
    opens: int
    closes: int
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True)
class DayHours:
    """One weekday's hours; ``closes`` at or before ``opens`` is on the next day."""

    weekday: int
    opens: time
    closes: time
    valid_from: date | None = None
    valid_to: date | None = None


def minute(moment: time) -> int:
    """Return minutes after midnight; a started minute counts as begun."""
    return moment.hour * 60 + moment.minute


def _later(day: date | None) -> date | None:
    # Files write 9999-12-31 for "no end": the calendar has no day after it.
    return day + timedelta(days=1) if day and day < date.max else day


def split(
    weekday: int,
    opens: time,
    closes: time,
    *,
    valid_from: date | None = None,
    valid_to: date | None = None,
) -> list[Minutes]:
    """Return rows that do not cross midnight. The part after midnight is valid a day later."""
    start, end = minute(opens), minute(closes)
    if start < end:
        return [Minutes(weekday, start, end, valid_from, valid_to)]
    rows = [Minutes(weekday, start, DAY_MINUTES, valid_from, valid_to)]
    if end:
        rows.append(Minutes((weekday + 1) % 7, 0, end, _later(valid_from), _later(valid_to)))
    return rows


def is_open(
    rows: Iterable[MinuteRow | Minutes],
    exceptions: Iterable[DayException],
    local: datetime,
    *,
    holiday: bool = False,
) -> bool:
    """Say whether a place is open at a local moment. By appointment counts as open:
    somebody answers.

    An exception replaces the whole of its dates: closed is closed at every minute of them. On a
    public holiday without one, only what is open all day of that weekday counts.
    ``services.queries.search.open_at`` says the same in SQL; a test holds them together.
    """
    today, now = local.date(), minute(local.time())
    special = [row for row in exceptions if row.date_from <= today <= row.date_to]
    if special:
        return any(
            row.opens is not None and row.closes is not None and minute(row.opens) <= now < minute(row.closes)
            for row in special
        )
    return any(
        row.weekday == today.weekday()
        and row.opens <= now < row.closes
        and (not holiday or (row.opens == 0 and row.closes == DAY_MINUTES))
        and (row.valid_from is None or row.valid_from <= today)
        and (row.valid_to is None or today <= row.valid_to)
        for row in rows
    )


def parse_time(text: str) -> time:
    """Read ``9:00``, ``09:00:00``, ``18:00+05:00``, ``24:00``, ``9am``, ``5:30 p.m.``. Raises ValueError.

    23:59 means the end of the day: HSDS has no better way to say it.
    """
    text = text.strip()
    if spoken := _SPOKEN_TIME.fullmatch(text):
        hour, minutes, half = spoken.groups()
        if not 1 <= int(hour) <= 12:
            raise ValueError(text)
        text = f"{int(hour) % 12 + (12 if half in 'pP' else 0):02}:{minutes or '00'}"
    if text.startswith(("24:00", "23:59")):
        return time(0)
    if text[1:2] == ":":
        text = "0" + text
    return time.fromisoformat(text).replace(tzinfo=None, microsecond=0)


def from_hsds(schedule: dict[str, Any]) -> list[DayHours] | None:
    """Return the simple rows of an HSDS schedule, or None if simple rows cannot say it.

    ``dtstart`` and ``until`` narrow ``valid_from`` and ``valid_to``. Raises ValueError for a time
    or date that cannot be read.
    """
    if any(schedule.get(key) not in (None, "") for key in _BEYOND_ROWS):
        return None
    if schedule.get("freq") not in (None, "", "WEEKLY") or schedule.get("interval") not in (None, "", 1, "1"):
        return None
    if not schedule.get("byday") or not schedule.get("opens_at") or not schedule.get("closes_at"):
        return None
    days = [day.strip().upper() for day in str(schedule["byday"]).split(",") if day.strip()]
    if any(day not in WEEKDAYS for day in days):
        return None
    starts = [
        date.fromisoformat(str(schedule[key])) for key in ("valid_from", "dtstart") if schedule.get(key)
    ]
    ends = [date.fromisoformat(str(schedule[key])) for key in ("valid_to", "until") if schedule.get(key)]
    opens, closes = parse_time(str(schedule["opens_at"])), parse_time(str(schedule["closes_at"]))
    return [
        DayHours(WEEKDAYS.index(day), opens, closes, max(starts, default=None), min(ends, default=None))
        for day in dict.fromkeys(days)
    ]


def to_hsds(rows: list[DayHours]) -> dict[str, Any]:
    """Return one HSDS schedule for rows that share times and validity. Ids are the caller's."""
    first = rows[0]
    schedule: dict[str, Any] = {
        "freq": "WEEKLY",
        "interval": 1,
        "wkst": "MO",
        "byday": ",".join(WEEKDAYS[day] for day in sorted({row.weekday for row in rows})),
        "opens_at": first.opens.isoformat(),
        "closes_at": first.closes.isoformat(),
    }
    if first.valid_from:
        schedule["valid_from"] = first.valid_from.isoformat()
    if first.valid_to:
        schedule["valid_to"] = first.valid_to.isoformat()
    return schedule
