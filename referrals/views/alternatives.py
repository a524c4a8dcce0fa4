"""After a no: other places for the same need, and the need counted as unmet."""

from contextlib import suppress

from accounts.unlocked import Unlocked
from referrals import access, actions, directory, queries
from referrals.access import OpenCase
from referrals.errors import ReferralError
from referrals.payload import SentReferral
from referrals.views.find import needs_of

MOST = 3


def places_after(unlocked: Unlocked, opened: OpenCase, about: SentReferral) -> list[directory.Found]:
    """Return other places for what she needed there, the most fitting first."""
    needs = {**needs_of(opened, False), "service_type": about.service_type}
    found = directory.places_for(unlocked=unlocked, needs=needs, incident=opened.incident())
    return [place for place in found if place.service_id != about.service_id][:MOST]


def count_unmet(unlocked: Unlocked, opened: OpenCase, about: SentReferral) -> None:
    """Count the need that stayed unmet, the first time somebody who may change the case reads of it."""
    if about.unmet_counted or about.referral_id is None or not opened.case.is_open:
        return
    if queries.may_edit(unlocked, opened):
        editing = access.case_for(unlocked, opened.id, to="edit")
        with suppress(ReferralError):  # somebody counted it at the same moment
            actions.count_unmet_need(unlocked=unlocked, opened=editing, referral_id=about.referral_id)
