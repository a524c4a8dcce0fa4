"""Who is asking: opens the session of each request, and answers what this room's doors raise."""

from collections.abc import Callable
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers

from accounts import cookies, entries, sessions
from accounts.access import page_name
from accounts.actions import end_by_cookie, sign_out, touch
from accounts.errors import CasesLocked, SignInNeeded, StepUpNeeded
from accounts.unlocked import Unlocked
from audit.actions import record_first
from audit.errors import LogFailed


class SignIn:
    """Set ``request.unlocked`` (Unlocked or None) and ``request.user`` (Person or AnonymousUser).

    A session that ended by itself is deleted, and its cookies with it. The other way round, an
    answer that deletes the cookie (the quick exit does) ends the session too. A browser that was
    locked without a network says so with its next request, and is signed out before anything is shown.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        halves = cookies.halves(request)
        now = timezone.now()
        unlocked = sessions.find(*halves, now=now) if halves else None
        # Leaving carries the mark too; it ends the session itself, when it knows where this person leaves to.
        is_locked = cookies.asks_to_lock(request) and request.path != reverse("exit")
        if unlocked is not None and is_locked:
            sign_out(unlocked)
            unlocked.finish()
            unlocked = None
        request.unlocked = unlocked  # type: ignore[attr-defined]
        request.user = unlocked.person if unlocked else AnonymousUser()
        if unlocked and unlocked.session:
            touch(unlocked.session, now=now)
        response = self.get_response(request)
        patch_vary_headers(response, ["Cookie"])
        if is_locked:
            cookies.drop_lock(response)
        if unlocked is not None:
            response.headers["Cache-Control"] = "no-store"
            unlocked.finish()
        if halves and _deletes_session(response):
            end_by_cookie(halves[0])
        elif halves and unlocked is None and sessions.open_waiting(*halves, now=now) is None:
            end_by_cookie(halves[0])
            if settings.SESSION_ID_COOKIE not in response.cookies:
                cookies.drop_session(response)
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer what the doors raise; whatever else happened is not ours."""
        if request.path.startswith("/api/"):
            return None
        if isinstance(exception, SignInNeeded):
            return _to("accounts:sign_in", request)
        if isinstance(exception, StepUpNeeded):
            return _to("accounts:step_up", request, exception.then)
        if isinstance(exception, CasesLocked):
            return _cases_locked(request)
        return None


def _deletes_session(response: HttpResponse) -> bool:
    cookie = response.cookies.get(settings.SESSION_ID_COOKIE)
    return cookie is not None and not cookie.value


def _to(name: str, request: HttpRequest, then: str = "") -> HttpResponse:
    """Lead to a page and back again; only an address that was to be read is worth coming back to."""
    back = {"next": then or request.path}
    query = f"?{urlencode(back, safe='/')}" if request.method == "GET" else ""
    if request.method == "POST" and name == "accounts:sign_in":
        query = "?done=not-kept"
    return HttpResponseRedirect(f"{reverse(name)}{query}")


def _cases_locked(request: HttpRequest) -> HttpResponse:
    unlocked: Unlocked = request.unlocked  # type: ignore[attr-defined]
    try:
        record_first(
            entries.CASES_LOCKED,
            agency=unlocked.agency.id,
            actor=unlocked.person.id,
            kind="page",
            object=page_name(request),
            outcome="denied",
        )
    except LogFailed:
        request.plain_page = True  # type: ignore[attr-defined]
        return render(request, "errors/503.html", status=503)
    context = {"membership": unlocked.person.membership, "today": unlocked.today}
    return render(request, "accounts/cases_locked.html", context, status=403)
