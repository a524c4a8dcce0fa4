"""Forms of a consent, one page each: the legal duty read aloud, then what she lets us tell.

Between the pages only hidden fields travel, in the body of the POST; nothing is stored before she has
decided.
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from referrals import codes
from referrals.forms.base import FreeText, Screened, VersionedForm, WorkForm

MOST_DAYS = 90
USUAL_DAYS = 30



class DutyForm(forms.Form):
    """Page 1: what the organisation must do by law was read to her."""

    use_required_attribute = False

    service = forms.UUIDField(widget=forms.HiddenInput)
    read_aloud = forms.BooleanField(
        label=_("I have read this to her, in words she understands"),
        error_messages={"required": _("Read it to her first, then tick this. She decides knowing it.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)


class DecisionForm(Screened, VersionedForm):
    """Page 2: the fields, how she decided, until when. Two buttons of the same size: yes and no."""

    service = forms.UUIDField(widget=forms.HiddenInput)
    duty_read = forms.CharField(widget=forms.HiddenInput)
    fields_told = forms.MultipleChoiceField(
        required=False,
        label=_("What may they be told?"),
        help_text=_("Tick only what she agrees to, one by one. Everything else stays here."),
        widget=forms.CheckboxSelectMultiple,
    )
    points = forms.MultipleChoiceField(
        required=False,
        choices=codes.Point.choices,
        label=_("What have you explained to her?"),
        widget=forms.CheckboxSelectMultiple,
    )
    given_by = forms.ChoiceField(
        choices=codes.GivenBy.choices, label=_("Who decides?"), widget=forms.RadioSelect
    )
    second_person = forms.ChoiceField(
        required=False,
        label=_("Which colleague decided together with you?"),
        help_text=_("Only for a decision in the child’s best interest."),
    )
    how = forms.ChoiceField(
        choices=codes.Manner.choices, label=_("How did she decide?"), widget=forms.RadioSelect
    )
    language = forms.ChoiceField(
        choices=codes.Language.choices, label=_("In which language did you read it?")
    )
    script = forms.ChoiceField(
        choices=codes.Script.choices, label=_("In which letters?"), widget=forms.RadioSelect
    )
    days = forms.IntegerField(
        min_value=1,
        max_value=MOST_DAYS,
        initial=USUAL_DAYS,
        label=_("For how many days?"),
        help_text=_("Then it ends by itself. At most 90; she can end it earlier at any time."),
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    purpose = FreeText(
        label=_("What for?"),
        help_text=_("In a few words, as you told her. Never numbers or names."),
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(
        self,
        *args: Any,
        fields_offered: Iterable[tuple[str, Any]],
        givers: Iterable[tuple[str, Any]],
        colleagues: Iterable[tuple[str, str]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        told: Any = self.fields["fields_told"]
        told.choices = list(fields_offered)
        giver: Any = self.fields["given_by"]
        giver.choices = list(givers)
        second: Any = self.fields["second_person"]
        second.choices = [("", _("Nobody")), *colleagues]
        if not list(colleagues):
            del self.fields["second_person"]

    def expires_at(self) -> Any:
        """Return when the consent ends: so many days from now."""
        return timezone.now() + timedelta(days=self.cleaned_data["days"])


class RefuseForm(WorkForm):
    """Page 1's other button: she does not want this place at all."""

    service = forms.UUIDField(widget=forms.HiddenInput)
