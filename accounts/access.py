"""The doors of this room: who is signed in, with which role, and whose cases are locked.

A door returns the person unlocked or raises; what it raises becomes an answer in
``accounts.middleware`` (sign-in page, step-up page, locked page) or the uniform 404 of ``Denied``.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse

from accounts import entries
from accounts.errors import CasesLocked, SignInNeeded, StepUpNeeded
from accounts.models import Agency, Person
from accounts.roles import KeyName, RoleName
from accounts.unlocked import Unlocked
from audit.errors import Denied
from vault.errors import Refused
from vault.keys import KeyPair

View = Callable[..., HttpResponse]


def signed_in(request: HttpRequest) -> Unlocked:
    """Return who is signed in; otherwise the answer is the sign-in page."""
    unlocked: Unlocked | None = getattr(request, "unlocked", None)
    if unlocked is None:
        raise SignInNeeded
    return unlocked


def with_role(request: HttpRequest, *names: str) -> Unlocked:
    """Return who is signed in if they hold one of the roles; otherwise Denied (the 404)."""
    unlocked = signed_in(request)
    if unlocked.roles.isdisjoint(RoleName(name) for name in names):
        raise denied(request, unlocked)
    return unlocked


def may_open_cases(request: HttpRequest) -> Unlocked:
    """Return who is signed in if training and code of conduct are current.

    Otherwise the answer is a kind page, the same for every case address, and a denied entry.
    """
    unlocked = signed_in(request)
    if not unlocked.may_open_cases:
        raise CasesLocked
    return unlocked


def stepped_up(request: HttpRequest, *, then: str = "") -> Unlocked:
    """Return who is signed in if they confirmed it a moment ago; otherwise they are asked to.

    ``then`` is the page to go on at, for an address that is no page: who has confirmed and is given a file
    would stay where the password is asked.
    """
    unlocked = signed_in(request)
    if not unlocked.stepped_up:
        raise StepUpNeeded(then)
    return unlocked


def auditor(request: HttpRequest) -> tuple[Unlocked, list[tuple[int, KeyPair]]]:
    """Return the supervisor and their agency's auditor keys (epoch and pair), newest first."""
    unlocked = with_role(request, RoleName.SUPERVISOR)
    keys = auditor_keys(unlocked)
    if not keys:
        raise denied(request, unlocked)
    return unlocked, keys


def auditor_keys(unlocked: Unlocked) -> list[tuple[int, KeyPair]]:
    """Return the auditor keys (epoch and pair) a person holds, newest first; none where one was changed."""
    try:
        return [
            (epoch, unlocked.role_keys(unlocked.agency, KeyName.AUDITOR, epoch))
            for epoch in unlocked.held_epochs(KeyName.AUDITOR)
        ]
    except Refused:
        return []


def colleague(request: HttpRequest, person: UUID) -> tuple[Unlocked, Person]:
    """Return an administrator and one person of their own agency; otherwise Denied."""
    unlocked = with_role(request, RoleName.ADMINISTRATOR)
    found = (
        Person.objects.select_related("agency", "membership")
        .filter(pk=person, agency=unlocked.agency)
        .first()
    )
    if found is None:
        raise denied(request, unlocked)
    return unlocked, found


def waiting_colleague(request: HttpRequest, person: UUID) -> tuple[Unlocked, Person]:
    """Return the caller and an active person of their own agency (to hand over a role key to)."""
    unlocked = signed_in(request)
    found = Person.objects.filter(pk=person, agency=unlocked.agency, is_active=True).first()
    if found is None:
        raise denied(request, unlocked)
    return unlocked, found


def possible_partner(request: HttpRequest, agency: UUID) -> tuple[Unlocked, Agency]:
    """Return an administrator and another active agency; otherwise Denied."""
    unlocked = with_role(request, RoleName.ADMINISTRATOR)
    found = Agency.objects.filter(pk=agency, is_active=True).exclude(pk=unlocked.agency.id).first()
    if found is None:
        raise denied(request, unlocked)
    return unlocked, found


def denied(request: HttpRequest, unlocked: Unlocked) -> Denied:
    """Return the error of somebody who asked for a page that is not theirs; it names the page only."""
    return Denied(
        entries.PAGE_OPENED,
        agency=unlocked.agency.id,
        actor=unlocked.person.id,
        kind="page",
        object=page_name(request),
    )


def page_name(request: HttpRequest) -> str:
    """Return the name of the page asked for, as the access log writes it; never its address.

    An address of the API has no name: then it is where its view stands, in the log's small letters.
    """
    match = request.resolver_match
    return match.view_name.replace(":", ".").lower() if match else ""


def sign_in_required(view: View) -> View:
    """Lead whoever is not signed in to the sign-in page, before the view looks at anything."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        signed_in(request)
        return view(request, *args, **kwargs)

    return guarded
