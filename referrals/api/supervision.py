"""A supervisor's part: what the agency sent, what waits too long, how long answers may take."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.roles import RoleName
from accounts.unlocked import Unlocked
from referrals import access, actions, entries, queries
from referrals.access import Supervised
from referrals.access.common import denied, may_work
from referrals.api import answers
from referrals.api import serializers as shapes
from referrals.api.bodies import described
from referrals.api.changes import Change, ChangeView, who
from referrals.api.reading import page_of
from referrals.forms.referral import ConfirmForm, DecideForm
from referrals.forms.timers import TimersForm, filled
from referrals.views import words


class SuperviseList(APIView):
    @extend_schema(
        operation_id="supervise",
        parameters=[shapes.PageSerializer],
        responses=shapes.SupervisedListSerializer,
        summary="What the agency sent and is live, and what was reported as a mistake",
    )
    def get(self, request: Request) -> Response:
        unlocked = who(request)
        if not may_work(unlocked, {RoleName.SUPERVISOR}):
            raise denied(unlocked, entries.SUPERVISED_LISTED, "referral", None)
        page = queries.supervised_page(unlocked, **page_of(request))
        rows = [answers.supervised(unlocked, row) for row in page.rows]
        return Response({"results": rows, "next": page.next})


class LateList(APIView):
    @extend_schema(
        operation_id="late",
        parameters=[shapes.PageSerializer],
        responses=shapes.LateListSerializer,
        summary="What should have been answered, on either side, the longest wait first",
    )
    def get(self, request: Request) -> Response:
        unlocked = who(request)
        page = queries.late_page(unlocked, **page_of(request))
        return Response({"results": [answers.late(unlocked, row) for row in page.rows], "next": page.next})


# --- Steps ---


def _stands(unlocked: Unlocked, found: Supervised) -> dict[str, Any]:
    row = queries.now_of(found.referral)
    state = row.state_at(unlocked.now)
    return {"happened": words.FOR_SENDER[state].text, "state": state.value, "version": row.version}


def _take(unlocked: Unlocked, found: Supervised, form: Any, action: Any) -> None:
    known = form.cleaned_data
    action(unlocked=unlocked, supervised=found, version=known["version"][0], once=known["key"])


def _cancel(unlocked: Unlocked, found: Supervised, form: Any) -> None:
    _take(unlocked, found, form, actions.cancel_as_supervisor)


def _report(unlocked: Unlocked, found: Supervised, form: Any) -> None:
    _take(unlocked, found, form, actions.report_error_as_supervisor)


def _decide(unlocked: Unlocked, found: Supervised, form: Any) -> None:
    taken_out = form.cleaned_data["decision"] == "take_out"
    _take(unlocked, found, form, actions.enter_in_error if taken_out else actions.set_report_aside)


def _step(name: str, summary: str, form: Any, act: Any) -> type[ChangeView]:
    change = Change(
        name=f"supervise_{name}",
        summary=summary,
        door=access.supervised_for,
        form=form,
        act=act,
        stands=_stands,
    )
    return type("Step", (ChangeView,), {"change": change})


STEPS: dict[str, type[ChangeView]] = {
    "cancel": _step("cancel", "Cancel it without opening the case", ConfirmForm, _cancel),
    "report": _step("report", "Report that it should never have been", ConfirmForm, _report),
    "decide": _step("decide", "Decide on what somebody else reported", DecideForm, _decide),
}


# --- How long answers may take ---


def _supervisor(unlocked: Unlocked) -> None:
    if RoleName.SUPERVISOR not in unlocked.roles:
        raise denied(unlocked, entries.TIMERS_CHANGED, "agency", unlocked.agency.id)


def _now(unlocked: Unlocked) -> dict[str, Any]:
    policy = queries.timer_policy(unlocked.agency)
    calendar = queries.calendar_of(unlocked.agency, policy)
    return filled(queries.rules_of(policy), calendar, version=policy.version if policy else 0)


def _change(unlocked: Unlocked, opened: None, form: Any) -> None:
    known = form.cleaned_data
    actions.change_timers(
        unlocked=unlocked,
        rules=form.rules(),
        week=form.days(),
        time_zone=known["time_zone"],
        version=known["version"][0],
        once=known["key"],
    )


class Timers(ChangeView):
    change = Change(
        name="timers_change",
        summary="Decide a new version of the times; what was sent keeps its own",
        door=_supervisor,
        form=TimersForm,
        act=_change,
        stands=lambda unlocked, _opened: {"version": _now(unlocked)["version"]},
    )

    @extend_schema(
        operation_id="timers", responses=described(TimersForm), summary="How long answers may take"
    )
    def get(self, request: Request) -> Response:
        unlocked = who(request)
        _supervisor(unlocked)
        return Response(_now(unlocked))
