"""The sender's supervisor: where the agency's referrals stand; end one, or take a mistake out, unopened.

Only what stands in clear is shown here: to which agency, by whom, since when. No case opens.
"""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.access import may_open_cases, with_role
from accounts.roles import RoleName
from accounts.unlocked import Unlocked
from referrals import access, actions, queries
from referrals.forms.referral import ConfirmForm, DecideForm
from referrals.models import Referral
from referrals.models.referrals import LIVE, WAITING
from referrals.views import words
from referrals.views.answers import Now, send, show, to
from referrals.views.cases import GET_OR_POST
from referrals.views.referral import now, open_sent

PAGE = 20


def _supervisor(request: HttpRequest) -> Unlocked:
    may_open_cases(request)
    return with_role(request, RoleName.SUPERVISOR)


@require_safe
def supervise(request: HttpRequest) -> HttpResponse:
    """Show what the agency has sent and is live, and what was reported as a mistake."""
    unlocked = _supervisor(request)
    after = request.GET.get("after")
    page = queries.supervised_page(unlocked, after=after, limit=PAGE)
    home = reverse("referrals:supervise")
    context = {
        "rows": [_row(unlocked, referral) for referral in page.rows],
        "next_url": f"{home}?{urlencode({'after': page.next})}" if page.next else "",
        "first_url": home if after else "",
    }
    return show(request, "supervise", context)


def _row(unlocked: Unlocked, referral: Referral) -> dict[str, Any]:
    state = referral.state_at(unlocked.now)
    said = words.FOR_SENDER[state]
    live = state in LIVE
    return {
        "recipient": referral.recipient_agency.name,
        "sent_by": referral.sent_by.display_name,
        # To the minute: of several to one agency on one day a supervisor must find the one that is meant.
        "sent_at": _sent_at(referral),
        "kind": said.kind,
        "state": said.label,
        "until": referral.respond_by if state in WAITING else None,
        "pressing": words.pressing(referral, unlocked.now),
        "reported_by": referral.error_asked_by.display_name if referral.error_asked_by else "",
        "cancel_url": reverse("referrals:supervise_cancel", args=[referral.pk]) if live else "",
        "mistake_url": reverse("referrals:supervise_mistake", args=[referral.pk]),
    }


def _sent_at(referral: Referral) -> str:
    """Return the minute it was sent; of one that has ended only the day is kept."""
    return words.day(referral.sent_at) if referral.ended_at else words.moment(referral.sent_at)


def _which(referral: Referral) -> str:
    """Say which referral it is, to be looked at before it ends: to whom, by whom, when."""
    return " · ".join((referral.recipient_agency.name, referral.sent_by.display_name, _sent_at(referral)))


def _now(unlocked: Unlocked, referral: Referral) -> Now:
    """Say how it stands, to a supervisor who was slower."""
    said = words.FOR_SENDER[queries.now_of(referral).state_at(unlocked.now)]
    return Now(said.text, reverse("referrals:supervise"), _("What we have sent"))


@GET_OR_POST
def supervise_cancel(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """Say what cancelling does, then cancel without opening the case."""
    unlocked = _supervisor(request)
    supervised = access.supervised_for(unlocked, referral_id)
    form = ConfirmForm(request.POST or None, initial={"version": supervised.referral.version})

    def cancel(answers: dict[str, Any]) -> None:
        actions.cancel_as_supervisor(
            unlocked=unlocked, supervised=supervised, version=answers["version"][0], once=answers["key"]
        )

    if request.method == "POST" and send(form, cancel, now=lambda: _now(unlocked, supervised.referral)):
        return to("supervise", done="referral-cancelled")
    context = {
        "form": form,
        "title": _("Cancel this referral?"),
        "which": _which(supervised.referral),
        "will_happen": [
            _("%(agency)s reads nothing more, from this moment.")
            % {"agency": supervised.referral.recipient_agency.name},
            _("%(name)s sees that it was cancelled. Tell them why.")
            % {"name": supervised.referral.sent_by.display_name},
            _("The case stays closed to you, and her consent stays as it is."),
        ],
        "action": _("Yes, cancel it"),
        "danger": True,
        "back_url": reverse("referrals:supervise"),
    }
    return show(request, "confirm", context)


@GET_OR_POST
def supervise_mistake(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """Report a mistake, or decide on what somebody else has reported."""
    unlocked = _supervisor(request)
    supervised = access.supervised_for(unlocked, referral_id)
    if supervised.referral.error_asked_by_id is None:
        return _report(request, unlocked, supervised)
    form = DecideForm(request.POST or None, initial={"version": supervised.referral.version})

    def decide(answers: dict[str, Any]) -> None:
        action = actions.enter_in_error if answers["decision"] == "take_out" else actions.set_report_aside
        action(unlocked=unlocked, supervised=supervised, version=answers["version"][0], once=answers["key"])

    if request.method == "POST" and send(form, decide, now=lambda: _now(unlocked, supervised.referral)):
        taken_out = form.cleaned_data["decision"] == "take_out"
        return to("supervise", done="referral-taken-out" if taken_out else "mistake-set-aside")
    may_decide = actions.may_decide(unlocked, supervised.referral)
    context = {
        "form": form if may_decide or form.is_bound else None,
        "title": _("Was this a mistake?"),
        "which": _which(supervised.referral),
        "lead": (
            _("Taken out, nobody can read it ever again. It leaves every list; the access log keeps it.")
            if may_decide
            else _("You sent or reported it yourself, so another supervisor has to decide.")
        ),
        "action": _("Save"),
        "back_url": reverse("referrals:supervise"),
    }
    return show(request, "question", context)


def _report(request: HttpRequest, unlocked: Unlocked, supervised: access.Supervised) -> HttpResponse:
    form = ConfirmForm(request.POST or None, initial={"version": supervised.referral.version})

    def report(answers: dict[str, Any]) -> None:
        actions.report_error_as_supervisor(
            unlocked=unlocked, supervised=supervised, version=answers["version"][0], once=answers["key"]
        )

    if request.method == "POST" and send(form, report, now=lambda: _now(unlocked, supervised.referral)):
        return to("supervise", done="mistake-reported")
    return _report_page(request, form, reverse("referrals:supervise"), _which(supervised.referral))


@GET_OR_POST
def referral_mistake(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """The caseworker reports that a referral should never have been sent."""
    unlocked, sent, opened, _item = open_sent(request, referral_id, to="edit")
    form = ConfirmForm(request.POST or None, initial={"version": sent.referral.version})

    def report(answers: dict[str, Any]) -> None:
        actions.report_error(
            unlocked=unlocked,
            opened=opened,
            referral_id=referral_id,
            version=answers["version"][0],
            once=answers["key"],
        )

    if request.method == "POST" and send(form, report, now=lambda: now(unlocked, sent)):
        return to("referral", referral_id, done="mistake-reported")
    return _report_page(request, form, reverse("referrals:referral", args=[referral_id]))


def _report_page(request: HttpRequest, form: ConfirmForm, back_url: str, which: str = "") -> HttpResponse:
    context = {
        "form": form,
        "title": _("Was this entered by mistake?"),
        "which": which,
        "will_happen": [
            _("A supervisor who neither sent nor reported it decides."),
            _("Until then it goes on. If they must not read it, cancel it first: that works at once."),
            _("If it is taken out, nobody can read it, and it is in no list any more."),
        ],
        "action": _("Report it"),
        "back_url": back_url,
    }
    return show(request, "confirm", context)
