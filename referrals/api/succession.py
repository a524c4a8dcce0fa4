"""Cases whose caseworker has left: which these are, who shall take one over, handing it on and taking it."""

from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.unlocked import Unlocked
from referrals import access, actions, queries
from referrals.access import LeftCase, OpenCase
from referrals.api import answers
from referrals.api import serializers as shapes
from referrals.api.changes import Change, ChangeView, who
from referrals.errors import Invalid
from referrals.forms.transfer import SuccessorForm


class LeftList(APIView):
    @extend_schema(
        operation_id="left",
        responses=shapes.LeftSerializer,
        summary="Cases without a caseworker, for supervisors: who opens them still, who is named",
    )
    def get(self, request: Request) -> Response:
        unlocked = who(request)
        found = access.left_cases(unlocked)
        people = [one for one in queries.caseworkers_of(unlocked) if one.pk != unlocked.person.pk]
        return Response(
            {
                "results": [answers.left(one) for one in found],
                "colleagues": [{"person": one.pk, "name": one.display_name} for one in people],
            }
        )


def _form(left: LeftCase, data: dict[str, Any]) -> SuccessorForm:
    # Who is a colleague is known where one is named.
    person = str(data.get("person", ""))
    return SuccessorForm(data, colleagues=[(person, person)])


def _name(unlocked: Unlocked, left: LeftCase, form: Any) -> None:
    known = form.cleaned_data
    people = {str(one.pk): one for one in queries.caseworkers_of(unlocked) if one.pk != unlocked.person.pk}
    if known["person"] not in people:
        raise Invalid({"person": _("Choose a colleague.")})
    actions.name_successor(unlocked=unlocked, left=left, person=people[known["person"]], once=known["key"])


class Left(ChangeView):
    change = Change(
        name="left_name",
        summary="Name who takes one of them over, for fourteen days; asks for the password again",
        door=access.left_case_for,
        asks_again=True,
        form=SuccessorForm,
        fill=_form,
        act=_name,
    )


def _held(unlocked: Unlocked, case_id: UUID) -> OpenCase:
    return access.succession_for(unlocked, case_id)[0]


def _hand_over(unlocked: Unlocked, opened: OpenCase, form: Any) -> UUID:
    return actions.hand_over_left_case(unlocked=unlocked, opened=opened, once=form.cleaned_data["key"]).id


def _take(unlocked: Unlocked, opened: OpenCase, form: Any) -> UUID:
    return actions.take_left_case(unlocked=unlocked, opened=opened, once=form.cleaned_data["key"])


class HandOver(ChangeView):
    change = Change(
        name="case_hand_over",
        summary="Offer a left case that one opens to who was named; asks for the password again",
        door=_held,
        asks_again=True,
        act=_hand_over,
        makes=True,
    )


class TakeOver(ChangeView):
    change = Change(
        name="case_take_over",
        summary="Take a left case over, being named and opening it; asks for the password again",
        door=_held,
        asks_again=True,
        act=_take,
        makes=True,
    )
