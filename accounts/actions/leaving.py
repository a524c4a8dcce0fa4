"""Where "Leave now" leads the people of an agency."""

from django.db import transaction

from accounts import entries
from accounts.errors import NotAllowed
from accounts.leaving import FEWEST, MOST, NotNeutral, checked
from accounts.models import Agency
from accounts.unlocked import Unlocked
from audit.actions import record


def set_leaving(unlocked: Unlocked, *, addresses: list[str]) -> None:
    """Set the pages, or with an empty list go back to the site's own. Raises NotAllowed.

    The log keeps that the list was changed; the pages themselves stand in the agency's row.
    """
    try:
        kept = list(dict.fromkeys(checked(address) for address in addresses))
    except NotNeutral:
        raise NotAllowed from None
    if kept and not FEWEST <= len(kept) <= MOST:
        raise NotAllowed
    with transaction.atomic():
        Agency.objects.filter(pk=unlocked.agency.id).update(leaves_to=kept)
        record(
            entries.LEAVING_SET,
            agency=unlocked.agency.id,
            actor=unlocked.person.id,
            kind="agency",
            object=str(unlocked.agency.id),
        )
