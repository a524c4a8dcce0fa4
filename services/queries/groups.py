"""Working groups: the public list and one group."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet

from services.codes import GroupMember
from services.models import WorkingGroup

Mark = tuple[str, UUID]


@dataclass(frozen=True)
class GroupCard:
    """A group as everybody sees it: place and kinds of members, nobody's name or contact."""

    group: WorkingGroup
    place: str
    kinds: list[str]


@dataclass(frozen=True)
class GroupPage:
    groups: list[GroupCard]
    next: Mark | None


def _shown(groups: QuerySet[WorkingGroup]) -> QuerySet[WorkingGroup]:
    return groups.select_related("district", "region").defer("region__outline")


def _card(group: WorkingGroup) -> GroupCard:
    place = ", ".join(str(part) for part in (group.mahalla, group.district.name, group.region.name) if part)
    kinds = [str(GroupMember(kind).label) for kind in group.member_kinds if kind in GroupMember.values]
    return GroupCard(group, place, kinds)


def group_page(*, region: str = "", after: Mark | None = None, limit: int = 20) -> GroupPage:
    """Return a page of the groups that meet, by name. One query."""
    found = _shown(WorkingGroup.objects.filter(is_active=True))
    if region:
        found = found.filter(region=region)
    if after is not None:
        found = found.filter(Q(name__gt=after[0]) | Q(name=after[0], pk__gt=after[1]))
    rows = list(found.order_by("name", "pk")[: limit + 1])
    following = (rows[limit - 1].name, rows[limit - 1].pk) if len(rows) > limit else None
    return GroupPage([_card(group) for group in rows[:limit]], following)


def group_card(group_id: UUID, *, for_editor: bool = False) -> GroupCard | None:
    """Return a group, or None; one that no longer meets is for editors only."""
    groups = WorkingGroup.objects.all() if for_editor else WorkingGroup.objects.filter(is_active=True)
    found = _shown(groups).filter(pk=group_id).first()
    return _card(found) if found is not None else None
