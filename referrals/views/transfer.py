"""Handing a case over to a colleague: choose and check, wait, take it back; and the colleague's answer."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.access import may_open_cases, stepped_up
from accounts.unlocked import Unlocked
from referrals import access, actions, entries, queries
from referrals.access import EndedOffer, OpenCase
from referrals.access.common import denied
from referrals.forms.base import WorkForm
from referrals.forms.transfer import AnswerOfferForm, OfferForm
from referrals.models import CaseTransfer
from referrals.models.transfers import Outcome
from referrals.views.answers import Now, send, show, to
from referrals.views.cases import GET_OR_POST


@GET_OR_POST
def case_transfer(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Offer the case to a colleague, after a look at what that does; or take an offer back."""
    unlocked = may_open_cases(request)
    opened = access.case_for(unlocked, case_id, to="edit")
    if not opened.is_owner:
        raise denied(unlocked, entries.CASE_OFFERED, "case", case_id)
    # Keys leave with it: whoever finds a screen open must not give them to a friend.
    stepped_up(request)
    waiting = queries.offer_of(unlocked, opened)
    if waiting is not None:
        return _take_back(request, unlocked, opened, waiting)
    people = {str(one.pk): one for one in queries.caseworkers_of(unlocked) if one.pk != unlocked.person.pk}
    form = OfferForm(request.POST or None, colleagues=[(pk, one.display_name) for pk, one in people.items()])
    is_checked = "checked" in request.POST

    def offer(answers: dict[str, Any]) -> None:
        actions.offer_case(
            unlocked=unlocked,
            opened=opened,
            person=people[answers["person"]],
            ends_shares=answers["shares"] == "end",
            once=answers["key"],
        )

    if is_checked and send(form, offer):
        return to("case", case_id, done="case-offered")
    context = {
        "form": form,
        "title": _("Hand this case over?"),
        "lead": _(
            "To a caseworker of your organisation. Another organisation gets a referral, never a case."
        ),
        "action": _("Go on"),
        "back_url": reverse("referrals:case", args=[case_id]),
    }
    if request.method == "POST" and form.is_valid():
        answers = form.cleaned_data
        form.hide()
        context |= {
            "title": _("Check before you offer it"),
            "rows": [
                {"key": _("To whom?"), "value": people[answers["person"]].display_name},
                {
                    "key": _("Colleagues it is shared with"),
                    "value": dict(form.fields["shares"].choices)[answers["shares"]],  # type: ignore[attr-defined]
                },
            ],
            "will_happen": [
                _("They have seven days to take it. Until then it stays yours; you can take it back."),
                _("When they take it, you open nothing of it any more, at once. Its keys are made new."),
                _("What was sent goes with it. Her consents stay as they are: the organisation is the same."),
                _("Tell her who will be there for her now."),
            ],
            "action": _("Offer the case"),
        }
    return show(request, "transfer", context)


def _take_back(
    request: HttpRequest, unlocked: Unlocked, opened: OpenCase, waiting: CaseTransfer
) -> HttpResponse:
    if request.POST.get("person") == str(waiting.offered_to_id):  # the same form a second time
        return to("case", opened.id, done="case-offered")
    form = WorkForm(request.POST or None)

    def take_back(answers: dict[str, Any]) -> None:
        actions.take_back_offer(unlocked=unlocked, opened=opened, once=answers["key"])

    # A form of offering that comes late must not take back what a colleague of hers offered.
    if request.method == "POST" and "person" not in request.POST and send(form, take_back):
        return to("case", opened.id, done="offer-taken-back")
    context = {
        "form": form,
        "title": _("Take the offer back?"),
        "will_happen": [
            _("%(name)s can no longer take the case over.") % {"name": waiting.offered_to.display_name},
            _("Taken back, the case stays yours and they open nothing of it."),
        ],
        "action": _("Take the offer back"),
        "back_url": reverse("referrals:case", args=[opened.id]),
    }
    return show(request, "confirm", context)


@GET_OR_POST
def offer(request: HttpRequest, transfer_id: UUID) -> HttpResponse:
    """Show that a case is offered, and take the colleague's answer. The case stays closed until then."""
    unlocked = may_open_cases(request)
    ended = access.ended_offer_for(unlocked, transfer_id)
    if ended is not None:
        return _ended(request, ended)
    offered = access.offer_for(unlocked, transfer_id)
    stepped_up(request)
    form = AnswerOfferForm(request.POST or None)
    case_id: UUID | None = None

    def answer(answers: dict[str, Any]) -> UUID | None:
        if answers["answer"] == "take":
            return actions.take_case(unlocked=unlocked, offer=offered, once=answers["key"])
        actions.decline_offer(unlocked=unlocked, offer=offered, once=answers["key"])
        return None

    if request.method == "POST" and (done := send(form, answer, now=lambda: _now(unlocked, transfer_id))):
        case_id = done.result
        return to("case", case_id, done="case-taken") if case_id else to("needs_me", done="offer-declined")
    context = {
        "form": form,
        "title": _("%(name)s offers you a case") % {"name": offered.transfer.offered_by.display_name},
        "lead": _(
            "You read it after you have taken it over. Speak with your colleague first: "
            "she should know who will be there for her."
        ),
        "action": _("Answer"),
        "back_url": reverse("referrals:needs_me"),
    }
    return show(request, "question", context)


_OVER = gettext_lazy("This offer is over: it was taken back, or nobody took it in time.")
_ENDED: dict[Outcome, Any] = {
    Outcome.TAKEN: gettext_lazy("You have taken this case over."),
    Outcome.DECLINED: gettext_lazy("You have said that you cannot take it. It stays with your colleague."),
}


def how_it_ended(ended: EndedOffer) -> Any:
    """Return in words how an offer ended, for the colleague it was made to."""
    return _ENDED.get(ended.outcome, _OVER)


def _ended(request: HttpRequest, ended: EndedOffer) -> HttpResponse:
    """Say how it stands; the same answer sent twice leads where it led the first time."""
    again = request.POST.get("answer") if request.method == "POST" else None
    if again == "take" and ended.case_id is not None:
        return to("case", ended.case_id, done="case-taken")
    if again == "decline" and ended.outcome == Outcome.DECLINED:
        return to("needs_me", done="offer-declined")
    url, label = _way(ended)
    answer = show(request, "offer_ended", {"text": how_it_ended(ended), "url": url, "label": label})
    # Another answer than the one that stands was not taken.
    answer.status_code = 409 if again is not None else 200
    return answer


def _now(unlocked: Unlocked, transfer_id: UUID) -> Now:
    """Say how it stands, to a colleague whose offer ended at this moment."""
    ended = access.ended_offer_for(unlocked, transfer_id)
    return Now(how_it_ended(ended) if ended else _OVER, *_way(ended))


def _way(ended: EndedOffer | None) -> tuple[str, Any]:
    if ended is not None and ended.case_id is not None:
        return reverse("referrals:case", args=[ended.case_id]), _("Look at the case")
    return reverse("referrals:needs_me"), _("What needs me now")


def handovers(unlocked: Unlocked) -> list[dict[str, Any]]:
    """Return what the person's home says of cases on their way: offered to them, and their own offers."""
    rows = [
        {
            "text": _("%(name)s offers you a case.") % {"name": one.offered_by.display_name},
            "url": reverse("referrals:offer", args=[one.pk]),
            "action": _("Look at the offer"),
            "until": one.expires_at,
        }
        for one in access.offers_to(unlocked)
    ]
    said = {
        Outcome.WAITING: _("You offered a case to %(name)s, who has not answered yet."),
        Outcome.TAKEN: _("%(name)s has taken over the case you offered."),
        Outcome.DECLINED: _("%(name)s does not take the case you offered. It stays yours."),
    }
    own = [
        {
            "text": said[Outcome(one.outcome)] % {"name": one.offered_to.display_name},
            "url": "" if one.outcome == Outcome.TAKEN else reverse("referrals:case", args=[one.case_id]),
            "action": _("Look at the case"),
            "until": one.expires_at,
        }
        for one in access.offers_by(unlocked)
    ]
    return rows + own
