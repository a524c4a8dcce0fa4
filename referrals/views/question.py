"""What a desk needs of the caseworker: the answer to its one question, or the key again.

The answer says what her consent covers, or that she may not; the key is given again where whoever worked
on an accepted referral has left.
"""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.access import stepped_up
from referrals import actions, codes, disclosure
from referrals.access import OpenCase
from referrals.forms.referral import AnswerForm, ConfirmForm
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


@GET_OR_POST
def referral_key(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """Say what giving the desk the key again does, then give it."""
    unlocked, sent, opened, item = open_sent(request, referral_id, to="edit")
    if not sent.referral.worker_left and request.method != "POST":
        return to("referral", referral_id)
    stepped_up(request)
    form = ConfirmForm(request.POST or None, initial={"version": sent.referral.version})

    def give(answers: dict[str, Any]) -> None:
        actions.send_key_again(
            unlocked=unlocked,
            opened=opened,
            referral_id=referral_id,
            version=answers["version"][0],
            once=answers["key"],
        )

    if request.method == "POST" and send(form, give, now=lambda: now(unlocked, sent)):
        return to("referral", referral_id, done="key-sent-again")
    context = {
        "form": form,
        "title": _("Send them the key again?"),
        "problem": "; ".join(str(error) for error in form.non_field_errors()),
        "will_happen": [
            _("Whoever worked with her at %(organization)s has left, and nobody there reads it any more.")
            % {"organization": item.content.organization_name},
            _("Their desk reads again what it read first. One person there takes it up and reads the rest."),
            _("What you sent stays as it is, and so does the day on which her consent ends."),
            _("Does she still want it? Ask her first. Else cancel the referral and look for another place."),
        ],
        "action": _("Send the key again"),
        "back_url": reverse("referrals:referral", args=[referral_id]),
    }
    return show(request, "confirm", context)


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
