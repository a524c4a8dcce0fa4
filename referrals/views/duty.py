"""The duty roster: who is at the desk when. Administrators and supervisors plan it, the desk reads it."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import formats
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import with_role
from accounts.roles import RoleName
from referrals import actions, duty, queries
from referrals.forms.base import WorkForm
from referrals.forms.duty import ShiftForm
from referrals.models import DutyShift
from referrals.views.answers import send, show, to


@require_http_methods(["GET", "HEAD", "POST"])
def roster(request: HttpRequest) -> HttpResponse:
    """Show who is on duty now and when; whoever plans it adds a shift on the same page."""
    unlocked = with_role(request, RoleName.ADMINISTRATOR, RoleName.SUPERVISOR, RoleName.INTAKE)
    may_plan = not unlocked.roles.isdisjoint(actions.ROSTER_ROLES)
    people = {str(one.pk): one for one in queries.colleagues_at_work(unlocked)}
    form = ShiftForm(
        request.POST if request.method == "POST" else None,
        colleagues=[(pk, one.display_name) for pk, one in people.items()],
    )

    def add(answers: dict[str, Any]) -> None:
        actions.add_shift(
            unlocked=unlocked,
            person=people[answers["person"]],
            weekdays=[int(day) for day in answers["weekdays"]],
            day=answers["day"],
            starts=answers["starts"],
            ends=answers["ends"],
            once=answers["key"],
        )

    if request.method == "POST" and send(form, add):
        return to("duty", done="duty-added")
    now = duty.on_duty(unlocked.agency, unlocked.now)
    context = {
        "now": [one.display_name for one in people.values() if one.pk in now],
        "days": _days(queries.roster_of(unlocked)),
        "form": form if may_plan else None,
        "drop_form": WorkForm(),
        "time_zone": unlocked.agency.time_zone.replace("_", " "),
    }
    return show(request, "duty", context)


@require_POST
def drop(request: HttpRequest, shift_id: UUID) -> HttpResponse:
    """Take one shift out."""
    unlocked = with_role(request, *actions.ROSTER_ROLES)
    form = WorkForm(request.POST)

    def take_out(answers: dict[str, Any]) -> None:
        actions.drop_shift(unlocked=unlocked, shift_id=shift_id, once=answers["key"])

    return to("duty", done="duty-dropped" if send(form, take_out) else "")


def _days(shifts: Iterable[DutyShift]) -> list[dict[str, Any]]:
    """Return the days that have shifts, in order: the week first, then single dates."""
    days: dict[str, list[dict[str, Any]]] = {}
    for one in shifts:
        name = formats.date_format(one.day, "DATE_FORMAT") if one.day else str(WEEKDAYS[one.weekday or 0])
        words = {
            "start": formats.time_format(one.starts, "H:i"),
            "end": formats.time_format(one.ends, "H:i"),
        }
        overnight = one.ends <= one.starts
        hours = _("%(start)s to %(end)s the next morning") if overnight else _("%(start)s to %(end)s")
        days.setdefault(name, []).append(
            {
                "who": one.person.display_name,
                "hours": hours % words,
                "url": reverse("referrals:duty_drop", args=[one.pk]),
            }
        )
    return [{"name": name, "shifts": held} for name, held in days.items()]
