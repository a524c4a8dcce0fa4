"""Forms of handing a case over: choose, check, answer."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from referrals.forms.base import WorkForm


class OfferForm(WorkForm):
    """To whom, and what becomes of who else holds it. Sent twice: to look at the answers, then to do it."""

    person = forms.ChoiceField(
        label=_("To whom?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose a colleague.")},
    )
    shares = forms.ChoiceField(
        choices=[("stay", _("They keep it until their day")), ("end", _("Their access ends"))],
        initial="end",
        label=_("What about colleagues it is shared with?"),
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, colleagues: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["person"]
        field.choices = colleagues

    def hide(self) -> None:
        """Keep the answers in hidden fields, to be looked at once more."""
        for name in ("person", "shares"):
            self.fields[name].widget = forms.HiddenInput()


class SuccessorForm(WorkForm):
    """Who takes over a case whose caseworker has left."""

    person = forms.ChoiceField(
        label=_("Who takes it over?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose a colleague.")},
    )

    def __init__(self, *args: Any, colleagues: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["person"]
        field.choices = colleagues


class AnswerOfferForm(WorkForm):
    """The colleague's answer."""

    answer = forms.ChoiceField(
        choices=[("take", _("Yes, I take it over")), ("decline", _("No, I cannot"))],
        label=_("Do you take this case over?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one of the two.")},
    )
