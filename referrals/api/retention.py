"""Keeping and letting go: a caseworker asks for one closed case, supervisors decide. Erasing: *ending*."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.roles import RoleName
from accounts.unlocked import Unlocked
from referrals import access, actions, entries, queries
from referrals.access import OpenCase
from referrals.access.common import denied, may_work
from referrals.api import serializers as shapes
from referrals.api.cases import edited
from referrals.api.changes import Change, ChangeView, who
from referrals.forms.retention import DecisionForm, KeepForm, YearsForm
from referrals.models import CaseHold
from referrals.retention import erased_on

# --- One case ---


def _keep(unlocked: Unlocked, opened: OpenCase, form: Any) -> None:
    known = form.cleaned_data
    actions.ask_to_keep(
        unlocked=unlocked, opened=opened, years=known["years"], reason=known["reason"], once=known["key"]
    )


def _let_go(unlocked: Unlocked, opened: OpenCase, form: Any) -> None:
    actions.ask_to_let_go(unlocked=unlocked, opened=opened, once=form.cleaned_data["key"])


class Keep(ChangeView):
    change = Change(
        name="case_keep",
        summary="Ask a supervisor to keep a closed case longer",
        door=edited,
        form=KeepForm,
        act=_keep,
    )


class LetGo(ChangeView):
    change = Change(
        name="case_let_go",
        summary="Take that request back; or, where two people keep it, ask a supervisor to let it go",
        door=edited,
        act=_let_go,
    )


# --- The supervisors ---


def _supervisor(unlocked: Unlocked) -> None:
    if not may_work(unlocked, {RoleName.SUPERVISOR}):
        raise denied(unlocked, entries.RETENTION_VIEWED, "agency", unlocked.agency.id)


def _about(unlocked: Unlocked, case_id: UUID) -> UUID:
    """Return the case's id: no case opens here, and whether there is one is the action's to say."""
    _supervisor(unlocked)
    return case_id


def _change(unlocked: Unlocked, opened: None, form: Any) -> None:
    known = form.cleaned_data
    actions.change_years(
        unlocked=unlocked, years=form.years(), version=known["version"][0], once=known["key"]
    )


def _decide_years(unlocked: Unlocked, opened: None, form: Any) -> None:
    known = form.cleaned_data
    agrees = known["decision"] == "agree"
    actions.decide_years(unlocked=unlocked, agrees=agrees, asked=known["asked"], once=known["key"])


def _decide_hold(unlocked: Unlocked, case_id: UUID, form: Any) -> None:
    known = form.cleaned_data
    actions.decide_hold(
        unlocked=unlocked,
        case_id=case_id,
        agrees=known["decision"] == "agree",
        asked=known["asked"],
        once=known["key"],
    )


def _version(unlocked: Unlocked) -> int:
    policy = queries.retention_policy(unlocked.agency)
    return policy.version if policy else 0


def _waiting_years(unlocked: Unlocked) -> dict[str, Any] | None:
    waiting = queries.waiting_years(unlocked.agency)
    if waiting is None:
        return None
    return {
        "asked": waiting.asked,
        "asked_by": waiting.asked_by.display_name,
        "mine": waiting.asked_by_id == unlocked.person.id,
        "standard": waiting.standard_years,
        "child": waiting.child_years,
    }


def _waiting(unlocked: Unlocked, hold: CaseHold) -> dict[str, Any]:
    asker = hold.lift_asked_by or hold.asked_by
    return {
        "case_id": hold.pk,
        "asked": hold.asked,
        "asked_by": asker.display_name,
        "mine": asker.pk == unlocked.person.id,
        "lets_go": hold.lift_asked_by is not None,
        "until": erased_on(hold.until),
    }


class Kept(ChangeView):
    change = Change(
        name="kept_change",
        summary="Fewer years count at once; more wait for another supervisor",
        door=_supervisor,
        form=YearsForm,
        act=_change,
        stands=lambda unlocked, _opened: {"version": _version(unlocked)},
        # What waits for a second person has not counted the version on.
        tells_version=False,
    )

    @extend_schema(
        operation_id="kept",
        responses=shapes.KeptSerializer,
        summary="How many closed cases are kept, for how long, and what waits for a decision",
    )
    def get(self, request: Request) -> Response:
        unlocked = who(request)
        known, years = access.kept_by(unlocked), queries.years_of(unlocked.agency)
        return Response(
            {
                "closed": known.closed,
                "soon": known.soon,
                "over": known.over,
                "version": _version(unlocked),
                "standard": years.standard,
                "child": years.child,
                "waiting_years": _waiting_years(unlocked),
                "waiting": [_waiting(unlocked, hold) for hold in known.waiting],
            }
        )


class KeptYears(ChangeView):
    change = Change(
        name="kept_years",
        summary="Agree to more years, or leave them; `asked` is what was read",
        door=_supervisor,
        form=DecisionForm,
        act=_decide_years,
    )


class KeptCase(ChangeView):
    change = Change(
        name="kept_case",
        summary="Agree to keep one case longer, or to let it go; or leave it. `asked` is what was read",
        door=_about,
        form=DecisionForm,
        act=_decide_hold,
    )
