"""The door to her numbers: after the rules of reaching her, and only while they allow it."""

from accounts.unlocked import Unlocked
from referrals import entries
from referrals.access.cases import OpenCase
from referrals.access.common import log_first
from referrals.payload import Identity


def numbers_for(unlocked: Unlocked, opened: OpenCase, *, outside_hours: bool = False) -> Identity | None:
    """Return who she is and her numbers; None where she wants no contact, or while it is no safe hour.

    Somebody who was asked and goes on comes with ``outside_hours``: the log says so first. *Do not
    contact* wins over that too.
    """
    contact = opened.card().safe_contact
    if contact.do_not_contact:
        return None
    if not contact.is_safe_at(unlocked.now):
        if not outside_hours:
            return None
        log_first(unlocked, entries.CONTACT_OUTSIDE_HOURS, "case", opened.id)
        if opened.case.is_open:
            opened.remember(entries.CONTACT_OUTSIDE_HOURS)
    return opened.identity()
