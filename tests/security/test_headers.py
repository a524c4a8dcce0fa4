"""Every answer carries the headers that keep it private, whatever the route and whoever made it."""

import pytest
from django.http import HttpResponse
from django.test import Client, RequestFactory

from config.middleware import SecurityHeaders
from tests.people import Network, sign_in
from tests.security.routes import Route, all_routes

pytestmark = pytest.mark.django_db

# Open to other sites and kept for minutes on purpose: public data without a session (services/hsds_api).
OPEN = "/api/hsds/"

ROUTES = [*all_routes(), Route("missing", "/no/such/page/"), Route("icon", "/static/icons.svg")]


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)
def test_each_route_answers_with_the_security_headers(client: Client, route: Route) -> None:
    response = client.get(route.path)
    headers = response.headers
    policy = headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "http" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    # Nothing to other sites; our own forms need their origin (config/settings.py).
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "geolocation=()" in headers["Permissions-Policy"]
    assert headers.get("Access-Control-Allow-Origin") == ("*" if route.path.startswith(OPEN) else None)
    assert "Access-Control-Allow-Credentials" not in headers
    for gossip in ("Server", "X-Powered-By"):
        assert gossip not in headers
    if not route.path.startswith(("/static/", OPEN)):
        assert headers["Cache-Control"] == "no-store"


def test_a_static_file_may_be_kept(client: Client) -> None:
    assert "no-store" not in client.get("/static/icons.svg").headers["Cache-Control"]


def test_a_signed_in_persons_page_is_never_kept_even_if_its_view_says_so() -> None:
    def view(request: object) -> HttpResponse:
        return HttpResponse("x", headers={"Cache-Control": "public, max-age=60"})

    request = RequestFactory().get("/")
    assert SecurityHeaders(view)(request).headers["Cache-Control"] == "public, max-age=60"
    request.unlocked = object()  # type: ignore[attr-defined]
    assert SecurityHeaders(view)(request).headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("person", ["owner", "supervisor", "administrator"])
def test_no_page_of_a_signed_in_person_is_kept(network: Network, person: str) -> None:
    for route in all_routes():
        client = sign_in(Client(), getattr(network.a, person))
        response = client.get(route.path)
        assert response.headers["Cache-Control"] == "no-store", route.name
        assert "unsafe" not in response.headers["Content-Security-Policy"], route.name
