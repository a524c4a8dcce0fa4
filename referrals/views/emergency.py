"""Emergency openings: ask, release or refuse, open, end; what the case's owner is told of it."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts import notices
from accounts.access import may_open_cases, stepped_up, with_role
from accounts.roles import RoleName
from accounts.unlocked import Unlocked
from referrals import access, actions, codes
from referrals.forms.emergency import EmergencyForm, ReleaseForm, StepForm
from referrals.models import EmergencyOpening
from referrals.models.emergencies import Step
from referrals.views import words
from referrals.views.answers import send, show, to
from referrals.views.cases import GET_OR_POST

_KINDS = {
    Step.ASKED: "wait",
    Step.RELEASED: "stop",
    Step.OPENED: "stop",
    Step.REFUSED: "quiet",
    Step.ENDED: "quiet",
}


@require_safe
def emergencies(request: HttpRequest) -> HttpResponse:
    """Show what was asked for and opened, newest first: for supervisors and custodians."""
    may_open_cases(request)
    unlocked = with_role(request, RoleName.SUPERVISOR, RoleName.CUSTODIAN)
    rows = [row(unlocked, one) for one in access.openings_for(unlocked)]
    notices.seen(unlocked, "referrals:emergencies")
    return show(request, "emergencies", {"rows": rows, "may_ask": RoleName.SUPERVISOR in unlocked.roles})


def row(unlocked: Unlocked, one: EmergencyOpening) -> dict[str, Any]:
    """Return one opening in words: who, why, until when. Nothing of the case."""
    step = one.step_at(unlocked.now)
    runs = step in (Step.ASKED, Step.RELEASED, Step.OPENED)
    return {
        "url": reverse("referrals:emergency", args=[one.pk]) if runs else "",
        "reference": access.reference_of(one.case),
        "kind": _KINDS[step],
        "state": step.label,
        "reason": words.label(codes.EmergencyReason, one.reason),
        "asked_by": one.asked_by.display_name,
        "released_by": one.released_by.display_name if one.released_by else "",
        "asked_on": one.asked_on,
        "until": one.ends_at if runs else None,
    }


def of_mine(unlocked: Unlocked) -> list[dict[str, Any]]:
    """Return what the home of a case's owner says: her case was asked for, or opened."""
    return [
        row(unlocked, one) | {"case_url": reverse("referrals:case", args=[one.case_id])}
        for one in access.openings_of_mine(unlocked)
    ]


@GET_OR_POST
def ask(request: HttpRequest) -> HttpResponse:
    """Ask for a case by its reference, after a look at whose it is and what will happen."""
    may_open_cases(request)
    unlocked = with_role(request, RoleName.SUPERVISOR)
    stepped_up(request)
    form = EmergencyForm(request.POST or None)
    context: dict[str, Any] = {
        "form": form,
        "title": _("Open a case in an emergency"),
        "lead": _(
            "Only where she would come to harm otherwise. A custodian has to release it, and her caseworker "
            "is told at once."
        ),
        "action": _("Go on"),
        "hint_code": "emergency",
        "back_url": reverse("referrals:emergencies"),
    }
    if request.method != "POST" or not form.is_valid():
        return show(request, "transfer", context)
    known = access.case_by_reference(unlocked, form.cleaned_data["reference"])
    if known is None:
        form.add_error("reference", _("There is no open case of your organisation with this reference."))
        return show(request, "transfer", context)

    def ask_for(answers: dict[str, Any]) -> None:
        actions.ask_emergency(unlocked=unlocked, known=known, reason=answers["reason"], once=answers["key"])

    if "checked" in request.POST and send(form, ask_for):
        return to("emergencies", done="emergency-asked")
    reason = words.label(codes.EmergencyReason, form.cleaned_data["reason"])
    form.hide()
    context |= {
        "title": _("Check before you ask"),
        "rows": [
            {"key": _("The case"), "value": access.reference_of(known.case)},
            {"key": _("Her caseworker"), "value": known.owner or _("Nobody: they have left")},
            {"key": _("Why"), "value": reason},
        ],
        "will_happen": [
            _("A custodian decides. You cannot release it yourself."),
            _("Her caseworker and all supervisors are told now, and again when it is opened.")
            if known.owner
            else _("All supervisors are told now, and again when it is opened."),
            _("You can read it for 24 hours, and change nothing. The log keeps every entry you read."),
            _("Afterwards its keys are made new."),
        ],
        "action": _("Ask a custodian"),
    }
    return show(request, "transfer", context)


@GET_OR_POST
def emergency(request: HttpRequest, opening_id: UUID) -> HttpResponse:
    """Take the next step of one opening: the custodian answers, who asked opens it, either side ends it."""
    may_open_cases(request)
    unlocked = with_role(request, RoleName.SUPERVISOR, RoleName.CUSTODIAN)
    opening = access.opening_for(unlocked, opening_id)
    stepped_up(request)
    # What was sent says itself which step it is: a second click on one must not be taken for the next.
    shown = _STEPS.get(request.POST.get("do", ""))
    if shown is None:
        shown = _next(unlocked, opening, ends="end" in request.GET)
    return shown(request, unlocked, opening)


def _next(unlocked: Unlocked, opening: EmergencyOpening, *, ends: bool) -> Callable[..., HttpResponse]:
    """Return the page of what the person can do with an opening now."""
    step = opening.step_at(unlocked.now)
    if step == Step.ASKED and RoleName.CUSTODIAN in unlocked.roles:
        return _release
    if step == Step.RELEASED and opening.asked_by_id == unlocked.person.id and not ends:
        return _open
    return _end


def _release(request: HttpRequest, unlocked: Unlocked, opening: EmergencyOpening) -> HttpResponse:
    form = ReleaseForm(request.POST or None, do="release")

    def answer(answers: dict[str, Any]) -> None:
        act = actions.release_emergency if answers["answer"] == "release" else actions.refuse_emergency
        act(unlocked=unlocked, opening=opening, once=answers["key"])

    if request.method == "POST" and send(form, answer):
        released = form.cleaned_data["answer"] == "release"
        return to("emergencies", done="emergency-released" if released else "emergency-refused")
    context = _about(unlocked, opening) | {
        "form": form,
        "title": _("%(name)s asks to open a case") % {"name": opening.asked_by.display_name},
        "will_happen": [
            _("Speak with them first. Released, they read the whole case for 24 hours, and you nothing."),
            _("Her caseworker is told, and sees your name and theirs."),
        ],
        "action": _("Answer"),
    }
    return show(request, "transfer", context)


def _open(request: HttpRequest, unlocked: Unlocked, opening: EmergencyOpening) -> HttpResponse:
    form = StepForm(request.POST or None, do="open")

    def open_it(answers: dict[str, Any]) -> None:
        actions.open_in_emergency(unlocked=unlocked, opening=opening, once=answers["key"])

    if request.method == "POST" and send(form, open_it):
        return to("case", opening.case_id)
    context = _about(unlocked, opening) | {
        "form": form,
        "title": _("Open the case now?"),
        "will_happen": [
            _("You read it until the time above, and change nothing. Documents stay closed."),
            _("The log keeps every entry you read, and her caseworker is told that you opened it."),
        ],
        "action": _("Open the case"),
    }
    return show(request, "transfer", context)


def _end(request: HttpRequest, unlocked: Unlocked, opening: EmergencyOpening) -> HttpResponse:
    form = StepForm(request.POST or None, do="end")

    def end(answers: dict[str, Any]) -> None:
        actions.end_emergency(unlocked=unlocked, opening=opening, once=answers["key"])

    if request.method == "POST" and send(form, end):
        return to("emergencies", done="emergency-ended")
    context = _about(unlocked, opening) | {
        "form": form,
        "title": _("End this opening?"),
        "will_happen": [
            _("Nobody opens the case by it any more, from this moment."),
            _("The log keeps what was read."),
        ],
        "action": _("End it"),
    }
    if opening.step_at(unlocked.now) == Step.OPENED and opening.asked_by_id == unlocked.person.id:
        context["case_url"] = reverse("referrals:case", args=[opening.case_id])
    return show(request, "transfer", context)


_STEPS: dict[str, Callable[..., HttpResponse]] = {"release": _release, "open": _open, "end": _end}


def _about(unlocked: Unlocked, opening: EmergencyOpening) -> dict[str, Any]:
    said = row(unlocked, opening)
    rows = [
        {"key": _("The case"), "value": said["reference"]},
        {"key": _("Why"), "value": said["reason"]},
        {"key": _("Asked by"), "value": said["asked_by"]},
        {"key": _("Released by"), "value": said["released_by"] or _("Nobody yet")},
        {"key": _("Until"), "value": words.moment(opening.ends_at)},
    ]
    return {"rows": rows, "back_url": reverse("referrals:emergencies"), "is_step": True}
