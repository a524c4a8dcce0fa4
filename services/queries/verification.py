"""What editors read of checks: the queue of entries to check, and the history of one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.roles import RoleName
from services.codes import CheckAge, CheckMethod, Disposition, Publication, Status
from services.freshness import check_age, is_too_old, not_checked_lately
from services.models import OneTimeLink, Service, ServiceFacet, VerificationSession
from services.queries.cards import ServiceCard, cards
from services.queries.entries import ServicePage, pages_among
from services.queries.merging import same_service

# Whom nobody reached is called again after two days, and not in the next minute.
TRY_AGAIN = timedelta(days=2)
Mark = tuple[date, UUID]


def answered_by(link: OneTimeLink) -> str:
    """Return the disposition that a provider's link was last used for; empty while nobody used it."""
    if link.used_at is None:
        return ""
    said = VerificationSession.objects.filter(
        service=link.service_id, method=CheckMethod.PROVIDER_LINK, checked_at__gte=link.used_at
    )
    return said.order_by("-checked_at").values_list("disposition", flat=True).first() or ""


@dataclass(frozen=True)
class Due:
    """An entry to check. ``word`` is what its provider says has changed, if it does."""

    card: ServiceCard
    age: CheckAge
    is_hidden: bool  # so old that the public no longer sees it
    tried_at: datetime | None
    word: str

    @property
    def tone(self) -> str:
        return "stop" if self.is_hidden else "wait"


@dataclass(frozen=True)
class DuePage:
    due: list[Due]
    next: Mark | None


@dataclass(frozen=True)
class CheckRow:
    """One check for the history: ``who`` is a role and an agency, never a person."""

    at: datetime
    method: str
    disposition: str
    who: str | Promise
    note: str
    tone: str


@dataclass(frozen=True)
class CheckHistory:
    """All checks of an entry and of what was merged into it, newest first."""

    service: Service
    age: CheckAge
    is_hidden: bool
    rows: list[CheckRow]

    @property
    def tone(self) -> str:
        return tone_of(self.age)


def tone_of(age: CheckAge) -> str:
    """Return the colour of the tag of an age."""
    return {CheckAge.FRESH: "ok", CheckAge.AGEING: "info"}.get(age, "wait")


def _kept_up() -> QuerySet[Service]:
    """Return the published entries that somebody has to keep right, those too old to be seen as well."""
    return Service.objects.filter(
        publication=Publication.PUBLISHED, status__in=(Status.ACTIVE, Status.TEMPORARILY_CLOSED)
    )


def due_page(
    *, region: str = "", after: Mark | None = None, limit: int = 20, now: datetime | None = None
) -> DuePage:
    """Return entries whose check is stale or missing, most overdue first. A constant number of queries."""
    now = now or timezone.now()
    tried = VerificationSession.objects.filter(
        service=OuterRef("pk"), disposition=Disposition.NOT_REACHED, checked_at__gt=now - TRY_AGAIN
    )
    late = not_checked_lately(timezone.localdate(now))
    # What a provider says has changed stands above the queue (``reported``).
    told = _reported().values("service")
    found = _kept_up().filter(late, ~Exists(tried)).exclude(pk__in=told)
    if region:
        placed = ServiceFacet.objects.filter(kind=ServiceFacet.Kind.REGION, code=region)
        found = found.filter(pk__in=placed.values("service"))
    if after is not None:
        found = found.filter(Q(vouched_on__gt=after[0]) | Q(vouched_on=after[0], pk__gt=after[1]))
    rows = list(found.order_by("vouched_on", "pk")[: limit + 1])
    following = (rows[limit - 1].vouched_on, rows[limit - 1].pk) if len(rows) > limit else None
    return DuePage(_due(rows[:limit], now), following)


def _reported() -> QuerySet[VerificationSession]:
    """Return what providers say has changed, as long as nobody has reached them since."""
    since = VerificationSession.objects.filter(
        service=OuterRef("service"), checked_at__gt=OuterRef("checked_at")
    ).exclude(disposition__in=(Disposition.REPORTED, Disposition.NOT_REACHED))
    return (
        VerificationSession.objects.filter(disposition=Disposition.REPORTED)
        .filter(~Exists(since), service__merged_into__isnull=True)
        .exclude(service__status=Status.DEFUNCT)
    )


def reported(*, limit: int = 20, now: datetime | None = None) -> list[Due]:
    """Return entries of which the provider says that something changed, the longest waiting first."""
    waiting = _reported().select_related("service").order_by("checked_at", "pk")[: limit * 3]
    services = {one.service_id: one.service for one in waiting}
    words = {one.service_id: one.note for one in waiting}
    return _due(list(services.values())[:limit], now or timezone.now(), words)


def _due(services: Sequence[Service], now: datetime, words: Mapping[UUID, str] | None = None) -> list[Due]:
    today = timezone.localdate(now)
    by_id = {service.pk: service for service in services}
    calls = VerificationSession.objects.filter(service__in=by_id, disposition=Disposition.NOT_REACHED)
    tried = {one.service_id: one.checked_at for one in calls.order_by("checked_at")}
    return [
        Due(
            card=card,
            age=check_age(by_id[card.id].assured_date, today),
            is_hidden=is_too_old(by_id[card.id].vouched_on, today),
            tried_at=tried.get(card.id),
            word=(words or {}).get(card.id, ""),
        )
        for card in cards(list(by_id), now=now, public=False)
    ]


def entry(service_id: UUID) -> Service | None:
    """Return an entry that stands for itself, hidden ones too, with its organization; or None."""
    return (
        Service.objects.select_related("organization").filter(pk=service_id, merged_into__isnull=True).first()
    )


def check_history(service: Service, *, limit: int = 50) -> CheckHistory:
    """Return the checks of an entry for an editor's page (template services/check_history.html)."""
    sessions = (
        VerificationSession.objects.filter(service__in=same_service(service.pk))
        .select_related("agency")
        .order_by("-checked_at")[:limit]
    )
    return CheckHistory(
        service=service,
        age=check_age(service.assured_date),
        is_hidden=service.publication == Publication.PUBLISHED and is_too_old(service.vouched_on),
        rows=[
            CheckRow(
                at=one.checked_at,
                method=str(CheckMethod(one.method).label),
                disposition=str(Disposition(one.disposition).label),
                who=_who(one),
                note=one.note,
                tone={"correct": "done", "corrected": "done", "closed": "stopped"}.get(
                    one.disposition, "now"
                ),
            )
            for one in sessions
        ],
    )


def _who(session: VerificationSession) -> str | Promise:
    if session.agency is None:
        return _("The provider")
    return f"{RoleName(session.role).label}, {session.agency.name}"


def entry_page(service: Service) -> ServicePage | None:
    """Return an entry as the public sees it, or would: for who checks it, also when it is hidden."""
    among = Service.objects.filter(merged_into__isnull=True)
    return next(iter(pages_among(among, [service.pk])), None)
