"""The form that puts somebody on duty."""

from typing import Any

from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from referrals.forms.base import WorkForm


class ShiftForm(WorkForm):
    """One person, from when to when: on days of every week, or on one date."""

    person = forms.ChoiceField(label=_("Who?"), error_messages={"required": _("Choose a colleague.")})
    weekdays = forms.MultipleChoiceField(
        label=_("Every week on"),
        choices=[(str(day), name) for day, name in WEEKDAYS.items()],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    day = forms.DateField(
        label=_("Or once, on"),
        help_text=_("That day then follows only what is planned for it."),
        widget=forms.DateInput(attrs={"type": "date"}),
        required=False,
    )
    starts = forms.TimeField(label=_("From"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    ends = forms.TimeField(
        label=_("Until"),
        help_text=_("An earlier time than the beginning means the next morning."),
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )

    def __init__(self, *args: Any, colleagues: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["person"]
        field.choices = colleagues
