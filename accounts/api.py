"""How the API knows who is asking: the same session, with the CSRF check on every unsafe method."""

from typing import TYPE_CHECKING

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import PermissionDenied
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from accounts import entries
from accounts.access import page_name
from accounts.models import Person
from accounts.unlocked import Unlocked
from audit.errors import Denied

if TYPE_CHECKING:
    # DRF's views import this module by the settings' names: at run time this would go in a circle.
    from rest_framework.views import APIView


def _answer(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


class _CsrfCheck(CsrfViewMiddleware):
    """Return the reason instead of a page (as DRF's own session authentication does)."""

    def _reject(self, request: HttpRequest, reason: str) -> str:
        return reason


class SessionAuthentication(BaseAuthentication):
    """The person whose session the middleware opened; ``request.auth`` is the Unlocked."""

    def authenticate(self, request: Request) -> tuple[Person, Unlocked] | None:
        unlocked: Unlocked | None = getattr(request._request, "unlocked", None)
        if unlocked is None:
            return None
        check = _CsrfCheck(_answer)
        check.process_request(request._request)
        if check.process_view(request._request, _answer, (), {}):
            # The words by which DRF's own check is known: this answer stays a 403.
            raise PermissionDenied("CSRF Failed")
        return unlocked.person, unlocked

    def authenticate_header(self, request: Request) -> str:
        """Let whoever is not signed in be answered 401: nothing here opens without a session."""
        return "Session"


class SignedIn(BasePermission):
    """Only for somebody whose keys are open."""

    def has_permission(self, request: Request, view: "APIView") -> bool:
        return isinstance(request.auth, Unlocked)


class CasesOpen(BasePermission):
    """Only with current training and code of conduct; otherwise Denied, like what is not there."""

    def has_permission(self, request: Request, view: "APIView") -> bool:
        unlocked = request.auth
        if not isinstance(unlocked, Unlocked):
            return False
        if not unlocked.may_open_cases:
            raise Denied(
                entries.CASES_LOCKED,
                agency=unlocked.agency.id,
                actor=unlocked.person.id,
                kind="page",
                object=page_name(request._request),
            )
        return True
