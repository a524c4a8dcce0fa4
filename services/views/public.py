"""Public pages: search, one service, the map of places. No sign-in, nothing kept."""

from urllib.parse import urlencode
from uuid import UUID

import segno
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from services.errors import BadCursor
from services.forms import SearchForm
from services.queries import public_id, published_service
from services.queries.facets import Facets, facets
from services.queries.place_pages import place_page
from services.queries.places import country_map
from services.queries.search import search as find


def _address(form: SearchForm, **changes: str) -> str:
    """Return the address of this search with changes; only what is given stands in it."""
    given = {name: form.data[name] for name in form.fields if form.data.get(name)} | changes
    return (
        f"{reverse('services:search')}?{urlencode({name: value for name, value in given.items() if value})}"
    )


def _narrower(form: SearchForm, found: Facets) -> list[dict[str, object]]:
    """Return links that narrow the search, each with how many it leads to; the fullest first."""
    groups: list[dict[str, object]] = []
    for name, counts in (("type", found.types), ("region", found.regions), ("language", found.languages)):
        labels = form.labels(name)
        links = [
            {"label": labels[code], "count": number, "url": _address(form, **{name: code}) + "#found"}
            for code, number in sorted(counts.items(), key=lambda pair: -pair[1])
            if code in labels
        ]
        if len(links) > 1 and not form.data.get(name):
            groups.append({"label": form[name].label, "links": links})
    now = [
        {"label": form[name].label, "count": number, "url": _address(form, **{name: "on"}) + "#found"}
        for name, number in (("open", found.open_now), ("available", found.available_now))
        if number and not form.data.get(name)
    ]
    return [*groups, {"label": _("At this moment"), "links": now}] if now else groups


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Show the search and what it finds; without words and wishes, everything in order of names."""
    form = SearchForm(request.GET)
    form.full_clean()
    after = request.GET.get("after", "")
    try:
        page = find(form.filters, sort=form.chosen_sort, after=after or None)
    except BadCursor:
        raise Http404 from None
    instead = {"q": page.instead} if page.instead else {}
    # "Nearest first" does not end at the border of the place, so its numbers would be others.
    counted = facets(form.filters, words=page.instead) if page.cards and not (after or page.origin) else None
    context = {
        "form": form,
        "cards": page.cards,
        "instead": page.instead,
        "origin": page.origin,
        "counted": counted,
        "narrower": _narrower(form, counted) if counted and counted.found else [],
        "is_search": not form.filters.is_empty,
        "next_url": _address(form, after=page.next, **instead) if page.next else "",
        "first_url": _address(form) if after else "",
        "everywhere_url": reverse("services:search"),
    }
    return render(request, "services/search.html", context)


def _share(request: HttpRequest) -> dict[str, object]:
    """Return this page's address, and the same as a picture to scan: drawn here, by nobody else."""
    address = request.build_absolute_uri(request.path)
    drawing = segno.make(address, error="m").svg_inline(border=4, light="#fff", dark="#000", omitsize=True)
    # Drawn by the library from our own address: numbers and paths, nothing that was typed.
    return {"address": address, "drawing": mark_safe(drawing)}  # noqa: S308


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
    return render(
        request, "services/service.html", {"service": page, "card": page.card, "share": _share(request)}
    )


@require_safe
def places(request: HttpRequest) -> HttpResponse:
    """Show the map of regions by available services, and the same numbers as a table."""
    return render(request, "services/places.html", {"map": country_map()})


@require_safe
def place(request: HttpRequest, place_code: str) -> HttpResponse:
    """Show the services of a district or a region by kind of help, to read, share or print."""
    page = place_page(place_code)
    if page is None:
        raise Http404
    chosen = urlencode({k: v for k, v in (("region", page.region), ("district", page.district)) if v})
    context = {
        "place": page,
        "map": page.map,
        "share": _share(request),
        "search_url": f"{reverse('services:search')}?{chosen}",
        "papers_url": f"{reverse('services:sheets')}?{chosen}#papers",
    }
    return render(request, "services/place.html", context)
