"""The supervisor's form of timers and working days."""

from typing import Any

from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from referrals.codes import TIME_ZONES
from referrals.forms.base import VersionedForm
from referrals.timers import LONGEST, Calendar, Limits, Rules

_URGENCIES = ("emergency", "urgent", "routine")


def _number(label: Any, most: int) -> forms.IntegerField:
    # The action says what is out of bounds; this only keeps the keyboard to digits.
    return forms.IntegerField(
        label=label, widget=forms.NumberInput(attrs={"min": 1, "max": most, "inputmode": "numeric"})
    )


class TimersForm(VersionedForm):
    """Nine numbers in plain words, the working week and the time zone."""

    emergency_answer = _number(_("Emergency: hours for an answer"), LONGEST.emergency.answer)
    emergency_supervisor = _number(
        _("Emergency: hours until supervisors are told"), LONGEST.emergency.supervisor
    )
    emergency_end = _number(_("Emergency: hours until it ends without an answer"), LONGEST.emergency.end)
    urgent_answer = _number(_("Urgent: hours for an answer"), LONGEST.urgent.answer)
    urgent_supervisor = _number(_("Urgent: hours until supervisors are told"), LONGEST.urgent.supervisor)
    urgent_end = _number(_("Urgent: hours until it ends without an answer"), LONGEST.urgent.end)
    routine_answer = _number(_("Not urgent: working days for an answer"), LONGEST.routine.answer)
    routine_supervisor = _number(
        _("Not urgent: working days until supervisors are told"), LONGEST.routine.supervisor
    )
    routine_end = _number(_("Not urgent: days until it ends without an answer"), LONGEST.routine.end)
    week = forms.MultipleChoiceField(
        label=_("Your working days"),
        help_text=_("Whoever sends you something waits on these days only. Public holidays are left out."),
        choices=[(str(day), name) for day, name in WEEKDAYS.items()],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    time_zone = forms.ChoiceField(
        label=_("Your time zone"),
        help_text=_("Days and nights are counted there."),
        choices=[(zone, zone.replace("_", " ")) for zone in TIME_ZONES],
    )

    def rules(self) -> Rules:
        """Return what was typed; only for a valid form."""
        return Rules(
            *(
                Limits(*(self.cleaned_data[f"{urgency}_{name}"] for name in ("answer", "supervisor", "end")))
                for urgency in _URGENCIES
            )
        )

    def days(self) -> list[int]:
        """Return the weekdays that were ticked."""
        return [int(day) for day in self.cleaned_data["week"]]


def filled(rules: Rules, calendar: Calendar, *, version: int) -> dict[str, Any]:
    """Return the form's first content: what counts now."""
    numbers = {
        f"{urgency}_{name}": getattr(getattr(rules, urgency), name)
        for urgency in _URGENCIES
        for name in ("answer", "supervisor", "end")
    }
    week = [str(day) for day in sorted(calendar.week)]
    return {**numbers, "week": week, "time_zone": calendar.time_zone, "version": version}
