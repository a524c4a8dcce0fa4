"""What she needs from a place: filled from the case, changed by hand, sent by POST, kept nowhere."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from referrals import codes
from referrals.forms.base import LANGUAGE_CHOICES, skippable
from services.codes import ServiceType

ANY = _("Any")


class NeedsForm(forms.Form):
    use_required_attribute = False

    service_type = forms.ChoiceField(
        choices=ServiceType.choices,
        label=_("What does she need?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what she needs first.")},
    )
    district = forms.ChoiceField(required=False, label=_("Near which district?"))
    language = forms.ChoiceField(
        required=False, choices=skippable(LANGUAGE_CHOICES, ANY), label=_("In which language?")
    )
    age_band = forms.ChoiceField(
        required=False, choices=skippable(codes.AgeBand.choices, ANY), label=_("For which age?")
    )
    sex = forms.ChoiceField(required=False, choices=skippable(codes.Sex.choices, ANY), label=_("Sex"))
    with_children = forms.BooleanField(required=False, label=_("Children come with her"))
    access_needs = forms.MultipleChoiceField(
        required=False,
        choices=codes.AccessNeed.choices,
        label=_("What must the place offer?"),
        widget=forms.CheckboxSelectMultiple,
    )
    open_now = forms.BooleanField(required=False, label=_("Open now"))
    available_now = forms.BooleanField(required=False, label=_("With a free place now"))

    def __init__(self, *args: Any, districts: list[Any], **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        field: Any = self.fields["district"]
        field.choices = [("", ANY), *districts]
