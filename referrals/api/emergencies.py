"""Opening a case in an emergency: a supervisor asks, a custodian answers, who asked opens it."""

from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.unlocked import Unlocked
from referrals import access, actions, entries
from referrals.access.common import denied, may_work
from referrals.access.emergencies import ASKS, KnownCase
from referrals.api import answers
from referrals.api import serializers as shapes
from referrals.api.changes import Change, ChangeView, who
from referrals.errors import Invalid
from referrals.forms.api import ReferenceForm
from referrals.forms.emergency import EmergencyForm
from referrals.models import EmergencyOpening
from referrals.views.emergency import row


def _supervisor(unlocked: Unlocked) -> None:
    if not may_work(unlocked, ASKS):
        raise denied(unlocked, entries.EMERGENCY_ASKED, "case", None)


def _known(unlocked: Unlocked, opened: None, form: Any) -> KnownCase:
    known = access.case_by_reference(unlocked, form.cleaned_data["reference"])
    if known is None:
        raise Invalid({"reference": _("There is no open case of your organisation with this reference.")})
    return known


def _told(unlocked: Unlocked, known: KnownCase, form: Any) -> dict[str, Any]:
    return {"reference": access.reference_of(known.case), "caseworker": known.owner}


def _ask(unlocked: Unlocked, known: KnownCase, form: Any) -> UUID:
    answered = form.cleaned_data
    return actions.ask_emergency(
        unlocked=unlocked, known=known, reason=answered["reason"], once=answered["key"]
    ).id


class Emergencies(ChangeView):
    change = Change(
        name="emergency_ask",
        summary="Ask a custodian to release a case; her caseworker is told. Asks for the password again",
        door=_supervisor,
        asks_again=True,
        form=EmergencyForm,
        look=_known,
        act=_ask,
        makes=True,
    )

    @extend_schema(
        operation_id="emergencies",
        responses=shapes.EmergenciesSerializer,
        summary="What was asked for and opened, newest first: for supervisors and custodians",
    )
    def get(self, request: Request) -> Response:
        unlocked = who(request)
        return Response({"results": [_opening(unlocked, one) for one in access.openings_for(unlocked)]})


class Look(ChangeView):
    change = Change(
        name="emergency_look",
        summary="Whose case a reference names, to be checked before asking. Asks for the password again",
        door=_supervisor,
        asks_again=True,
        form=ReferenceForm,
        look=_known,
        act=_told,
        response=shapes.KnownCaseSerializer,
    )


def _opening(unlocked: Unlocked, one: EmergencyOpening) -> dict[str, Any]:
    said = answers.emergency(row(unlocked, one))
    return {"id": one.pk, "step": one.step_at(unlocked.now).value, **said}


# --- One opening ---


def _release(unlocked: Unlocked, opening: EmergencyOpening, form: Any) -> None:
    actions.release_emergency(unlocked=unlocked, opening=opening, once=form.cleaned_data["key"])


def _refuse(unlocked: Unlocked, opening: EmergencyOpening, form: Any) -> None:
    actions.refuse_emergency(unlocked=unlocked, opening=opening, once=form.cleaned_data["key"])


def _open(unlocked: Unlocked, opening: EmergencyOpening, form: Any) -> UUID:
    key = form.cleaned_data["key"]
    return actions.open_in_emergency(unlocked=unlocked, opening=opening, once=key).case_id


def _end(unlocked: Unlocked, opening: EmergencyOpening, form: Any) -> None:
    actions.end_emergency(unlocked=unlocked, opening=opening, once=form.cleaned_data["key"])


def _stands(unlocked: Unlocked, opening: EmergencyOpening) -> dict[str, Any]:
    step = access.opening_for(unlocked, opening.pk).step_at(unlocked.now)
    return {"happened": step.label, "state": step.value}


def _step(name: str, summary: str, act: Any, *, makes: bool = False) -> type[ChangeView]:
    change = Change(
        name=f"emergency_{name}",
        summary=f"{summary}. Asks for the password again",
        door=access.opening_for,
        asks_again=True,
        act=act,
        makes=makes,
        stands=_stands,
    )
    return type("Step", (ChangeView,), {"change": change})


STEPS: dict[str, type[ChangeView]] = {
    "release": _step("release", "Release it for 24 hours, as a custodian who did not ask", _release),
    "refuse": _step("refuse", "Say no, as a custodian: nothing is opened", _refuse),
    "open": _step("open", "Open it, as who asked; the answer is the case's id", _open, makes=True),
    "end": _step("end", "End it early: nobody opens the case by it any more", _end),
}
