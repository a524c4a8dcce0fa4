"""Pages that belong to no room: the front page, leaving, languages, cookies, accessibility."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from accounts.leaving import chosen_by
from accounts.views.answers import first_page
from config.context import url_or_none
from config.cookies import COOKIES
from config.leaving import SeeOther, away, own_path, started_elsewhere, targets


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Show the public front page."""
    unlocked = getattr(request, "unlocked", None)
    context: dict[str, Any] = {
        "search_url": url_or_none("services:search"),
        "sign_in_url": "" if unlocked else url_or_none("accounts:sign_in"),
        "work_url": first_page(unlocked) if unlocked else "",
    }
    if settings.DEMO:
        from config import demo

        context["tour"] = demo.tour(request)
    return render(request, "home.html", context)


# No CSRF token: error pages carry this link too and must not differ by a byte, and the check
# above already refuses what another site starts.
@csrf_exempt
@require_http_methods(["GET", "POST"])
def leave(request: HttpRequest) -> HttpResponse:
    """End the session, delete every cookie of ours, and lead to a neutral page."""
    if started_elsewhere(request):
        return render(request, "exit/confirm.html", status=403)
    return away(getattr(request, "unlocked", None))


@require_safe
def leave_about(request: HttpRequest) -> HttpResponse:
    """Say what leaving does, and what stays in the browser."""
    unlocked = getattr(request, "unlocked", None)
    context = {"targets": targets(unlocked), "is_own": bool(chosen_by(unlocked))}
    return render(request, "exit/about.html", context)


@csrf_exempt
@require_http_methods(["GET", "POST"])
def set_language(request: HttpRequest) -> HttpResponse:
    """Keep the chosen language in its cookie and go back to the page it was chosen on."""
    response = SeeOther(own_path(request.POST.get("next", "")))
    code = request.POST.get("language", "")
    if code in dict(settings.LANGUAGES) and not started_elsewhere(request):
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            code,
            httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
            secure=settings.LANGUAGE_COOKIE_SECURE,
            samesite="Lax",
        )
    return response


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """List every cookie with its purpose and life, and say what is kept."""
    return render(request, "privacy.html", {"cookies": COOKIES})


@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """Say what was done so that everybody can use the site, what is known to be missing, and whom to tell."""
    return render(request, "accessibility.html")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Say that the form was open too long, without repeating what was in it."""
    request.plain_page = True  # type: ignore[attr-defined]
    return render(request, "errors/form_expired.html", status=403)
