"""Forms of the sender's side after sending: cancel, close after asking, share the case."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from referrals import codes
from referrals.forms.base import VersionedForm, WorkForm
from services.forms import WholeNumber


class ConfirmForm(VersionedForm):
    """A second tap for what cannot be taken back. The page says what will happen."""


class DecideForm(VersionedForm):
    """The second person's decision about what was reported as a mistake."""

    decision = forms.ChoiceField(
        choices=[("take_out", _("Yes, take it out")), ("keep", _("No, it stays as it is"))],
        label=_("What do you decide?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one of the two.")},
    )


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


class AnswerForm(VersionedForm):
    """The answer to a desk's question: what it may hold depends on her consent."""

    answer = forms.ChoiceField(
        label=_("What do you answer?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one of the answers.")},
    )
    household_size = WholeNumber(
        required=False,
        min_value=1,
        max_value=30,
        label=_("How many people come?"),
        help_text=_("She and who comes with her."),
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )

    def __init__(self, *args: Any, answers: list[tuple[str, Any]], asks_number: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["answer"]
        field.choices = answers
        if not asks_number:
            del self.fields["household_size"]


class ShareForm(WorkForm):
    """Give a colleague the keys of this case."""

    person = forms.ChoiceField(label=_("With whom?"))
    to = forms.ChoiceField(
        choices=[("view", _("May read")), ("edit", _("May read and change"))],
        initial="view",
        label=_("What may they do?"),
        widget=forms.RadioSelect,
    )
    documents = forms.BooleanField(
        required=False,
        label=_("Her documents too"),
        help_text=_("If this is not ticked, your colleague does not see that there are any."),
    )
    days = WholeNumber(
        required=False,
        initial=30,
        min_value=1,
        max_value=90,
        label=_("For how many days?"),
        help_text=_(
            "30 unless you say otherwise, 90 at most. It ends by itself; you can take it back before."
        ),
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )

    def __init__(self, *args: Any, colleagues: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["person"]
        field.choices = colleagues
