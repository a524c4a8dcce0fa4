"""Forms of requests that on the pages are a button of another form: which service, which question."""

from django import forms

from referrals.forms.base import Screened, WorkForm
from referrals.forms.consent import AnswerForm, DecisionForm, DutyForm
from referrals.forms.emergency import EmergencyForm
from referrals.forms.exports import CopyForm
from referrals.forms.followup import TaskForm
from services.forms import LinkForm


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


class NewTaskForm(Screened, WorkForm):
    """A task that is not there yet: nobody can have changed it meanwhile."""

    text = TaskForm.base_fields["text"]
    due_on = TaskForm.base_fields["due_on"]


class ReferenceForm(forms.Form):
    """Which case is meant, before it is asked for."""

    reference = EmergencyForm.base_fields["reference"]


class TakeForm(CopyForm):
    """What to take out. Nothing changes by it, so no key is asked for."""

    key = None  # type: ignore[assignment]


class UndoForm(WorkForm):
    """Which report was a slip."""

    report = forms.UUIDField()


class ProviderLinkForm(WorkForm):
    """For how long a link is open."""

    days = LinkForm.base_fields["days"]
