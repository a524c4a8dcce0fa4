"""The public pages of the open data: what may be taken along and how, and our profile of HSDS."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.views.answers import address_of
from services.actions.quota import TooManyRequests, spend
from services.exports import FORMATS, export, file_name
from services.hsds.flat import COLUMNS
from services.hsds.profile import TABLES, Table

EXPORT_POINTS = 20
_RULE = (
    "freq", "interval", "wkst", "byday", "bymonthday", "byweekno", "byyearday", "count", "valid_from",
    "valid_to", "dtstart", "until", "timezone", "opens_at", "closes_at", "attending_type", "description",
)  # fmt: skip


@require_safe
def exports(request: HttpRequest) -> HttpResponse:
    """Show the formats in which the published directory can be taken along."""
    context = {
        "formats": FORMATS.values(),
        "columns": COLUMNS,
        "api_url": request.build_absolute_uri(reverse("hsds:about")),
    }
    return render(request, "services/exports.html", context)


@require_safe
def download(request: HttpRequest, code: str) -> HttpResponseBase:
    """Send the published directory as a file, piece by piece."""
    if code not in FORMATS:
        raise Http404
    now = timezone.now()
    try:
        spend(address_of(request), points=EXPORT_POINTS, now=now)
    except TooManyRequests as error:
        response = render(request, "errors/429.html", status=429)
        response.headers["Retry-After"] = str(error.retry_after)
        return response
    origin = request.build_absolute_uri("/")
    return StreamingHttpResponse(
        () if request.method == "HEAD" else export(code, origin=origin, at=now),
        content_type=FORMATS[code].media_type,
        headers={"Content-Disposition": f'attachment; filename="{file_name(code, at=now)}"'},
    )


def _more(name: str, table: Table) -> tuple[str, ...]:
    """Return what a record holds beyond its plain fields; sites stand with their services."""
    return _RULE if name == "schedule" else tuple(child for child in table.children if child != "locations")


@require_safe
def profile(request: HttpRequest) -> HttpResponse:
    """Say what of HSDS 3.1 we publish, what we add, and what we keep back."""
    tables = [
        {"name": name, "fields": ", ".join(("id", *(one.name for one in table.fields), *_more(name, table)))}
        for name, table in TABLES.items()
    ]
    context = {"tables": tables, "api_url": request.build_absolute_uri(reverse("hsds:about"))}
    return render(request, "services/hsds_profile.html", context)
