"""What editors see of entries: the list, and one entry with all its sections and its history.

Hidden entries are here too. The whereabouts of a withheld site are not, by the rule of
``services.publish``: editors need them no more than anybody else.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from services.codes import Publication, ServiceType
from services.editing.differences import PlaceNames, Said, told
from services.editing.records import other_hours, snapshot
from services.editing.sections import (
    LINK_SECTIONS,
    ORGANIZATION_SECTIONS,
    SERVICE_SECTIONS,
    SITE_SECTIONS,
    Section,
    has_hours,
)
from services.folding import prefix_range, tokens
from services.freshness import is_not_checked_lately, not_checked_lately
from services.models import Location, Organization, Proposal, Service, ServiceToken, Suggestion
from services.queries.proposals import Proposed, in_words, mark, read_mark, withheld_targets
from services.translated import Localized

_MOST_WORDS = 6
_WAITING = Proposal.State.WAITING


@dataclass(frozen=True)
class Wanted:
    """Which entries to list; everything that is set narrows."""

    words: str = ""
    show: str = ""  # one of SHOW, or empty for all
    agency: UUID | None = None  # only entries of this agency's organizations


SHOW = ("waiting", "hidden", "stale", "ours")


@dataclass(frozen=True)
class EntryLine:
    id: UUID
    name: Localized
    organization_name: Localized
    type_label: str
    is_published: bool
    is_confidential: bool
    is_stale: bool
    waits: bool
    was_told: bool


@dataclass(frozen=True)
class EntryPage:
    lines: list[EntryLine]
    next: str | None


def _with_words(found: QuerySet[Service], words: str) -> QuerySet[Service]:
    for token in tokens(words[:200])[:_MOST_WORDS]:
        low, high = prefix_range(token)
        rows = ServiceToken.objects.filter(token__gte=low)
        if high is not None:
            rows = rows.filter(token__lt=high)
        found = found.filter(pk__in=rows.values("service"))
    return found


def entry_list(wanted: Wanted, *, own_agency: UUID, after: str | None = None, limit: int = 20) -> EntryPage:
    """Return a page of entries in the order of names. ``own_agency`` is what the filter *ours* means."""
    found = _with_words(Service.objects.all(), wanted.words)
    if wanted.agency is not None:
        found = found.filter(organization__agency=wanted.agency)
    waiting = Exists(Proposal.objects.filter(service=OuterRef("pk"), state=_WAITING))
    if wanted.show == "waiting":
        found = found.filter(waiting)
    elif wanted.show == "hidden":
        found = found.filter(publication=Publication.HIDDEN)
    elif wanted.show == "stale":
        found = found.filter(not_checked_lately())
    elif wanted.show == "ours":
        found = found.filter(organization__agency=own_agency)
    if after:
        name, pk = read_mark(after)
        found = found.filter(Q(sort_name__gt=name) | Q(sort_name=name, pk__gt=pk))
    rows = list(
        found.select_related("organization")
        .annotate(
            waits=waiting,
            was_told=Exists(Suggestion.objects.filter(service=OuterRef("pk"), state=Suggestion.State.OPEN)),
        )
        .order_by("sort_name", "pk")[: limit + 1]
    )
    page = rows[:limit]
    following = mark(page[-1].sort_name, page[-1].pk.hex) if len(rows) > limit else None
    return EntryPage([_line(row) for row in page], following)


def _line(service: Any) -> EntryLine:
    # Any: ``waits`` and ``was_told`` are annotations.
    return EntryLine(
        id=service.pk,
        name=service.local_name,
        organization_name=service.organization.local_name,
        type_label=str(ServiceType(service.service_type).label) if service.service_type else "",
        is_published=service.publication == Publication.PUBLISHED,
        is_confidential=service.is_confidential,
        is_stale=is_not_checked_lately(service.assured_date),
        waits=service.waits,
        was_told=service.was_told,
    )


# --- one entry ---


@dataclass(frozen=True)
class Part:
    """One section of one record, as the editor's page shows it. ``other_hours`` are kept, not shown."""

    section: Section
    target: UUID
    said: list[Said]
    waits: bool
    other_hours: int

    @property
    def has_labels(self) -> bool:
        """Whether its facts need their names: one fact is told by the section's."""
        return len({one.plain for one in self.said}) > 1


@dataclass(frozen=True)
class SiteParts:
    location_id: UUID
    number: int
    is_confidential: bool
    is_withheld: bool  # of a confidential service, or confidential itself: nothing tells where it is
    parts: list[Part]
    removal: UUID | None  # the proposal to take it out that waits


@dataclass(frozen=True)
class Entry:
    """An entry with all that can be changed, what waits, and its history, newest first."""

    service: Service
    service_parts: list[Part]
    organization_parts: list[Part]
    sites: list[SiteParts]
    waiting: list[Proposed]
    history: list[Proposed]
    suggestions: list[Suggestion]

    @property
    def is_published(self) -> bool:
        return self.service.publication == Publication.PUBLISHED


_PARTS = (
    "phones",
    "schedules",
    "schedule_exceptions",
    "service_areas",
    "languages",
    "cost_options",
    "required_documents",
    "contacts",
    "organization__phones",
    "service_at_locations__phones",
    "service_at_locations__schedules",
    "service_at_locations__location__addresses",
    "service_at_locations__location__phones",
    "service_at_locations__location__schedules",
    "service_at_locations__location__accessibility",
)


def _said(section: Section, target: Any, places: PlaceNames) -> list[Said]:
    return [one for one in told(section, snapshot(section, target), places) if one.lines]


def entry(service_id: UUID, *, history: int = 20) -> Entry | None:
    """Return an entry for its editor's page, or None. A constant number of queries."""
    service = (
        Service.objects.select_related("organization").prefetch_related(*_PARTS).filter(pk=service_id).first()
    )
    if service is None:
        return None
    places = PlaceNames()
    waiting = list(_proposals_of(service).filter(state=_WAITING).order_by("proposed_at", "pk"))
    waits = {(one.section, one.target) for one in waiting}
    removals = {one.target: one.pk for one in waiting if one.kind == Proposal.Kind.REMOVE}

    def parts(sections: tuple[Section, ...], target: Any) -> list[Part]:
        return [
            Part(
                one,
                target.pk,
                _said(one, target, places),
                (one.code, target.pk) in waits,
                other_hours(target) if has_hours(one) else 0,
            )
            for one in sections
        ]

    sites, hidden = [], withheld_targets(service)
    links = sorted(service.service_at_locations.all(), key=lambda link: str(link.pk))
    for number, link in enumerate(links, start=1):
        withheld = link.pk in hidden
        shown = tuple(one for one in SITE_SECTIONS if not (withheld and one.tells_where))
        sites.append(
            SiteParts(
                link.location_id,
                number,
                link.location.is_confidential,
                withheld,
                [
                    *parts(shown, link.location),
                    *parts(() if withheld else LINK_SECTIONS, link),
                ],
                removals.get(link.location_id),
            )
        )
    done = _proposals_of(service).exclude(state=_WAITING).order_by("-proposed_at", "pk")
    return Entry(
        service=service,
        service_parts=parts(SERVICE_SECTIONS, service),
        organization_parts=parts(ORGANIZATION_SECTIONS, service.organization),
        sites=sites,
        waiting=[in_words(one, places, hidden) for one in waiting],
        history=[in_words(one, places, hidden) for one in done[:history]],
        suggestions=list(
            service.suggestions.filter(state=Suggestion.State.OPEN).order_by("told_on", "pk")[:20]
        ),
    )


def _proposals_of(service: Service) -> QuerySet[Proposal]:
    return Proposal.objects.filter(
        Q(service=service) | Q(target=service.organization_id, kind=Proposal.Kind.EDIT)
    ).select_related("proposed_agency", "decided_agency")


def part_of(service: Service, section: Section, target: UUID) -> Any:
    """Return the record of a section if it is part of this entry and may be shown, else None."""
    if section in SERVICE_SECTIONS:
        return service if target == service.pk else None
    if section in ORGANIZATION_SECTIONS:
        return service.organization if target == service.organization_id else None
    hidden = withheld_targets(service)
    for link in service.service_at_locations.select_related("location"):
        if link.pk in hidden and section.tells_where:
            continue
        if section in LINK_SECTIONS and target == link.pk:
            return link
        if section in SITE_SECTIONS and target == link.location_id:
            return link.location
    return None


def entry_service(service_id: UUID) -> Service | None:
    """Return an entry that stands for itself, hidden or not, or None."""
    found = Service.objects.select_related("organization").filter(merged_into__isnull=True)
    return found.filter(pk=service_id).first()


def site_of(service: Service, location_id: UUID) -> Location | None:
    """Return a site of this entry, or None."""
    return Location.objects.filter(pk=location_id, service_at_locations__service=service).first()


def organization_to_add_to(organization_id: UUID) -> Organization | None:
    return Organization.objects.filter(pk=organization_id).first()
