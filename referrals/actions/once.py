"""A form sent twice does its work once.

The key was made when the form was shown; its row is written in the transaction of the change, so
that both stand or neither. Rows are worth nothing after a day.
"""

from collections.abc import Callable
from uuid import UUID

from django.db import transaction

from accounts.unlocked import Unlocked
from referrals.models import DoneOnce


def once(*, unlocked: Unlocked, key: UUID, do: Callable[[], UUID | None]) -> UUID | None:
    """Do the change and return the id of what it made; a repeat returns the first one's id.

    Two at the same moment: the second waits for the first and then finds its row. What ``do`` raises
    undoes the row too, so the same form can be sent again.
    """
    with transaction.atomic():
        row, is_new = DoneOnce.objects.get_or_create(
            person=unlocked.person, key=key, defaults={"day": unlocked.today}
        )
        if not is_new:
            return row.result
        row.result = do()
        row.save(update_fields=["result"])
        return row.result
