"""Forms of an emergency opening: ask by the case's reference, and the custodian's answer."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from referrals import codes
from referrals.forms.base import WorkForm


class EmergencyForm(WorkForm):
    """Which case, and why. The answer names the case's owner, to be checked before it is sent."""

    reference = forms.CharField(
        max_length=12,
        label=_("Which case?"),
        help_text=_("Its reference: eight characters. It stands on the case’s page and on papers about it."),
        error_messages={"required": _("Give the case’s reference.")},
    )
    reason = forms.ChoiceField(
        choices=codes.EmergencyReason.choices,
        label=_("Why must it be opened?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one of the answers.")},
    )

    def hide(self) -> None:
        """Keep the answers in hidden fields, to be looked at once more."""
        for name in ("reference", "reason"):
            self.fields[name].widget = forms.HiddenInput()


class StepForm(WorkForm):
    """One step of an opening. ``do`` says which: sent late or twice, it is never taken for the next one."""

    do = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, do: str, **kwargs: Any) -> None:
        super().__init__(*args, initial={"do": do}, **kwargs)


class ReleaseForm(StepForm):
    """The custodian's answer."""

    answer = forms.ChoiceField(
        choices=[("release", _("Yes, release it for 24 hours")), ("refuse", _("No"))],
        label=_("Do you release it?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one of the two.")},
    )
