"""The form of what she said about a service: yes, no, or not asked. No words: they could name her."""

from django import forms
from django.utils.translation import gettext_lazy as _

from referrals.codes import FeedbackQuestion
from referrals.forms.base import WorkForm

_CHOICES = [("yes", _("Yes")), ("no", _("No")), ("", _("Not asked"))]


def _question(question: FeedbackQuestion) -> forms.ChoiceField:
    return forms.ChoiceField(
        choices=_CHOICES, label=question.label, widget=forms.RadioSelect, required=False, initial=""
    )


class FeedbackForm(WorkForm):
    """Four questions, each to be left open."""

    reached = _question(FeedbackQuestion.REACHED)
    respectful = _question(FeedbackQuestion.RESPECTFUL)
    safe = _question(FeedbackQuestion.SAFE)
    again = _question(FeedbackQuestion.AGAIN)
