"""Pages of follow-up: add a task, do or move or delete it, write down a contact. All of one open case."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.access import may_open_cases
from accounts.unlocked import Unlocked
from referrals import access, actions
from referrals.access import OpenCase
from referrals.forms.base import WorkForm
from referrals.forms.followup import TaskForm
from referrals.models.cases import Section
from referrals.views.answers import Now, send, show, to
from referrals.views.cases import GET_OR_POST

_ENDS = {"done": ("finish_task", actions.finish_task), "delete": ("delete_task", actions.delete_task)}


def _page(request: HttpRequest, opened: OpenCase, form: TaskForm, **context: Any) -> HttpResponse:
    back = reverse("referrals:case", args=[opened.id]) + "#follow-up"
    return show(request, "case_task", {"form": form, "back_url": back, **context})


def _now(case_id: UUID) -> Now:
    return Now(
        _("A colleague changed the tasks of this case."),
        reverse("referrals:case", args=[case_id]),
        _("See what is new"),
    )


@GET_OR_POST
def case_task_new(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Ask what is to be done and until when."""
    unlocked = may_open_cases(request)
    opened = access.case_for(unlocked, case_id, to="edit")
    form = TaskForm(request.POST or None, initial={"version": opened.revision(Section.FOLLOWUP)})

    def add(answers: dict[str, Any]) -> None:
        actions.add_task(
            unlocked=unlocked,
            opened=opened,
            text=answers["text"],
            due_on=answers["due_on"],
            once=answers["key"],
        )

    if request.method == "POST" and send(form, add):
        return to("case", case_id, done="saved")
    return _page(request, opened, form, title=_("Something to do"), is_new=True)


@GET_OR_POST
def case_task(request: HttpRequest, case_id: UUID, task_id: UUID) -> HttpResponse:
    """Move a task, mark it as done (``do=done``) or delete it (``do=delete``)."""
    unlocked = may_open_cases(request)
    opened = access.case_for(unlocked, case_id, to="edit")
    if request.method == "POST" and request.POST.get("do") in _ENDS:
        return _end(request, unlocked, opened, task_id)
    task = actions.task_of(opened, task_id)
    if task is None:
        raise Http404
    initial = {"text": task.text, "due_on": task.due_on, "version": opened.revision(Section.FOLLOWUP)}
    form = TaskForm(request.POST or None, initial=initial)

    def move(answers: dict[str, Any]) -> None:
        actions.move_task(
            unlocked=unlocked,
            opened=opened,
            task_id=task_id,
            text=answers["text"],
            due_on=answers["due_on"],
            revision=answers["version"][0],
            once=answers["key"],
        )

    if request.method == "POST" and send(form, move, now=lambda: _now(case_id)):
        return to("case", case_id, done="saved")
    return _page(request, opened, form, title=_("This task"), is_new=False)


def _end(request: HttpRequest, unlocked: Unlocked, opened: OpenCase, task_id: UUID) -> HttpResponse:
    """Mark a task as done or delete it. The same form again ends the same way, though the task is gone."""
    step, end = _ENDS[request.POST["do"]]
    form = WorkForm(request.POST)
    once = form.cleaned_data["key"] if form.is_valid() else None
    if not (
        once and actions.was_done(unlocked=unlocked, once=once, step=f"{step}/{task_id}", about=opened.id)
    ):
        if actions.task_of(opened, task_id) is None:
            raise Http404
        end(unlocked=unlocked, opened=opened, task_id=task_id, once=once)
    return to("case", opened.id, done="saved")


@require_POST
def case_contact(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Write down that there was contact today. A second tap on the same day changes nothing."""
    unlocked = may_open_cases(request)
    opened = access.case_for(unlocked, case_id, to="edit")
    if opened.follow_up().last_contact_on != unlocked.today:
        actions.record_contact(unlocked=unlocked, opened=opened)
    return to("case", case_id, done="saved")
