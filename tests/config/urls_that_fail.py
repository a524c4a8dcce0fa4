"""Addresses that fail on purpose, each in one way, beside the real ones."""

from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path

from config import errors, views
from config.urls import handler400, handler403, handler404, handler500
from config.urls import urlpatterns as real


class TooQuick(Exception):
    """A change lost a race."""


class TooMany(Exception):
    """Too many tries."""

    retry_after = 30


errors.answer_with(TooQuick, 409)
errors.answer_with(TooMany, 429)


def fails(error: type[Exception], method: str = "GET"):  # type: ignore[no-untyped-def]
    def view(request: HttpRequest) -> HttpResponse:
        raise error("Gulnora +998 00 000 00 00")

    return view


def fills_in(request: HttpRequest) -> HttpResponse:
    return HttpResponse(str(len(request.POST)))


urlpatterns = [
    *real,
    path("fail/denied/", fails(PermissionDenied)),
    path("fail/missing/", fails(Http404)),
    path("fail/odd/", fails(SuspiciousOperation)),
    path("fail/conflict/", fails(TooQuick)),
    path("fail/many/", fails(TooMany)),
    path("fail/bug/", fails(RuntimeError)),
    path("fail/database/", fails(OperationalError)),
    path("fail/form/", fills_in),
    path("fail/csrf/", views.csrf_failure),
    path("api/fail/missing/", fails(Http404)),
    path("api/fail/bug/", fails(RuntimeError)),
]
__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]
