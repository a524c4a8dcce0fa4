"""How one fact is asked for in a form: its field, and the way between field and snapshot."""

from collections.abc import Callable
from datetime import time
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from services import codes
from services.editing.sections import Fact, Kind
from services.queries.places import place_choices

DIALLED = RegexValidator(r"^[0-9+(][0-9 ()+./-]{1,58}$", _("Write a number with digits, as one dials it."))
_CODE = RegexValidator(r"^[A-Z]{3}$", _("Three capital letters, such as UZS."))


class Clock(forms.TimeField):
    """A time of day on 24 hours in any language: ``9``, ``9.30``, ``0930`` and ``24:00`` are read too.

    Not the browser's own field: where it shows morning and afternoon, half of that is cut off on a phone.
    """

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={"inputmode": "decimal", "class": "short", "autocomplete": "off"})
        super().__init__(widget=widget, input_formats=["%H:%M", "%H:%M:%S"], **kwargs)

    def to_python(self, value: Any) -> time | None:
        if isinstance(value, str):
            text = value.strip().replace(".", ":").replace(",", ":")
            if text.isascii() and text.isdecimal() and len(text) <= 4:
                text = f"{text[:-2] or 0}:{text[-2:]}" if len(text) > 2 else f"{text}:00"
            value = "00:00" if text == "24:00" else text
        return super().to_python(value)


def _choice(fact: Fact, common: dict[str, Any]) -> forms.Field:
    choices = fact.choices.choices if fact.choices is not None else []
    return forms.ChoiceField(choices=[("", "—"), *choices], **common)


def _choices(fact: Fact, common: dict[str, Any]) -> forms.Field:
    choices = fact.choices.choices if fact.choices is not None else codes.LANGUAGES.items()
    return forms.MultipleChoiceField(choices=list(choices), widget=forms.CheckboxSelectMultiple, **common)


def _yes_no(_fact: Fact, common: dict[str, Any]) -> forms.Field:
    choices = [("", _("Not known")), ("yes", _("Yes")), ("no", _("No"))]
    return forms.ChoiceField(choices=choices, widget=forms.RadioSelect, **common)


def _line(fact: Fact, common: dict[str, Any]) -> forms.Field:
    validators = [_CODE] if fact.name == "currency" else []
    return forms.CharField(max_length=fact.most, validators=validators, **common)


def _phone(fact: Fact, common: dict[str, Any]) -> forms.Field:
    widget = forms.TextInput(attrs={"inputmode": "tel"})
    return forms.CharField(widget=widget, max_length=fact.most, validators=[DIALLED], **common)


def _lines(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


# How each kind is asked for.
_FIELDS: dict[Kind, Callable[[Fact, dict[str, Any]], forms.Field]] = {
    Kind.LINE: _line,
    Kind.TEXT: lambda fact, common: forms.CharField(widget=_lines(4), max_length=fact.most, **common),
    Kind.PHONE: _phone,
    Kind.EMAIL: lambda fact, common: forms.EmailField(max_length=fact.most, **common),
    Kind.URL: lambda fact, common: forms.URLField(max_length=fact.most, assume_scheme="https", **common),
    Kind.NUMBER: lambda fact, common: forms.IntegerField(
        min_value=fact.lowest, max_value=fact.most, **common
    ),
    Kind.MONEY: lambda _fact, common: forms.DecimalField(
        min_value=0, max_digits=14, decimal_places=2, **common
    ),
    Kind.DEGREES: lambda fact, common: forms.FloatField(min_value=fact.lowest, max_value=fact.most, **common),
    Kind.CHOICE: _choice,
    Kind.CHOICES: _choices,
    Kind.LANGUAGES: _choices,
    Kind.YES_NO: _yes_no,
    Kind.DAY: lambda _fact, common: forms.DateField(
        widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"), **common
    ),
    Kind.TIME: lambda _fact, common: Clock(**common),
    Kind.AREAS: lambda _fact, common: forms.CharField(widget=_lines(6), max_length=4000, **common),
    Kind.PLACE: lambda _fact, common: forms.ChoiceField(
        choices=[("", _("Not known")), *place_choices()], **common
    ),
}


def field_of(fact: Fact, label: str, *, is_required: bool) -> forms.Field:
    """Return the form field of one fact."""
    return _FIELDS[fact.kind](fact, {"label": label, "required": is_required, "help_text": fact.help})


def shown(kind: Kind, value: Any) -> Any:
    """Return a snapshot's value as the form field shows it."""
    if kind == Kind.YES_NO:
        return {True: "yes", False: "no"}.get(value, "")
    return value


# How a snapshot keeps a form's value, where that differs from what the field gives.
_KEPT: dict[Kind, Callable[[Any], Any]] = {
    Kind.YES_NO: {"yes": True, "no": False}.get,
    Kind.MONEY: lambda value: None if value is None else f"{value:.2f}",
    Kind.TIME: lambda value: None if value is None else f"{value:%H:%M}",
    Kind.DAY: lambda value: None if value is None else value.isoformat(),
    Kind.CHOICES: sorted,
    Kind.LANGUAGES: sorted,
    Kind.LINE: lambda value: " ".join(value.split()),
    Kind.TEXT: lambda value: value.replace("\r\n", "\n").strip(),
}


def kept(kind: Kind, value: Any) -> Any:
    """Return a form's value as a snapshot keeps it."""
    return _KEPT[kind](value) if kind in _KEPT else value
