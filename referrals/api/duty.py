"""The duty roster of a desk: who is there now and when; administrators and supervisors plan it."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Person
from accounts.roles import RoleName
from accounts.unlocked import Unlocked
from referrals import actions, duty, entries, queries
from referrals.access.common import denied
from referrals.api import serializers as shapes
from referrals.api.changes import Change, ChangeView, who
from referrals.forms.duty import ShiftForm
from referrals.models import DutyShift

_READS = actions.ROSTER_ROLES | {RoleName.INTAKE}

People = dict[str, Person]


def _planner(unlocked: Unlocked) -> None:
    if unlocked.roles.isdisjoint(actions.ROSTER_ROLES):
        raise denied(unlocked, entries.DUTY_CHANGED, "agency", unlocked.agency.id)


def _people(unlocked: Unlocked) -> People:
    _planner(unlocked)
    return {str(one.pk): one for one in queries.colleagues_at_work(unlocked)}


def _shift(unlocked: Unlocked, shift_id: UUID) -> UUID:
    """Return its id: whether it is there is the action's to say, under its lock."""
    _planner(unlocked)
    return shift_id


def _form(people: People, data: dict[str, Any]) -> ShiftForm:
    return ShiftForm(data, colleagues=[(pk, one.display_name) for pk, one in people.items()])


def _add(unlocked: Unlocked, people: People, form: Any) -> None:
    known = form.cleaned_data
    actions.add_shift(
        unlocked=unlocked,
        person=people[known["person"]],
        weekdays=[int(day) for day in known["weekdays"]],
        day=known["day"],
        starts=known["starts"],
        ends=known["ends"],
        once=known["key"],
    )


def _drop(unlocked: Unlocked, shift_id: UUID, form: Any) -> None:
    actions.drop_shift(unlocked=unlocked, shift_id=shift_id, once=form.cleaned_data["key"])


def _row(one: DutyShift) -> dict[str, Any]:
    return {
        "id": one.pk,
        "person": one.person_id,
        "name": one.person.display_name,
        "weekday": one.weekday,
        "day": one.day,
        "starts": f"{one.starts:%H:%M}",
        "ends": f"{one.ends:%H:%M}",
    }


class Roster(ChangeView):
    change = Change(
        name="duty_add",
        summary="Put somebody on duty: every week, or on one day",
        door=_people,
        form=ShiftForm,
        fill=_form,
        act=_add,
    )

    @extend_schema(
        operation_id="duty",
        responses=shapes.RosterSerializer,
        summary="Who is on duty now and when, and who can be",
    )
    def get(self, request: Request) -> Response:
        unlocked = who(request)
        if unlocked.roles.isdisjoint(_READS):
            raise denied(unlocked, entries.DUTY_LISTED, "agency", unlocked.agency.id)
        now = duty.on_duty(unlocked.agency, unlocked.now)
        shifts = [_row(one) for one in queries.roster_of(unlocked)]
        colleagues = [
            {"person": one.pk, "name": one.display_name, "on_duty": one.pk in now}
            for one in queries.colleagues_at_work(unlocked)
        ]
        zone = unlocked.agency.time_zone
        return Response({"colleagues": colleagues, "shifts": shifts, "time_zone": zone})


class ShiftEnd(ChangeView):
    change = Change(name="duty_drop", summary="Take one shift out", door=_shift, act=_drop)
