"""Why a service is not in the answer of the match: each reason in words. The other side of ``matching``.

What is strict there is said here of one card; a test holds the two together. Whom she excluded is
casework's to know and to say (``referrals.leaving_out``).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from services import codes
from services.freshness import check_age, is_too_old
from services.models import Service
from services.queries.cards import ServiceCard
from services.queries.matching import Match, Needs, Reason, age_text, judged
from services.queries.narrowing import folded, published, with_prefix
from services.queries.search import SearchFilters, search


@dataclass(frozen=True)
class Sight:
    """Which entries somebody may know of beyond the published ones: all, or those of one agency."""

    all_entries: bool = False
    agency: UUID | None = None

    def hidden(self) -> Q | None:
        """Return the condition over Service; None for nobody's."""
        if self.all_entries:
            return Q()
        return Q(organization__agency=self.agency) if self.agency else None


@dataclass(frozen=True)
class LeftOut:
    """One service: what keeps it out of the answer (nothing where it fits), what the match says of it, and
    what one should know besides.
    """

    match: Match
    because: list[Reason]
    besides: list[Reason]


def named(words: str, sight: Sight, *, limit: int, now: datetime) -> list[UUID]:
    """Return the services whose words begin so, published ones first. Nothing tells of others that
    there are some: who may not know of an entry gets the same answer as without it.
    """
    found = [card.id for card in search(SearchFilters(words=words), limit=limit, now=now).cards]
    hidden = sight.hidden()
    asked = folded(words)
    if hidden is not None and asked and len(found) < limit:
        more = Service.objects.filter(hidden).exclude(pk__in=found)
        for token in asked:
            more = more.filter(pk__in=with_prefix(token).values("service"))
        found += more.order_by("sort_name", "pk").values_list("pk", flat=True)[: limit - len(found)]
    return found


def may_know_of(service_id: UUID, sight: Sight) -> bool:
    """Say whether somebody may know that there is such an entry."""
    if published().filter(pk=service_id).exists():
        return True
    hidden = sight.hidden()
    return hidden is not None and Service.objects.filter(hidden, pk=service_id).exists()


def why_left_out(service_ids: Sequence[UUID], needs: Needs, *, now: datetime | None = None) -> list[LeftOut]:
    """Return for each of these services what keeps it out of ``match``. Constant queries."""
    now = now or timezone.now()
    entries = Service.objects.in_bulk(list(service_ids))
    return [
        LeftOut(
            match=one,
            because=[*_of_entry(entries[one.service.id], now), *_of_needs(one.service, needs)],
            besides=_besides(one.service, now),
        )
        for one in judged(service_ids, needs, now)
        if one.service.id in entries
    ]


def _of_entry(service: Service, now: datetime) -> list[Reason]:
    """Return why nobody is offered it: said only to who may know of the entry."""
    if service.merged_into_id:
        return [Reason("merged", _("It was merged into another entry, which is offered instead."))]
    reasons = []
    if service.status == codes.Status.DEFUNCT:
        reasons.append(Reason("closed_for_good", _("It is closed for good.")))
    elif service.status not in (codes.Status.ACTIVE, codes.Status.TEMPORARILY_CLOSED):
        reasons.append(Reason("not_active", _("Its entry says that it is not active.")))
    if service.publication != codes.Publication.PUBLISHED:
        reasons.append(Reason("not_published", _("Its entry is not shown to the public.")))
    if is_too_old(service.vouched_on, timezone.localdate(now)):
        text = _("Nobody has made sure for 18 months that it is still right: it has to be checked first.")
        reasons.append(Reason("not_checked", text))
    return reasons


def _of_needs(card: ServiceCard, needs: Needs) -> list[Reason]:
    """Return what of her needs it does not fit, as ``narrowing.eligible`` and the kind of help decide."""
    reasons = []
    if needs.service_types and card.service_type not in needs.service_types:
        text = format_lazy(_("It gives another kind of help: {kind}."), kind=card.type_label or "—")
        reasons.append(Reason("other_type", text))
    if needs.age is not None and not _is_for_age(card, needs.age, needs.oldest):
        text = format_lazy(_("It is for other ages: {ages}."), ages=age_text(card))
        reasons.append(Reason("other_age", text))
    if needs.sex in (codes.Sex.FEMALE, codes.Sex.MALE) and card.sex not in (codes.Sex.ANY, needs.sex):
        text = format_lazy(_("It is for others: {who}."), who=codes.Sex(card.sex).label)
        reasons.append(Reason("other_sex", text))
    if needs.with_children and card.accepts_children is False:
        reasons.append(Reason("no_children", _("Children cannot come along.")))
    return reasons


def _is_for_age(card: ServiceCard, age: int, oldest: int | None) -> bool:
    old_enough = card.minimum_age is None or card.minimum_age <= (age if oldest is None else oldest)
    return old_enough and (card.maximum_age is None or card.maximum_age >= age)


def _besides(card: ServiceCard, now: datetime) -> list[Reason]:
    """Return what one should know of it although it keeps nothing out of a list."""
    reasons = []
    if card.is_confidential or card.service_type == codes.ServiceType.SAFE_HOUSE:
        text = _("Where it is stays secret: it is judged by the region that it is for.")
        reasons.append(Reason("withheld", text))
    if check_age(card.assured_date, timezone.localdate(now)) == codes.CheckAge.UNCHECKED:
        reasons.append(Reason("unchecked", _("Nobody has checked this entry yet."), good=False))
    return reasons
