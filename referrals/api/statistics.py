"""Finished quarters: help that was missing and how long it took, for everybody; what was said of a service,
for editors.

Hidden numbers are null and stay so: what is answered is the one table that everybody sees (decision 0029).
"""

from datetime import date
from typing import Any
from uuid import UUID

from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from referrals import codes, directory, statistics, suppression
from referrals.api import serializers as shapes
from referrals.statistics import Tables
from referrals.suppression import Arc
from referrals.views.feedback import share_in_words
from services.access import entry_for_editor


class Unmet(APIView):
    """Open to everybody, as its page; a session, if there is one, is not looked at."""

    authentication_classes = ()
    permission_classes = (AllowAny,)

    @extend_schema(
        operation_id="unmet",
        parameters=[shapes.QuarterSerializer],
        responses={200: shapes.UnmetSerializer, 404: None},
        summary="Help that was missing in a finished quarter; null where a number is hidden",
    )
    def get(self, request: Request) -> Response:
        quarter, quarters = _asked(request)
        tables = statistics.unmet_needs(quarter)
        names = directory.district_names(tables.districts)
        districts = [
            {"district": one, "name": str(names.get(one, one)), **_of_district(tables, one)}
            for one in tables.districts
        ]
        reasons = [{"reason": one, **_of_reason(tables, one)} for one in tables.reasons]
        return Response(
            {
                "quarter": quarter,
                "quarters": quarters,
                "districts": districts,
                "reasons": reasons,
                "types": _numbers(tables, {one: suppression.type_total(one) for one in tables.types}),
                "together": tables.total,
            }
        )


def _asked(request: Request) -> tuple[date, list[date]]:
    """Return the quarter asked for, else the newest, and all that are finished; any other is not there."""
    asked = shapes.QuarterSerializer(data=request.query_params)
    asked.is_valid(raise_exception=True)
    quarters = statistics.finished_quarters(timezone.localdate())
    quarter = asked.validated_data.get("quarter", quarters[0])
    if quarter not in quarters:
        raise Http404
    return quarter, quarters


def _numbers(tables: Tables, arcs: dict[str, Arc]) -> dict[str, int | None]:
    return {name: tables.get(arc) for name, arc in arcs.items()}


def _of_district(tables: Tables, district: str) -> dict[str, Any]:
    numbers = _numbers(tables, {one: suppression.cell(district, one) for one in tables.types})
    return {"numbers": numbers, "together": tables.get(suppression.district_total(district))}


def _of_reason(tables: Tables, reason: str) -> dict[str, Any]:
    numbers = _numbers(tables, {one: suppression.reason_cell(one, reason) for one in tables.types})
    return {"numbers": numbers, "together": tables.get(suppression.reason_total(reason))}


class Waits(APIView):
    """Open to everybody, as its page; a session, if there is one, is not looked at."""

    authentication_classes = ()
    permission_classes = (AllowAny,)

    @extend_schema(
        operation_id="waits",
        parameters=[shapes.QuarterSerializer],
        responses={200: shapes.WaitsSerializer, 404: None},
        summary="How long help took in a finished quarter; null where a number is hidden",
    )
    def get(self, request: Request) -> Response:
        quarter, quarters = _asked(request)
        tables = statistics.waits(quarter)
        bands = [one for one in codes.Wait.values if one in tables.reasons]
        types = [
            {
                "type": kind,
                "numbers": _numbers(tables, {one: suppression.reason_cell(kind, one) for one in bands}),
                "together": tables.get(suppression.type_total(kind)),
            }
            for kind in tables.types
        ]
        return Response(
            {
                "quarter": quarter,
                "quarters": quarters,
                "types": types,
                "waits": _numbers(tables, {one: suppression.reason_total(one) for one in bands}),
                "together": tables.total,
            }
        )


class Quality(APIView):
    @extend_schema(
        operation_id="service_quality",
        responses={200: shapes.QualitySerializer, 404: None},
        summary="What was said of one service, a quarter at a time, in words: for editors",
    )
    def get(self, request: Request, service_id: UUID) -> Response:
        unlocked, service = entry_for_editor(request._request, service_id)
        found = statistics.feedback_on(service.pk, unlocked.today)
        quarters = [
            {"quarter": quarter, "said": {one: str(share_in_words(share)) for one, share in shares.items()}}
            for quarter, shares in found
        ]
        return Response({"results": quarters})
