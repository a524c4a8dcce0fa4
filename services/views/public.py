"""Public pages: search, one service, the map of places. No sign-in, nothing kept."""

from urllib.parse import urlencode
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from services.errors import BadCursor
from services.forms import SearchForm
from services.queries import public_id, published_service
from services.queries.places import country_map
from services.queries.search import search as find


def _address(form: SearchForm, after: str = "") -> str:
    """Return the address of this search, with only what was given."""
    given = {name: form.data[name] for name in form.fields if form.data.get(name)}
    return f"{reverse('services:search')}?{urlencode(given | ({'after': after} if after else {}))}"


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Show the search and what it finds; without words and wishes, everything in order of names."""
    form = SearchForm(request.GET)
    form.full_clean()
    after = request.GET.get("after", "")
    try:
        page = find(form.filters, after=after or None)
    except BadCursor:
        raise Http404 from None
    context = {
        "form": form,
        "cards": page.cards,
        "is_search": not form.filters.is_empty,
        "next_url": _address(form, page.next) if page.next else "",
        "first_url": _address(form) if after else "",
        "everywhere_url": reverse("services:search"),
    }
    return render(request, "services/search.html", context)


@require_safe
def service(request: HttpRequest, service_id: UUID) -> HttpResponse:
    """Show one published service; the address of a merged entry leads on to the one that stands for it."""
    page = published_service(service_id)
    if page is None:
        following = public_id(service_id)
        if following is None:
            raise Http404
        # Not for good: a merge can be undone.
        return HttpResponseRedirect(reverse("services:service", args=[following]))
    return render(request, "services/service.html", {"service": page, "card": page.card})


@require_safe
def places(request: HttpRequest) -> HttpResponse:
    """Show the map of regions by available services, and the same numbers as a table."""
    return render(request, "services/places.html", {"map": country_map()})
