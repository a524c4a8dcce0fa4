"""How a request that changes something goes: key, door, body, the page's own form, the action, once.

A ``Change`` says what is its own; everything else is the same for all. The order matters: a door that
stays closed answers before anything of the body is looked at.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast
from uuid import UUID

from django import forms
from django.db import transaction
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.access import stepped_up
from accounts.errors import StepUpNeeded
from accounts.unlocked import Unlocked
from referrals.actions.posts import DoneAlready, KeyUsedElsewhere, Posted
from referrals.api.bodies import Body, bytes_of, check, described, raw, read, upload
from referrals.api.problems import WHOLE, Problem, form_errors, not_right, refused
from referrals.api.serializers import MadeSerializer, VersionSerializer
from referrals.errors import Invalid, ReferralError
from referrals.forms.base import VersionedForm, WorkForm

HEADER = "Idempotency-Key"

Members = dict[str, Any]
Made = UUID | Members | HttpResponse | None


def who(request: Request) -> Unlocked:
    """Return who asks: ``accounts.api.SignedIn`` has let nobody else in."""
    return cast(Unlocked, request.auth)


@dataclass(frozen=True)
class OfPage:
    """A door of the directory: it gets the request, as from its pages, and says who asks and what is open."""

    opens: Callable[..., tuple[Unlocked, Any]]


@dataclass(frozen=True, kw_only=True)
class Change:
    """One thing that can be done.

    ``door`` gets who asks and the address's ids, and returns what it opened. ``act`` gets who asks, what is
    open and the valid form; it returns the id of what it made (201), an answer or a file (200) or nothing:
    then the answer is the version that stands now (200), or 204 where the form asks for none.
    """

    name: str
    summary: str
    door: Callable[..., Any] | OfPage
    act: Callable[[Unlocked, Any, Any], Made]
    form: type[forms.Form] = WorkForm
    # Where a form's choices depend on what is open. ``data`` is the body, and the key.
    fill: Callable[[Any, Body], forms.Form] | None = None
    # Opens what the answers name, before the change begins; what ``act`` then gets.
    look: Callable[[Unlocked, Any, Any], Any] | None = None
    # The action speaks of what is kept, the form of what is asked.
    asked_as: Mapping[str, str] = field(default_factory=dict)
    # How it stands now, for who was slower.
    stands: Callable[[Unlocked, Any], Members] = lambda _unlocked, _opened: {}
    # Asks for the password again first (as the page does).
    asks_again: bool = False
    makes: bool = False
    # Its body is multipart/form-data instead of JSON: it holds a file.
    uploads: bool = False
    response: type[serializers.Serializer[Any]] | None = None
    # Its answer is shown once and kept nowhere.
    shown_once: bool = False
    # Its answer is a file.
    gives_file: bool = False
    # A change of a version counts it on by one, and says so; unless a second person has to agree first.
    tells_version: bool = True

    @property
    def is_question(self) -> bool:
        """Whether it only asks; the body keeps what is asked for out of the address."""
        return "key" not in self.form.base_fields

    @property
    def is_versioned(self) -> bool:
        return self.tells_version and issubclass(self.form, VersionedForm)


class _ChangeSchema(AutoSchema):
    """The description of a change, from the form that the page uses too."""

    @property
    def _change(self) -> Change | None:
        view: Any = self.view
        change: Change = view.change
        return change if self.method == view.changes_by else None

    def get_operation_id(self) -> str:
        return self._change.name if self._change else super().get_operation_id()

    def get_summary(self) -> str | None:
        return self._change.summary if self._change else super().get_summary()

    def get_description(self) -> str:  # type: ignore[override]  # as drf-spectacular's own
        return "" if self._change else super().get_description()

    def get_override_parameters(self) -> list[Any]:
        if self._change is None or self._change.is_question:
            return super().get_override_parameters()
        words = "A fresh UUID for each change; send the same one when you repeat a request."
        key = OpenApiParameter(HEADER, UUID, OpenApiParameter.HEADER, required=True, description=words)
        return [key]

    def get_request_serializer(self) -> Any:
        if self._change is None:
            return super().get_request_serializer()
        shape = described(self._change.form, partly=self.method == "PATCH")
        return shape if shape().fields else None

    def get_response_serializers(self) -> Any:
        change = self._change
        if change is None:
            return super().get_response_serializers()
        if change.gives_file:
            return {(200, "application/octet-stream"): OpenApiTypes.BINARY}
        if change.response is not None:
            return {201 if change.makes else 200: change.response}
        if change.makes:
            return {201: MadeSerializer}
        return {200: VersionSerializer} if change.is_versioned else {204: None}


class ChangeView(APIView):
    """An address where something is done by POST; what is read there is a subclass's ``get``."""

    change: Change
    changes_by = "POST"
    schema = _ChangeSchema()

    def post(self, request: Request, **ids: Any) -> HttpResponseBase:
        return _take(self.change, request, ids)


class EditView(APIView):
    """An address where a part is changed by PATCH: what is left out stays as it is."""

    change: Change
    changes_by = "PATCH"
    schema = _ChangeSchema()

    def patch(self, request: Request, **ids: Any) -> HttpResponseBase:
        return _take(self.change, request, ids)


def _take(change: Change, request: Request, ids: Mapping[str, Any]) -> HttpResponseBase:
    unlocked, posted = who(request), _posted(change, request)
    try:
        if posted is not None:
            posted.look()
        opened = _opened(change, request, ids)
        if change.asks_again:
            confirmed(request)
        body = upload(request) if change.uploads else read(request)
        if posted is None and not change.is_question:
            raise Problem(400, "key-missing", _("Send a fresh UUID in the header Idempotency-Key."))
        data = body | {"key": request.headers.get(HEADER, "")}
        form = change.fill(opened, data) if change.fill else change.form(data)
        check(body, form, kinds=not change.uploads)
        if not form.is_valid():
            raise not_right(form_errors(form))
        return _act(change, unlocked, opened, form, posted)
    except DoneAlready as done:
        return _again(change, request, done.made)
    except KeyUsedElsewhere:
        detail = _("This Idempotency-Key belongs to another request. Draw a new one for each change.")
        raise Problem(422, "key-used-elsewhere", detail) from None


def _opened(change: Change, request: Request, ids: Mapping[str, Any]) -> Any:
    """Go through the door, before anything of the body is looked at."""
    if isinstance(change.door, OfPage):
        return change.door.opens(request._request, **ids)[1]
    return change.door(who(request), **ids)


def _posted(change: Change, request: Request) -> Posted | None:
    """Return the request under its key; None without a key, which is complained of behind the door."""
    try:
        key = UUID(request.headers.get(HEADER, ""))
    except ValueError:
        return None
    if change.is_question:
        return None
    address = f"{request.method} {request.path}"
    body = bytes_of(upload(request)) if change.uploads else raw(request)
    return Posted(who(request), key, address, body)


def confirmed(request: Request) -> None:
    """Raise 403 where the page would ask for the password again."""
    try:
        stepped_up(request._request)
    except StepUpNeeded:
        detail = _("Give your password again at %(path)s, then repeat this.") % {
            "path": reverse("accounts:step_up")
        }
        raise Problem(403, "step-up-needed", detail) from None


def _act(
    change: Change, unlocked: Unlocked, opened: Any, form: forms.Form, posted: Posted | None
) -> HttpResponseBase:
    try:
        if change.look is not None:
            opened = change.look(unlocked, opened, form)
        made = _once(change, unlocked, opened, form, posted)
    except Invalid as error:
        raise _not_right(change, form, error) from None
    except ReferralError as error:
        raise refused(error, **change.stands(unlocked, opened)) from None
    return _answer(change, made, form.cleaned_data["version"] if change.is_versioned else None)


def _once(change: Change, unlocked: Unlocked, opened: Any, form: forms.Form, posted: Posted | None) -> Made:
    if posted is None:  # it only asks: what it reads is written down before, in a transaction of its own
        return change.act(unlocked, opened, form)
    with transaction.atomic():
        posted.begin()
        made = change.act(unlocked, opened, form)
        if isinstance(made, UUID):
            posted.made(made)
    return made


def _not_right(change: Change, form: forms.Form, error: Invalid) -> Problem:
    said: dict[str, list[Any]] = {}
    for path, message in error.fields.items():
        name = path.rpartition(".")[2]
        name = change.asked_as.get(name, name)
        said.setdefault(name if name in form.fields else WHOLE, []).append(message)
    return not_right(said)


def _again(change: Change, request: Request, made: UUID | None) -> HttpResponseBase:
    """Answer a repeated request as the first: nothing is done, nothing is opened."""
    if change.shown_once:
        raise Problem(409, "shown-once", _("This was done already, and its answer was shown once."))
    form = _Version(read(request)) if change.is_versioned else None
    version = form.cleaned_data["version"] if form is not None and form.is_valid() else None
    return _answer(change, made, version)


class _Version(VersionedForm):
    """The version alone, of a body that was valid when it was first sent."""

    key = None  # type: ignore[assignment]


def _answer(change: Change, made: Made, version: list[int] | None) -> HttpResponseBase:
    """Each change counts its version on by one, so a repeated request is answered as the first was."""
    if isinstance(made, HttpResponse):
        return made
    if isinstance(made, dict):
        return Response(made, status=201 if change.makes else 200)
    if made is not None:
        return Response({"id": made}, status=201)
    if version is not None:
        return Response({"version": "-".join(str(one + 1) for one in version)})
    return Response(status=204)
