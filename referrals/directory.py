"""What casework asks of the directory: names and choices of places, and places for her needs as cards.

Needs and exclusions come from an unlocked case and stay in memory. What is available, open and near
is decided in services.queries; here it is put into the words and marks of a page.
"""

from collections.abc import Collection, Container, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from accounts.queries import partners
from accounts.unlocked import Unlocked
from referrals import codes, conflict
from referrals.destination import everybody_behind
from referrals.payload import Incident
from services import queries
from services.actions import own_holds
from services.codes import AccessNeed, AvailabilityStatus, Freshness, ServiceType
from services.models import District, Organization, PlaceHold, ServiceFacet
from services.queries import Match, Needs, ServiceCard, match
from services.queries.entries import published_organizations
from services.queries.matching import CANDIDATES
from services.translated import Localized, pick_name

MOST_PLACES = 8

# A case knows only the band: a place that is for some of its years is shown, and says for which.
_YEARS: dict[codes.AgeBand, tuple[int, int]] = {
    codes.AgeBand.CHILD: (0, 11),
    codes.AgeBand.ADOLESCENT: (12, 17),
    codes.AgeBand.YOUNG: (18, 25),
    codes.AgeBand.ADULT: (26, 40),
    codes.AgeBand.MIDDLE: (41, 60),
    codes.AgeBand.OLDER: (61, 130),
}

_ICONS = {
    "clinical_window": "health",
    "open_now": "ok",
    "not_open_now": "wait",
    "room": "bed",
    "news_stale": "wait",
    "news_unknown": "wait",
    "same_district": "pin",
    "whole_region": "pin",
    "same_region": "pin",
    "other_region": "pin",
    "distance": "pin",
    "language": "talk",
    "language_missing": "talk",
    "children": "child",
    "children_unknown": "child",
    "eligibility_sex": "person",
    "eligibility_age": "person",
    "documents": "document",
    "legal_duty": "scales",
}


def district_names(district_codes: Iterable[str]) -> Mapping[str, str]:
    """Return the names of districts by code, in the reader's language. One query."""
    wanted = {code for code in district_codes if code}
    if not wanted:
        return {}
    found = District.objects.filter(code__in=wanted).values_list("code", "names")
    return {code: str(pick_name(names)) for code, names in found}


def district_name(code: str) -> str:
    return district_names([code]).get(code, code)


def organization_choices(
    *, district: str, ticked: Collection[UUID]
) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Return the organisations of the public directory by name: those ticked or in the district's region,
    and all others. Where the district is not known, everybody is near. Three queries."""
    region = District.objects.filter(code=district).values_list("region", flat=True).first()
    near_ids = set(ticked) | set(
        ServiceFacet.objects.filter(kind=ServiceFacet.Kind.REGION, code=region or "").values_list(
            "service__organization", flat=True
        )
    )
    near: list[tuple[str, str]] = []
    others: list[tuple[str, str]] = []
    for one in published_organizations():
        is_near = region is None or one.pk in near_ids
        (near if is_near else others).append((str(one.pk), str(one.local_name)))
    for names in (near, others):
        names.sort(key=lambda one: one[1].casefold())
    return near, others


def organization_names(ids: Iterable[UUID]) -> Mapping[UUID, str]:
    wanted = list(ids)
    if not wanted:
        return {}
    return {one.pk: str(one.local_name) for one in Organization.objects.filter(pk__in=wanted)}


@dataclass(frozen=True)
class Reason:
    icon: str
    text: Promise | str


@dataclass(frozen=True, repr=False)
class Found:
    """A place as a card. ``can_refer``: there is an agreement with its organisation; sending checks it."""

    service_id: UUID
    name: Localized
    organization: Localized
    place: str
    kind: str
    availability: str
    available: bool
    can_refer: bool
    is_own: bool
    # Nobody there has an account: they can be asked by a link.
    can_ask: bool = False
    can_hold: bool = False
    held_until: datetime | None = None  # this person's own hold
    phones: list[str] = field(default_factory=list)
    reasons: list[Reason] = field(default_factory=list)


def places_for(*, unlocked: Unlocked, needs: Mapping[str, Any], incident: Incident) -> list[Found]:
    """Return places for what she needs, the most fitting first; never one that she excluded."""
    matched, held = fitting(unlocked=unlocked, needs=needs, incident=incident)
    agreed = {agency.pk for agency in partners(unlocked)}
    return [
        _card(one, agreed, unlocked.agency.pk, held.get(one.service.id), incident.perpetrator_authority)
        for one in matched[:MOST_PLACES]
    ]


def of_power(card: ServiceCard, authority: str) -> list[Reason]:
    """Say first of a place that it is of the kind in which who harmed her has power: nothing else about it
    matters as much, and sending asks for a colleague's look."""
    if card.service_type and conflict.needs_second_look(
        service_type=card.service_type, perpetrator_authority=authority
    ):
        text = _("Who harmed her has power in such a place: a second colleague must look before it is sent.")
        return [Reason("stop", text)]
    return []


def fitting(
    *, unlocked: Unlocked, needs: Mapping[str, Any], incident: Incident
) -> tuple[list[Match], Mapping[UUID, PlaceHold]]:
    """Return all that a list may be made of, the most fitting first, and one's own holds among them."""
    excluded = everybody_behind(incident.excluded_organizations)
    wanted = needs_in_codes(needs, incident, unlocked.now)
    matched = match(wanted, excluded, limit=CANDIDATES, now=unlocked.now)
    held = own_holds(unlocked, [one.service.id for one in matched])
    return [one for one in matched if not missed_wishes(one, needs, is_held=one.service.id in held)], held


def needs_in_codes(needs: Mapping[str, Any], incident: Incident, now: datetime) -> Needs:
    """Return what the form asked for, as the directory asks for it."""
    years = _YEARS.get(codes.AgeBand(needs["age_band"])) if needs.get("age_band") else None
    return Needs(
        service_types=[needs["service_type"]] if needs.get("service_type") else [],
        district=needs.get("district") or "",
        age=years[0] if years else None,
        oldest=years[1] if years else None,
        sex=needs["sex"] if needs.get("sex") in ("female", "male") else "",
        with_children=bool(needs.get("with_children")),
        languages=[needs["language"]] if needs.get("language") else [],
        access=[code for code in needs.get("access_needs") or [] if code in AccessNeed.values],
        free_only=bool(needs.get("free_only")),
        lacks_documents=bool(needs.get("lacks_documents")),
        hours_since_incident=_hours_since(incident, now),
    )


def missed_wishes(found: Match, needs: Mapping[str, Any], *, is_held: bool) -> list[str]:
    """Return the wishes of the form that keep this place out: ``open_now``, ``available_now``."""
    state = found.service.availability
    if is_held:
        return []  # the place is hers: it is only for others that nothing is free
    missed = ["open_now"] if needs.get("open_now") and not state.is_open else []
    return [*missed, "available_now"] if needs.get("available_now") and not state.is_available else missed


def _hours_since(incident: Incident, now: datetime) -> int | None:
    """Return the hours since it happened, as far as the clinical window is known."""
    hours = codes.CLINICAL_WINDOW_HOURS.get(codes.TimeWindow(incident.time_window or "not_given"))
    ends = incident.clinical_window_ends_at
    if hours is None:
        return None
    if ends is None:
        return hours
    return max(int((now - (ends - timedelta(hours=hours))).total_seconds() // 3600), 0)


def _card(
    found: Match, agreed: Container[UUID | None], own: UUID, hold: PlaceHold | None, authority: str
) -> Found:
    card = found.service
    kind, words = ("ok", _("You hold a place")) if hold else _availability(card)
    says_closed = kind == "wait" and not card.availability.is_open
    counted = card.availability.is_fresh_room and card.availability.places_free is not None
    return Found(
        service_id=card.id,
        name=card.name,
        organization=card.organization_name,
        place=place_of(card),
        kind=kind,
        availability=words,
        available=card.availability.is_available,
        can_refer=card.agency_id in agreed and card.agency_id != own,
        is_own=card.agency_id == own,
        can_ask=card.agency_id is None,
        can_hold=counted and card.service_type == ServiceType.SAFE_HOUSE and hold is None,
        held_until=hold.expires_at if hold else None,
        phones=card.phones[:2],
        reasons=[
            *of_power(card, authority),
            # What the tag says is not said again below it.
            *(in_words(one) for one in found.reasons if not (says_closed and one.code == "not_open_now")),
        ],
    )


def in_words(reason: queries.Reason) -> Reason:
    """Return a reason of the directory with its icon."""
    return Reason(_ICONS.get(reason.code, "ok" if reason.good else "info"), reason.text)


def place_of(card: ServiceCard) -> str:
    """Return the districts, else the regions: nothing nearer, for any site."""
    named = card.districts or card.regions
    return ", ".join(one.name for one in named[:2])


def _availability(card: ServiceCard) -> tuple[str, str]:
    """Return the tag of a place: available only while the news is not stale."""
    state = card.availability
    if state.is_available:
        return "ok", _("Available now")
    if state.freshness in (Freshness.STALE, Freshness.UNKNOWN):
        return "quiet", _("Call first")
    if state.is_held_out or state.opens_again is not None:
        return "stop", str(state.label)
    if state.status in (AvailabilityStatus.NO_CAPACITY, AvailabilityStatus.CLOSED):
        return "stop", str(state.label)
    return "wait", str(state.label) if state.is_open else _("Closed at the moment")
