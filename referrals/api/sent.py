"""Referrals one sent: list, read, stop, answer the desk or give it the key, ask her, mistake, feedback."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.unlocked import Unlocked
from referrals import access, actions, codes, queries
from referrals.access import Item, OpenCase, OpenSent
from referrals.api import answers
from referrals.api import serializers as shapes
from referrals.api.changes import Change, ChangeView, who
from referrals.api.reading import page_of
from referrals.forms.consent import WithdrawForm
from referrals.forms.feedback import FeedbackForm
from referrals.forms.inbox import FailForm
from referrals.forms.referral import AnswerForm, AskedForm, ConfirmForm
from referrals.models.referrals import State
from referrals.payload import SentReferral
from referrals.views import words
from referrals.views.alternatives import count_unmet, places_after


@dataclass(frozen=True)
class Sent:
    """A referral, the case it belongs to, and the case's memory of it."""

    referral: OpenSent
    case: OpenCase
    item: Item[SentReferral]


def _sent(unlocked: Unlocked, referral_id: UUID, *, to: str = "edit") -> Sent:
    found = access.sent_referral_for(unlocked, referral_id)
    if found.note.case_id is None:
        raise Http404
    opened = access.case_for(unlocked, found.note.case_id, to=to)
    return Sent(found, opened, opened.sent_referral(referral_id))


class SentList(APIView):
    @extend_schema(
        operation_id="referrals",
        parameters=[shapes.PageSerializer],
        responses=shapes.SentListSerializer,
        summary="Referrals one sent",
    )
    def get(self, request: Request) -> Response:
        unlocked = who(request)
        page = queries.sent_page(unlocked, **page_of(request))
        return Response({"results": [answers.sent(unlocked, row) for row in page.rows], "next": page.next})


class SentItem(APIView):
    @extend_schema(
        operation_id="referral",
        responses={200: shapes.SentItemSerializer, 404: None},
        summary="One referral one sent; after a no with other places",
    )
    def get(self, request: Request, referral_id: UUID) -> Response:
        unlocked = who(request)
        found = _sent(unlocked, referral_id, to="view")
        state, about = found.referral.referral.state_at(unlocked.now), found.item.content
        places = []
        if state in (State.DECLINED, State.EXPIRED, State.FAILED):
            places = places_after(unlocked, found.case, about)
            if state != State.FAILED:
                count_unmet(unlocked, found.case, about)
        return Response(answers.sent_item(unlocked, found.referral, found.case, places))


# --- Steps ---


def _stands(unlocked: Unlocked, found: Sent) -> dict[str, Any]:
    """Say how it stands, to a caseworker who was slower."""
    row = queries.now_of(found.referral.referral)
    state = row.state_at(unlocked.now)
    return {"happened": words.FOR_SENDER[state].text, "state": state.value, "version": row.version}


def _take(unlocked: Unlocked, found: Sent, form: Any, action: Callable[..., Any], **given: Any) -> None:
    action(
        unlocked=unlocked,
        opened=found.case,
        referral_id=found.referral.id,
        version=form.cleaned_data["version"][0],
        once=form.cleaned_data["key"],
        **given,
    )


def _cancel(unlocked: Unlocked, found: Sent, form: Any) -> None:
    _take(unlocked, found, form, actions.cancel)


def _fail(unlocked: Unlocked, found: Sent, form: Any) -> None:
    _take(unlocked, found, form, actions.fail_after_trying, reason=form.cleaned_data["reason"])


def _key(unlocked: Unlocked, found: Sent, form: Any) -> None:
    _take(unlocked, found, form, actions.send_key_again)


def _mistake(unlocked: Unlocked, found: Sent, form: Any) -> None:
    _take(unlocked, found, form, actions.report_error)


def _asked(unlocked: Unlocked, found: Sent, form: Any) -> None:
    answer = form.cleaned_data["answer"]
    if answer == codes.Answer.NO:
        _take(unlocked, found, form, actions.reopen_not_received)
    else:
        _take(unlocked, found, form, actions.close_after_asking, answer=answer)


def _answer(unlocked: Unlocked, found: Sent, form: Any) -> None:
    known = form.cleaned_data
    _take(
        unlocked,
        found,
        form,
        actions.answer_question,
        answer=known["answer"],
        household_size=known.get("household_size"),
    )


def _answer_form(found: Sent, data: dict[str, Any]) -> AnswerForm:
    # Whether it may be told is the action's to say, from her consent and the case.
    question = found.referral.referral.reason_code
    asks_number = question == codes.Question.HOUSEHOLD and question in found.item.content.fields
    return AnswerForm(data, answers=codes.QuestionAnswer.choices, asks_number=asks_number)


def _withdraw(unlocked: Unlocked, found: Sent, form: Any) -> None:
    consent_id = found.item.content.consent_id
    if consent_id is None:
        raise Http404
    actions.withdraw_consent(
        unlocked=unlocked, opened=found.case, consent_id=consent_id, once=form.cleaned_data["key"]
    )


def _feedback(unlocked: Unlocked, found: Sent, form: Any) -> None:
    known = form.cleaned_data
    actions.give_feedback(
        unlocked=unlocked,
        opened=found.case,
        referral_id=found.referral.id,
        answers={question: known[question] for question in codes.FeedbackQuestion.values},
        once=known["key"],
    )


def _step(name: str, summary: str, form: Any, act: Any, **more: Any) -> type[ChangeView]:
    change = Change(
        name=f"referral_{name}", summary=summary, door=_sent, form=form, act=act, stands=_stands, **more
    )
    return type("Step", (ChangeView,), {"change": change})


STEPS: dict[str, type[ChangeView]] = {
    "cancel": _step("cancel", "Cancel it: the provider's access ends now", ConfirmForm, _cancel),
    "withdraw": _step("withdraw", "She takes her consent back", WithdrawForm, _withdraw),
    "fail": _step("fail", "It was accepted and will not come about", FailForm, _fail),
    "answer": _step(
        "answer", "Answer the desk's question, inside the consent", AnswerForm, _answer, fill=_answer_form
    ),
    "key": _step(
        "key",
        "Give the desk its key again, whose only worker has left; asks for the password again",
        ConfirmForm,
        _key,
        asks_again=True,
    ),
    "asked": _step("asked", "What she said when she was asked", AskedForm, _asked),
    "feedback": _step("feedback", "What she said of the service, without her case", FeedbackForm, _feedback),
    "mistake": _step("mistake", "Report that it should never have been", ConfirmForm, _mistake),
}
