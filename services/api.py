"""The directory in /api/v1/: read only, open to everybody, over the same queries as the pages."""

from typing import Any
from uuid import UUID

from django.http import Http404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from services import codes
from services.errors import BadCursor
from services.publish import (
    availability_json,
    card_json,
    organization_json,
    organizations_json,
    service_json,
)
from services.queries import SearchFilters, organization_page, public_id, published_organization, search
from services.queries.entries import public_availability, published_service_with_parts
from services.queries.orders import Sort
from services.queries.search import MAX_LIMIT

MAX_IDS = 100


class SearchSerializer(serializers.Serializer[SearchFilters]):
    """What to look for; all optional, added up."""

    words = serializers.CharField(required=False, max_length=100, default="")
    service_type = serializers.ChoiceField(required=False, choices=codes.ServiceType.choices, default="")
    subtype = serializers.ChoiceField(required=False, choices=codes.ServiceSubtype.choices, default="")
    region = serializers.CharField(required=False, max_length=10, default="")
    district = serializers.CharField(required=False, max_length=60, default="")
    language = serializers.ChoiceField(required=False, choices=list(codes.LANGUAGES.items()), default="")
    access = serializers.ChoiceField(required=False, choices=codes.AccessNeed.choices, default="")
    sex = serializers.ChoiceField(required=False, choices=codes.Sex.choices[1:], default="")
    age = serializers.IntegerField(required=False, min_value=0, max_value=120, default=None)
    with_children = serializers.BooleanField(required=False, default=False)
    open_now = serializers.BooleanField(required=False, default=False)
    available_now = serializers.BooleanField(required=False, default=False)
    free = serializers.BooleanField(required=False, default=False)
    no_papers = serializers.BooleanField(required=False, default=False)
    no_duty = serializers.BooleanField(
        required=False, default=False, help_text="No legal duty to notify anybody."
    )
    checked_within = serializers.IntegerField(
        required=False, min_value=1, max_value=120, default=None, help_text="Months since the last check."
    )


class PageSerializer(serializers.Serializer[Any]):
    after = serializers.CharField(
        required=False, max_length=300, default="", help_text="`next` of the page before."
    )
    limit = serializers.IntegerField(required=False, min_value=1, max_value=MAX_LIMIT, default=20)


class OrderSerializer(serializers.Serializer[Any]):
    sort = serializers.ChoiceField(required=False, choices=Sort.choices, default=Sort.BEST.value)


class ServicePageSerializer(serializers.Serializer[Any]):
    results = serializers.ListField(child=serializers.DictField())
    next = serializers.CharField(allow_null=True)


class _Public(APIView):
    """Open to everybody; a session, if there is one, is not looked at."""

    authentication_classes = ()
    permission_classes = (AllowAny,)


def _read(serializer: type[serializers.Serializer[Any]], request: Request) -> dict[str, Any]:
    found = serializer(data=request.query_params)
    found.is_valid(raise_exception=True)
    return dict(found.validated_data)


class ServiceList(_Public):
    @extend_schema(
        operation_id="directory_services",
        parameters=[SearchSerializer, PageSerializer, OrderSerializer],
        responses=ServicePageSerializer,
        summary="Search published services",
    )
    def get(self, request: Request) -> Response:
        filters = SearchFilters(**_read(SearchSerializer, request))
        page = _read(PageSerializer, request)
        try:
            found = search(
                filters,
                sort=_read(OrderSerializer, request)["sort"],
                after=page["after"] or None,
                limit=page["limit"],
            )
        except BadCursor:
            raise ValidationError({"after": ["This is not a mark of a next page."]}) from None
        return Response({"results": [card_json(card) for card in found.cards], "next": found.next})


class ServiceItem(_Public):
    @extend_schema(
        operation_id="directory_service",
        responses={200: OpenApiTypes.OBJECT, 307: None, 404: None},
        summary="One published service as an HSDS 3.1 object; 307 to the one it was merged into",
    )
    def get(self, request: Request, service_id: UUID) -> Response:
        service = published_service_with_parts(service_id)
        if service is None:
            following = public_id(service_id)
            if following is None:
                raise Http404
            # Not for good: a merge can be undone.
            address = request.path.replace(str(service_id), str(following))
            return Response(status=307, headers={"Location": address})
        return Response(service_json(service))


class OrganizationList(_Public):
    @extend_schema(
        operation_id="directory_organizations",
        parameters=[PageSerializer],
        responses=ServicePageSerializer,
        summary="Organizations with published services, as HSDS 3.1 objects",
    )
    def get(self, request: Request) -> Response:
        page = _read(PageSerializer, request)
        try:
            after = UUID(page["after"]) if page["after"] else None
        except ValueError:
            raise ValidationError({"after": ["This is not a mark of a next page."]}) from None
        found, following = organization_page(after=after, limit=page["limit"])
        results = organizations_json(found)
        return Response({"results": results, "next": str(following) if following else None})


class OrganizationItem(_Public):
    @extend_schema(
        operation_id="directory_organization",
        responses={200: OpenApiTypes.OBJECT, 404: None},
        summary="One organization as an HSDS 3.1 object",
    )
    def get(self, request: Request, organization_id: UUID) -> Response:
        organization = published_organization(organization_id)
        if organization is None:
            raise Http404
        return Response(organization_json(organization))


class AvailabilityList(_Public):
    @extend_schema(
        operation_id="directory_availability",
        parameters=[OpenApiParameter("service", OpenApiTypes.UUID, many=True, required=True)],
        responses=OpenApiTypes.OBJECT,
        summary="Availability of up to 100 published services, by id",
    )
    def get(self, request: Request) -> Response:
        try:
            ids = [UUID(given) for given in request.query_params.getlist("service")]
        except ValueError:
            raise ValidationError({"service": ["This is not an id."]}) from None
        if not ids or len(ids) > MAX_IDS:
            raise ValidationError({"service": ["Name 1 to 100 services."]})
        found = public_availability(ids)
        return Response({str(pk): availability_json(one) for pk, one in found.items()})
