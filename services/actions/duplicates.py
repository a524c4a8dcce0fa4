"""Look for entries of the same service, and remember what an editor said about a pair.

Only entries that share a key (a phone, an address, a name, a word in a district, a spot on the map)
are compared, so that the work grows with the number of entries and not with its square.
"""

from collections import defaultdict
from collections.abc import Iterable
from itertools import combinations
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.unlocked import Unlocked
from audit.actions import record
from services import duplicates, entries
from services.chunks import CHUNK
from services.duplicates import Likeness, Profile
from services.models import DuplicatePair, Service, ServiceFacet

# A key that so many entries share (a head office's line, a common word) tells nothing.
MOST_SHARING = 40
_Pair = tuple[UUID, UUID]


def find_duplicates() -> int:
    """Compare all entries that stand for themselves; return how many pairs wait for a look.

    What was called different stays so. Two runs at once write the same rows. Some ten queries, and
    one more per 500 pairs.
    """
    found = likely_pairs(_profiles())
    now = timezone.now()
    rows = [
        DuplicatePair(
            first_id=first,
            second_id=second,
            score=like.score,
            is_suggested=like.is_suggested,
            reasons=[str(sign) for sign in like.signs],
            found_at=now,
        )
        for (first, second), like in found.items()
    ]
    with transaction.atomic():
        DuplicatePair.objects.bulk_create(
            rows,
            batch_size=CHUNK,
            update_conflicts=True,
            unique_fields=["first", "second"],
            update_fields=["score", "is_suggested", "reasons", "found_at"],
        )
        DuplicatePair.objects.filter(state=DuplicatePair.State.WAITING, found_at__lt=now).delete()
    return DuplicatePair.objects.filter(state=DuplicatePair.State.WAITING).count()


def likely_pairs(profiles: Iterable[Profile]) -> dict[_Pair, Likeness]:
    """Return the pairs that are worth a look, the smaller id first."""
    by_id: dict[UUID, Profile] = {}
    blocks: dict[tuple[str, ...], list[UUID]] = defaultdict(list)
    for one in profiles:
        by_id[one.id] = one
        for key in set(duplicates.block_keys(one)):
            blocks[key].append(one.id)
    compared: set[_Pair] = set()
    found: dict[_Pair, Likeness] = {}
    for ids in blocks.values():
        if not 2 <= len(ids) <= MOST_SHARING:
            continue
        for pair in combinations(sorted(ids), 2):
            if pair in compared:
                continue
            compared.add(pair)
            like = duplicates.likeness(by_id[pair[0]], by_id[pair[1]])
            if like.is_worth_a_look:
                found[pair] = like
    return found


def _profiles() -> list[Profile]:
    services = (
        Service.objects.filter(merged_into__isnull=True)
        .select_related("organization")
        .prefetch_related(
            "phones", "organization__phones", "service_at_locations__phones", "service_at_locations__location"
        )
    )
    districts: dict[UUID, list[str]] = defaultdict(list)
    placed = ServiceFacet.objects.filter(kind=ServiceFacet.Kind.DISTRICT)
    for pk, code in placed.values_list("service", "code"):
        districts[pk].append(code)
    return [_profile(service, districts[service.pk]) for service in services]


def _profile(service: Service, districts: list[str]) -> Profile:
    organization = service.organization
    links = service.service_at_locations.all()
    phones = [*service.phones.all(), *(phone for link in links for phone in link.phones.all())]
    return duplicates.profile(
        pk=service.pk,
        organization=organization.pk,
        names=[
            service.name,
            service.alternate_name,
            *(texts.get("name", "") for texts in service.translations.values()),
        ],
        phones=[phone.number for phone in phones or organization.phones.all()],
        emails=[service.email or organization.email],
        websites=[service.url or organization.website],
        service_type=service.service_type,
        districts=districts,
        positions=[
            (link.location.latitude, link.location.longitude)
            for link in links
            if link.location.latitude is not None and link.location.longitude is not None
        ],
    )


@transaction.atomic
def not_the_same(*, first: UUID, second: UUID, by: Unlocked) -> None:
    """Remember that two entries are two services: they are not suggested again."""
    low, high = sorted((first, second))
    changed = DuplicatePair.objects.filter(first=low, second=high, state=DuplicatePair.State.WAITING).update(
        state=DuplicatePair.State.DIFFERENT
    )
    if changed:
        record(
            entries.NOT_THE_SAME,
            agency=by.agency.pk,
            actor=by.person.pk,
            kind="service",
            object=str(low),
            detail={"other": str(high)},
        )
