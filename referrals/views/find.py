"""Find a service for a case: needs from the case, changed by POST, a short list with reasons; why one is
not in it; and that nothing was found, written down.

Nothing that was looked for stands in an address or is kept.
"""

from contextlib import suppress
from typing import Any
from uuid import UUID

from django.core.exceptions import ObjectDoesNotExist
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from accounts.access import may_open_cases, with_role
from accounts.roles import RoleName
from accounts.unlocked import Unlocked
from referrals import access, actions, directory, entries, queries
from referrals.access import OpenCase
from referrals.codes import MINORS
from referrals.errors import WrongState
from referrals.forms.find import NeedsForm, WhyForm
from referrals.leaving_out import Why, why_not
from referrals.views import words
from referrals.views.answers import show, to
from referrals.views.cases import GET_OR_POST, alias_of
from services.actions import hold_place, release_place
from services.codes import ServiceType
from services.errors import NotAllowed
from services.queries.places import grouped_districts


@GET_OR_POST
def case_match(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Ask what she needs; answer with places, the most fitting first. Excluded ones are never there.

    ``nothing`` writes down that there is none, where there is still none.
    """
    unlocked = may_open_cases(request)
    opened = access.case_for(unlocked, case_id)
    incident = opened.incident()
    searched = request.method == "POST"
    form = _form(NeedsForm, request, opened, unlocked)
    matches: list[directory.Found] = []
    problem = ""
    if searched and form.is_valid():
        if "nothing" in request.POST:
            editing = access.case_for(unlocked, case_id, to="edit")
            with suppress(WrongState):  # there is a place by now: here it is
                actions.record_nothing_found(unlocked=unlocked, opened=editing, needs=form.cleaned_data)
                return to("case", case_id, done="nothing-found")
        problem = _hold(request, unlocked)
        matches = directory.places_for(unlocked=unlocked, needs=form.cleaned_data, incident=incident)
    context = {
        **_page(opened, form, unlocked),
        "details": [field for field in form if field.name != "service_type"],
        "searched": searched and form.is_valid(),
        "looked_for": words.label(ServiceType, form["service_type"].value() or ""),
        "matches": matches,
        "problem": problem,
        "why_form": _ask_why(form) if searched and form.is_valid() else None,
        "may_edit": opened.case.is_open and queries.may_edit(unlocked, opened),
    }
    return show(request, "case_match", context)


@GET_OR_POST
def case_why(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Ask which service is missed; say in words what keeps it out of the list."""
    unlocked = may_open_cases(request)
    opened = access.case_for(unlocked, case_id, action=entries.PLACE_ASKED_ABOUT)
    form = _form(WhyForm, request, opened, unlocked)
    asked = request.method == "POST" and form.is_valid()
    answers: list[Why] = []
    if asked:
        known = form.cleaned_data
        answers = why_not(
            unlocked=unlocked, opened=opened, needs=known, words=known["words"], service_id=known["service"]
        )
    context = {
        **_page(opened, form, unlocked),
        "asked": asked,
        "answers": answers,
        "looked_for": words.label(ServiceType, form["service_type"].value() or ""),
    }
    return show(request, "case_why", context)


def _form(kind: type[NeedsForm], request: HttpRequest, opened: OpenCase, unlocked: Unlocked) -> NeedsForm:
    window = opened.incident().clinical_window_at(unlocked.now)
    return kind(
        request.POST if request.method == "POST" else None,
        initial=needs_of(opened, window is not None),
        districts=grouped_districts(),
    )


def _ask_why(form: NeedsForm) -> WhyForm:
    """Return the question that goes on with the same needs; names of its own, beside the first form."""
    return WhyForm(initial=form.cleaned_data, districts=grouped_districts(), auto_id="why_%s")


def _page(opened: OpenCase, form: NeedsForm, unlocked: Unlocked) -> dict[str, Any]:
    return {
        "case": opened.case,
        "alias": alias_of(opened.card()),
        "window": opened.incident().clinical_window_at(unlocked.now),
        "form": form,
    }


def _hold(request: HttpRequest, unlocked: Unlocked) -> str:
    """Hold a place, or give it back, where a button of the list asks for it; return why not.

    It travels with the needs, so that the same list comes back; asked twice it does nothing twice.
    """
    with suppress(ValueError):
        try:
            if "hold" in request.POST:
                hold_place(service_id=UUID(request.POST["hold"]), by=with_role(request, RoleName.CASEWORKER))
            elif "release" in request.POST:
                release_place(service_id=UUID(request.POST["release"]), by=unlocked)
        except (NotAllowed, ObjectDoesNotExist) as error:
            return str(error) if isinstance(error, NotAllowed) else _("It is not in the directory any more.")
    return ""


def needs_of(opened: OpenCase, health_first: bool) -> dict[str, Any]:
    """Return what the case already says about her needs."""
    card = opened.card()
    return {
        "service_type": ServiceType.HEALTH_MEDICAL if health_first else None,
        "district": card.district,
        "language": card.language,
        "age_band": card.age_band,
        "sex": card.sex,
        "with_children": bool(card.children.count),
        "access_needs": list(card.access_needs),
        "is_minor": card.age_band in MINORS,
    }
