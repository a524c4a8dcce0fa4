"""Links for providers without an account: make one, take one back, and the page it opens.

The token stands in the address of that page and nowhere else. Looking uses nothing up: programs that
read mail and messages open links by themselves.
"""

from contextlib import suppress
from datetime import timedelta
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from services import access, actions, links
from services.actions.provider_links import CORRECTIONS, MEND_WITHIN
from services.codes import AvailabilityStatus, LinkKind
from services.forms import LinkForm, ReportForm
from services.queries.availability import availability_of
from services.queries.entries import provider_links
from services.views.desk import GET_OR_POST, SeeOther, taps, three_taps


@GET_OR_POST
def make(request: HttpRequest, service_id: UUID) -> HttpResponse:
    """Make a link and show it once, in the answer to the POST; or take one back."""
    unlocked, service = access.service_to_link(request, service_id)
    here = reverse("services:link_make", args=[service.pk])
    form = LinkForm(request.POST if "days" in request.POST else None)
    address = ""
    if request.method == "POST" and "revoke" in request.POST:
        with suppress(ValueError):
            link_id = UUID(request.POST["revoke"])
            actions.revoke_provider_link(service=service, link_id=link_id, by=unlocked)
        return SeeOther(f"{here}?done=link-revoked")
    if request.method == "POST" and form.is_valid():
        lasts = timedelta(days=form.cleaned_data["days"])
        _link, token = actions.make_provider_link(service=service, lasts=lasts, by=unlocked)
        address = request.build_absolute_uri(reverse("services:provider_link", args=[token]))
    context = {
        "name": service.local_name,
        "service_id": service.pk,
        "edits": access.is_editor(unlocked),
        "form": form,
        "address": address,
        "waiting": provider_links(service),
        "corrections": CORRECTIONS,
        "minutes": int(MEND_WITHIN.total_seconds() // 60),
    }
    return render(request, "services/link_make.html", context, status=400 if form.errors else 200)


@GET_OR_POST
def provider(request: HttpRequest, token: str) -> HttpResponse:
    """Show the entry's name and the three taps to whoever holds the link; save what they say."""
    # Whoever has just used it may look at what they said for a while, also without corrections left.
    link = links.open_link(token, kind=LinkKind.PROVIDER, corrections=links.ANY, within=MEND_WITHIN)
    service = link.service
    here = reverse("services:provider_link", args=[token])
    may_report = link.uses <= CORRECTIONS
    asks = request.method == "POST" or request.GET.get("status", "") in AvailabilityStatus.values
    if asks and (may_report or request.method == "POST"):

        def save(form: ReportForm) -> None:
            actions.report_by_link(link=link, status=form.cleaned_data["status"], **form.said)

        return three_taps(
            request,
            service,
            save=save,
            after=f"{here}?done=availability-reported",
            back_url=here,
            back_label=_("Back"),
        )
    context = {
        "name": service.local_name,
        "state": availability_of([service.pk])[service.pk],
        "taps": taps() if may_report else [],
        "here": here,
        "was_used": link.used_at is not None,
        "until": link.used_at + MEND_WITHIN if link.used_at else link.expires_at,
    }
    return render(request, "services/provider_link.html", context)
