"""Two entries side by side, for an editor who decides whether they are the same service."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.utils import formats
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from services.models import Service
from services.queries.entries import ServicePage, pages_among


@dataclass(frozen=True)
class Line:
    """One thing about both; ``differs`` when both say something and not the same."""

    label: str | Promise
    first: str
    second: str
    differs: bool


@dataclass(frozen=True)
class Comparison:
    first: Service
    second: Service
    lines: list[Line]


def compare(first_id: UUID, second_id: UUID) -> Comparison | None:
    """Return two entries side by side, hidden ones too; None unless both stand for themselves."""
    among = Service.objects.filter(merged_into__isnull=True)
    found = among.select_related("organization").in_bulk([first_id, second_id])
    pages = pages_among(among, [first_id, second_id])
    if first_id == second_id or len(found) != 2 or len(pages) != 2:
        return None
    first, second = found[first_id], found[second_id]
    lines = [
        Line(label, one, other, differs=bool(one and other and one != other))
        for (label, one), (_label, other) in zip(
            _facts(first, pages[0]), _facts(second, pages[1]), strict=True
        )
        if one or other
    ]
    return Comparison(first, second, lines)


def _facts(service: Service, page: ServicePage) -> Iterable[tuple[str | Promise, str]]:
    card = page.card
    yield pgettext_lazy("of a service or place", "Name"), str(card.name)
    yield _("Organisation"), str(card.organization_name)
    yield _("Kind of help"), card.type_label
    yield _("In the directory"), str(service.get_publication_display())
    yield _("Phones"), _list(phone.number for phone in page.phones)
    yield _("E-mail"), page.email
    yield _("Website"), page.website
    yield _("Area"), _list(place.name for place in card.districts or card.regions)
    # A confidential site has no lines: nothing of it is kept in these tables.
    yield _("Address"), _list(line for site in page.sites for line in site.lines)
    yield _("Languages"), _list(language.name for language in card.languages)
    yield _("For"), card.sex_label
    yield _("Description"), str(card.description)
    yield _("Source"), service.source
    yield _("Checked"), _day(service.assured_date)


def _list(values: Iterable[object]) -> str:
    return ", ".join(str(value) for value in values if value)


def _day(day: date | None) -> str:
    return formats.date_format(day) if day else ""
