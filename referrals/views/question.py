"""The caseworker answers the one question a desk asked: what her consent covers, or that she may not."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from referrals import actions, codes, disclosure
from referrals.access import OpenCase
from referrals.forms.referral import AnswerForm
from referrals.models.referrals import State
from referrals.payload import AnswerPart, SentReferral
from referrals.views import words
from referrals.views.answers import send, show, to
from referrals.views.cases import GET_OR_POST
from referrals.views.referral import now, open_sent


@GET_OR_POST
def referral_answer(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """Show the question and what the case says to it, then send the answer."""
    unlocked, sent, opened, item = open_sent(request, referral_id, to="edit")
    if sent.referral.state != State.NEEDS_INFO and request.method != "POST":
        return to("referral", referral_id)
    question = sent.referral.reason_code
    form = AnswerForm(
        request.POST or None,
        initial={"version": sent.referral.version},
        answers=_answers(opened, item.content, question),
        asks_number=question == codes.Question.HOUSEHOLD and question in item.content.fields,
    )

    def answer(answers: dict[str, Any]) -> None:
        actions.answer_question(
            unlocked=unlocked,
            opened=opened,
            referral_id=referral_id,
            answer=answers["answer"],
            household_size=answers.get("household_size"),
            version=answers["version"][0],
            once=answers["key"],
        )

    if request.method == "POST" and send(form, answer, now=lambda: now(unlocked, sent)):
        return to("referral", referral_id, done="referral-answered")
    context = {
        "form": form,
        "title": words.label(codes.Question, question) or _("This question was answered"),
        "lead": _("%(organization)s ask before they answer. They never learn more than she agreed to.")
        % {"organization": item.content.organization_name},
        "action": _("Send the answer"),
        "back_url": reverse("referrals:referral", args=[referral_id]),
    }
    return show(request, "question", context)


def _answers(opened: OpenCase, about: SentReferral, question: str) -> list[tuple[str, Any]]:
    """Return what may be answered: the value itself only where she agreed that it is told."""
    answers = [(str(value), label) for value, label in codes.QuestionAnswer.choices]
    told = codes.QuestionAnswer.TOLD.value
    if question not in about.fields:
        return [pair for pair in answers if pair[0] != told]
    answers = [pair for pair in answers if pair[0] != codes.QuestionAnswer.NOT_AGREED]
    if question == codes.Question.HOUSEHOLD:
        return [(told, _("I write it below")), *answers[1:]]
    name, value = disclosure.value_asked_for(
        question=question, card=opened.card(), incident=opened.incident(), household_size=None
    )
    if not value:
        return answers[1:]
    said = words.answer_value(AnswerPart(question=question, **{name: value}))
    return [(told, _("Tell them: %(what)s") % {"what": said}), *answers[1:]]
