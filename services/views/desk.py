"""Three taps that say how much room there is: at the provider's desk, and what a caseworker has heard.

The page of a provider's link (services.views.provider_links) shows the same three taps.
"""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.unlocked import Unlocked
from services import access, actions
from services.codes import AvailabilitySource, AvailabilityStatus
from services.errors import NotAllowed
from services.forms import ReportForm
from services.models import Service
from services.queries.availability import availability_of
from services.queries.history import DAYS, desk_cards
from services.queries.history import history as history_of

GET_OR_POST = require_http_methods(["GET", "HEAD", "POST"])

# Icons for the five taps, so that the status is never told by colour alone.
_ICONS = {
    AvailabilityStatus.CAPACITY: "ok",
    AvailabilityStatus.NO_CAPACITY: "stop",
    AvailabilityStatus.WAITLIST: "wait",
    AvailabilityStatus.ASSESSMENT: "phone",
    AvailabilityStatus.CLOSED: "lock",
}


class SeeOther(HttpResponseRedirect):
    """303: whatever was sent, ask for the next page with GET."""

    status_code = 303


def taps() -> list[dict[str, Any]]:
    """Return the five states as things to tap."""
    return [{"code": status, "label": status.label, "icon": _ICONS[status]} for status in AvailabilityStatus]


@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """Show one card per service of the person's agency, with the first tap on it."""
    unlocked = access.desk(request)
    context = {"cards": desk_cards(unlocked.agency.pk, timezone.now()), "taps": taps()}
    return render(request, "services/desk.html", context)


@GET_OR_POST
def report(request: HttpRequest, service_id: UUID) -> HttpResponse:
    """Take the second tap (places) and the third (save)."""
    unlocked, service = access.service_at_desk(request, service_id)
    desk_url = reverse("services:availability_desk")
    if request.method != "POST" and request.GET.get("status", "") not in AvailabilityStatus.values:
        return HttpResponseRedirect(desk_url)
    return three_taps(
        request,
        service,
        save=lambda form: _save(form, service, AvailabilitySource.PROVIDER_PAGE, unlocked),
        after=f"{desk_url}?done=availability-reported",
        back_url=desk_url,
        back_label=_("Our places"),
    )


@GET_OR_POST
def heard(request: HttpRequest, service_id: UUID) -> HttpResponse:
    """Let a caseworker write down what she heard by phone; the first tap is on this page too."""
    unlocked, service = access.service_heard_of(request, service_id)
    page_url = reverse("services:service", args=[service.pk])
    if request.method != "POST" and request.GET.get("status", "") not in AvailabilityStatus.values:
        context = {
            "name": service.local_name,
            "state": availability_of([service.pk])[service.pk],
            "taps": taps(),
            "back_url": page_url,
        }
        return render(request, "services/heard.html", context)
    return three_taps(
        request,
        service,
        save=lambda form: _save(form, service, AvailabilitySource.PHONE_CALL, unlocked),
        after=f"{page_url}?done=availability-heard",
        back_url=page_url,
        back_label=service.local_name,
    )


@require_POST
def undo(request: HttpRequest, service_id: UUID) -> HttpResponse:
    """Take back the last tap, while it is not older than five minutes."""
    unlocked, service = access.service_at_desk(request, service_id)
    try:
        report_id = UUID(request.POST.get("report", ""))
        actions.undo_report(report_id=report_id, service_id=service.pk, by=unlocked)
    except (ValueError, NotAllowed):
        return SeeOther(f"{reverse('services:availability_desk')}?done=nothing-to-undo")
    return SeeOther(f"{reverse('services:availability_desk')}?done=availability-undone")


@require_safe
def history(request: HttpRequest, service_id: UUID) -> HttpResponse:
    """Show the last thirty days of a service as a chart and a table."""
    _unlocked, service = access.service_at_desk(request, service_id)
    found = history_of(service, timezone.now())
    context = {"name": service.local_name, "history": found, "taps": taps(), "days": DAYS}
    return render(request, "services/history.html", context)


def _save(form: ReportForm, service: Service, source: AvailabilitySource, by: Unlocked) -> None:
    actions.report_availability(
        service_id=service.pk,
        status=form.cleaned_data["status"],
        source=source,
        by=by,
        **form.said,
    )


def three_taps(
    request: HttpRequest,
    service: Service,
    *,
    save: Callable[[ReportForm], None],
    after: str,
    back_url: str,
    back_label: object,
) -> HttpResponse:
    """Ask for the places (GET with a known ``status``) or take them (POST), and go on to ``after``."""
    if request.method != "POST":
        status = request.GET.get("status", "")
        form = ReportForm(initial={"status": status, "places": ""}, status=status)
    else:
        form = ReportForm(request.POST)
        if form.is_valid():
            try:
                save(form)
            except NotAllowed as error:
                form.add_error("opens_again" if "opens_again" in form.fields else None, str(error))
            else:
                return SeeOther(after)
    context = {
        "form": form,
        "name": service.local_name,
        "status_label": AvailabilityStatus(form.chosen).label if form.is_known else "",
        "back_url": back_url,
        "back_label": back_label,
        "after_url": after,
    }
    return render(request, "services/report.html", context, status=400 if form.errors else 200)
