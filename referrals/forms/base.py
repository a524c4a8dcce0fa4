"""What every form of casework shares: the hidden key and version, free text that is looked at twice.

A key makes a repeated click do nothing twice (actions/steps.py); a version lets two people who change
the same thing find out (409). Forms hold what was typed in memory only.
"""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from services import screening
from services.codes import LANGUAGES
from services.forms import SentOnce

LANGUAGE_CHOICES: list[tuple[str, Any]] = [*LANGUAGES.items(), ("other", _("Another language"))]

NEVER_WRITE = _(
    "Never write passport or personal numbers, the name of the person who hurt her, or children’s names."
)


class WorkForm(SentOnce):
    """A form of casework."""

    use_required_attribute = False  # our own words say what is missing, and keep what was typed

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)


class VersionedForm(WorkForm):
    """A form about something that others may change meanwhile: ``version`` is what was on screen.

    One number, or one for each sealed section that the page changes, joined by dashes.
    """

    version = forms.RegexField(r"^\d{1,9}(-\d{1,9})*$", widget=forms.HiddenInput)

    def clean_version(self) -> list[int]:
        return [int(one) for one in self.cleaned_data["version"].split("-")]


class FreeText(forms.CharField):
    """Text that may hold too much; ``Screened`` looks at it. Every typed answer of casework is one.

    ``may_hold_phone`` is for the few that are there for a phone number.
    """

    def __init__(self, *, may_hold_phone: bool = False, **kwargs: Any) -> None:
        self.may_hold_phone = may_hold_phone
        kwargs.setdefault("widget", forms.Textarea(attrs={"rows": 4}))
        kwargs.setdefault("max_length", 4000)
        kwargs.setdefault("required", False)
        super().__init__(**kwargs)


class Screened(forms.Form):
    """Ask once more before keeping free text that looks like a number we never ask for."""

    looked_again = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("looked_again"):
            return data
        warned = False
        for name, field in self.fields.items():
            if not isinstance(field, FreeText):
                continue
            sentence = screening.warning_for(data.get(name) or "", may_hold_phone=field.may_hold_phone)
            if sentence is not None:
                take_out = _("%(what)s Take it out, or save again to keep it.") % {"what": sentence}
                self.add_error(name, take_out)
                warned = True
        if warned:
            # The page comes back with what was typed; sending it a second time is the answer.
            again: Any = self.data.copy()  # type: ignore[attr-defined]
            again[self.add_prefix("looked_again")] = "1"
            self.data = again
        return data


def skippable(choices: list[tuple[str, Any]], words: Any = None) -> list[tuple[str, Any]]:
    """Return the choices of a select box with a first line that leaves the question open."""
    return [("", words or _("Not asked")), *choices]
