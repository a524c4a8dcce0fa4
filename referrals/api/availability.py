"""How much room there is: said at the desk, heard by telephone; links by which a provider says it."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.unlocked import Unlocked
from referrals.api import serializers as shapes
from referrals.api.changes import Change, ChangeView, OfPage
from referrals.errors import Invalid, WrongState
from referrals.forms.api import ProviderLinkForm, UndoForm
from services import access, actions
from services.codes import AvailabilitySource
from services.errors import NotAllowed
from services.forms import ReportForm
from services.models import Service
from services.publish import availability_json
from services.queries.entries import provider_links
from services.queries.history import desk_cards, history


def _save(unlocked: Unlocked, service: Service, form: Any, source: AvailabilitySource) -> None:
    try:
        actions.report_availability(
            service_id=service.pk,
            status=form.cleaned_data["status"],
            source=source,
            by=unlocked,
            **form.said,
        )
    except NotAllowed as error:
        raise Invalid({"opens_again": str(error)}) from None


def _report(unlocked: Unlocked, service: Service, form: Any) -> None:
    _save(unlocked, service, form, AvailabilitySource.PROVIDER_PAGE)


def _heard(unlocked: Unlocked, service: Service, form: Any) -> None:
    _save(unlocked, service, form, AvailabilitySource.PHONE_CALL)


def _undo(unlocked: Unlocked, service: Service, form: Any) -> None:
    try:
        actions.undo_report(report_id=form.cleaned_data["report"], service_id=service.pk, by=unlocked)
    except NotAllowed as error:
        raise WrongState(str(error)) from None


class Desk(APIView):
    @extend_schema(
        operation_id="desk",
        responses={200: shapes.DeskSerializer, 404: None},
        summary="One's own services and what they say now; `undo` for five minutes after a slip",
    )
    def get(self, request: Request) -> Response:
        unlocked = access.desk(request._request)
        rows = [
            {
                "service": card.service.id,
                "name": str(card.service.name),
                "availability": availability_json(card.service.availability),
                "saved_at": card.saved_at,
                "undo": card.undo_id,
            }
            for card in desk_cards(unlocked.agency.pk, unlocked.now)
        ]
        return Response({"results": rows})


class Availability(ChangeView):
    change = Change(
        name="availability_report",
        summary="Say how much room one's own service has",
        door=OfPage(access.service_at_desk),
        form=ReportForm,
        fill=lambda _service, data: ReportForm(data),
        act=_report,
    )


class Undo(ChangeView):
    change = Change(
        name="availability_undo",
        summary="Take the last report back, within five minutes: it says again what it said before",
        door=OfPage(access.service_at_desk),
        form=UndoForm,
        act=_undo,
    )


class History(APIView):
    @extend_schema(
        operation_id="availability_history",
        responses={200: shapes.StepsSerializer, 404: None},
        summary="The last thirty days of one's own service, newest first",
    )
    def get(self, request: Request, service_id: UUID) -> Response:
        unlocked, service = access.service_at_desk(request._request, service_id)
        found = history(service, unlocked.now)
        rows = [
            {"start": one.start, "end": one.end, "status": one.status, "free": one.free, "source": one.source}
            for one in found.steps
        ]
        return Response({"results": rows})


class Heard(ChangeView):
    change = Change(
        name="availability_heard",
        summary="Write down what a place said by telephone, as a caseworker",
        door=OfPage(access.service_heard_of),
        form=ReportForm,
        fill=lambda _service, data: ReportForm(data),
        act=_heard,
    )


# --- Links for who has no account ---


def _make(unlocked: Unlocked, service: Service, form: Any) -> dict[str, Any]:
    lasts = timedelta(days=form.cleaned_data["days"])
    link, token = actions.make_provider_link(service=service, lasts=lasts, by=unlocked)
    return {"id": link.pk, "path": reverse("services:provider_link", args=[token])}


def _one_link(request: HttpRequest, service_id: UUID, link_id: UUID) -> tuple[Unlocked, tuple[Service, UUID]]:
    unlocked, service = access.service_to_link(request, service_id)
    return unlocked, (service, link_id)


def _revoke(unlocked: Unlocked, found: tuple[Service, UUID], form: Any) -> None:
    service, link_id = found
    actions.revoke_provider_link(service=service, link_id=link_id, by=unlocked)


class Links(ChangeView):
    change = Change(
        name="availability_link",
        summary="Make a link by which a provider says how much room there is; it replaces an unused one",
        door=OfPage(access.service_to_link),
        form=ProviderLinkForm,
        act=_make,
        makes=True,
        response=shapes.LinkSerializer,
        shown_once=True,
    )

    @extend_schema(
        operation_id="availability_links",
        responses={200: shapes.LinksSerializer, 404: None},
        summary="Links of a service that nobody has used; not the links themselves",
    )
    def get(self, request: Request, service_id: UUID) -> Response:
        _unlocked, service = access.service_to_link(request._request, service_id)
        waiting = provider_links(service)
        rows = [{"id": one.pk, "made_at": one.made_at, "expires_at": one.expires_at} for one in waiting]
        return Response({"results": rows})


class LinkEnd(ChangeView):
    change = Change(
        name="availability_link_take_back",
        summary="Take a link back; harmless where it is over",
        door=OfPage(_one_link),
        act=_revoke,
    )
