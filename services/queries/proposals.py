"""What waits for a second editor, in words and against what the entry says now; what the public told.

The whereabouts of a withheld site stand in none of it.
"""

import base64
import binascii
import json
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from uuid import UUID

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from services.actions.sites import sites_taken_out
from services.codes import ServiceType
from services.confidential import withheld_sites
from services.editing.differences import Change, PlaceNames, changes
from services.editing.records import digest, merged
from services.editing.sections import SECTIONS, Data
from services.errors import BadCursor
from services.models import Location, Proposal, Service, Suggestion
from services.translated import Localized

_WAITING = Proposal.State.WAITING
_SHOWING = (Proposal.Kind.REVEAL, Proposal.Kind.REMOVE)


def mark(*parts: str) -> str:
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode()


def read_mark(mark: str) -> tuple[str, UUID]:
    try:
        first, pk = json.loads(base64.b64decode(mark.encode("ascii"), altchars=b"-_", validate=True))
        if not isinstance(first, str) or not first.isascii() or "\x00" in first:
            raise BadCursor
        return first, UUID(pk)
    except (ValueError, TypeError, AttributeError, binascii.Error, RecursionError):
        raise BadCursor from None


def withheld_targets(service: Service) -> set[UUID]:
    """Return the withheld sites of a service, those taken out of it too, and its links to them
    (``confidential.withheld_sites``). Two queries.
    """
    links = list(service.service_at_locations.all())
    withheld = withheld_sites({link.location_id for link in links} | sites_taken_out(service))
    return withheld | {link.pk for link in links if link.location_id in withheld}


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


def in_words(proposal: Proposal, places: PlaceNames, withheld: set[UUID]) -> Proposed:
    label = _label(proposal)
    if proposal.target in withheld and proposal.kind in Proposal.TELLING:
        return Proposed(proposal, label, is_withheld=True)
    if proposal.kind == Proposal.Kind.SITE:
        facts = site_facts(proposal.after, places)
        return Proposed(proposal, label, [Change(name, "", [], [text]) for name, text in facts])
    if proposal.kind == Proposal.Kind.REMOVE:
        facts = site_facts(proposal.before, places)
        return Proposed(proposal, label, [Change(name, "", [text], []) for name, text in facts])
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
        (_("Organisation"), after.get("organization_name", "")),
        (pgettext("of a service or place", "Name"), after.get("name", "")),
        (_("Kind of help"), str(kind)),
        (_("Description"), after.get("description", "")),
        (_("Phone"), after.get("phone", "")),
        (_("Area"), places[after["place"]] if after.get("place") else ""),
    )
    return [Change(label, "", [], [text]) for label, text in facts if text]


def site_facts(site: Data, places: PlaceNames | None = None) -> list[tuple[str, str]]:
    """Return label and text of what a proposal says of a site that comes or goes."""
    places = places or PlaceNames()
    facts = (
        (_("Confidential"), _("Yes") if site.get("is_confidential") else ""),
        (_("Area"), str(places[site["place"]]) if site.get("place") else ""),
        (_("Name of the site"), site.get("name", "")),
        (_("Street and number"), site.get("address_1", "")),
        (_("Town or village"), site.get("city", "")),
    )
    return [(label, text) for label, text in facts if text]


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
    proposed = in_words(proposal, places, withheld_targets(service) if service is not None else set())
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
        shown=what_shows(now) if waits and proposal.kind in _SHOWING and now else None,
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
        moment, pk = read_mark(after)
        try:
            at = datetime.fromisoformat(moment)
            if timezone.is_naive(at):
                raise BadCursor
            at = at.astimezone(UTC)  # the first day of the calendar has no day before it
        except (ValueError, OverflowError):
            raise BadCursor from None
        found = found.filter(Q(proposed_at__gt=at) | Q(proposed_at=at, pk__gt=pk))
    rows = list(found.order_by("proposed_at", "pk")[: limit + 1])
    page = rows[:limit]
    following = None
    if len(rows) > limit:
        following = mark(page[-1].proposed_at.isoformat(), page[-1].pk.hex)
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
        day, pk = read_mark(after)
        try:
            on = date.fromisoformat(day)
        except ValueError:
            raise BadCursor from None
        found = found.filter(Q(told_on__gt=on) | Q(told_on=on, pk__gt=pk))
    rows = list(found.order_by("told_on", "pk")[: limit + 1])
    page = rows[:limit]
    following = mark(page[-1].told_on.isoformat(), page[-1].pk.hex) if len(rows) > limit else None
    return page, following


def open_suggestion(suggestion_id: UUID) -> Suggestion | None:
    """Return a suggestion that nobody has decided about, or None."""
    return (
        Suggestion.objects.select_related("service__organization")
        .filter(pk=suggestion_id, state=Suggestion.State.OPEN)
        .first()
    )
