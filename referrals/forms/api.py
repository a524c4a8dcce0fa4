"""Forms of requests that on the pages are a button of another form: which service, which question."""

from django import forms

from referrals.forms.base import WorkForm
from referrals.forms.consent import DecisionForm, DutyForm


class OfferForm(forms.Form):
    """Which service she is asked about."""

    service = forms.UUIDField()


class ServiceForm(WorkForm):
    """One service."""

    service = forms.UUIDField()


class InquiryForm(WorkForm):
    """One question by link."""

    inquiry = forms.UUIDField()


class GivenForm(DecisionForm):
    """Her decision, and that the law was read to her: two pages, one request."""

    read_aloud = DutyForm.base_fields["read_aloud"]
