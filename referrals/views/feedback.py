"""Pages of feedback on a service: the caseworker tells what she said; an editor reads it in words."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from referrals import actions, codes, statistics
from referrals.forms.feedback import FeedbackForm
from referrals.views import words
from referrals.views.answers import send, show, to
from referrals.views.cases import GET_OR_POST
from referrals.views.referral import open_sent
from referrals.views.statistics import quarter_words
from services.access import entry_for_editor


@GET_OR_POST
def referral_feedback(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """Ask what she said of the service. Only after she was asked whether it reached her."""
    unlocked, _sent, opened, item = open_sent(request, referral_id, to="edit")
    back = reverse("referrals:referral", args=[referral_id])
    if not actions.may_give_feedback(opened, item.content) and request.method != "POST":
        raise Http404
    form = FeedbackForm(request.POST or None)

    def give(answers: dict[str, Any]) -> None:
        actions.give_feedback(
            unlocked=unlocked,
            opened=opened,
            referral_id=referral_id,
            answers={question: answers[question] for question in codes.FeedbackQuestion.values},
            once=answers["key"],
        )

    if request.method == "POST" and send(form, give):
        return to("referral", referral_id, done="saved")
    context = {
        "form": form,
        "title": _("How was it for her?"),
        "lead": _(
            "Her answers are added to those of others, without her case, and shown as words after the "
            "quarter is over, when at least five have answered."
        ),
        "action": _("Save"),
        "back_url": back,
    }
    return show(request, "question", context)


_SHARES = [
    (0.9, gettext_lazy("Nearly everybody said yes")),
    (0.6, gettext_lazy("Most said yes")),
    (0.4, gettext_lazy("About half said yes")),
    (0.1, gettext_lazy("Few said yes")),
    (0.0, gettext_lazy("Nearly nobody said yes")),
]


def share_in_words(share: float | None) -> Any:
    """Return how many said yes, in words; None is too few to say."""
    if share is None:
        return _("Fewer than five answers: not shown")
    return next(said for least, said in _SHARES if share >= least)


@require_safe
def quality(request: HttpRequest, service_id: UUID) -> HttpResponse:
    """Show an editor what was said of one service, a quarter at a time, in words."""
    unlocked, service = entry_for_editor(request, service_id)
    rows = [
        {
            "quarter": quarter_words(quarter),
            "rows": [
                {
                    "key": words.label(codes.FeedbackQuestion, question),
                    "value": share_in_words(share),
                }
                for question, share in shares.items()
            ],
        }
        for quarter, shares in statistics.feedback_on(service.pk, unlocked.today)
    ]
    return show(request, "quality", {"service": service, "quarters": rows})
