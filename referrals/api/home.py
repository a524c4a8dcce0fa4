"""What needs a caseworker now, as on her home page."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from referrals import access, attention, entries
from referrals.access.common import denied
from referrals.api import answers
from referrals.api import serializers as shapes
from referrals.api.changes import who
from referrals.views.emergency import of_mine
from referrals.views.home import others, said_of, waiting


class NeedsMe(APIView):
    @extend_schema(
        operation_id="needs_me",
        responses=shapes.NeedsMeSerializer,
        summary="What needs one now, the most pressing first",
    )
    def get(self, request: Request) -> Response:
        unlocked = who(request)
        if not unlocked.may_open_cases:
            raise denied(unlocked, entries.CASE_VIEWED, "case", None)
        found, known, more = waiting(unlocked)
        cards = {card.case_id: card for card in [*known, *others(unlocked, known, found)]}
        rows = [
            answers.attention(one, said_of(one, cards[one.case_id])) for one in found if one.case_id in cards
        ]
        return Response(
            {
                "results": rows,
                "only_newest": attention.MOST_CASES if more else None,
                "emergencies": [answers.emergency(one) for one in of_mine(unlocked)],
                "left": access.any_left(unlocked),
                "successions": [
                    answers.succession(unlocked, one) for one in access.successions_for(unlocked)
                ],
                "ending": [answers.case_row(card) for card in attention.ending_cards(unlocked)],
            }
        )
