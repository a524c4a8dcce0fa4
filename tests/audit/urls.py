"""Views that behave as the rooms above do, for the tests of the log's middleware."""

import uuid
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from audit.actions import record_first
from audit.entries import request_id
from audit.errors import Denied
from audit.models import Log


def denied(request: HttpRequest, agency: UUID) -> HttpResponse:
    """Change something, then hit a closed door: the change is rolled back, the attempt is kept."""
    with transaction.atomic():
        Log.objects.create(agency=uuid.uuid4())
        raise Denied("test.open", agency=agency, actor=None, kind="case", object="")


def stranger(request: HttpRequest) -> HttpResponse:
    raise Denied("test.open", agency=None, actor=None, kind="case", object="")


def page(request: HttpRequest, agency: UUID) -> HttpResponse:
    for _ in range(2):
        record_first("test.open", agency=agency, actor=None, kind="case", object="")
    return HttpResponse(f"what the case says {request_id.get()}")


class DeniedByApi(APIView):
    authentication_classes = ()
    permission_classes = ()

    def get(self, request: Request, agency: UUID) -> Response:
        raise Denied("test.open", agency=agency, actor=None, kind="case", object="")


urlpatterns = [
    path("api/denied/<uuid:agency>/", DeniedByApi.as_view()),
    path("denied/<uuid:agency>/", denied),
    path("stranger/", stranger),
    path("page/<uuid:agency>/", page),
    path("", include("config.urls")),
]
