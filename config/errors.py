"""Error answers: the same page for denied and missing, and problem+json for the API."""

from typing import Any

from rest_framework.response import Response
from rest_framework.views import exception_handler


def api_exception_handler(exc: Exception, context: dict[str, Any]) -> Response | None:
    """Turn an API error into RFC 9457 problem+json without details of the object asked for."""
    response = exception_handler(exc, context)
    if response is None:
        return None
    body: dict[str, Any] = {"type": "about:blank", "status": response.status_code}
    if response.status_code in (400, 409):
        body["errors"] = response.data
    response.data = body
    response.content_type = "application/problem+json"
    return response
