"""The answer of a provider without an account to a question by link."""

from django import forms
from django.utils.translation import gettext_lazy as _

from referrals import codes
from referrals.forms.base import skippable


class AnswerForm(forms.Form):
    """One answer, with a reason where it is no. No free text: it could hold what nobody may know."""

    use_required_attribute = False

    answer = forms.ChoiceField(
        choices=codes.InquiryAnswer.choices,
        label=_("What do you say?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one of the three.")},
    )
    reason = forms.ChoiceField(
        choices=skippable(codes.DeclineReason.choices, _("Choose a reason")),
        required=False,
        label=_("If you cannot: why?"),
    )
