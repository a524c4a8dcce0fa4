"""Write down working groups. They are entries of the directory and nothing else."""

from collections.abc import Iterable
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.unlocked import Unlocked
from audit.actions import record
from services import entries, screening
from services.codes import GroupMember
from services.errors import NotAllowed
from services.models import District, WorkingGroup


def save_group(
    *,
    name: str,
    district: str,
    mahalla: str = "",
    member_kinds: Iterable[str],
    description: str = "",
    is_active: bool = True,
    group_id: UUID | None = None,
    version: int = 0,
    by: Unlocked,
) -> WorkingGroup:
    """Write a group down, or change the one of ``group_id``.

    Raises NotAllowed for unknown kinds of members or places, personal data in a text, a group of this
    name in this place, and a change by somebody else since ``version``.
    """
    kinds = [kind for kind in GroupMember.values if kind in set(member_kinds)]
    if not kinds:
        raise NotAllowed(_("Choose at least one kind of member."))
    texts = {"name": name, "mahalla": mahalla, "description": description}
    texts = {field: " ".join(text.split()) for field, text in texts.items()}
    if not texts["name"]:
        raise NotAllowed(_("The group needs a name."))
    for text in texts.values():
        warning = screening.warning_for(text)
        if warning is not None:
            raise NotAllowed(_("%(what)s A group is listed without anybody’s contacts.") % {"what": warning})
    # Half a code from elsewhere: PostgreSQL stops at a NUL.
    place = District.objects.filter(code=district).first() if district.isprintable() else None
    if place is None:
        raise NotAllowed(_("Choose a district."))
    values = texts | {
        "region_id": place.region_id,
        "district_id": place.pk,
        "member_kinds": kinds,
        "is_active": is_active,
    }
    try:
        return _write(values, group_id, version, by)
    except IntegrityError:
        raise NotAllowed(_("This place has a group of this name already.")) from None


@transaction.atomic
def _write(values: dict[str, object], group_id: UUID | None, version: int, by: Unlocked) -> WorkingGroup:
    if group_id is None:
        group = WorkingGroup.objects.create(**values)
    else:
        found = WorkingGroup.objects.select_for_update().filter(pk=group_id).first()
        if found is None or found.version != version:
            raise NotAllowed(_("Somebody else has changed this group meanwhile. Look at it again."))
        group = found
        for column, value in values.items():
            setattr(group, column, value)
        group.version += 1
        group.save()
    record(
        entries.GROUP_SAVED,
        agency=by.agency.pk,
        actor=by.person.pk,
        kind="working_group",
        object=str(group.pk),
    )
    return group
