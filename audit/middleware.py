"""What the log needs of every request: an id for the click, and denied attempts that survive rollback."""

import secrets
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from audit.actions import record_denied
from audit.entries import request_id
from audit.errors import Denied, LogFailed


class RequestId:
    """Give each request a random id that groups the entries of one click. It leaves the server nowhere."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        token = request_id.set(secrets.token_hex(8))
        try:
            return self.get_response(request)
        finally:
            request_id.reset(token)


class DeniedAttempts:
    """Record a ``Denied`` that left a view, then let the uniform 404 follow.

    Django calls ``process_exception`` after the view's transactions have rolled back, so the entry
    commits on its own. If it cannot, the answer is 503, as for every ``LogFailed`` (config/apps.py).
    The API's exception handler calls ``record_denied`` itself, because DRF keeps exceptions inside.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, Denied):
            try:
                record_denied(exception)
            except LogFailed:
                request.plain_page = True  # type: ignore[attr-defined]
                return render(request, "errors/503.html", status=503)
        return None
