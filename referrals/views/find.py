"""Find a service for a case: needs from the case, changed by POST, a short list with reasons.

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
from referrals import access, directory
from referrals.access import OpenCase
from referrals.codes import MINORS
from referrals.forms.find import NeedsForm
from referrals.views import words
from referrals.views.answers import show
from referrals.views.cases import GET_OR_POST, alias_of, clinical_window
from services.actions import hold_place, release_place
from services.codes import ServiceType
from services.errors import NotAllowed
from services.queries.places import grouped_districts


@GET_OR_POST
def case_match(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Ask what she needs; answer with places, the most fitting first. Excluded ones are never there."""
    unlocked = may_open_cases(request)
    opened = access.case_for(unlocked, case_id)
    card, incident = opened.card(), opened.incident()
    window = clinical_window(incident, unlocked.now)
    districts = grouped_districts()
    searched = request.method == "POST"
    form = NeedsForm(
        request.POST if searched else None,
        initial=needs_of(opened, window is not None),
        districts=districts,
    )
    matches: list[directory.Found] = []
    problem = ""
    if searched and form.is_valid():
        problem = _hold(request, unlocked)
        matches = directory.places_for(unlocked=unlocked, needs=form.cleaned_data, incident=incident)
    context = {
        "case": opened.case,
        "alias": alias_of(card),
        "window": window,
        "form": form,
        "details": [field for field in form if field.name != "service_type"],
        "searched": searched and form.is_valid(),
        "looked_for": words.label(ServiceType, form["service_type"].value() or ""),
        "matches": matches,
        "problem": problem,
    }
    return show(request, "case_match", context)


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
