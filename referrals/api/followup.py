"""Follow-up of a case: add a task, move, finish or delete it, write down a contact."""

from datetime import date
from typing import Any
from uuid import UUID

from django.http import Http404

from accounts.unlocked import Unlocked
from referrals import actions
from referrals.access import OpenCase
from referrals.api.cases import edited
from referrals.api.changes import Change, ChangeView, EditView
from referrals.forms.api import NewTaskForm
from referrals.forms.followup import TaskForm
from referrals.models.cases import Section
from referrals.payload import Task

Found = tuple[OpenCase, Task]


def _task(unlocked: Unlocked, case_id: UUID, task_id: UUID) -> Found:
    opened = edited(unlocked, case_id)
    task = actions.task_of(opened, task_id)
    if task is None:
        raise Http404
    return opened, task


def _id(task: Task) -> UUID:
    if task.id is None:  # only in what was stored by a strange hand
        raise Http404
    return task.id


# --- Tasks ---


def _add(unlocked: Unlocked, opened: OpenCase, form: Any) -> None:
    known = form.cleaned_data
    actions.add_task(
        unlocked=unlocked, opened=opened, text=known["text"], due_on=known["due_on"], once=known["key"]
    )


def _move_form(found: Found, data: dict[str, Any]) -> TaskForm:
    task = found[1]
    until = task.due_on.isoformat() if isinstance(task.due_on, date) else ""
    return TaskForm({"text": task.text, "due_on": until, **data})


def _move(unlocked: Unlocked, found: Found, form: Any) -> None:
    opened, task = found
    known = form.cleaned_data
    actions.move_task(
        unlocked=unlocked,
        opened=opened,
        task_id=_id(task),
        text=known["text"],
        due_on=known["due_on"],
        revision=known["version"][0],
        once=known["key"],
    )


def _stands(unlocked: Unlocked, found: Found) -> dict[str, Any]:
    opened = found[0]
    opened.forget()
    return {"version": str(opened.revision(Section.FOLLOWUP))}


def _finish(unlocked: Unlocked, found: Found, form: Any) -> None:
    opened, task = found
    actions.finish_task(unlocked=unlocked, opened=opened, task_id=_id(task), once=form.cleaned_data["key"])


def _delete(unlocked: Unlocked, found: Found, form: Any) -> None:
    opened, task = found
    actions.delete_task(unlocked=unlocked, opened=opened, task_id=_id(task), once=form.cleaned_data["key"])


class Tasks(ChangeView):
    change = Change(
        name="case_task_add",
        summary="Write down what is to be done, and until when",
        door=edited,
        form=NewTaskForm,
        act=_add,
    )


class TaskItem(EditView):
    change = Change(
        name="case_task_move",
        summary="Give a task another day or other words; what is left out stays as it is",
        door=_task,
        form=TaskForm,
        fill=_move_form,
        act=_move,
        stands=_stands,
    )


class TaskDone(ChangeView):
    change = Change(name="case_task_done", summary="Say that a task is done", door=_task, act=_finish)


class TaskDelete(ChangeView):
    change = Change(name="case_task_delete", summary="Take a task away", door=_task, act=_delete)


# --- The last contact ---


def _contact(unlocked: Unlocked, opened: OpenCase, form: Any) -> None:
    if opened.follow_up().last_contact_on != unlocked.today:
        actions.record_contact(unlocked=unlocked, opened=opened, once=form.cleaned_data["key"])


class Contact(ChangeView):
    change = Change(
        name="case_contact", summary="Write down that there was contact today", door=edited, act=_contact
    )
