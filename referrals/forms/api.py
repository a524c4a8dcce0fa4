"""Forms of requests that on the pages are a button of another form: which service, which question."""

from django import forms

from referrals.forms.base import WorkForm
from referrals.forms.consent import AnswerForm, DecisionForm, DutyForm


class OfferForm(forms.Form):
    """Which service she is asked about."""

    service = forms.UUIDField()


class ServiceForm(WorkForm):
    """One service."""

    service = forms.UUIDField()


class InquiryForm(WorkForm):
    """One question by link."""

    inquiry = forms.UUIDField()


class GivenForm(AnswerForm):
    """Her decision, and that the law was read to her: three pages, one request."""

    read_aloud = DutyForm.base_fields["read_aloud"]


class ReadingForm(DecisionForm):
    """What the text that is read to her says. Nothing is kept yet, so no key is asked for."""

    key = None  # type: ignore[assignment]
