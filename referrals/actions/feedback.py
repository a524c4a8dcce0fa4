"""What she said of a service, after she was asked whether it reached her: added up, never kept as hers."""

from collections.abc import Mapping
from dataclasses import replace
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from accounts.unlocked import Unlocked
from referrals import codes, entries
from referrals.access.cases import Item, OpenCase
from referrals.actions.steps import Once, bump, lock_case, log_case
from referrals.errors import Invalid, SomeoneWasQuicker, WrongState
from referrals.models import ServiceFeedback
from referrals.models.cases import Section
from referrals.payload import SentReferral
from referrals.statistics import quarter_of

# What was answered to a question; left out is not asked.
YES, NO = "yes", "no"
_ASKED = frozenset({codes.Answer.YES, codes.Answer.NO})


def may_give_feedback(opened: OpenCase, about: SentReferral) -> bool:
    """Say whether to ask: she was asked about the service, agreed to statistics, and has not said it yet."""
    return about.answer in _ASKED and not about.feedback_given and opened.card().statistics_consent


def give_feedback(
    *,
    unlocked: Unlocked,
    opened: OpenCase,
    referral_id: UUID,
    answers: Mapping[str, str],
    once: UUID | None = None,
) -> None:
    """Add what she said (question → yes or no) to the sums of the service and the quarter, once a referral.

    The sums know a service and a quarter: no case, no referral, no agency, no day. That it was given stays in
    the sealed case.
    """
    given = {question: said for question, said in answers.items() if said in (YES, NO)}
    if not given or not set(given) <= set(codes.FeedbackQuestion.values):
        raise Invalid({"reached": _("Answer at least one of the questions, or go back.")})
    with transaction.atomic():
        if Once(unlocked, once, "give_feedback", referral_id).is_repeat:
            return
        case = lock_case(unlocked, opened)
        item: Item[SentReferral] = opened.sent_referral(referral_id)
        if not may_give_feedback(opened, item.content):
            raise WrongState
        told = replace(item.content, feedback_given=True)
        if not opened.replace(Section.REFERRALS, item.id, told, revision=item.revision):
            raise SomeoneWasQuicker
        service_id = item.content.service_id
        if service_id is None:
            raise WrongState
        # Always in the same order, so that two never wait for each other.
        for question in sorted(given):
            row, _made = ServiceFeedback.objects.get_or_create(
                service=service_id, quarter=quarter_of(unlocked.today), question=question
            )
            said = given[question]
            ServiceFeedback.objects.filter(pk=row.pk).update(**{said: F(said) + 1})
        bump(case)
        log_case(unlocked, opened, entries.CASE_CHANGED, {"section": "referrals", "item": str(item.id)})
