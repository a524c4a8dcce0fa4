"""What every response carries, whoever made it: security headers, compression, the page for a known failure."""

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


class CompressPublicPages(GZipMiddleware):
    """Compress a page only where its length can betray nothing: nobody signed in, no cookie given.

    A signed-in person's page is sent as it is, and so is a page with a form's token (it gives its cookie):
    see docs/decisions/0033. Static files were compressed when they were collected.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        kind = response.headers.get("Content-Type", "").split(";")[0]
        is_public = (
            request.method == "GET"
            and not response.streaming
            and not response.cookies
            and settings.SESSION_ID_COOKIE not in request.COOKIES
            and settings.SESSION_HALF_COOKIE not in request.COOKIES
        )
        return super().process_response(request, response) if is_public and kind == "text/html" else response


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
