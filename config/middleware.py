"""What every response carries: security headers, compression, and the page for a known failure."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware

from config import errors

# No inline script or style, nothing from another origin, no framing, no form posted elsewhere.
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
PERMISSIONS_POLICY = (
    "accelerometer=(), autoplay=(), browsing-topics=(), camera=(), display-capture=(), fullscreen=(), "
    "geolocation=(), gyroscope=(), idle-detection=(), magnetometer=(), microphone=(), midi=(), "
    "payment=(), screen-wake-lock=(), usb=()"
)


class SecurityHeaders:
    """Set the content security policy and its companions.

    A page is never stored by browser or proxy unless its view said how long it may be, and a
    signed-in person's page never at all, whatever its view said.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.headers.setdefault("X-Frame-Options", settings.X_FRAME_OPTIONS)
        response.headers.setdefault("X-Robots-Tag", "noindex" if _signed_in(request) else "noarchive")
        if _signed_in(request) or "Cache-Control" not in response.headers:
            response.headers["Cache-Control"] = "no-store"
        return response


class Compress(GZipMiddleware):
    """Compress pages, except where the length could be made to betray what is in them.

    The known attack on compressed pages (BREACH) needs a page with a secret that another site can make
    the browser ask for again and again with its own guesses in it. So a page that was asked for with a
    session, or that gives a cookie, is compressed only when the browser says that one of our own pages
    or the person's own hand asked for it. See docs/decisions/0033. Static files were compressed when
    they were collected.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        is_page = response.headers.get("Content-Type", "").startswith("text/html")
        if response.streaming or not is_page or not (_is_public(request, response) or _asked_by_us(request)):
            return response
        return super().process_response(request, response)


def _is_public(request: HttpRequest, response: HttpResponseBase) -> bool:
    halves = {settings.SESSION_ID_COOKIE, settings.SESSION_HALF_COOKIE}
    return request.method == "GET" and not halves & request.COOKIES.keys() and not response.cookies


def _asked_by_us(request: HttpRequest) -> bool:
    """Say whether the browser itself says so; one too old to say anything gets the page uncompressed."""
    return request.headers.get("Sec-Fetch-Site") in ("same-origin", "none")


class WrongMethod:
    """Give a person who opens a form's address a page that says where to go, not an empty one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code != 405 or response.content or request.path.startswith("/api/"):
            return response
        page = errors.error_response(request, 405)
        page.headers["Allow"] = response.headers["Allow"]
        return page


class KnownFailures:
    """Answer the exceptions that a room raises on purpose with their own page (config/errors.py)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        status = errors.status_of(error)
        if status is None:
            return None
        if status >= 500:
            errors.logger.error("%s", type(error).__name__)
        return errors.error_response(request, status, error)


def _signed_in(request: HttpRequest) -> bool:
    return getattr(request, "unlocked", None) is not None
