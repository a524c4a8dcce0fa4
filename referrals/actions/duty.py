"""The duty roster of a desk: an administrator or a supervisor adds and takes out shifts."""

from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Agency, Person
from accounts.roles import RoleName
from accounts.unlocked import Unlocked
from audit.actions import record
from referrals import entries
from referrals.access.common import WORKER_ROLES, denied
from referrals.actions.steps import Once
from referrals.duty import MOST
from referrals.errors import Invalid, WrongState
from referrals.models import DutyShift

ROSTER_ROLES = frozenset({RoleName.ADMINISTRATOR, RoleName.SUPERVISOR})
# A single day is planned at most so far ahead.
FARTHEST = timedelta(days=366)


def add_shift(
    *,
    unlocked: Unlocked,
    person: Person,
    weekdays: list[int],
    day: date | None,
    starts: time,
    ends: time,
    once: UUID | None = None,
) -> None:
    """Put somebody on duty: on each of ``weekdays`` (Monday is 0) every week, or once on ``day``."""
    _may(unlocked)
    if bool(weekdays) == (day is not None) or not set(weekdays) <= set(range(7)):
        raise Invalid({"weekdays": _("Tick days of the week, or give one date: one of the two.")})
    if day is not None and not unlocked.today <= day <= unlocked.today + FARTHEST:
        raise Invalid({"day": _("Give a day from today on, within a year.")})
    if starts == ends:
        raise Invalid({"ends": _("Give another time than the beginning.")})
    at_work = person.groups.filter(role__agency=unlocked.agency, role__name__in=WORKER_ROLES)
    if person.agency_id != unlocked.agency.id or not person.is_active or not at_work.exists():
        raise Invalid({"person": _("Choose a colleague.")})
    with transaction.atomic():
        agency = Agency.objects.select_for_update().get(pk=unlocked.agency.id)
        if Once(unlocked, once, "add_shift", agency.id).is_repeat:
            return
        if DutyShift.objects.filter(agency=agency).count() + 7 > MOST:
            raise WrongState(_("The roster is full. Take out what is over first."))
        for weekday in [None] if day is not None else sorted(set(weekdays)):
            # The same shift twice is one shift.
            DutyShift.objects.get_or_create(
                agency=agency, person=person, weekday=weekday, day=day, starts=starts, ends=ends
            )
        _record(unlocked, person.id, "added")


def drop_shift(*, unlocked: Unlocked, shift_id: UUID, once: UUID | None = None) -> None:
    """Take one shift out; one that is gone already is gone."""
    _may(unlocked)
    with transaction.atomic():
        if Once(unlocked, once, "drop_shift", shift_id).is_repeat:
            return
        shift = DutyShift.objects.select_for_update().filter(pk=shift_id, agency=unlocked.agency).first()
        if shift is None:
            raise denied(unlocked, entries.DUTY_CHANGED, "shift", shift_id)
        shift.delete()
        _record(unlocked, shift.person_id, "dropped")


def sweep_duty(*, now: datetime) -> int:
    """Forget single days that are over; return how many. Part of the clock."""
    before = timezone.localdate(now) - timedelta(days=2)
    return DutyShift.objects.filter(day__lt=before).delete()[0]


def _may(unlocked: Unlocked) -> None:
    if unlocked.roles.isdisjoint(ROSTER_ROLES):
        raise denied(unlocked, entries.DUTY_CHANGED, "agency", unlocked.agency.id)


def _record(unlocked: Unlocked, person: UUID, what: str) -> None:
    record(
        entries.DUTY_CHANGED,
        agency=unlocked.agency.id,
        actor=unlocked.person.id,
        kind="agency",
        object=str(unlocked.agency.id),
        detail={"person": str(person), "what": what},
    )
