"""Copies: take one out, where two people allowed it; and where they allow it."""

from typing import Any

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.unlocked import Unlocked
from referrals import actions, entries, queries
from referrals.access import exports as door
from referrals.access.common import denied
from referrals.actions.exports import DECIDERS, ROLES
from referrals.api import serializers as shapes
from referrals.api.changes import Change, ChangeView, who
from referrals.forms.api import TakeForm
from referrals.forms.exports import SwitchForm
from referrals.models import ExportSwitch
from referrals.views.exports import copy_as_file


def _allowed(unlocked: Unlocked) -> list[str]:
    allowed = door.copies_for(unlocked)
    if not allowed:
        raise denied(unlocked, entries.EXPORT_TAKEN, "agency", unlocked.agency.id)
    return allowed


def _take(unlocked: Unlocked, allowed: list[str], form: Any) -> HttpResponse:
    return copy_as_file(unlocked, form.cleaned_data["what"], form.cleaned_data["file_type"])


class Copies(ChangeView):
    """Nothing changes, so no key is asked; each copy is in the log, also the second of the same."""

    change = Change(
        name="copy_take",
        summary="Take a copy out as a file, marked with who took it; asks for the password again",
        door=_allowed,
        asks_again=True,
        form=TakeForm,
        fill=lambda allowed, data: TakeForm(data, copies=allowed),
        act=_take,
        gives_file=True,
    )

    @extend_schema(
        operation_id="copies",
        responses={200: shapes.CopiesSerializer, 404: None},
        summary="What one may take out; nothing unless two people switched it on",
    )
    def get(self, request: Request) -> Response:
        return Response({"what": _allowed(who(request))})


# --- Who may ---


def _decider(unlocked: Unlocked) -> None:
    if DECIDERS.isdisjoint(unlocked.roles):
        raise denied(unlocked, entries.EXPORT_ON, "agency", unlocked.agency.id)


_DECISIONS = {
    "ask": actions.ask_for_exports,
    "approve": actions.approve_exports,
    "off": actions.switch_exports_off,
}


def _decide(unlocked: Unlocked, opened: None, form: Any) -> None:
    _DECISIONS[form.cleaned_data["do"]](unlocked=unlocked, role=form.cleaned_data["role"])


def _row(unlocked: Unlocked, role: str, switch: ExportSwitch | None) -> dict[str, Any]:
    asked_by = switch.asked_by if switch else None
    approved_by = switch.approved_by if switch else None
    return {
        "role": role,
        "is_on": approved_by is not None,
        "asked_by": asked_by.display_name if asked_by else "",
        "approved_by": approved_by.display_name if approved_by else "",
        "may_approve": asked_by is not None and approved_by is None and asked_by != unlocked.person,
    }


class Switches(ChangeView):
    change = Change(
        name="copy_switch",
        summary="Ask that a role may take copies out, approve it as a second person, or switch it off; "
        "asks for the password again",
        door=_decider,
        asks_again=True,
        form=SwitchForm,
        act=_decide,
    )

    @extend_schema(
        operation_id="copy_switches",
        responses=shapes.SwitchesSerializer,
        summary="Which roles may take copies out, and who said so",
    )
    def get(self, request: Request) -> Response:
        unlocked = who(request)
        _decider(unlocked)
        known = queries.export_switches(unlocked)
        return Response({"results": [_row(unlocked, role.value, known.get(role.value)) for role in ROLES]})
