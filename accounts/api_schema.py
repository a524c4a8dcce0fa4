"""How the API's description names the sign-in; drf-spectacular finds it once it is imported."""

from typing import Any

from django.conf import settings
from drf_spectacular.extensions import OpenApiAuthenticationExtension


class SessionScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How the API's description names the session: two cookies that belong together."""

    target_class = "accounts.api.SessionAuthentication"
    name = ["sessionId", "sessionHalf"]

    def get_security_definition(self, auto_schema: Any) -> list[dict[str, str]]:
        return [
            {"type": "apiKey", "in": "cookie", "name": settings.SESSION_ID_COOKIE},
            {"type": "apiKey", "in": "cookie", "name": settings.SESSION_HALF_COOKIE},
        ]
