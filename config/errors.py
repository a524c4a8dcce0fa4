"""Error answers: which exception becomes which page, and problem+json for the API.

What lives here: the table from the rooms' own exceptions to a status, the page for each status,
and Django's and DRF's hooks that use them. Every page works without the database, says what to do
next and nothing about what failed. Denied and missing are the same bytes.
"""

import json
import logging
import sys
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions as api_exceptions
from rest_framework.response import Response

from audit.actions import record_denied
from audit.errors import Denied, LogFailed
from config.leaving import away, started_elsewhere

logger = logging.getLogger("config.errors")

PROBLEM = "application/problem+json"

_STATUS_OF: dict[type[Exception], int] = {
    OperationalError: 503,
    InterfaceError: 503,
    RequestDataTooBig: 413,
    TooManyFieldsSent: 413,
    TooManyFilesSent: 413,
}

# What a problem of the API says, in the reader's language; about the request, never about what it holds.
_DETAILS: dict[int, Promise | str] = {
    400: _("This request could not be read. Compare it with the description of this API."),
    401: _("Sign in first."),
    403: _("The proof against forgery is missing: send the csrf cookie’s value in the header X-CSRFToken."),
    404: _("There is nothing to show here."),
    405: _("This address is not asked in this way."),
    406: _("This API answers in JSON only."),
    409: _("Somebody else was quicker. Read it again, then decide anew."),
    413: _("That is too large."),
    415: _("Send JSON, and say so: Content-Type: application/json."),
    429: _("Too many requests. Wait as long as the header Retry-After says."),
    500: _("Something went wrong on our side. Try again in a moment."),
    503: _("Not available just now. Nothing was shown or changed. Try again in a moment."),
}

# Which problem it is, for programs: as lasting as the addresses.
TYPES: dict[int, str] = {
    400: "cannot-be-read",
    401: "sign-in-needed",
    403: "forgery-proof-missing",
    404: "not-there",
    405: "not-asked-this-way",
    406: "json-only",
    409: "someone-was-quicker",
    413: "too-large",
    415: "not-json",
    429: "too-many-requests",
    500: "our-mistake",
    503: "not-now",
}

# Seconds until it is worth trying again, where the exception does not know better.
_WAIT = {500: 30, 503: 30}

# Shown when even the error page cannot be made: no template, no catalogue, so every language at once.
_LAST_WORD = (
    '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
    "<title>Hamroh</title><h1>Hamroh</h1>"
    '<p lang="uz-Latn">Nimadir ishlamay qoldi. Birozdan keyin yana urinib koʻring.</p>'
    '<p lang="uz-Cyrl">Нимадир ишламай қолди. Бироздан кейин яна уриниб кўринг.</p>'
    '<p lang="ru">Что-то пошло не так. Попробуйте ещё раз чуть позже.</p>'
    "<p>Something went wrong. Please try again in a moment.</p>"
    '<p><a href="/exit/" rel="nofollow">Leave now · Chiqish · Чиқиш · Выйти</a></p></html>'
)


def answer_with(kind: type[Exception], status: int) -> None:
    """Say that an exception of a room becomes the error page of ``status`` (409, 429 or 503).

    An attribute ``retry_after`` (whole seconds) on the exception becomes the header.
    """
    _STATUS_OF[kind] = status


def status_of(error: BaseException | None) -> int | None:
    """Return the status registered for the exception or the nearest of its parents, else None."""
    if error is None:
        return None
    return next((_STATUS_OF[kind] for kind in type(error).__mro__ if kind in _STATUS_OF), None)


def error_response(request: HttpRequest, status: int, error: BaseException | None = None) -> HttpResponse:
    """Return the error page of ``status``, or its problem+json below ``/api/``."""
    if request.path.startswith("/api/"):
        response = HttpResponse(
            json.dumps(_problem(status), separators=(",", ":")), status=status, content_type=PROBLEM
        )
    else:
        request.plain_page = True  # type: ignore[attr-defined]
        context = _conflict(request, error) if status == 409 else {}
        try:
            response = render(request, f"errors/{status}.html", context, status=status)
        except Exception as broken:  # noqa: BLE001  the error page itself must never fail
            logger.error("error page failed: %s", type(broken).__name__)
            response = HttpResponse(_LAST_WORD, status=status)
    for name, value in _wait(error, status).items():
        response.headers[name] = value
    return response


def _wait(error: BaseException | None, status: int) -> dict[str, str]:
    wait = getattr(error, "retry_after", _WAIT.get(status))
    return {"Retry-After": str(wait)} if isinstance(wait, int) else {}


def _problem(status: int) -> dict[str, Any]:
    kind = f"urn:hamroh:problem:{TYPES[status]}" if status in TYPES else "about:blank"
    known = {"type": kind, "title": HTTPStatus(status).phrase, "status": status}
    return known | ({"detail": str(_DETAILS[status])} if status in _DETAILS else {})


def _of_parameters(errors: dict[str, Any]) -> list[dict[str, str]]:
    """Return what to do about a request's parameters; a choice that is none is not repeated."""
    return [
        {"parameter": name, "detail": _without_value(one)} for name, said in errors.items() for one in said
    ]


def _without_value(error: Any) -> str:
    return str(_("Choose one of the answers.") if getattr(error, "code", "") == "invalid_choice" else error)


def _conflict(request: HttpRequest, error: BaseException | None) -> dict[str, Any]:
    """Return what the page of a lost race says: what a room's error knows, or at least what was typed."""
    kept = getattr(error, "kept", ())
    way = getattr(error, "way", None)
    return {
        "happened": getattr(error, "happened", ""),
        "way_url": way[0] if way else "",
        "way_label": way[1] if way else "",
        "kept": kept,
        "typed": [] if kept else _typed(request),
    }


def _typed(request: HttpRequest) -> list[str]:
    """Return the sentences a person typed into the form that lost a race, to copy from.

    Free text only: a value with a space in it, never a field that may hold a secret.
    """
    hidden = ("password", "code", "card", "token", "secret", "key")
    if request.method != "POST":
        return []
    return [
        value
        for name, values in request.POST.lists()
        for value in values
        if isinstance(value, str) and " " in value.strip() and not any(word in name for word in hidden)
    ]


# --- Django's hooks, named in config/urls.py ---


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer a request that cannot be read (400), or is too large (413)."""
    return error_response(request, status_of(exception) or 400)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer for everything that is missing, or not for this person: the same bytes."""
    return error_response(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer for what nobody expected: 500, or what the exception is registered for.

    Leaving works even then, without the database: the deleted cookie is half of the session's key.
    """
    if request.path == reverse("exit") and not started_elsewhere(request):
        return away()
    error = sys.exc_info()[1]
    return error_response(request, status_of(error) or 500, error)


def api_exception_handler(exc: Exception, context: dict[str, Any]) -> Response | None:
    """Turn an API error into RFC 9457 problem+json without details of the object asked for.

    Denied is missing. Only a refused CSRF token stays 403: it is about the request, not the object.
    """
    from rest_framework.views import exception_handler

    if isinstance(exc, Denied):
        # DRF keeps exceptions to itself, so audit's middleware would not see the attempt.
        try:
            record_denied(exc)
        except LogFailed as failed:
            exc = failed
    status = status_of(exc)
    if status is not None:
        return Response(_problem(status), status=status, headers=_wait(exc, status), content_type=PROBLEM)
    denied = isinstance(exc, PermissionDenied | api_exceptions.PermissionDenied)
    if denied and not str(exc).startswith("CSRF Failed"):
        exc = Http404()
    response = exception_handler(exc, context)
    if response is None:
        return None
    # What a room says of its own refusals: an attribute ``problem`` with the members of the problem.
    body = _problem(response.status_code) | getattr(exc, "problem", {})
    if isinstance(exc, api_exceptions.ValidationError):
        body["errors"] = _of_parameters(response.data)
    response.data = body
    response.content_type = PROBLEM
    return response
