"""What the views of this room share: ways back, redirects, and errors told on the form."""

import logging
from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from accounts.errors import AccountsError, Busy, SlowDown
from accounts.models import Person
from accounts.roles import RoleName
from accounts.unlocked import Unlocked

logger = logging.getLogger(__name__)

# Where each role begins its day. Of several roles the one in which somebody waits for an answer comes first;
# the others are the next places of the navigation.
_FIRST_PAGES = (
    (RoleName.CASEWORKER, "referrals:needs_me"),
    (RoleName.INTAKE, "referrals:inbox"),
    (RoleName.SUPERVISOR, "referrals:oversight"),
    (RoleName.ADMINISTRATOR, "referrals:agency"),
    (RoleName.EDITOR, "services:edit"),
    (RoleName.CUSTODIAN, "referrals:emergencies"),
    (RoleName.ANALYST, "referrals:unmet"),
)
# These open only while training and code of conduct are current: with another role, begin there.
_WITH_PEOPLE = (RoleName.CASEWORKER, RoleName.INTAKE, RoleName.CUSTODIAN)


def redirect(name: str, *args: Any, done: str = "") -> HttpResponse:
    """Lead to a page; ``done`` is a code of the known sentences."""
    return HttpResponseRedirect(reverse(name, args=args) + (f"?done={done}" if done else ""))


def way_back(request: HttpRequest) -> str:
    """Return the own address to go on to, or an empty string; never another site's."""
    target = str(request.POST.get("next") or request.GET.get("next") or "")
    own = target.startswith("/") and url_has_allowed_host_and_scheme(target, allowed_hosts=None)
    return target if own else ""


def first_page(unlocked: Unlocked) -> str:
    """Return where this person begins after signing in."""
    roles = unlocked.roles
    if not unlocked.may_open_cases:
        roles = roles.difference(_WITH_PEOPLE) or roles
    for role, name in _FIRST_PAGES:
        if role in roles:
            try:
                return reverse(name)
            except NoReverseMatch:
                continue
    return reverse("accounts:account")


def page(request: HttpRequest, template: str, **context: Any) -> HttpResponse:
    """Render a page of this room; one whose form has errors says so in its status."""
    form = context.get("form")
    status = context.pop("status", 422 if isinstance(form, forms.Form) and form.errors else 200)
    return render(request, f"accounts/{template}.html", context, status=status)


def tell(form: forms.Form, error: AccountsError) -> int:
    """Put an error of this room on the form and return the status of the answer."""
    if isinstance(error, SlowDown):
        message = _("Too many attempts. Wait %(seconds)d seconds and try again.") % {"seconds": error.seconds}
        form.add_error(None, message)
        return 429
    form.add_error(None, str(error.message))
    return 503 if isinstance(error, Busy) else 422


def address_of(request: HttpRequest) -> str:
    """Return the caller's network address, for the slow-down counters only.

    Behind our proxy the connection is the proxy's own; it writes the caller's address last into
    X-Forwarded-For. What stands before that the caller may have written themselves.
    """
    if settings.BEHIND_PROXY:
        return str(request.META.get("HTTP_X_FORWARDED_FOR", "")).rpartition(",")[2].strip()
    return str(request.META.get("REMOTE_ADDR", ""))


def person_context(person: Person) -> dict[str, Any]:
    """Return what the pages about one person show."""
    return {"person": person, "membership": person.membership}
