"""The end of a case: the closed ones, opening one again, erasing one because she asks."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.unlocked import Unlocked
from referrals import actions, queries
from referrals.access import OpenCase
from referrals.api import answers
from referrals.api import serializers as shapes
from referrals.api.cases import edited
from referrals.api.changes import Change, ChangeView, who
from referrals.api.reading import page_of
from referrals.forms.cases import ReopenForm
from referrals.forms.retention import EraseForm


class ClosedList(APIView):
    @extend_schema(
        operation_id="cases_closed",
        parameters=[shapes.PageSerializer],
        responses=shapes.CaseListSerializer,
        summary="One's own closed cases",
    )
    def get(self, request: Request) -> Response:
        page = queries.case_page(who(request), **page_of(request), is_open=False)
        return Response({"results": [answers.case_row(card) for card in page.cards], "next": page.next})


def _reopen(unlocked: Unlocked, opened: OpenCase, form: Any) -> None:
    known = form.cleaned_data
    actions.reopen_case(
        unlocked=unlocked, opened=opened, reason=known["reason"], words=known["words"], once=known["key"]
    )


def _erase(unlocked: Unlocked, opened: OpenCase, form: Any) -> None:
    known = form.cleaned_data
    actions.erase_case(unlocked=unlocked, opened=opened, alias=known["alias"], once=known["key"])


class Reopen(ChangeView):
    change = Change(
        name="case_reopen", summary="Open a closed case again", door=edited, form=ReopenForm, act=_reopen
    )


class Erase(ChangeView):
    change = Change(
        name="case_erase",
        summary="Erase a case for good, her alias typed; asks for the password again",
        door=edited,
        asks_again=True,
        form=EraseForm,
        act=_erase,
    )
