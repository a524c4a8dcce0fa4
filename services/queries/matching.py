"""The tracker's match: services for someone's needs, ranked, each with the reasons for its place.

Needs come from an unlocked case and stay in memory: nothing here is logged, cached or stored.
Organizations that she excluded never appear; stale news is never called available.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from django.db.models import Q
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from services import codes
from services.freshness import check_age
from services.models import District, Region, ServiceFacet
from services.places import distance_km
from services.queries.availability import age_of_news, has_fresh_room
from services.queries.cards import ServiceCard, cards
from services.queries.narrowing import Rows, eligible, having, recent_reports, with_facet

CANDIDATES = 40  # cards that are judged; whose, says ``_candidates``
CLINICAL_WINDOW_HOURS = 120  # emergency contraception; HIV prophylaxis within 72


@dataclass(frozen=True)
class Needs:
    """What she needs. Codes as in services.codes; empty means not known or no matter."""

    service_types: Collection[str] = ()
    region: str = ""
    district: str = ""
    age: int | None = None
    oldest: int | None = None  # where only a band of ages is known: its end, and ``age`` its beginning
    sex: str = ""
    with_children: bool = False
    languages: Collection[str] = ()
    access: Collection[str] = ()
    free_only: bool = False
    lacks_documents: bool = False
    hours_since_incident: int | None = None

    def __repr__(self) -> str:
        return "<Needs>"


@dataclass(frozen=True)
class Reason:
    """Why a service stands where it stands. ``good`` is None for plain information."""

    code: str
    text: Promise | str
    good: bool | None = None
    points: int = 0


@dataclass(frozen=True)
class Match:
    service: ServiceCard
    score: int
    reasons: list[Reason] = field(default_factory=list)


def _availability_reasons(card: ServiceCard, now: datetime) -> list[Reason]:
    state = card.availability
    opened = (
        Reason("open_now", _("Open now"), good=True, points=10)
        if state.is_open
        else Reason("not_open_now", _("Not open at this moment"), good=False)
    )
    if card.status == codes.Status.TEMPORARILY_CLOSED:
        return [Reason("closed", _("Temporarily closed"), good=False, points=-60)]
    if state.reported_at is None:
        return [opened, Reason("news_unknown", _("Room not known: call first"), good=None, points=5)]
    age = age_of_news(state.reported_at, now)
    if state.freshness == codes.Freshness.STALE:
        text = format_lazy(_("Last news is too old ({age}): call first"), age=age)
        return [opened, Reason("news_stale", text, good=False, points=0)]
    if state.is_held_out or state.opens_again is not None:
        return [
            opened,
            Reason("held" if state.is_held_out else "closed", state.label, good=False, points=-40),
        ]
    if state.status == codes.AvailabilityStatus.CAPACITY and state.places_free != 0:
        points = 40 if state.freshness == codes.Freshness.FRESH else 30
        text = format_lazy(_("Has room (news: {age})"), age=age)
        if state.places_free:
            text = format_lazy(
                "{places} ({age})",
                places=ngettext_lazy("%(n)d place free", "%(n)d places free", "n") % {"n": state.places_free},
                age=age,
            )
        return [opened, Reason("room", text, good=True, points=points)]
    points = {
        codes.AvailabilityStatus.WAITLIST: 0,
        codes.AvailabilityStatus.ASSESSMENT: 10,
        codes.AvailabilityStatus.CLOSED: -60,
    }.get(codes.AvailabilityStatus(state.status), -40)
    text = format_lazy("{status} ({age})", status=codes.AvailabilityStatus(state.status).label, age=age)
    good = None if state.status == codes.AvailabilityStatus.ASSESSMENT else False
    return [opened, Reason(state.status, text, good=good, points=points)]


def _place_reasons(card: ServiceCard, needs: Needs, home: tuple[float, float] | None) -> list[Reason]:
    if not needs.region and not needs.district:
        return []
    if needs.district and needs.district in {district.code for district in card.districts}:
        return [Reason("same_district", _("In the same district"), good=True, points=30)]
    if needs.region in {region.code for region in card.regions}:
        if card.whole_region:
            return [Reason("whole_region", _("For the whole region"), good=True, points=25)]
        reasons = [Reason("same_region", _("In the same region"), good=True, points=20)]
    else:
        reasons = [Reason("other_region", _("In another region"), good=False, points=-20)]
    if home and card.position:
        km = round(distance_km(home, card.position))
        text = format_lazy(_("About {km} km from the middle of the chosen place"), km=km)
        reasons.append(Reason("distance", text, points=-min(20, km // 10)))
    return reasons


def _fit_reasons(card: ServiceCard, needs: Needs) -> list[Reason]:
    reasons = []
    if needs.languages:
        spoken = {language.code for language in card.languages}
        if spoken & set(needs.languages):
            reasons.append(Reason("language", _("Speaks her language"), good=True, points=15))
        elif spoken:
            reasons.append(
                Reason("language_missing", _("Does not say it speaks her language"), good=False, points=-15)
            )
    if needs.access:
        offered = {need.code for need in card.access}
        missing = set(needs.access) - offered
        if missing:
            reasons.append(
                Reason("access_missing", _("Access needs are not met for sure"), good=False, points=-20)
            )
        else:
            reasons.append(Reason("access", _("Meets the access needs"), good=True, points=10))
    reasons += _who_reasons(card, needs)
    if card.is_free:
        reasons.append(Reason("free", _("Free of charge"), good=True, points=5))
    elif needs.free_only:
        reasons.append(Reason("costs", _("May cost money"), good=False, points=-15))
    if card.documents:
        text = format_lazy(_("Bring: {documents}"), documents="; ".join(card.documents))
        bad = needs.lacks_documents
        reasons.append(Reason("documents", text, good=False if bad else None, points=-20 if bad else 0))
    return reasons


def _who_reasons(card: ServiceCard, needs: Needs) -> list[Reason]:
    reasons = []
    if card.sex != codes.Sex.ANY:
        reasons.append(Reason("eligibility_sex", codes.Sex(card.sex).label))
    if card.minimum_age is not None or card.maximum_age is not None:
        reasons.append(_age_reason(card, needs))
    if needs.with_children and card.accepts_children:
        reasons.append(Reason("children", _("Children may come along"), good=True, points=10))
    elif needs.with_children:
        reasons.append(Reason("children_unknown", _("Does not say whether children may come along")))
    return reasons


def _age_reason(card: ServiceCard, needs: Needs) -> Reason:
    """Return for which ages it is; where only some of her band are, that one has to ask."""
    oldest = needs.age if needs.oldest is None else needs.oldest
    too_young = needs.age is not None and card.minimum_age is not None and needs.age < card.minimum_age
    too_old = oldest is not None and card.maximum_age is not None and oldest > card.maximum_age
    if too_young or too_old:
        text = format_lazy(_("{ages}: ask how old she is"), ages=age_text(card))
        return Reason("eligibility_age", text, good=False, points=-10)
    return Reason("eligibility_age", age_text(card))


def age_text(card: ServiceCard) -> Promise | str:
    """Return the ages that a service with at least one limit is for."""
    if card.maximum_age is None:
        return format_lazy(_("From {lowest} years"), lowest=card.minimum_age)
    if card.minimum_age is None:
        return format_lazy(_("Up to {highest} years"), highest=card.maximum_age)
    return format_lazy(_("{lowest} to {highest} years"), lowest=card.minimum_age, highest=card.maximum_age)


def _duty_reason(card: ServiceCard) -> Reason:
    good = {codes.LegalDuty.NONE: True, codes.LegalDuty.UNKNOWN: False, codes.LegalDuty.POLICE: False}
    duty = codes.LegalDuty(card.legal_duty)
    return Reason(
        "legal_duty", duty.label, good=good.get(duty), points=5 if duty == codes.LegalDuty.NONE else 0
    )


def _window_reasons(card: ServiceCard, needs: Needs) -> list[Reason]:
    hours = needs.hours_since_incident
    if hours is None or hours > CLINICAL_WINDOW_HOURS:
        return []
    subtypes = {subtype.code for subtype in card.subtypes}
    if codes.ServiceSubtype.CLINICAL_MANAGEMENT_OF_RAPE in subtypes:
        return [
            Reason(
                "clinical_window", _("Medical care that works only in the first days"), good=True, points=60
            )
        ]
    return []


def _check_reasons(card: ServiceCard, now: datetime) -> list[Reason]:
    """Say it where nobody has checked the entry for a year: such a place stands behind its equals."""
    if check_age(card.assured_date, timezone.localdate(now)) != codes.CheckAge.STALE:
        return []
    return [Reason("check_stale", codes.CheckAge.STALE.label, good=False, points=-15)]


def _judge(card: ServiceCard, needs: Needs, home: tuple[float, float] | None, now: datetime) -> Match:
    reasons = [
        *_window_reasons(card, needs),
        *_availability_reasons(card, now),
        *_place_reasons(card, needs, home),
        *_fit_reasons(card, needs),
        _duty_reason(card),
        *_check_reasons(card, now),
    ]
    return Match(card, sum(reason.points for reason in reasons), reasons)


def _with_region(needs: Needs) -> Needs:
    if needs.region or not needs.district:
        return needs
    region = District.objects.filter(code=needs.district).values_list("region", flat=True).first()
    return replace(needs, region=region or "")


def _home(needs: Needs) -> tuple[float, float] | None:
    """Return the middle of her district, else of her region, where known."""
    if needs.district:
        district = District.objects.select_related("region").filter(code=needs.district).first()
        if district and district.latitude is not None and district.longitude is not None:
            return district.latitude, district.longitude
        if district:
            return district.region.latitude, district.region.longitude
    region = Region.objects.defer("outline").filter(code=needs.region).first() if needs.region else None
    return (region.latitude, region.longitude) if region else None


def _candidates(needs: Needs, strict: Q, now: datetime) -> list[UUID]:
    """Return whom to judge, those first who are likely to be the best: care that cannot wait, then
    who is near and has room, who is near, who has room elsewhere, and all others.
    """
    kinds = ServiceFacet.Kind
    region = [Rows(with_facet(kinds.REGION, needs.region))] if needs.region else []
    room, said_so = has_fresh_room(now), recent_reports(now)
    steps: list[tuple[list[Rows], Q]] = []
    if needs.hours_since_incident is not None and needs.hours_since_incident <= CLINICAL_WINDOW_HOURS:
        care = Rows(with_facet(kinds.SUBTYPE, codes.ServiceSubtype.CLINICAL_MANAGEMENT_OF_RAPE))
        steps += [([care, *region], Q())] if region else []
        steps += [([care], Q())]
    if needs.district:
        near = [Rows(with_facet(kinds.DISTRICT, needs.district))]
        steps += [(near, room), (near, Q())]
    if region:
        steps += [([said_so, *region], room), (region, Q())]
    steps += [([said_so], room), ([], Q())]
    found: list[UUID] = []
    for rows, condition in steps:
        among = having(*rows).filter(strict, condition).exclude(pk__in=found)
        ids = among.order_by("sort_name", "pk").values_list("pk", flat=True)
        found += list(ids[: CANDIDATES - len(found)])
        if len(found) == CANDIDATES:
            break
    return found


def judged(service_ids: Sequence[UUID], needs: Needs, now: datetime) -> list[Match]:
    """Return what is to be said of each of these services, whoever may see it, in the order of the ids.

    Nothing is left out and nobody is asked whether it fits: ``leaving_out`` says that.
    """
    needs = _with_region(needs)
    home = _home(needs)
    return [_judge(card, needs, home, now) for card in cards(service_ids, now=now, public=False)]


def match(
    needs: Needs,
    exclude_organizations: Collection[UUID] = (),
    *,
    exclude_services: Collection[UUID] = (),
    limit: int = 10,
    now: datetime | None = None,
) -> list[Match]:
    """Return published services that fit, best first, each with its reasons. Constant queries.

    Type, age, sex and children are strict; place, language, access, cost and papers only rank.
    ``exclude_organizations`` are never in the answer. Who stands behind one that she named is the caller's
    to know (``referrals.destination.everybody_behind``): here it is exactly these.
    """
    now = now or timezone.now()
    needs = _with_region(needs)
    strict = eligible(age=needs.age, oldest=needs.oldest, sex=needs.sex, with_children=needs.with_children)
    strict &= ~Q(organization__in=exclude_organizations) & ~Q(pk__in=exclude_services)
    if needs.service_types:
        strict &= Q(service_type__in=needs.service_types)
    found = judged(_candidates(needs, strict, now), needs, now)
    found.sort(key=lambda one: (-one.score, one.service.name))
    return found[:limit]
