"""Why a service is not offered for a case, when somebody asks: everything that stands between, in words.

Asked with an open case, so that whoever reads an answer may read what she excluded. Of an entry that the
reader may not know of, nothing is said; it is answered as one that does not exist.
"""

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from accounts.queries import partners
from accounts.roles import RoleName
from accounts.unlocked import Unlocked
from referrals import directory
from referrals.access import OpenCase
from referrals.destination import everybody_behind
from referrals.directory import Reason
from referrals.models import Referral
from referrals.models.referrals import LIVE
from services.codes import Status
from services.queries import Reason as DirectoryReason
from services.queries import ServiceCard
from services.queries.leaving_out import LeftOut, Sight, may_know_of, named, why_left_out
from services.translated import Localized

MOST = 5

_NOT_MET = {
    "open_now": Reason("wait", _("You asked for places that are open now: it is not open at this moment.")),
    "available_now": Reason("bed", _("You asked for a free place now: that is not known of it, or not so.")),
}
# What the match says of room and hours: told again where somebody asked for a free place.
_OF_ROOM = frozenset({"news_unknown", "news_stale", "held", "closed", *("no-capacity", "waitlist")})


@dataclass(frozen=True, repr=False)
class Why:
    """One service that was asked about. ``because`` keeps it out of the list; ``place_in_list`` is its number
    where nothing does. ``against`` puts it further down, or stops a referral; ``besides`` is good to know.
    """

    service_id: UUID
    name: Localized
    organization: Localized
    place: str
    place_in_list: int | None
    because: list[Reason] = field(default_factory=list)
    against: list[Reason] = field(default_factory=list)
    besides: list[Reason] = field(default_factory=list)


def sight_of(unlocked: Unlocked) -> Sight:
    """Return which entries somebody may know of: as on the pages where entries are edited."""
    if RoleName.EDITOR in unlocked.roles:
        return Sight(all_entries=True)
    own = not unlocked.roles.isdisjoint({RoleName.INTAKE, RoleName.ADMINISTRATOR})
    return Sight(agency=unlocked.agency.pk if own else None)


def why_not(
    *,
    unlocked: Unlocked,
    opened: OpenCase,
    needs: Mapping[str, Any],
    words: str = "",
    service_id: UUID | None = None,
) -> list[Why]:
    """Return what there is to say of the services of this name (at most five), or of one. Empty where there
    is none that this person may know of. The door that opened the case has logged what is asked.
    """
    sight, now = sight_of(unlocked), unlocked.now
    if service_id is not None:
        asked = [service_id] if may_know_of(service_id, sight) else []
    else:
        asked = named(words, sight, limit=MOST, now=now)
    if not asked:
        return []
    incident = opened.incident()
    excluded = everybody_behind(incident.excluded_organizations)
    listed, held = directory.fitting(unlocked=unlocked, needs=needs, incident=incident)
    order = {one.service.id: number for number, one in enumerate(listed, start=1)}
    agreed = {agency.pk for agency in partners(unlocked)}
    sent = _live_at(unlocked, opened, asked)
    told = []
    for one in why_left_out(asked, directory.needs_in_codes(needs, incident, now), now=now):
        card = one.match.service
        number = order.get(card.id)
        if card.organization_id in excluded:
            # Nothing else is said of it: nobody should look for a way round what she decided.
            because, against, besides = [_excluded(card, opened)], [], []
        else:
            missed = directory.missed_wishes(one.match, needs, is_held=card.id in held)
            because = list(_because(one, missed, number))
            against = [
                *(directory.in_words(said) for said in one.match.reasons if _speaks_against(said, one)),
                *(directory.in_words(said) for said in one.besides if said.good is False),
                *_stops_sending(card, unlocked, agreed, incident.perpetrator_authority, card.id in sent),
            ]
            besides = [directory.in_words(said) for said in one.besides if said.good is None]
        told.append(
            Why(
                service_id=card.id,
                name=card.name,
                organization=card.organization_name,
                place=directory.place_of(card),
                place_in_list=None if because else number,
                because=because,
                against=against,
                besides=besides,
            )
        )
    return told


def _because(one: LeftOut, missed: list[str], number: int | None) -> Iterator[Reason]:
    """Yield what keeps it out of the list of the most fitting; nothing where it stands there."""
    yield from (directory.in_words(said) for said in one.because)
    yield from (_NOT_MET[wish] for wish in missed)
    if "available_now" in missed:
        yield from (directory.in_words(said) for said in one.match.reasons if said.code in _OF_ROOM)
    if one.because or missed:
        return
    if number is None:
        text = _("It fits, but very many fit. Those that are nearer, and have room, are looked at first.")
        yield Reason("info", text)
    elif number > directory.MOST_PLACES:
        text = ngettext_lazy(
            "It fits, but %(n)d other place fits better, and only the first are shown.",
            "It fits, but %(n)d other places fit better, and only the first are shown.",
            "n",
        )
        yield Reason("info", text % {"n": number - 1})


def _speaks_against(said: DirectoryReason, one: LeftOut) -> bool:
    """Say whether a reason of the match speaks against a place; not her age again where that keeps it out."""
    is_said = said.code == "eligibility_age" and any(more.code == "other_age" for more in one.because)
    return said.good is False and not is_said


def _excluded(card: ServiceCard, opened: OpenCase) -> Reason:
    """Return whom she excluded by this: the organisation itself, or one that it is behind."""
    named_by_her = opened.incident().excluded_organizations
    if card.organization_id in named_by_her:
        return Reason("stop", _("She asked never to tell this organisation. It is never offered for her."))
    by = next((one for one in named_by_her if card.organization_id in everybody_behind([one])), None)
    name: Promise | str = directory.organization_names([by] if by else []).get(by, "—") if by else "—"
    text = _("She asked never to tell {name}, and this one belongs to it. It is never offered for her.")
    return Reason("stop", format_lazy(text, name=name))


def _stops_sending(
    card: ServiceCard, unlocked: Unlocked, agreed: Container[UUID | None], authority: str, is_sent: bool
) -> Iterator[Reason]:
    """Yield why nothing can be sent there, or not at once; ``actions.guards`` decides."""
    if is_sent:
        yield Reason("wait", _("A referral of hers is waiting or under way there already."))
    if card.status == Status.TEMPORARILY_CLOSED:
        yield Reason("stop", _("Nothing can be sent to it while it is closed."))
    if card.agency_id is None:
        yield Reason("phone", _("Nobody there has an account: they can be called, or asked by a link."))
    elif card.agency_id == unlocked.agency.pk:
        yield Reason("home", _("It is your own organisation: nothing has to be sent."))
    elif card.agency_id not in agreed:
        text = _(
            "Your organisation has no valid agreement with theirs: nothing can be sent, they can be called."
        )
        yield Reason("phone", text)
    yield from directory.of_power(card, authority)


def _live_at(unlocked: Unlocked, opened: OpenCase, service_ids: list[UUID]) -> set[UUID | None]:
    """Return those of the services to which a referral of this case is on its way or under way."""
    by_referral = {
        item.content.referral_id: item.content.service_id
        for item in opened.referrals()
        if item.content.service_id in service_ids
    }
    live = Referral.objects.filter(pk__in=[one for one in by_referral if one is not None])
    return {by_referral[one.pk] for one in live if one.state_at(unlocked.now) in LIVE}
