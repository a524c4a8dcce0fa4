"""Forms of keeping and erasing: the supervisor's years and decisions, the caseworker's two steps."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from referrals.codes import LEAST_YEARS, MOST_HOLD_YEARS, MOST_YEARS, RetentionClass
from referrals.forms.base import NEVER_WRITE, FreeText, Screened, VersionedForm, WorkForm
from referrals.retention import Years


def _years(label: Any, one: RetentionClass) -> forms.IntegerField:
    # The action says what is out of bounds; this only keeps the keyboard to digits.
    limits = {"min": LEAST_YEARS[one], "max": MOST_YEARS[one], "inputmode": "numeric"}
    return forms.IntegerField(
        label=label,
        widget=forms.NumberInput(attrs=limits),
        error_messages={"required": _("Write a number of years."), "invalid": _("Write a number of years.")},
    )


def _years_longer() -> list[tuple[int, str]]:
    # Asked by each form in its reader's language: a lazy text with its number filled in is no longer lazy.
    return [
        (number, ngettext("%(n)d year longer", "%(n)d years longer", number) % {"n": number})
        for number in range(1, MOST_HOLD_YEARS + 1)
    ]


class YearsForm(VersionedForm):
    """How many years closed cases are kept."""

    standard = _years(_("Years after closing"), RetentionClass.STANDARD)
    child = _years(_("Years after closing, if she was a child when it was opened"), RetentionClass.CHILD)

    def years(self) -> Years:
        """Return what was typed; only for a valid form."""
        return Years(self.cleaned_data["standard"], self.cleaned_data["child"])


class DecisionForm(WorkForm):
    """Two buttons: agree, or leave it as it is. ``asked`` is what was on screen to be decided."""

    decision = forms.ChoiceField(choices=[("agree", ""), ("refuse", "")], widget=forms.HiddenInput)
    asked = forms.CharField(max_length=40, widget=forms.HiddenInput)


class KeepForm(Screened, WorkForm):
    """Why one closed case is kept longer, and for how long."""

    years = forms.TypedChoiceField(
        choices=_years_longer,
        coerce=int,
        label=_("How much longer?"),
        error_messages={"required": _("Choose one of the answers.")},
    )
    reason = FreeText(
        required=True,
        label=_("Why is it still needed?"),
        help_text=NEVER_WRITE,
        error_messages={"required": _("Say why: whoever opens the case later has to understand it.")},
        max_length=500,
    )


class EraseForm(WorkForm):
    """The typed confirmation of what cannot be taken back."""

    alias = forms.CharField(
        max_length=120,
        label=_("What is she called in this case?"),
        help_text=_("Type it as it stands at the top of the case."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Type how she is called in this case.")},
    )
