"""What needs a caseworker now, as on her home page; and what the desk says of its places."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.roles import RoleName
from accounts.unlocked import Unlocked
from referrals import attention, entries
from referrals.access.common import denied
from referrals.api import answers
from referrals.api import serializers as shapes
from referrals.api.changes import Change, ChangeView, who
from referrals.errors import Invalid
from referrals.views.emergency import of_mine
from referrals.views.home import others, said_of, waiting
from services import entries as directory_entries
from services.actions import report_availability
from services.codes import AvailabilitySource
from services.errors import NotAllowed
from services.forms import ReportForm
from services.models import Service
from services.queries.entries import desk_service


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
                "ending": [answers.case_row(card) for card in attention.ending_cards(unlocked)],
            }
        )


# --- Our places ---


def _at_desk(unlocked: Unlocked, service_id: UUID) -> Service:
    service = desk_service(unlocked.agency.pk, service_id) if RoleName.INTAKE in unlocked.roles else None
    if service is None:
        raise denied(unlocked, directory_entries.AVAILABILITY_REPORTED, "service", service_id)
    return service


def _report(unlocked: Unlocked, service: Service, form: Any) -> None:
    try:
        report_availability(
            service_id=service.pk,
            status=form.cleaned_data["status"],
            source=AvailabilitySource.PROVIDER_PAGE,
            by=unlocked,
            **form.said,
        )
    except NotAllowed as error:
        raise Invalid({"opens_again": str(error)}) from None


class Availability(ChangeView):
    change = Change(
        name="availability_report",
        summary="Say how much room one's own service has",
        door=_at_desk,
        form=ReportForm,
        fill=lambda _service, data: ReportForm(data),
        act=_report,
    )
