"""Follow-up of a case: tasks with a day, and the last contact. All of it is one sealed item of the case.

A task is done or deleted once; moving one needs the page it was read on (``revision``).
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from uuid import UUID, uuid4

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.unlocked import Unlocked
from referrals import entries
from referrals.access.cases import OpenCase
from referrals.actions.steps import Once, bump, lock_case, log_case
from referrals.errors import Invalid, SomeoneWasQuicker, WrongState
from referrals.models.cases import Section
from referrals.payload import FollowUp, Task

MOST_OPEN = 30
# Of what is done the newest stay readable; that something was done stays in the case's history for good.
MOST_DONE = 20


def add_task(
    *, unlocked: Unlocked, opened: OpenCase, text: str, due_on: date | None, once: UUID | None = None
) -> None:
    """Add something to do until a day, today or later."""
    _check(text, due_on, unlocked.today)
    task = Task(id=uuid4(), text=text, due_on=due_on, written_by=unlocked.person.id)

    def add(now: FollowUp) -> FollowUp:
        if sum(one.done_on is None for one in now.tasks) >= MOST_OPEN:
            raise WrongState(_("There are 30 open tasks already. Finish or delete one first."))
        return replace(now, tasks=(*now.tasks, task))

    _change(unlocked, opened, add, once, "add_task")


def move_task(
    *,
    unlocked: Unlocked,
    opened: OpenCase,
    task_id: UUID,
    text: str,
    due_on: date | None,
    revision: int,
    once: UUID | None = None,
) -> None:
    """Give an open task another day or other words."""
    _check(text, due_on, unlocked.today)

    def move(now: FollowUp) -> FollowUp:
        _open_task(now, task_id)
        return _with(now, task_id, text=text, due_on=due_on)

    _change(unlocked, opened, move, once, f"move_task/{task_id}", revision=revision)


def finish_task(*, unlocked: Unlocked, opened: OpenCase, task_id: UUID, once: UUID | None = None) -> None:
    """Mark a task as done today."""

    def finish(now: FollowUp) -> FollowUp:
        _open_task(now, task_id)
        marked = _with(now, task_id, done_on=unlocked.today)
        done = [one for one in marked.tasks if one.done_on is not None]
        forgotten = {one.id for one in sorted(done, key=lambda one: str(one.done_on))[:-MOST_DONE]}
        return replace(marked, tasks=tuple(one for one in marked.tasks if one.id not in forgotten))

    _change(unlocked, opened, finish, once, f"finish_task/{task_id}")


def delete_task(*, unlocked: Unlocked, opened: OpenCase, task_id: UUID, once: UUID | None = None) -> None:
    """Take a task away, done or not."""

    def delete(now: FollowUp) -> FollowUp:
        return replace(now, tasks=tuple(one for one in now.tasks if one.id != task_id))

    _change(unlocked, opened, delete, once, f"delete_task/{task_id}")


def record_contact(*, unlocked: Unlocked, opened: OpenCase, once: UUID | None = None) -> None:
    """Write down that she and a colleague were in contact today."""
    _change(unlocked, opened, lambda now: replace(now, last_contact_on=unlocked.today), once, "contact")


def task_of(opened: OpenCase, task_id: UUID) -> Task | None:
    """Return one open task of a case."""
    found = (one for one in opened.follow_up().tasks if one.id == task_id and one.done_on is None)
    return next(found, None)


def spoke_today(unlocked: Unlocked, opened: OpenCase) -> None:
    """Note the contact that lies in another change of a locked case: she decided, or was asked."""
    now = opened.follow_up()
    if now.last_contact_on != unlocked.today:
        put(opened, replace(now, last_contact_on=unlocked.today))


def put(opened: OpenCase, changed: FollowUp) -> None:
    """Seal the follow-up anew. For actions that hold the case's lock."""
    if not opened.replace(Section.FOLLOWUP, None, changed, revision=opened.revision(Section.FOLLOWUP)):
        raise SomeoneWasQuicker


def _change(
    unlocked: Unlocked,
    opened: OpenCase,
    change: Callable[[FollowUp], FollowUp],
    once: UUID | None,
    name: str,
    *,
    revision: int | None = None,
) -> None:
    with transaction.atomic():
        if Once(unlocked, once, name, opened.id).is_repeat:
            return
        case = lock_case(unlocked, opened)
        if revision is not None and opened.revision(Section.FOLLOWUP) != revision:
            raise SomeoneWasQuicker
        put(opened, change(opened.follow_up()))
        bump(case)
        log_case(unlocked, opened, entries.CASE_CHANGED, {"section": Section.FOLLOWUP.value})


def _check(text: str, due_on: date | None, today: date) -> None:
    wrong = {}
    if not text.strip():
        wrong["text"] = _("Write what is to be done.")
    if due_on is None or due_on < today:
        wrong["due_on"] = _("Choose today or a later day.")
    if wrong:
        raise Invalid(wrong)


def _open_task(now: FollowUp, task_id: UUID) -> Task:
    for one in now.tasks:
        if one.id == task_id and one.done_on is None:
            return one
    raise WrongState(_("This task is done or deleted already."))


def _with(now: FollowUp, task_id: UUID, **changes: object) -> FollowUp:
    return replace(
        now,
        tasks=tuple(replace(one, **changes) if one.id == task_id else one for one in now.tasks),  # type: ignore[arg-type]
    )
