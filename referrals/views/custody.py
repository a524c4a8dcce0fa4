"""What the case's page says about who holds it. The pages that change it: ``sharing``, ``transfer``."""

from typing import Any

from django.urls import reverse

from accounts.unlocked import Unlocked
from referrals import access, queries
from referrals.access import OpenCase


def holding(unlocked: Unlocked, opened: OpenCase) -> dict[str, Any]:
    """Return who else holds the case and until when: its owner sees everybody, a colleague her own share."""
    holders = queries.holders_of(unlocked, opened)
    owner = next((one.person.display_name for one in holders if one.is_owner), "")
    mine = next((one for one in holders if one.person == unlocked.person), None)
    is_owner = mine is not None and mine.is_owner
    waiting = queries.offer_of(unlocked, opened) if is_owner else None
    return {
        "reference": access.reference_of(opened.case),
        "emergency": opened.emergency is not None,
        "owner": owner,
        "until": mine.expires_at if mine else None,
        "others": [one for one in holders if not one.is_owner] if is_owner else [],
        "offered_to": waiting.offered_to.display_name if waiting else "",
        "transfer_url": reverse("referrals:case_transfer", args=[opened.id]) if is_owner else "",
    }
