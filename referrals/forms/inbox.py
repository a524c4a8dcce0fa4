"""Forms of the provider's desk: take, answer, report what came of it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from referrals import codes
from referrals.forms.base import FreeText, Screened, VersionedForm


class StepForm(VersionedForm):
    """One tap: claim, release, accept, start."""


class AssignForm(VersionedForm):
    """Give an accepted referral to a colleague, alone or together."""

    person = forms.ChoiceField(
        label=_("To whom?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose a colleague.")},
    )
    stay = forms.ChoiceField(
        choices=[("no", _("No, I let go")), ("yes", _("Yes, we do it together"))],
        initial="no",
        label=_("Do you stay on it?"),
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, colleagues: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["person"]
        field.choices = colleagues


class DeclineForm(VersionedForm):
    reason = forms.ChoiceField(
        choices=codes.DeclineReason.choices,
        label=_("Why can you not take this?"),
        help_text=_("The caseworker reads only the reason, and looks for another place."),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose a reason, so that the caseworker knows what to do next.")},
    )

    def hide(self) -> None:
        """Keep the reason in a hidden field, to be looked at once more."""
        self.fields["reason"].widget = forms.HiddenInput()


class AskForm(VersionedForm):
    """One question before the answer. The clock stands still meanwhile."""

    question = forms.ChoiceField(
        choices=codes.Question.choices,
        label=_("What do you need to know?"),
        help_text=_("You can ask once. Her name and how to reach her stay closed until you accept."),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one question.")},
    )


class DeliverForm(VersionedForm):
    outcome = forms.ChoiceField(
        choices=codes.Outcome.choices,
        label=_("What came of it?"),
        help_text=_("The caseworker asks her too before the referral is closed."),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one of the three.")},
    )


class AppointmentForm(Screened, VersionedForm):
    """When she is expected, and where she asks for it."""

    starts_at = forms.DateTimeField(
        label=_("When?"),
        help_text=_("Ask the caseworker first whether this time is safe for her."),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        error_messages={
            "required": _("Give the day and the time."),
            "invalid": _("Give the day and the time."),
        },
    )
    ask_for = FreeText(
        label=_("Where to come, and whom to ask for"),
        help_text=_("The caseworker tells her. Never her name; of a shelter only where you meet her."),
        required=True,
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("Say where she comes and whom she asks for.")},
    )


class FailForm(VersionedForm):
    reason = forms.ChoiceField(
        choices=codes.FailReason.choices,
        label=_("Why was it not possible?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose a reason.")},
    )
