"""Pathway sheets: the page that explains them, and the PDFs. Public; nothing is kept.

A PDF is sent as a file with a name that says nothing. The page says that it stays on the device.
"""

from urllib.parse import urlencode

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.translation import get_language, override
from django.views.decorators.http import require_safe

from services.queries.sheets import SheetPlace, sheet_place, sheet_services
from services.sheets import printing
from services.sheets.content import Kind, PublicPage, content
from services.sheets.forms import SheetForm


@require_safe
def sheets(request: HttpRequest) -> HttpResponse:
    """Ask for place and language; then offer the page to hang up and the one to fold."""
    language = get_language() or settings.LANGUAGE_CODE
    data = request.GET if request.GET else None
    form = SheetForm(data, initial={"language": language})
    papers = {}
    place = None
    if form.is_bound and form.is_valid():
        place = sheet_place(form.place)
        chosen = urlencode({"language": form.cleaned_data["language"] or language})
        for kind in Kind:
            papers[kind.value] = f"{reverse(f'services:{_ROUTES[kind]}', args=[form.place])}?{chosen}"
    context = {"form": form, "place": place, "papers": papers}
    return render(request, "services/sheets.html", context, status=400 if form.errors else 200)


@require_safe
def sheet(request: HttpRequest, place: str) -> HttpResponse:
    """Send the A4 page of a district or region."""
    return _paper(request, place, Kind.SHEET)


@require_safe
def pocket(request: HttpRequest, place: str) -> HttpResponse:
    """Send the page that folds into a pocket."""
    return _paper(request, place, Kind.POCKET)


_ROUTES = {Kind.SHEET: "sheet", Kind.POCKET: "sheet_pocket"}


def public_page(request: HttpRequest, place: SheetPlace) -> PublicPage:
    """Return the page of the place as it is now, and beside it an address short enough to type."""
    page = reverse("services:place_page", args=[place.code])
    return PublicPage(
        address=request.build_absolute_uri(page),
        shown=f"{request.get_host()}{reverse('services:search')}",
    )


def _paper(request: HttpRequest, code: str, kind: Kind) -> HttpResponse:
    """Answer with the PDF in the language asked for, else the reader's; 304 when they have it already."""
    asked = request.GET.get("language", "")
    if asked and asked not in dict(settings.LANGUAGES):
        raise Http404
    language = asked or get_language() or settings.LANGUAGE_CODE
    printed = timezone.localdate()
    with override(language):
        place = sheet_place(code)
        if place is None:
            raise Http404
        page = public_page(request, place)
        text = printing.as_text(content(place, sheet_services(place), page=page, printed=printed))
    etag = printing.etag(kind, text, printed)
    response = get_conditional_response(request, etag=etag) or HttpResponse(content_type="application/pdf")
    if not isinstance(response, HttpResponseNotModified):
        response.content = printing.pdf(kind, text, printed)
        response.headers["Content-Disposition"] = f'attachment; filename="{_file_name(kind, code, language)}"'
    response.headers["ETag"] = etag
    if not asked:
        patch_vary_headers(response, ("Accept-Language", "Cookie"))
    return response


def _file_name(kind: Kind, code: str, language: str) -> str:
    """Return a name that tells papers apart and says nothing else: it stays among the downloads."""
    return "-".join(("notes" if kind == Kind.POCKET else "numbers", code.lower(), language)) + ".pdf"
