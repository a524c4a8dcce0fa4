"""Who is on duty now, worked out from the roster. Nobody on duty means: the whole desk.

The roster decides who is told first and who is proposed to work on something. It opens nothing and
closes nothing: who may read what stays with the keys.
"""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from accounts.models import Agency
from referrals.models import DutyShift

# More shifts than any desk has; a roster is read whole.
MOST = 300


def on_duty(agency: Agency, now: datetime) -> set[UUID]:
    """Return the ids of who is on duty at ``now``; empty where no roster says so. One query."""
    local = now.astimezone(ZoneInfo(agency.time_zone))
    shifts = list(DutyShift.objects.filter(agency=agency)[:MOST])
    today, clock = local.date(), local.time()
    begun = {one.person_id for one in _of_day(shifts, today) if _has_begun(one, clock)}
    # A night that began yesterday and ends this morning.
    night = {
        one.person_id
        for one in _of_day(shifts, today - timedelta(days=1))
        if one.ends <= one.starts and clock < one.ends
    }
    return begun | night


def _has_begun(shift: DutyShift, clock: time) -> bool:
    return shift.starts <= clock and (shift.ends <= shift.starts or clock < shift.ends)


def _of_day(shifts: Iterable[DutyShift], day: date) -> list[DutyShift]:
    """Return the shifts that begin on a day: a day with shifts of its own does not follow the week."""
    once = [one for one in shifts if one.day == day]
    return once or [one for one in shifts if one.weekday == day.weekday()]
