"""The provider's desk: how many places there are, in three taps."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from services import access, actions
from services.codes import AvailabilitySource, AvailabilityStatus
from services.errors import NotAllowed
from services.forms import ReportForm
from services.queries import desk_services

# Icons for the five taps, so that the status is never told by colour alone.
_ICONS = {
    AvailabilityStatus.CAPACITY: "ok",
    AvailabilityStatus.NO_CAPACITY: "stop",
    AvailabilityStatus.WAITLIST: "wait",
    AvailabilityStatus.ASSESSMENT: "phone",
    AvailabilityStatus.CLOSED: "lock",
}


@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """Show one card per service of the person's agency, with the first tap on it."""
    unlocked = access.desk(request)
    taps = [{"code": status, "label": status.label, "icon": _ICONS[status]} for status in AvailabilityStatus]
    return render(request, "services/desk.html", {"cards": desk_services(unlocked.agency.pk), "taps": taps})


@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest, service_id: UUID) -> HttpResponse:
    """Take the second tap (places) and the third (save)."""
    unlocked, service = access.service_at_desk(request, service_id)
    if request.method != "POST":
        status = request.GET.get("status", "")
        if status not in AvailabilityStatus.values:
            return HttpResponseRedirect(reverse("services:availability_desk"))
        form = ReportForm(initial={"status": status, "places": ""}, status=status)
        return _ask(request, form, service.local_name, status)
    form = ReportForm(request.POST)
    if not form.is_valid():
        return _ask(request, form, service.local_name, form.chosen, code=400)
    try:
        actions.report_availability(
            service_id=service.pk,
            status=form.cleaned_data["status"],
            source=AvailabilitySource.PROVIDER_PAGE,
            places_free=form.places_free if "places" in form.fields else None,
            note=form.cleaned_data["note"],
            by=unlocked,
        )
    except NotAllowed as error:
        form.add_error(None, str(error))
        return _ask(request, form, service.local_name, form.chosen, code=400)
    response = HttpResponseRedirect(f"{reverse('services:availability_desk')}?done=availability-reported")
    response.status_code = 303
    return response


def _ask(request: HttpRequest, form: ReportForm, name: str, status: str, code: int = 200) -> HttpResponse:
    label = AvailabilityStatus(status).label if status in AvailabilityStatus.values else ""
    context = {"form": form, "name": name, "status_label": label}
    return render(request, "services/report.html", context, status=code)
