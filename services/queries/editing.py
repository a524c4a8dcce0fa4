"""What editors see: the list of entries, one entry with all its sections, what waits, what the public told.

Hidden entries are here too. The whereabouts of a withheld site are not, by the rule of
``services.publish``: editors need them no more than anybody else.
"""

import base64
import binascii
import json
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from services.codes import Publication, ServiceType
from services.editing.differences import Change, PlaceNames, Said, changes, told
from services.editing.records import digest, merged, snapshot
from services.editing.sections import (
    LINK_SECTIONS,
    ORGANIZATION_SECTIONS,
    SECTIONS,
    SERVICE_SECTIONS,
    SITE_SECTIONS,
    Data,
    Section,
)
from services.errors import BadCursor
from services.folding import prefix_range, tokens
from services.models import Location, Organization, Proposal, Service, ServiceToken, Suggestion
from services.translated import Localized

STALE_DAYS = 365  # directory.md: an entry not checked for twelve months is stale
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


def _mark(*parts: str) -> str:
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode()


def _read_mark(mark: str) -> tuple[str, UUID]:
    try:
        first, pk = json.loads(base64.b64decode(mark.encode("ascii"), altchars=b"-_", validate=True))
        if not isinstance(first, str) or not first.isascii() or "\x00" in first:
            raise BadCursor
        return first, UUID(pk)
    except (ValueError, TypeError, AttributeError, binascii.Error, RecursionError):
        raise BadCursor from None


def _with_words(found: QuerySet[Service], words: str) -> QuerySet[Service]:
    for token in tokens(words[:200])[:_MOST_WORDS]:
        low, high = prefix_range(token)
        rows = ServiceToken.objects.filter(token__gte=low)
        if high is not None:
            rows = rows.filter(token__lt=high)
        found = found.filter(pk__in=rows.values("service"))
    return found


def _stale_before() -> date:
    return timezone.localdate() - timedelta(days=STALE_DAYS)


def entry_list(
    wanted: Wanted, *, own_agency: UUID, after: str | None = None, limit: int = 20
) -> EntryPage:
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
        found = found.filter(Q(assured_date__isnull=True) | Q(assured_date__lt=_stale_before()))
    elif wanted.show == "ours":
        found = found.filter(organization__agency=own_agency)
    if after:
        name, pk = _read_mark(after)
        found = found.filter(Q(sort_name__gt=name) | Q(sort_name=name, pk__gt=pk))
    rows = list(
        found.select_related("organization")
        .annotate(
            waits=waiting,
            was_told=Exists(
                Suggestion.objects.filter(service=OuterRef("pk"), state=Suggestion.State.OPEN)
            ),
        )
        .order_by("sort_name", "pk")[: limit + 1]
    )
    page = rows[:limit]
    following = _mark(page[-1].sort_name, page[-1].pk.hex) if len(rows) > limit else None
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
        is_stale=service.assured_date is None or service.assured_date < _stale_before(),
        waits=service.waits,
        was_told=service.was_told,
    )


# --- one entry ---


@dataclass(frozen=True)
class Part:
    """One section of one record, as the editor's page shows it."""

    section: Section
    target: UUID
    said: list[Said]
    waits: bool


@dataclass(frozen=True)
class SiteParts:
    location_id: UUID
    number: int
    is_confidential: bool
    is_withheld: bool  # of a confidential service, or confidential itself: nothing tells where it is
    parts: list[Part]


@dataclass(frozen=True)
class Entry:
    """An entry with all that can be changed, what waits, and its history, newest first."""

    service: Service
    service_parts: list[Part]
    organization_parts: list[Part]
    sites: list[SiteParts]
    waiting: list["Proposed"]
    history: list["Proposed"]
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


def is_withheld(service: Service, location: Location) -> bool:
    """Say whether nothing about this site of this service may be told (the rule of services.publish)."""
    return (
        location.is_confidential
        or service.is_confidential
        or service.service_type == ServiceType.SAFE_HOUSE
    )


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

    def parts(sections: tuple[Section, ...], target: Any) -> list[Part]:
        return [
            Part(one, target.pk, _said(one, target, places), (one.code, target.pk) in waits)
            for one in sections
        ]

    sites = []
    links = sorted(service.service_at_locations.all(), key=lambda link: str(link.pk))
    for number, link in enumerate(links, start=1):
        withheld = is_withheld(service, link.location)
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
            )
        )
    done = _proposals_of(service).exclude(state=_WAITING).order_by("-proposed_at", "pk")
    hidden = _withheld_targets(service)
    return Entry(
        service=service,
        service_parts=parts(SERVICE_SECTIONS, service),
        organization_parts=parts(ORGANIZATION_SECTIONS, service.organization),
        sites=sites,
        waiting=[_proposed(one, places, hidden) for one in waiting],
        history=[_proposed(one, places, hidden) for one in done[:history]],
        suggestions=list(
            service.suggestions.filter(state=Suggestion.State.OPEN).order_by("told_on", "pk")[:20]
        ),
    )


def _proposals_of(service: Service) -> QuerySet[Proposal]:
    return Proposal.objects.filter(
        Q(service=service) | Q(target=service.organization_id, kind=Proposal.Kind.EDIT)
    ).select_related("proposed_agency", "decided_agency")


def _withheld_targets(service: Service) -> set[UUID]:
    found = set()
    for link in service.service_at_locations.all():
        if is_withheld(service, link.location):
            found |= {link.pk, link.location_id}
    return found


def part_of(service: Service, section: Section, target: UUID) -> Any:
    """Return the record of a section if it is part of this entry and may be shown, else None."""
    if section in SERVICE_SECTIONS:
        return service if target == service.pk else None
    if section in ORGANIZATION_SECTIONS:
        return service.organization if target == service.organization_id else None
    for link in service.service_at_locations.select_related("location"):
        withheld = is_withheld(service, link.location)
        if section in LINK_SECTIONS and target == link.pk and not withheld:
            return link
        if section in SITE_SECTIONS and target == link.location_id and not (withheld and section.tells_where):
            return link.location
    return None


def entry_service(service_id: UUID) -> Service | None:
    """Return an entry, hidden or not, or None."""
    return Service.objects.select_related("organization").filter(pk=service_id).first()


def site_of(service: Service, location_id: UUID) -> Location | None:
    """Return a site of this entry, or None."""
    return Location.objects.filter(pk=location_id, service_at_locations__service=service).first()


def own_organizations(agency: UUID) -> list[Organization]:
    """Return the organizations of an agency, for a new entry of theirs."""
    return list(Organization.objects.filter(agency=agency).order_by("name", "pk")[:20])


def organization_to_add_to(organization_id: UUID) -> Organization | None:
    return Organization.objects.filter(pk=organization_id).first()


# --- proposals ---


@dataclass(frozen=True)
class Proposed:
    """A proposal in words. ``is_withheld``: it is about a site that nothing may be told of."""

    proposal: Proposal
    label: str
    changes: list[Change] = field(default_factory=list)
    is_withheld: bool = False


def _label(proposal: Proposal) -> str:
    if proposal.kind == Proposal.Kind.EDIT and proposal.section in SECTIONS:
        return str(SECTIONS[proposal.section].label)
    return str(Proposal.Kind(proposal.kind).label)


def _proposed(proposal: Proposal, places: PlaceNames, withheld: set[UUID]) -> Proposed:
    label = _label(proposal)
    if proposal.target in withheld and proposal.kind == Proposal.Kind.EDIT:
        return Proposed(proposal, label, is_withheld=True)
    if proposal.kind == Proposal.Kind.NEW:
        return Proposed(proposal, label, _new_entry(proposal, places))
    if proposal.kind != Proposal.Kind.EDIT or proposal.section not in SECTIONS:
        return Proposed(proposal, label)
    return Proposed(proposal, label, _differences(proposal.section, proposal.before, proposal.after, places))


def _differences(section: str, before: Data, after: Data, places: PlaceNames) -> list[Change]:
    if not before and not after:
        return []  # forgotten with the whereabouts of a site
    return changes(SECTIONS[section], before, after, places)


def _new_entry(proposal: Proposal, places: PlaceNames) -> list[Change]:
    after = proposal.after
    kind = dict(ServiceType.choices).get(after.get("service_type", ""), "")
    facts = (
        (_("Organization"), after.get("organization_name", "")),
        (_("Name"), after.get("name", "")),
        (_("Kind of help"), str(kind)),
        (_("Description"), after.get("description", "")),
        (_("Phone"), after.get("phone", "")),
        (_("Area"), places[after["place"]] if after.get("place") else ""),
    )
    return [Change(label, "", [], [text]) for label, text in facts if text]


@dataclass(frozen=True)
class Shown:
    """What making a site public would show, in words."""

    services: list[Localized]
    addresses: list[str]


@dataclass(frozen=True)
class Decision:
    """All that somebody who decides about a proposal has to read."""

    proposed: Proposed
    changes: list[Change]  # from what the entry says now
    is_gone: bool
    has_changed: bool  # the entry is not what the proposal was written for
    seen: str  # the mark of what the entry says now
    uncovers: list[Localized]  # services that would stop being confidential
    shown: Shown | None


def decision(proposal: Proposal, now: Data | None) -> Decision:
    """Return a proposal against what the entry says now (``actions.proposals.now_says``)."""
    places = PlaceNames()
    service = proposal.service
    proposed = _proposed(proposal, places, _withheld_targets(service) if service is not None else set())
    waits = proposal.state == _WAITING
    listed = proposed.changes
    has_changed = waits and now is not None and now != proposal.before
    if waits and now is not None and proposal.kind == Proposal.Kind.EDIT and not proposed.is_withheld:
        after = merged(proposal.before, proposal.after, now) if has_changed else proposal.after
        listed = _differences(proposal.section, now, after, places)
    return Decision(
        proposed=proposed,
        changes=listed,
        is_gone=waits and now is None,
        has_changed=has_changed,
        seen="" if now is None else digest(now),
        uncovers=_uncovers(proposal),
        shown=what_shows(now) if waits and proposal.kind == Proposal.Kind.REVEAL and now else None,
    )


def _uncovers(proposal: Proposal) -> list[Localized]:
    """Return the entry if a new kind of help would end its being a shelter without address."""
    service = proposal.service
    if (
        service is None
        or proposal.state != _WAITING
        or proposal.section != "service_kind"
        or service.service_type != ServiceType.SAFE_HOUSE
        or proposal.after.get("service_type") == ServiceType.SAFE_HOUSE
        or service.service_at_locations.filter(location__is_confidential=True).exists()
    ):
        return []
    return [service.local_name]


def what_shows(uncovered: Data) -> Shown:
    """Return in words what ``actions.sites.uncovered`` found: services, and addresses of other sites."""
    services = Service.objects.filter(pk__in=uncovered["services"]).order_by("sort_name", "pk")
    sites = Location.objects.filter(pk__in=uncovered["sites"]).prefetch_related("addresses")
    addresses = [
        ", ".join(part for part in (row.address_1, row.city) if part)
        for site in sites
        for row in site.addresses.all()
    ]
    return Shown([service.local_name for service in services], sorted(addresses))


def find_proposal(proposal_id: UUID) -> Proposal | None:
    """Return a proposal with its entry, or None."""
    return (
        Proposal.objects.select_related(
            "service__organization", "organization", "proposed_agency", "decided_agency", "suggestion"
        )
        .filter(pk=proposal_id)
        .first()
    )


@dataclass(frozen=True)
class Line:
    """A proposal in a list."""

    proposal: Proposal
    label: str
    name: str
    is_mine: bool


def waiting_list(
    *, person: UUID, agency: UUID | None = None, after: str | None = None, limit: int = 20
) -> tuple[list[Line], str | None]:
    """Return what waits for approval, oldest first; only of one agency's entries where it is given."""
    found = Proposal.objects.filter(state=_WAITING).select_related(
        "service", "organization", "proposed_agency"
    )
    if agency is not None:
        found = found.filter(organization__agency=agency)
    if after:
        moment, pk = _read_mark(after)
        try:
            at = datetime.fromisoformat(moment)
        except ValueError:
            raise BadCursor from None
        if timezone.is_naive(at):
            raise BadCursor
        found = found.filter(Q(proposed_at__gt=at) | Q(proposed_at=at, pk__gt=pk))
    rows = list(found.order_by("proposed_at", "pk")[: limit + 1])
    page = rows[:limit]
    following = None
    if len(rows) > limit:
        following = _mark(page[-1].proposed_at.isoformat(), page[-1].pk.hex)
    return [_waiting_line(row, person) for row in page], following


def _waiting_line(proposal: Proposal, person: UUID) -> Line:
    name = proposal.service.local_name if proposal.service is not None else proposal.after.get("name", "")
    mine = person in (proposal.proposed_by, proposal.looked_again_by)
    return Line(proposal, _label(proposal), str(name), mine)


# --- what the public told ---


def open_suggestions(*, after: str | None = None, limit: int = 20) -> tuple[list[Suggestion], str | None]:
    """Return what the public told and nobody has looked at, oldest first."""
    found = Suggestion.objects.filter(state=Suggestion.State.OPEN).select_related("service__organization")
    if after:
        day, pk = _read_mark(after)
        try:
            on = date.fromisoformat(day)
        except ValueError:
            raise BadCursor from None
        found = found.filter(Q(told_on__gt=on) | Q(told_on=on, pk__gt=pk))
    rows = list(found.order_by("told_on", "pk")[: limit + 1])
    page = rows[:limit]
    following = _mark(page[-1].told_on.isoformat(), page[-1].pk.hex) if len(rows) > limit else None
    return page, following


def open_suggestion(suggestion_id: UUID) -> Suggestion | None:
    """Return a suggestion that nobody has decided about, or None."""
    return (
        Suggestion.objects.select_related("service__organization")
        .filter(pk=suggestion_id, state=Suggestion.State.OPEN)
        .first()
    )
