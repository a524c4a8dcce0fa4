"""Pages of one case: open it, look at it, change a section, note, reach her, close, refuse, share.

The address names a section at most; what is in it travels only in the body of a POST and in sealed
items. Looking opens the case to view, changing to edit.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import may_open_cases
from accounts.unlocked import Unlocked
from referrals import access, codes, directory
from referrals.access import Item, OpenCase
from referrals.actions import cases as actions
from referrals.actions import consent as consent_actions
from referrals.forms.cases import CloseCaseForm, NewCaseForm, NoteForm, RefusalForm
from referrals.payload import Card, Consent, Incident, SentReferral
from referrals.queries import referrals_of
from referrals.views import words
from referrals.views.answers import send, to
from referrals.views.sections import NEW_STEPS, SECTIONS, Section

GET_OR_POST = require_http_methods(["GET", "HEAD", "POST"])


def alias_of(card: Card) -> str:
    return card.alias or _("Case without a name")


def clinical_window(incident: Incident, now: datetime) -> datetime | None:
    """Return until when medical care works best, while that is still to come."""
    ends = incident.clinical_window_ends_at
    return ends if ends is not None and ends > now else None


@GET_OR_POST
def case_new(request: HttpRequest) -> HttpResponse:
    """Ask for an invented name; the case exists, sealed, as soon as this page is sent."""
    unlocked = may_open_cases(request)
    actions.check_may_open(unlocked)
    form = NewCaseForm(request.POST or None, districts=directory.district_choices())
    if request.method == "POST":
        done = send(form, unlocked, lambda answers: actions.open_case(unlocked, card=_new_card(answers)).id)
        if done:
            return to("case_edit", done.result, NEW_STEPS[0], done="case-opened", query="new")
    context = {"form": form, "steps": _step_names()}
    return render(request, "referrals/case_new.html", context)


def _new_card(answers: dict[str, Any]) -> Card:
    names = ("alias", "age_band", "sex", "language", "district")
    return Card(**{name: answers[name] for name in names})


def _step_names() -> list[Any]:
    return [gettext_lazy("Who she is"), *(SECTIONS[code].step for code in NEW_STEPS)]


@require_safe
def case(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Show a case: how to reach her first, then what is under way, then what is known."""
    unlocked = may_open_cases(request)
    opened = access.case_for(unlocked, case_id)
    return _case_page(request, unlocked, opened, NoteForm())


def _case_page(
    request: HttpRequest, unlocked: Unlocked, opened: OpenCase, note_form: NoteForm
) -> HttpResponse:
    card, incident = opened.card(), opened.incident()
    context = {
        "case": opened.case,
        "alias": alias_of(card),
        "risk": words.label(codes.RiskLevel, card.risk_level),
        "risk_kind": words.RISK_KINDS.get(card.risk_level, "quiet"),
        "window": clinical_window(incident, unlocked.now),
        "contact": words.contact(card.safe_contact, has_number=True),
        "may_edit": opened.can_edit,
        "may_share": opened.can_edit,
        "find_url": to("case_match", opened.id).url,
        "referrals": _referral_rows(unlocked, opened.referrals()),
        "consents": [_consent_row(opened, item, unlocked.now) for item in reversed(opened.consents())],
        "sections": _section_cards(opened, card, incident),
        "notes": [
            {"text": item.content.text, "at": item.content.written_at} for item in reversed(opened.notes())
        ],
        "note_form": note_form,
    }
    return render(request, "referrals/case.html", context)
