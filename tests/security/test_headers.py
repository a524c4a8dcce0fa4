"""Every answer carries the headers that keep it private, whatever the route and whoever made it."""

import pytest
from django.http import HttpResponse
from django.test import Client, RequestFactory

from config.middleware import SecurityHeaders
from tests.security.routes import Route, all_routes

pytestmark = pytest.mark.django_db

# Open to other sites and kept for minutes on purpose: public data without a session (services/hsds_api).
OPEN = "/api/hsds/"

ROUTES = [*all_routes(), Route("missing", "/no/such/page/"), Route("icon", "/static/icons.svg")]


def test_each_route_answers_with_the_security_headers(client: Client) -> None:
    for route in ROUTES:
        _has_the_security_headers(client, route)


def _has_the_security_headers(client: Client, route: Route) -> None:
    response = client.get(route.path)
    headers = response.headers
    policy = headers["Content-Security-Policy"]
    assert "unsafe" not in policy, route.name
    assert "default-src 'none'" in policy, route.name
    assert "frame-ancestors 'none'" in policy, route.name
    assert "http" not in policy, route.name
    assert headers["X-Content-Type-Options"] == "nosniff", route.name
    assert headers["X-Frame-Options"] == "DENY", route.name
    # Nothing to other sites; our own forms need their origin (config/settings.py).
    assert headers["Referrer-Policy"] == "same-origin", route.name
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin", route.name
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin", route.name
    assert "geolocation=()" in headers["Permissions-Policy"], route.name
    assert headers.get("Access-Control-Allow-Origin") == ("*" if route.path.startswith(OPEN) else None), (
        route.name
    )
    assert "Access-Control-Allow-Credentials" not in headers, route.name
    for gossip in ("Server", "X-Powered-By"):
        assert gossip not in headers, route.name
    if not route.path.startswith(("/static/", OPEN)):
        assert headers["Cache-Control"] == "no-store", route.name


def test_a_static_file_may_be_kept(client: Client) -> None:
    assert "no-store" not in client.get("/static/icons.svg").headers["Cache-Control"]


def test_a_signed_in_persons_page_is_never_kept_even_if_its_view_says_so() -> None:
    def view(request: object) -> HttpResponse:
        return HttpResponse("x", headers={"Cache-Control": "public, max-age=60"})

    request = RequestFactory().get("/")
    assert SecurityHeaders(view)(request).headers["Cache-Control"] == "public, max-age=60"
    request.unlocked = object()  # type: ignore[attr-defined]
    assert SecurityHeaders(view)(request).headers["Cache-Control"] == "no-store"
