"""What hides a screen from who stands behind it: locking, and lists without names.

The blur after a minute is static/js/screen.js. Both addresses here carry no CSRF token, as leaving does
not: they stand on error pages too, which must not differ by a byte; what another site starts is refused.
"""

from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from accounts import cookies
from accounts.actions import sign_out
from config.leaving import SeeOther, own_path, started_elsewhere


@csrf_exempt
@require_POST
def lock(request: HttpRequest) -> HttpResponse:
    """End the session, and let signing in again lead back to the same page.

    A lock that only covered the page would leave the keys open behind it, so there is none: whoever
    takes the keyboard finds a sign-in page and no session. The device stays known; its card is not
    asked for again. Of the address only the path is kept, as everywhere when signing in is asked for.
    """
    if started_elsewhere(request):
        return render(request, "exit/confirm.html", status=403)
    unlocked = getattr(request, "unlocked", None)
    if unlocked is not None:
        sign_out(unlocked)
    path = urlsplit(own_path(request.POST.get("next", ""))).path
    query = urlencode({"next": path, "done": "locked"}, safe="/")
    response = SeeOther(f"{reverse('accounts:sign_in')}?{query}")
    cookies.drop_session(response)
    return response


@csrf_exempt
@require_POST
def show_names(request: HttpRequest) -> HttpResponse:
    """Hide the names in lists on this screen, or show them again (``show=yes``)."""
    response = SeeOther(own_path(request.POST.get("next", "")))
    if started_elsewhere(request):
        return response
    if request.POST.get("show") == "yes":
        response.delete_cookie(settings.NAMES_COOKIE)
    else:
        response.set_cookie(
            settings.NAMES_COOKIE, "hidden", httponly=True, secure=settings.SECURE_COOKIES, samesite="Strict"
        )
    return response
