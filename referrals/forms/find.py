"""What she needs from a place: filled from the case, changed by hand, sent by POST, kept nowhere."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from referrals import codes
from referrals.forms.base import LANGUAGE_CHOICES, WorkForm, skippable
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
    free_only = forms.BooleanField(required=False, label=_("It must cost her nothing"))
    lacks_documents = forms.BooleanField(required=False, label=_("She has no papers with her"))
    open_now = forms.BooleanField(required=False, label=_("Open now"))
    available_now = forms.BooleanField(required=False, label=_("With a free place now"))

    def __init__(self, *args: Any, districts: list[Any], **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        field: Any = self.fields["district"]
        field.choices = [("", ANY), *districts]


class WhyForm(NeedsForm):
    """Which service is missed, and for which needs. One of the two says which: pages ask for words."""

    words = forms.CharField(
        required=False,
        max_length=100,
        label=_("Which service or organisation are you looking for?"),
        help_text=_("A part of its name, in any script."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    service = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["service_type"].required = False

    @property
    def needs(self) -> list[forms.BoundField]:
        """Return what is asked besides which service it is."""
        return [field for field in self if field.name not in ("words", "service")]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not self.errors and not data.get("words") and not data.get("service"):
            self.add_error("words", _("Write a part of its name first."))
        return data


class NothingFoundForm(NeedsForm, WorkForm):
    """The needs for which there is no place, sent once (the page sends ``NeedsForm``, and says it once)."""
