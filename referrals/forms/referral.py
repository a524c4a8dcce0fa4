"""Forms of the sender's side: send, cancel, withdraw, close after asking."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from referrals import codes
from referrals.forms.base import FreeText, Screened, VersionedForm, WorkForm


class SendForm(Screened, VersionedForm):
    """Check your answers, say how soon, send."""

    urgency = forms.ChoiceField(
        choices=[
            (codes.Urgency.EMERGENCY.value, _("Emergency: an answer within 1 hour")),
            (codes.Urgency.URGENT.value, _("Urgent: an answer within 4 hours")),
            (codes.Urgency.ROUTINE.value, _("Not urgent: an answer within a working day")),
        ],
        label=_("How soon do they have to answer?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose how soon you need an answer.")},
    )
    access_needs = forms.MultipleChoiceField(
        required=False,
        choices=codes.AccessNeed.choices,
        label=_("What must they prepare for?"),
        widget=forms.CheckboxSelectMultiple,
    )
    needs = FreeText(
        label=_("What she needs, in a few words"),
        help_text=_("They read this only after they have accepted. Never numbers or names."),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, told: frozenset[str] | set[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("access_needs", "needs"):
            if name not in told:
                del self.fields[name]


class ConfirmForm(VersionedForm):
    """A second tap for what cannot be taken back. The page says what will happen."""


class AskedForm(VersionedForm):
    """What she said when asked whether the help reached her."""

    answer = forms.ChoiceField(
        choices=[
            (codes.Answer.YES.value, _("Yes, she received it")),
            (codes.Answer.NO.value, _("No, she did not receive it")),
            (codes.Answer.NOT_SAFE_TO_ASK.value, _("It was not safe to ask her")),
        ],
        label=_("What did she say?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one of the three.")},
    )


class ShareForm(WorkForm):
    """Give a colleague the keys of this case."""

    person = forms.ChoiceField(label=_("With whom?"))
    to = forms.ChoiceField(
        choices=[("view", _("May read")), ("edit", _("May read and change"))],
        initial="view",
        label=_("What may they do?"),
        widget=forms.RadioSelect,
    )
    days = forms.IntegerField(
        required=False,
        min_value=1,
        max_value=90,
        label=_("For how many days?"),
        help_text=_("Leave it open to share until you take it back."),
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )

    def __init__(self, *args: Any, colleagues: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["person"]
        field.choices = colleagues
