"""Keeping and erasing: the supervisor's numbers and decisions, the caseworker's two steps.

No case opens for a supervisor here. Erasing asks who signed in to confirm it, says what will happen, and
then wants her alias typed.
"""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import notices
from accounts.access import may_open_cases, stepped_up, with_role
from accounts.roles import RoleName
from accounts.unlocked import Unlocked
from referrals import access, actions, queries
from referrals.access import OpenCase
from referrals.forms.base import WorkForm
from referrals.forms.retention import DecisionForm, EraseForm, KeepForm, YearsForm
from referrals.models import CaseHold
from referrals.retention import erased_on
from referrals.views.answers import send, show, to

GET_OR_POST = require_http_methods(["GET", "HEAD", "POST"])


# --- The case's page ---


def retention_of(unlocked: Unlocked, opened: OpenCase) -> dict[str, Any]:
    """Return what the case's page says about its end: when it is erased, who keeps it, what can be asked."""
    may_edit = queries.may_edit(unlocked, opened)
    hold = queries.hold_of(opened) if may_edit and not opened.case.is_open else None
    last = opened.case.destroy_after
    if last is not None and hold is not None and hold.agreed_by_id:
        last = max(last, hold.until)
    return {
        "erased_on": erased_on(last) if last else None,
        "asked_until": erased_on(hold.until) if hold and not hold.agreed_by_id else None,
        "is_held": bool(hold and hold.agreed_by_id),
        "lift_asked": bool(hold and hold.lift_asked_by_id),
        "may_edit": may_edit,
    }


@GET_OR_POST
def case_keep(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Ask a supervisor to keep a closed case longer, or to let it go again."""
    unlocked = may_open_cases(request)
    opened = access.case_for(unlocked, case_id, to="edit")
    hold = None if opened.case.is_open else queries.hold_of(opened)
    # A second click on asking must not be taken for taking it back.
    asks = request.method == "POST" and "years" in request.POST
    if hold is not None and not asks:
        return _let_go(request, unlocked, opened, hold)
    form = KeepForm(request.POST or None)

    def keep(answers: dict[str, Any]) -> None:
        actions.ask_to_keep(
            unlocked=unlocked,
            opened=opened,
            years=answers["years"],
            reason=answers["reason"],
            once=answers["key"],
        )

    if request.method == "POST" and send(form, keep):
        return to("case", case_id, done="keep-asked")
    context = {
        "form": form,
        "title": _("Keep this case longer?"),
        "lead": _(
            "Every case that is kept can be asked for by somebody. A supervisor decides, without reading it. "
            "What you write stays in the case."
        ),
        "action": _("Ask to keep it"),
        "back_url": reverse("referrals:case", args=[case_id]),
    }
    return show(request, "question", context)


def _let_go(request: HttpRequest, unlocked: Unlocked, opened: OpenCase, hold: CaseHold) -> HttpResponse:
    form = WorkForm(request.POST or None)

    def let_go(answers: dict[str, Any]) -> None:
        actions.ask_to_let_go(unlocked=unlocked, opened=opened, once=answers["key"])

    decided = hold.agreed_by_id is not None
    if request.method == "POST" and send(form, let_go):
        return to("case", opened.id, done="let-go-asked" if decided else "keep-ended")
    context = {
        "form": form,
        "title": _("Keep it no longer than its time?") if decided else _("Take your request back?"),
        "will_happen": [
            _("Two people decided to keep it, so a supervisor has to agree.")
            if decided
            else _("Nobody has to agree."),
            _("Then it is erased when its time is over, or at once if she asks."),
        ],
        "action": _("Ask") if decided else _("Take it back"),
        "back_url": reverse("referrals:case", args=[opened.id]),
    }
    return show(request, "confirm", context)


@require_safe
def case_erase(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """The first step: say what erasing does, and what it does not."""
    unlocked = may_open_cases(request)
    opened = access.case_for(unlocked, case_id, to="edit")
    context = {
        "case": opened.case,
        "is_owner": opened.is_owner,
        "is_held": not opened.case.is_open and retention_of(unlocked, opened)["is_held"],
    }
    return show(request, "case_erase", context)


@GET_OR_POST
def case_erase_now(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """The second step: her alias, typed."""
    unlocked = may_open_cases(request)
    form = EraseForm(request.POST or None)
    if form.is_valid() and actions.was_done(
        unlocked=unlocked, once=form.cleaned_data["key"], step="erase_case", about=case_id
    ):
        return to("needs_me", done="case-erased")
    opened = access.case_for(unlocked, case_id, to="edit")
    # Whoever finds a screen open must not be able to destroy what is on it.
    stepped_up(request)

    def erase(answers: dict[str, Any]) -> None:
        actions.erase_case(unlocked=unlocked, opened=opened, alias=answers["alias"], once=answers["key"])

    if request.method == "POST" and send(form, erase):
        return to("needs_me", done="case-erased")
    context = {
        "form": form,
        "title": _("Erase everything about her now?"),
        "lead": _("Nobody can bring it back: not you, not your supervisor, not whoever keeps the server."),
        "action": _("Erase it now"),
        "danger": True,
        "back_url": reverse("referrals:case_erase", args=[case_id]),
    }
    return show(request, "case_erase_now", context)


# --- The supervisor's page ---


@GET_OR_POST
def kept(request: HttpRequest) -> HttpResponse:
    """Show how many cases are kept and end soon, what waits for a decision, and the years; change these."""
    unlocked = _supervisor(request)
    form = YearsForm(request.POST or None, initial=_first(unlocked))
    counts_now: list[bool] = []

    def change(answers: dict[str, Any]) -> None:
        counts_now.append(
            actions.change_years(
                unlocked=unlocked, years=form.years(), version=answers["version"][0], once=answers["key"]
            )
        )

    if request.method == "POST" and send(form, change):
        return to("retention", done="saved" if counts_now[0] else "years-asked")
    return _kept_page(request, unlocked, form)


@require_POST
def decide_years(request: HttpRequest) -> HttpResponse:
    """Agree to more years, or refuse them."""
    unlocked = _supervisor(request)
    form = DecisionForm(request.POST)

    def decide(answers: dict[str, Any]) -> None:
        actions.decide_years(
            unlocked=unlocked,
            agrees=answers["decision"] == "agree",
            asked=answers["asked"],
            once=answers["key"],
        )

    return _decided(request, unlocked, form, decide)


@require_POST
def decide_hold(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Agree to keep one case longer, or to let it go; or leave it as it is."""
    unlocked = _supervisor(request)
    form = DecisionForm(request.POST)

    def decide(answers: dict[str, Any]) -> None:
        actions.decide_hold(
            unlocked=unlocked,
            case_id=case_id,
            agrees=answers["decision"] == "agree",
            asked=answers["asked"],
            once=answers["key"],
        )

    return _decided(request, unlocked, form, decide)


def _decided(request: HttpRequest, unlocked: Unlocked, form: DecisionForm, decide: Any) -> HttpResponse:
    if send(form, decide):
        return to("retention", done="saved")
    return _kept_page(
        request,
        unlocked,
        None,
        problem=" ".join(str(one) for one in form.non_field_errors()) or _("Choose one."),
    )


def _supervisor(request: HttpRequest) -> Unlocked:
    may_open_cases(request)
    return with_role(request, RoleName.SUPERVISOR)


def _kept_page(
    request: HttpRequest, unlocked: Unlocked, form: YearsForm | None, *, problem: str = ""
) -> HttpResponse:
    known = access.kept_by(unlocked)
    notices.seen(unlocked, "referrals:retention")
    waiting = queries.waiting_years(unlocked.agency)
    context = {
        "kept": known,
        "policy": queries.retention_policy(unlocked.agency),
        "waiting": waiting,
        "mine": waiting is not None and waiting.asked_by_id == unlocked.person.id,
        "rows": [_row(unlocked, hold) for hold in known.waiting],
        "form": form or YearsForm(initial=_first(unlocked)),
        "key": WorkForm()["key"].value(),
        "problem": problem,
    }
    answer = show(request, "retention", context)
    if problem:
        answer.status_code = 422
    return answer


def _first(unlocked: Unlocked) -> dict[str, int]:
    """Return the form's first content: the years that count now."""
    years, policy = queries.years_of(unlocked.agency), queries.retention_policy(unlocked.agency)
    return {"standard": years.standard, "child": years.child, "version": policy.version if policy else 0}


def _row(unlocked: Unlocked, hold: CaseHold) -> dict[str, Any]:
    asker = hold.lift_asked_by or hold.asked_by
    return {
        "url": reverse("referrals:retention_hold", args=[hold.pk]),
        "lifts": hold.lift_asked_by is not None,
        "name": asker.display_name,
        "mine": asker.pk == unlocked.person.id,
        "until": erased_on(hold.until),
        "asked": hold.asked,
        "key": WorkForm()["key"].value(),
    }
