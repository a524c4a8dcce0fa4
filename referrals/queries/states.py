"""Clear facts about what a door has opened already: where a referral stands, which buttons to show."""

from collections.abc import Iterable
from uuid import UUID

from accounts.unlocked import Unlocked
from referrals import grants
from referrals.access.common import guardian_agrees
from referrals.models import Case, Referral


def may_edit(unlocked: Unlocked, case: Case) -> bool:
    """Say whether to offer changes on a page. The door asks again, with the key, when one is made."""
    return guardian_agrees(unlocked, grants.EDIT_CASE, case)


def sent_referrals(unlocked: Unlocked, ids: Iterable[UUID | None]) -> dict[UUID, Referral]:
    """Return the referrals of an opened case by id. One query."""
    wanted = [one for one in ids if one is not None]
    found = Referral.objects.filter(pk__in=wanted, sender_agency=unlocked.agency)
    return {referral.pk: referral for referral in found}
