"""Public holidays, from a file that people edit: which day is one, in which time zones.

On a holiday the usual hours are not to be relied on: only what is open round the clock, or says
its own hours for that date, counts as open. Nothing here touches the database.
"""

import json
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

DATA_FILE = Path(__file__).parent / "data" / "holidays.json"


@dataclass(frozen=True)
class Calendar:
    """The holidays of one country: days of every year as (month, day), and single dates."""

    time_zones: frozenset[str]
    yearly: frozenset[tuple[int, int]]
    single: frozenset[date]


def read(path: Path = DATA_FILE) -> list[Calendar]:
    """Return the calendars of a file. Raises ValueError or KeyError for a broken one."""
    countries = json.loads(path.read_text("utf-8"))["countries"]
    found = []
    for country in countries:
        yearly = (date.fromisoformat(f"2000-{day['day']}") for day in country["every_year"])
        found.append(
            Calendar(
                frozenset(country["time_zones"]),
                frozenset((day.month, day.day) for day in yearly),
                frozenset(date.fromisoformat(day["date"]) for day in country["single_days"]),
            )
        )
    return found


@lru_cache(maxsize=1)
def _calendars() -> tuple[Calendar, ...]:
    return tuple(read())


def is_holiday(day: date, time_zone: str) -> bool:
    """Say whether a local date is a public holiday where clocks show this zone."""
    return any(
        time_zone in calendar.time_zones
        and ((day.month, day.day) in calendar.yearly or day in calendar.single)
        for calendar in _calendars()
    )
