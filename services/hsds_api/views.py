"""The eleven addresses of the HSDS API, and its own description."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse

from services import publish
from services.hsds.values import identifier
from services.hsds_api.answers import Missing, as_json, as_lines, open_to_all
from services.hsds_api.asking import Asked, asked
from services.hsds_api.openapi import description
from services.queries import hsds as lists
from services.queries.merging import public_id

VERSION = "3.1"
Records = list[dict[str, Any]]


@dataclass(frozen=True)
class Kind:
    """A kind of record: the rows that were asked for, and their records."""

    rows: Callable[[Asked], QuerySet[Any]]
    records: Callable[[Asked, list[Any]], Records]


def _services(ask: Asked) -> QuerySet[Any]:
    if ask.minimal:
        return lists.minimal_services(ask.filters)
    return lists.services(ask.filters, full=ask.full)


def _service_records(ask: Asked, rows: list[Any]) -> Records:
    if ask.minimal:
        return [publish.service_minimum(row) for row in rows]
    return publish.services_json(rows) if ask.full else [publish.service_line(row) for row in rows]


def _organization_records(ask: Asked, rows: list[Any]) -> Records:
    if not (ask.full or ask.full_service):
        return [publish.organization_line(row) for row in rows]
    return publish.organizations_json(rows, with_whole_services=ask.full_service)


def _link_records(ask: Asked, rows: list[Any]) -> Records:
    if ask.full:
        return publish.services_at_locations_json(rows)
    return publish.service_at_location_lines(rows)


KINDS = {
    "services": Kind(_services, _service_records),
    "organizations": Kind(
        lambda ask: lists.organizations(
            ask.filters, with_services=ask.full or ask.full_service, full_services=ask.full_service
        ),
        _organization_records,
    ),
    "service_at_locations": Kind(
        lambda ask: lists.services_at_locations(ask.filters, full=ask.full), _link_records
    ),
    "taxonomies": Kind(
        lambda ask: lists.taxonomies(ask.filters),
        lambda _, rows: [publish.taxonomy_json(row) for row in rows],
    ),
    "taxonomy_terms": Kind(
        lambda ask: lists.taxonomy_terms(ask.filters),
        lambda _, rows: [publish.taxonomy_term_json(row) for row in rows],
    ),
}


@open_to_all("GET", "HEAD")
def about(request: HttpRequest) -> HttpResponseBase:
    """Say which HSDS this is, and where our profile and the description of the API are."""
    body = {
        "version": VERSION,
        "profile": request.build_absolute_uri(reverse("services:hsds_profile")),
        "openapi_url": request.build_absolute_uri(reverse("hsds:openapi")),
    }
    return as_json(request, body)


@open_to_all("GET", "HEAD")
def openapi(request: HttpRequest) -> HttpResponseBase:
    """Describe the API for programs."""
    return as_json(request, description(request.build_absolute_uri(reverse("hsds:about"))))


@open_to_all("GET", "HEAD", "POST")
def listing(request: HttpRequest, kind: str) -> HttpResponseBase:
    """Return a page of a list, or all of it as lines."""
    ask = asked(request)
    if ask.is_stream:
        return as_lines(request, _stream(KINDS[kind], ask))
    return as_json(request, _page(KINDS[kind], ask))


@open_to_all("GET", "HEAD")
def item(request: HttpRequest, kind: str, record_id: str) -> HttpResponseBase:
    """Return one record with everything in it."""
    pk = identifier(record_id)
    ask = Asked(full=True, full_service=asked(request).full_service)
    row = lists.one_of(KINDS[kind].rows(ask), pk) if pk else None
    if row is None:
        return _led_on(request, kind, pk)
    return as_json(request, KINDS[kind].records(ask, [row])[0])


def _led_on(request: HttpRequest, kind: str, pk: UUID | None) -> HttpResponseBase:
    """Lead from a merged service to the one that stands for it; not for good, a merge can be undone.

    Raises Missing where there is nothing to be led to.
    """
    following = public_id(pk) if pk and kind == "services" else None
    if following is None:
        raise Missing
    address = reverse(f"hsds:{kind}_item", args=[following])
    return HttpResponse(status=307, headers={"Location": address})


def _page(kind: Kind, ask: Asked) -> dict[str, Any]:
    """Return the page object of HSDS. Raises Missing behind the last page."""
    page: lists.Numbered[Model] | None = lists.page_of(kind.rows(ask), number=ask.page, size=ask.per_page)
    if page is None:
        raise Missing
    contents = kind.records(ask, page.rows)
    return {
        "total_items": page.total_items,
        "total_pages": page.total_pages,
        "page_number": page.number,
        "size": len(contents),
        "first_page": page.number == 1,
        "last_page": page.number >= page.total_pages,
        "empty": not contents,
        "contents": contents,
    }


def _stream(kind: Kind, ask: Asked) -> Iterator[dict[str, Any]]:
    for rows in lists.all_of(kind.rows(ask)):
        yield from kind.records(ask, rows)
