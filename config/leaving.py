"""The quick exit's answer, apart from its view: it must also be given when everything else failed."""

import secrets
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme

from accounts.leaving import chosen_by
from accounts.unlocked import Unlocked
from config.cookies import COOKIES


def targets(unlocked: Unlocked | None) -> list[str]:
    """Return the names of the sites that leaving may lead this person to, as they would read them."""
    hosts = (urlsplit(target).hostname or "" for target in chosen_by(unlocked) or settings.QUICK_EXIT_TARGETS)
    return sorted({host.removeprefix("www.") for host in hosts})


def own_path(target: str) -> str:
    """Return the address when it is one of ours to go back to, else the front page; never another site's."""
    is_own = target.startswith("/") and url_has_allowed_host_and_scheme(target, allowed_hosts=None)
    return target if is_own else "/"


class SeeOther(HttpResponseRedirect):
    """303: whatever was sent, ask for the next page with GET."""

    status_code = 303


def away(unlocked: Unlocked | None = None) -> SeeOther:
    """Return the redirect to a neutral page that deletes every cookie of ours.

    The pages of who is signed in are their agency's, if it chose some; else the site's.

    The accounts' middleware ends the session of an answer that deletes its cookie.
    """
    response = SeeOther(secrets.choice(chosen_by(unlocked) or settings.QUICK_EXIT_TARGETS))
    for cookie in COOKIES:
        response.delete_cookie(cookie.name)
    return response


def started_elsewhere(request: HttpRequest) -> bool:
    """Return whether another site, or a prefetch, made the browser ask.

    Browsers since 2020 say so in Sec-Fetch-Site, which a page cannot forge. An older one says
    nothing or sends Origin or Referer; where all are missing we believe it, because leaving must
    work on an old phone and the worst a stranger gains is that somebody is signed out.
    """
    if "prefetch" in request.headers.get("Sec-Purpose", ""):
        return True
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site not in ("same-origin", "none")
    own = f"{request.scheme}://{request.get_host()}"
    for header in ("Origin", "Referer"):
        value = request.headers.get(header)
        if value and value not in ("null", own) and not value.startswith(f"{own}/"):
            return True
    return False
