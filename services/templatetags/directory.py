"""Filters of the directory's pages: names of weekdays, ages, numbers to dial."""

import re
from datetime import date
from typing import NamedTuple

from django import template
from django.utils.dates import WEEKDAYS, WEEKDAYS_ABBR
from django.utils.functional import Promise

from services import freshness
from services.codes import CheckAge
from services.queries.cards import Named, ServiceCard
from services.queries.entries import Day
from services.queries.matching import age_text
from services.saying import from_to, listed

register = template.Library()

_NUMBER = re.compile(r"\+?\(?[0-9][0-9\s().-]*")
_LONGEST = 15  # digits of a number anywhere in the world (E.164)


@register.filter
def weekday(number: int) -> Promise | str:
    """Return the name of a weekday; Monday is 0."""
    return WEEKDAYS[number]


class Line(NamedTuple):
    """Weekdays that follow each other with the same hours: "Mon–Fri", "09:00–18:00"."""

    days: str
    times: str
    by_appointment: bool


@register.filter
def week(days: list[Day]) -> list[Line]:
    """Return a week's hours in as few lines as they need."""
    runs: list[list[Day]] = []
    for day in days:
        last = runs[-1][-1] if runs else None
        if (
            last
            and last.weekday + 1 == day.weekday
            and (last.times, last.by_appointment) == (day.times, day.by_appointment)
        ):
            runs[-1].append(day)
        else:
            runs.append([day])
    return [
        Line(
            f"{WEEKDAYS_ABBR[run[0].weekday]}–{WEEKDAYS_ABBR[run[-1].weekday]}"
            if len(run) > 1
            else str(WEEKDAYS_ABBR[run[0].weekday]),
            ", ".join(from_to(*hours) for hours in run[0].times),
            run[0].by_appointment,
        )
        for run in runs
    ]


@register.filter
def ages(card: ServiceCard) -> Promise | str:
    """Return the ages a service is for; empty when it is for all."""
    return age_text(card) if card.minimum_age is not None or card.maximum_age is not None else ""


@register.filter
def spoken(languages: list[Named] | list[str]) -> str:
    """Return the names of languages with commas between them."""
    return listed(
        (one.name if isinstance(one, Named) else one for one in languages),
        are_names=True,
    )


@register.filter
def check_age(assured_date: date | None) -> CheckAge:
    """Return how long ago an entry was checked (services.freshness)."""
    return freshness.check_age(assured_date)


@register.filter
def is_old_check(assured_date: date | None) -> bool:
    """Say whether a reader has to be warned: the check is stale, or there was none."""
    return freshness.is_not_checked_lately(assured_date)


@register.filter
def dial(written: str) -> str:
    """Return the first number of a phone as written, for a ``tel:`` link; empty if none is safe.

    A star or hash may be a command to the network: one tap would forward all her calls.
    """
    found = _NUMBER.search(written)
    if found is None or "*" in written or "#" in written:
        return ""
    number = re.sub(r"[^+0-9]", "", found.group())
    return number if len(number.lstrip("+")) <= _LONGEST else ""
