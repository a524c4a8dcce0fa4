"""The site's addresses, and beside them one for each error page."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from config import errors, views
from config.urls import handler400, handler403, handler404, handler500
from config.urls import urlpatterns as real


def error(request: HttpRequest, status: int) -> HttpResponse:
    return errors.error_response(request, status)


urlpatterns = [
    *real,
    path("error/<int:status>/", error, name="error"),
    path("error/form/", views.csrf_failure, name="form_expired"),
]
__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]
