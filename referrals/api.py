"""Casework in /api/v1/: one's own cases and referrals, read only, over the same doors as the pages.

Denied and missing are the same 404, and every read is in the access log. Who she is (name, numbers) is
not here: those stay on the page that says first how it is safe to reach her.
"""

from typing import Any, cast
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.unlocked import Unlocked
from referrals import access, codes, queries
from referrals.access import CaseCard, InboxRow, OpenCase, SentRow
from referrals.models import Referral
from referrals.models.referrals import IDENTITY_OPEN, State
from services.codes import ServiceType

MOST = 50


class _Page(serializers.Serializer[Any]):
    after = serializers.CharField(
        required=False, max_length=100, default="", help_text="`next` of the page before."
    )
    limit = serializers.IntegerField(required=False, min_value=1, max_value=MOST, default=20)


class _InboxPage(_Page):
    mine = serializers.BooleanField(
        required=False, default=False, help_text="What one works on oneself, instead of what waits."
    )


def _page(request: Request) -> dict[str, Any]:
    asked = _Page(data=request.query_params)
    asked.is_valid(raise_exception=True)
    return {"after": asked.validated_data["after"] or None, "limit": asked.validated_data["limit"]}


class CaseRowSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    is_open = serializers.BooleanField()
    month_opened = serializers.DateField()
    opens = serializers.BooleanField(help_text="False when the stored data was changed by a strange hand.")
    alias = serializers.CharField()
    district = serializers.CharField()
    age_band = serializers.CharField(help_text="A code of GBVIMS age bands, or empty.")
    risk_level = serializers.ChoiceField(choices=codes.RiskLevel.choices, allow_blank=True)


class CaseListSerializer(serializers.Serializer[Any]):
    results = CaseRowSerializer(many=True)
    next = serializers.CharField(allow_null=True)


class CaseSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    is_open = serializers.BooleanField()
    month_opened = serializers.DateField()
    card = serializers.DictField(help_text="What was answered; open questions are left out.")
    incident = serializers.DictField()
    plan = serializers.DictField()
    notes = serializers.ListField(child=serializers.DictField())
    consents = serializers.ListField(child=serializers.DictField())
    referrals = serializers.ListField(child=serializers.DictField())


class SentSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    case_id = serializers.UUIDField(allow_null=True)
    state = serializers.ChoiceField(choices=State.choices)
    reason_code = serializers.CharField()
    version = serializers.IntegerField()
    sent_at = serializers.DateTimeField()
    respond_by = serializers.DateTimeField(allow_null=True)
    is_overdue = serializers.BooleanField()
    service_name = serializers.CharField()
    organization_name = serializers.CharField()
    service_type = serializers.ChoiceField(choices=ServiceType.choices, allow_blank=True)
    urgency = serializers.ChoiceField(choices=codes.Urgency.choices, allow_blank=True)


class SentListSerializer(serializers.Serializer[Any]):
    results = SentSerializer(many=True)
    next = serializers.CharField(allow_null=True)


class PacketSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    state = serializers.CharField(help_text="The state, or `closed_by_referrer`.")
    version = serializers.IntegerField(allow_null=True)
    respond_by = serializers.DateTimeField(allow_null=True)
    claimed_until = serializers.DateTimeField(allow_null=True)
    opaque = serializers.DictField(allow_null=True, help_text="What the desk reads before it accepts.")
    identity = serializers.DictField(
        allow_null=True, help_text="The consented fields, for the person who accepted."
    )
    numbers_wait = serializers.BooleanField(
        help_text="It is no safe hour to reach her: `phone` and `third_party` are left out."
    )


class PacketListSerializer(serializers.Serializer[Any]):
    results = PacketSerializer(many=True)
    next = serializers.CharField(allow_null=True)


class _SafeHours(serializers.Serializer[Any]):
    outside_hours = serializers.ChoiceField(
        choices=["show"],
        required=False,
        help_text="`show` gives her numbers although it is no safe hour. The log keeps who asked so.",
    )


class CaseList(APIView):
    @extend_schema(
        operation_id="cases", parameters=[_Page], responses=CaseListSerializer, summary="One's own open cases"
    )
    def get(self, request: Request) -> Response:
        page = queries.case_page(_who(request), **_page(request))
        return Response({"results": [_case_row(card) for card in page.cards], "next": page.next})


class CaseItem(APIView):
    @extend_schema(operation_id="case", responses={200: CaseSerializer, 404: None}, summary="One case")
    def get(self, request: Request, case_id: UUID) -> Response:
        return Response(_case(_who(request), access.case_for(_who(request), case_id)))


class SentList(APIView):
    @extend_schema(
        operation_id="referrals",
        parameters=[_Page],
        responses=SentListSerializer,
        summary="Referrals one sent",
    )
    def get(self, request: Request) -> Response:
        page = queries.sent_page(_who(request), **_page(request))
        return Response({"results": [_sent(_who(request), row) for row in page.rows], "next": page.next})


class SentItem(APIView):
    @extend_schema(
        operation_id="referral", responses={200: SentSerializer, 404: None}, summary="One referral one sent"
    )
    def get(self, request: Request, referral_id: UUID) -> Response:
        sent = access.sent_referral_for(_who(request), referral_id)
        return Response(_sent(_who(request), SentRow(referral=sent.referral, note=sent.note)))


class InboxList(APIView):
    @extend_schema(
        operation_id="inbox",
        parameters=[_InboxPage],
        responses=PacketListSerializer,
        summary="What waits for the desk, or what one works on",
    )
    def get(self, request: Request) -> Response:
        asked = _InboxPage(data=request.query_params)
        asked.is_valid(raise_exception=True)
        read = queries.worked_on_page if asked.validated_data["mine"] else queries.inbox_page
        page = read(_who(request), **_page(request))
        return Response({"results": [_inbox_row(_who(request), row) for row in page.rows], "next": page.next})


class InboxItem(APIView):
    @extend_schema(
        operation_id="inbox_item",
        parameters=[_SafeHours],
        responses={200: PacketSerializer, 404: None},
        summary="One referral at the desk, as far as the person may read it now",
    )
    def get(self, request: Request, referral_id: UUID) -> Response:
        unlocked = _who(request)
        asked = _SafeHours(data=request.query_params)
        asked.is_valid(raise_exception=True)
        goes_on = asked.validated_data.get("outside_hours") == "show"
        ended = access.ended_packet_for(unlocked, referral_id)
        if ended is not None:
            return Response(_packet(ended.id, ended.how))
        packet = access.packet_for(unlocked, referral_id)
        row = packet.referral
        identity, waits = None, False
        if packet.is_mine and row.state_at(unlocked.now) in IDENTITY_OPEN:
            told = access.identity_for(unlocked, referral_id, outside_hours=goes_on)
            identity, waits = told.to_json(), access.numbers_wait(unlocked, told) and not goes_on
        state = row.state_at(unlocked.now)
        return Response(_packet(row.id, state.value, row, packet.opaque.to_json(), identity, waits=waits))


def _who(request: Request) -> Unlocked:
    """Return who asks: ``accounts.api.SignedIn`` has let nobody else in."""
    return cast(Unlocked, request.auth)


def _case_row(card: CaseCard) -> dict[str, Any]:
    known = card.card
    return {
        "id": card.case_id,
        "is_open": card.is_open,
        "month_opened": card.month_opened,
        "opens": known is not None,
        "alias": known.alias if known else "",
        "district": known.district if known else "",
        "age_band": known.age_band if known else "",
        "risk_level": known.risk_level if known else "",
    }


def _case(unlocked: Unlocked, opened: OpenCase) -> dict[str, Any]:
    shown = queries.states_of(unlocked, opened)
    return {
        "id": opened.id,
        "is_open": opened.case.is_open,
        "month_opened": opened.case.month_opened,
        "card": opened.card().to_json(),
        "incident": opened.incident().to_json(),
        "plan": opened.plan().to_json(),
        "notes": [{"id": item.id, **item.content.to_json()} for item in opened.notes()],
        "consents": [{"id": item.id, **item.content.to_json()} for item in opened.consents()],
        "referrals": [
            item.content.to_json() for item in opened.referrals() if item.content.referral_id in shown
        ],
    }


def _sent(unlocked: Unlocked, row: SentRow) -> dict[str, Any]:
    referral, note = row.referral, row.note
    return {
        "id": referral.id,
        "case_id": note.case_id if note else None,
        "state": referral.state_at(unlocked.now).value,
        "reason_code": referral.reason_code,
        "version": referral.version,
        "sent_at": referral.sent_at,
        "respond_by": referral.respond_by,
        "is_overdue": referral.is_overdue_at(unlocked.now),
        "service_name": note.service_name if note else "",
        "organization_name": note.organization_name if note else "",
        "service_type": note.service_type if note else "",
        "urgency": note.urgency if note else "",
    }


def _inbox_row(unlocked: Unlocked, row: InboxRow) -> dict[str, Any]:
    state = row.referral.state_at(unlocked.now)
    opaque = row.opaque.to_json() if row.opaque else None
    return _packet(row.referral.id, state.value, row.referral, opaque)


def _packet(
    referral_id: UUID,
    state: str,
    row: Referral | None = None,
    opaque: dict[str, Any] | None = None,
    identity: dict[str, Any] | None = None,
    *,
    waits: bool = False,
) -> dict[str, Any]:
    return {
        "id": referral_id,
        "state": state,
        "version": row.version if row else None,
        "respond_by": row.respond_by if row else None,
        "claimed_until": row.claimed_until if row else None,
        "opaque": opaque,
        "identity": identity,
        "numbers_wait": waits,
    }
