"""The provider's desk: who waits for an answer, one referral, and the steps of it."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.unlocked import Unlocked
from referrals import access, actions, duty, queries
from referrals.access import HandedReferral, OpenPacket
from referrals.api import answers
from referrals.api import serializers as shapes
from referrals.api.changes import Change, ChangeView, who
from referrals.api.problems import Problem, refused
from referrals.api.reading import goes_on, page_of
from referrals.errors import Invalid, SomeoneWasQuicker
from referrals.forms.inbox import (
    AppointmentForm,
    AskForm,
    AssignForm,
    DeclineForm,
    DeliverForm,
    FailForm,
    StepForm,
)
from referrals.models.referrals import IDENTITY_OPEN
from referrals.views import words
from referrals.views.inbox import with_whom


class InboxList(APIView):
    @extend_schema(
        operation_id="inbox",
        parameters=[shapes.InboxPageSerializer],
        responses=shapes.PacketListSerializer,
        summary="What waits for the desk, or what one works on",
    )
    def get(self, request: Request) -> Response:
        unlocked = who(request)
        asked = shapes.InboxPageSerializer(data=request.query_params)
        asked.is_valid(raise_exception=True)
        read = queries.worked_on_page if asked.validated_data["mine"] else queries.inbox_page
        page = read(unlocked, **page_of(request))
        rows = [answers.inbox_row(unlocked, row) for row in page.rows]
        first = not (asked.validated_data["mine"] or asked.validated_data["after"])
        left = [answers.left_at_desk(row) for row in queries.left_at_desk(unlocked)] if first else []
        return Response({"results": rows, "next": page.next, "left": left})


class InboxItem(APIView):
    @extend_schema(
        operation_id="inbox_item",
        parameters=[shapes.SafeHoursSerializer],
        responses={200: shapes.PacketSerializer, 404: None},
        summary="One referral at the desk, as far as the person may read it now",
    )
    def get(self, request: Request, referral_id: UUID) -> Response:
        unlocked, shows = who(request), goes_on(request)
        ended = access.ended_packet_for(unlocked, referral_id)
        if ended is not None:
            return Response(answers.ended(ended.id, ended.how))
        handed = access.handed_packet_for(unlocked, referral_id)
        if handed is not None:
            return Response(answers.handed(handed.id, handed.state.value, _taken_by(handed)))
        opened = access.packet_for(unlocked, referral_id)
        found = answers.packet(unlocked, opened.referral, opened.opaque.to_json())
        found["answer"] = opened.answer.to_json() if opened.answer else None
        if opened.is_mine and opened.referral.state_at(unlocked.now) in IDENTITY_OPEN:
            meeting = access.meeting_for(unlocked, referral_id)
            identity = access.identity_for(unlocked, referral_id, outside_hours=shows)
            waits = access.numbers_wait(unlocked, identity) and not shows
            found |= answers.told(identity, meeting, waits=waits)
        return Response(found)


def _taken_by(handed: HandedReferral) -> str:
    return with_whom(", ".join(handed.workers))


# --- Steps ---


def _packet(unlocked: Unlocked, referral_id: UUID) -> OpenPacket:
    """Open it at the desk; what has ended, or is a colleague's, is told as on its page."""
    ended = access.ended_packet_for(unlocked, referral_id)
    if ended is not None:
        said = words.CLOSED_BY_REFERRER if ended.how == "closed_by_referrer" else words.FOR_DESK[ended.how]
        raise Problem(409, "ended", said.text, state=ended.how)
    handed = access.handed_packet_for(unlocked, referral_id)
    if handed is not None:
        raise refused(SomeoneWasQuicker(), happened=_taken_by(handed), state=handed.state.value)
    return access.packet_for(unlocked, referral_id)


def _stands(unlocked: Unlocked, opened: OpenPacket) -> dict[str, Any]:
    """Say how it stands, to somebody at the desk who was slower."""
    row = queries.now_of(opened.referral)
    said = words.FOR_DESK[row.state_at(unlocked.now)]
    if said is words.CLOSED_BY_REFERRER:
        return {"happened": said.text, "state": "closed_by_referrer"}
    happened = said.text or said.label
    return {"happened": happened, "state": row.state_at(unlocked.now).value, "version": row.version}


def _step(summary: str, form: Any, action: Callable[..., Any], *names: str) -> type[ChangeView]:
    def act(unlocked: Unlocked, opened: OpenPacket, form: Any) -> None:
        known = form.cleaned_data
        given = {name: known[name] for name in names}
        action(unlocked=unlocked, packet=opened, version=known["version"][0], once=known["key"], **given)

    name = f"inbox_{action.__name__}"
    change = Change(name=name, summary=summary, door=_packet, form=form, act=act, stands=_stands)
    return type("Step", (ChangeView,), {"change": change})


STEPS: dict[str, type[ChangeView]] = {
    "claim": _step("Take it for ten minutes", StepForm, actions.claim),
    "release": _step("Give it back to the desk", StepForm, actions.release),
    "accept": _step("Accept: from now on the consented fields are read", StepForm, actions.accept),
    "decline": _step("Decline, with a reason", DeclineForm, actions.decline, "reason"),
    "ask": _step("Ask one question before answering", AskForm, actions.ask, "question"),
    "start": _step("Say that it has begun", StepForm, actions.start),
    "take-up": _step(
        "Go on with what a colleague left; then only oneself reads it", StepForm, actions.take_up
    ),
    "appoint": _step(
        "Give an appointment, or move it", AppointmentForm, actions.give_appointment, "starts_at", "ask_for"
    ),
    "deliver": _step("Say what came of it", DeliverForm, actions.deliver, "outcome"),
    "fail": _step("It is not possible", FailForm, actions.fail, "reason"),
}


# --- Giving it to a colleague ---


def _assign_form(opened: OpenPacket, data: dict[str, Any]) -> AssignForm:
    # Who is a colleague is known where it is given.
    person = str(data.get("person", ""))
    return AssignForm({"stay": "no", **data}, colleagues=[(person, person)])


def _assign(unlocked: Unlocked, opened: OpenPacket, form: Any) -> None:
    known = form.cleaned_data
    people = {str(one.pk): one for one in queries.colleagues_at_work(unlocked) if one != unlocked.person}
    if known["person"] not in people:
        raise Invalid({"person": _("Choose a colleague.")})
    actions.assign(
        unlocked=unlocked,
        packet=opened,
        person=people[known["person"]],
        stay=known["stay"] == "yes",
        version=known["version"][0],
        once=known["key"],
    )


class Assign(ChangeView):
    change = Change(
        name="inbox_assign",
        summary="Give an accepted referral to a colleague; asks for the password again",
        door=_packet,
        asks_again=True,
        form=AssignForm,
        fill=_assign_form,
        act=_assign,
        stands=_stands,
    )

    @extend_schema(
        operation_id="inbox_colleagues",
        responses={200: shapes.AtWorkSerializer, 404: None},
        summary="Whom it can be given to, for who works on it; who is on duty first",
    )
    def get(self, request: Request, referral_id: UUID) -> Response:
        unlocked = who(request)
        opened = _packet(unlocked, referral_id)
        people = queries.colleagues_at_work(unlocked) if opened.is_mine else []
        on_duty = duty.on_duty(unlocked.agency, unlocked.now) if people else set()
        found = [
            {"person": one.pk, "name": one.display_name, "on_duty": one.pk in on_duty}
            for one in sorted(people, key=lambda one: one.pk not in on_duty)
            if one != unlocked.person
        ]
        return Response({"colleagues": found})
