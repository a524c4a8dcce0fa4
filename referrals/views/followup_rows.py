"""What a case's page shows of its follow-up."""

from typing import Any
from uuid import uuid4

from django.urls import reverse

from accounts.unlocked import Unlocked
from referrals.access import OpenCase


def rows(unlocked: Unlocked, opened: OpenCase) -> dict[str, Any]:
    """Return what a case's page shows of its follow-up: open tasks by day, the newest done ones after."""
    follow_up = opened.follow_up()
    waiting = sorted((one for one in follow_up.tasks if not one.done_on), key=lambda one: str(one.due_on))
    done = sorted((one for one in follow_up.tasks if one.done_on), key=lambda one: str(one.done_on))
    return {
        "tasks": [
            {
                "text": one.text,
                "due_on": one.due_on,
                "is_late": one.due_on is not None and one.due_on < unlocked.today,
                "is_today": one.due_on == unlocked.today,
                "url": reverse("referrals:case_task", args=[opened.id, one.id]),
                "key": uuid4(),
            }
            for one in waiting
        ],
        "done": [{"text": one.text, "on": one.done_on} for one in reversed(done)],
        "last_contact_on": follow_up.last_contact_on,
        "order_ends_on": follow_up.protection_order_ends_on,
        "order_is_over": follow_up.protection_order_ends_on is not None
        and follow_up.protection_order_ends_on < unlocked.today,
    }
