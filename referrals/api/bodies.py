"""A JSON body as a page's form reads it: checked for kinds of values first, and described for programs.

What an answer may be is the form's to say. Here only: text is text, yes is true, and nothing is there
that the form does not know; a misspelt ``do_not_contact`` must not be passed over in silence.
"""

import json
from functools import cache
from typing import Any

from django import forms
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadedfile import UploadedFile
from django.http import RawPostDataException
from django.http.multipartparser import MultiPartParserError
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.exceptions import ParseError, UnsupportedMediaType
from rest_framework.request import Request

from referrals.api.problems import WHOLE, not_right
from referrals.codes import MOST_DOCUMENT_BYTES

Body = dict[str, Any]


def read(request: Request) -> Body:
    """Return the answers in the body, or raise 400, 413 or 415. ``null`` is an answer that is left open."""
    return {name: value for name, value in _json(request).items() if value is not None}


def upload(request: Request) -> Body:
    """Return the answers of a body that holds a file, or raise 400, 413 or 415.

    The file stays in memory (config/settings.py, FILE_UPLOAD_HANDLERS).
    """
    asked = request._request
    if asked.content_type != "multipart/form-data":
        raise UnsupportedMediaType("")
    try:
        body: Body = {**asked.POST.dict(), **asked.FILES.dict()}
    except MultiPartParserError:
        raise ParseError from None
    length = asked.META.get("CONTENT_LENGTH") or ""
    if not asked.FILES and length.isdecimal() and int(length) > MOST_DOCUMENT_BYTES:
        raise RequestDataTooBig  # one so large is never taken into memory, and seems to be missing
    return body


def bytes_of(body: Body) -> bytes:
    """Return all that a body with a file holds, in one order: the same request gives the same bytes."""
    parts = []
    for name, value in sorted(body.items()):
        title, content = "", str(value).encode()
        if isinstance(value, UploadedFile):
            title, content = str(value.name), value.read()
            value.seek(0)
        parts += [json.dumps([name, title, len(content)]).encode(), content]
    return b"".join(parts)


def check(body: Body, form: forms.Form, *, kinds: bool = True) -> None:
    """Raise 422, with what to do by field, where ``body`` is not what ``form`` asks for.

    ``kinds`` is false where everything is text but the file.
    """
    fields = {name: field for name, field in {**form.base_fields, **form.fields}.items() if name != "key"}
    wrong: dict[str, list[str]] = {}
    if not set(body) <= set(fields):
        known = ", ".join(fields) or _("none")
        wrong[WHOLE] = [
            _("There is a field here that is not known. These are: %(names)s.") % {"names": known}
        ]
    for name in fields.keys() & body.keys() if kinds else ():
        problem = _wrong_kind(fields[name], body[name])
        if problem:
            wrong[name] = [problem]
    if wrong:
        raise not_right(wrong)


def raw(request: Request) -> bytes:
    """Return the body as it came; over the limit it is a 413 before anything is parsed."""
    try:
        return request._request.body
    except RawPostDataException:  # the check against forgery has looked for its token in a form
        raise UnsupportedMediaType("") from None


def _json(request: Request) -> dict[str, Any]:
    sent = raw(request)
    if not sent:
        return {}
    if request._request.content_type != "application/json":
        raise UnsupportedMediaType("")
    try:
        given = json.loads(sent)
        # JSON can say half of a surrogate pair, which nothing here can be written with.
        json.dumps(given, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        raise ParseError from None
    if not isinstance(given, dict):
        raise ParseError
    return given


def _wrong_kind(field: forms.Field, value: Any) -> str:
    """Return what to do about a value of another kind than the field's, else nothing."""
    if isinstance(field, forms.MultipleChoiceField):
        fits = isinstance(value, list) and all(isinstance(one, str) for one in value)
        return "" if fits else _("Choose among the answers.")
    if isinstance(field, forms.BooleanField):
        return "" if isinstance(value, bool) else _("Answer yes or no.")
    if isinstance(field, forms.IntegerField | forms.RegexField) or _chooses_numbers(field):
        is_number = isinstance(value, int) and not isinstance(value, bool)
        # A version is one number, or several joined by dashes; a choice is what its page sends.
        is_version = isinstance(value, str) and not isinstance(field, forms.IntegerField)
        return "" if is_number or is_version else _("Give a whole number.")
    return "" if isinstance(value, str) else _("Write this as text.")


def _chooses_numbers(field: forms.Field) -> bool:
    return isinstance(field, forms.TypedChoiceField) and field.coerce is int


# --- The description ---


def described(form: type[forms.Form], *, partly: bool = False) -> type[serializers.Serializer[Any]]:
    """Return what stands for a form in the API's description; ``partly``: any field may be left out."""
    return _described(form, partly)


@cache
def _described(form: type[forms.Form], partly: bool) -> type[serializers.Serializer[Any]]:
    fields = {
        name: _field(field, needed=field.required and not (partly and name != "version"))
        for name, field in _asked_by(form).items()
        if name != "key"
    }
    # Two rooms of forms may use one name.
    name = f"{form.__module__.rpartition('.')[2].title()}{form.__name__}"
    return type(name, (serializers.Serializer,), fields)


def _asked_by(form: type[forms.Form]) -> dict[str, forms.Field]:
    """Return a form's fields, also those it makes for itself where it needs nothing of a case for that."""
    try:
        return {**form.base_fields, **form().fields}
    except TypeError:
        return form.base_fields


def _field(field: forms.Field, *, needed: bool) -> serializers.Field[Any, Any, Any, Any]:
    kind, more = _kind(field, needed)
    made: serializers.Field[Any, Any, Any, Any] = kind(required=needed, help_text=field.label or None, **more)
    return made


def _kind(field: forms.Field, needed: bool) -> tuple[Any, dict[str, Any]]:
    """Return the serializer field of a form's field, and what it may hold."""
    if isinstance(field, forms.ChoiceField):
        codes = _codes(field)
        if _chooses_numbers(field):
            return serializers.ChoiceField, {
                "choices": [int(code) for code in codes],
                "allow_null": not needed,
            }
        one: tuple[Any, dict[str, Any]] = (serializers.CharField, {})
        if codes:
            one = (serializers.ChoiceField, {"choices": codes})
        if isinstance(field, forms.MultipleChoiceField):
            return serializers.ListField, {"child": one[0](**one[1])}
        return one[0], {**one[1], "allow_blank": not needed}
    if isinstance(field, forms.IntegerField):
        bounds = {"min_value": field.min_value, "max_value": field.max_value}
        return serializers.IntegerField, {**bounds, "allow_null": not needed}
    if isinstance(field, forms.CharField) and not isinstance(field, forms.RegexField | forms.UUIDField):
        return serializers.CharField, {"max_length": field.max_length, "allow_blank": not needed}
    return _PLAIN.get(type(field), serializers.CharField), {}


_PLAIN: dict[type[forms.Field], Any] = {
    forms.BooleanField: serializers.BooleanField,
    forms.DateField: serializers.DateField,
    forms.FileField: serializers.FileField,
    forms.UUIDField: serializers.UUIDField,
    forms.DateTimeField: serializers.DateTimeField,
    forms.TimeField: serializers.TimeField,
}


def _codes(field: forms.ChoiceField) -> list[str]:
    """Return the codes to choose from; none where they depend on the case."""
    choices: Any = field.choices
    return [str(code) for code, _label in choices if code]
