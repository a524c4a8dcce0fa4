"""Handing a case over: offer it, take the offer back; and what a colleague answers."""

from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.queries import colleagues
from accounts.unlocked import Unlocked
from referrals import access, actions, entries
from referrals.access import EndedOffer, OpenCase, OpenOffer
from referrals.access.common import denied
from referrals.api import serializers as shapes
from referrals.api.cases import edited
from referrals.api.changes import Change, ChangeView, who
from referrals.api.problems import Problem
from referrals.errors import Invalid
from referrals.forms.transfer import OfferForm
from referrals.models.transfers import Outcome
from referrals.views.transfer import how_it_ended


def _owned(unlocked: Unlocked, case_id: UUID) -> OpenCase:
    opened = edited(unlocked, case_id)
    if not opened.is_owner:
        raise denied(unlocked, entries.CASE_OFFERED, "case", case_id)
    return opened


def _offer_form(opened: OpenCase, data: dict[str, Any]) -> OfferForm:
    # Who is a colleague is known where it is offered.
    person = str(data.get("person", ""))
    return OfferForm({"shares": "end", **data}, colleagues=[(person, person)])


def _offer(unlocked: Unlocked, opened: OpenCase, form: Any) -> UUID:
    known = form.cleaned_data
    people = {str(one.pk): one for one in colleagues(unlocked) if one.pk != unlocked.person.pk}
    if known["person"] not in people:
        raise Invalid({"person": _("Choose a colleague.")})
    return actions.offer_case(
        unlocked=unlocked,
        opened=opened,
        person=people[known["person"]],
        ends_shares=known["shares"] == "end",
        once=known["key"],
    ).id


def _take_back(unlocked: Unlocked, opened: OpenCase, form: Any) -> None:
    actions.take_back_offer(unlocked=unlocked, opened=opened, once=form.cleaned_data["key"])


Offered = OpenOffer | EndedOffer


def _offered(unlocked: Unlocked, transfer_id: UUID) -> Offered:
    return access.ended_offer_for(unlocked, transfer_id) or access.offer_for(unlocked, transfer_id)


def _take(unlocked: Unlocked, offer: Offered, form: Any) -> UUID:
    if isinstance(offer, EndedOffer):
        if offer.case_id is None:
            raise _over(offer)
        return offer.case_id
    return actions.take_case(unlocked=unlocked, offer=offer, once=form.cleaned_data["key"])


def _decline(unlocked: Unlocked, offer: Offered, form: Any) -> None:
    if isinstance(offer, EndedOffer):
        if offer.outcome != Outcome.DECLINED:
            raise _over(offer)
        return
    actions.decline_offer(unlocked=unlocked, offer=offer, once=form.cleaned_data["key"])


def _over(ended: EndedOffer) -> Problem:
    """Return how it stands, for who answers an offer again and otherwise."""
    return Problem(409, "ended", how_it_ended(ended), state=_state(ended))


def _state(ended: EndedOffer) -> str:
    # Why one that was not answered is over is its owner's to know.
    is_answered = ended.outcome in (Outcome.TAKEN, Outcome.DECLINED)
    return ended.outcome.value if is_answered else "over"


def _stands(unlocked: Unlocked, offer: Offered) -> dict[str, Any]:
    """Say how it stands, where the offer ended at this moment."""
    ended = access.ended_offer_for(unlocked, offer.id)
    return {"state": _state(ended), "happened": how_it_ended(ended)} if ended else {}


class Transfer(ChangeView):
    change = Change(
        name="case_offer_over",
        summary="Offer a case to a colleague, for seven days; asks for the password again",
        door=_owned,
        asks_again=True,
        form=OfferForm,
        fill=_offer_form,
        act=_offer,
        makes=True,
    )


class TransferEnd(ChangeView):
    change = Change(
        name="case_offer_take_back",
        summary="Take an offer back that nobody has answered; asks for the password again",
        door=_owned,
        asks_again=True,
        act=_take_back,
    )


class Take(ChangeView):
    change = Change(
        name="offer_take",
        summary="Take an offered case over; the answer is its id. Asks for the password again",
        door=_offered,
        asks_again=True,
        act=_take,
        makes=True,
        stands=_stands,
    )


class Decline(ChangeView):
    change = Change(
        name="offer_decline",
        summary="Do not take an offered case; asks for the password again",
        door=_offered,
        asks_again=True,
        act=_decline,
        stands=_stands,
    )


class Offers(APIView):
    @extend_schema(
        operation_id="offers",
        responses=shapes.OffersSerializer,
        summary="Cases on their way: offered to oneself, and what became of one's own offers",
    )
    def get(self, request: Request) -> Response:
        unlocked = who(request)
        if not unlocked.may_open_cases:
            raise denied(unlocked, entries.CASE_OFFER_VIEWED, "offer", None)
        to_me = [
            {"id": one.pk, "offered_by": one.offered_by.display_name, "expires_at": one.expires_at}
            for one in access.offers_to(unlocked)
        ]
        mine = [
            {
                "id": one.pk,
                "case_id": None if one.outcome == Outcome.TAKEN else one.case_id,
                "offered_to": one.offered_to.display_name,
                "outcome": one.outcome,
                "expires_at": one.expires_at,
            }
            for one in access.offers_by(unlocked)
        ]
        return Response({"to_me": to_me, "mine": mine})
