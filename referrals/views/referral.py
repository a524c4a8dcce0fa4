"""The caseworker's side of a referral: where it stands, stop it, ask her, look for another place.

The address names the referral alone. Which case it belongs to is in the sealed sender's part, so that
no log of addresses joins the two.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from accounts.access import may_open_cases
from accounts.unlocked import Unlocked
from referrals import access, actions, codes, queries
from referrals.access import Item, OpenCase, OpenSent
from referrals.forms.inbox import FailForm
from referrals.forms.referral import AskedForm, ConfirmForm
from referrals.models import Referral
from referrals.models.referrals import LIVE, WAITING, State
from referrals.payload import SentReferral
from referrals.views import words
from referrals.views.alternatives import count_unmet, places_after
from referrals.views.answers import Now, send, show, to
from referrals.views.cases import GET_OR_POST, alias_of
from referrals.views.consent import withdraw


def open_sent(
    request: HttpRequest, referral_id: UUID, *, to: str
) -> tuple[Unlocked, OpenSent, OpenCase, Item[SentReferral]]:
    """Open the referral, then the case its sealed part names, then the case's memory of it."""
    unlocked = may_open_cases(request)
    sent = access.sent_referral_for(unlocked, referral_id)
    if sent.note.case_id is None:
        raise Http404
    opened = access.case_for(unlocked, sent.note.case_id, to=to)
    return unlocked, sent, opened, opened.sent_referral(referral_id)


@require_safe
def referral(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """Show where it stands in words, the clock, and what can be done now."""
    unlocked, sent, opened, item = open_sent(request, referral_id, to="view")
    row, about = sent.referral, item.content
    state = row.state_at(unlocked.now)
    said = words.FOR_SENDER[state]
    alternatives = None
    if state in (State.DECLINED, State.EXPIRED, State.FAILED):
        alternatives = places_after(unlocked, opened, about)
        if state != State.FAILED:
            count_unmet(unlocked, opened, about)
    meeting = sent.meeting() if row.sealed_meeting else None
    answer = sent.answer() if row.sealed_answer else None
    args = [referral_id]
    context = {
        "alias": alias_of(opened.card()),
        "case_id": opened.id,
        "case_url": reverse("referrals:case", args=[opened.id]),
        "find_url": reverse("referrals:case_match", args=[opened.id]),
        "service_name": about.service_name,
        "organization_name": about.organization_name,
        "state": state.value,
        "state_kind": said.kind,
        "state_label": said.label,
        "state_text": said.text,
        "state_notice": words.notice(said.kind),
        "reason": words.reason(row),
        "reason_label": _reason_label(state),
        "after_no": words.after_no(row, state),
        "until": row.respond_by if state == State.SENT else None,
        "until_label": _("Their time to answer"),
        "ask": state == State.DELIVERED,
        "live": state in LIVE,
        "asked": state == State.NEEDS_INFO,
        "paused_until": row.paused_until if state == State.NEEDS_INFO else None,
        "answer_url": _answer_url(row, unlocked.now),
        "meeting_rows": words.meeting_rows(meeting),
        "meeting_contact": words.contact(opened.card().safe_contact) if meeting else None,
        "answer_rows": words.answer_rows(answer) if answer else [],
        "alternatives": alternatives,
        "referral_id": referral_id,
        "attempts": _attempts(unlocked, opened, about),
        "events": _timeline(row, about, unlocked.now),
        "told": words.labels(codes.Field, _still_told(opened, about)),
        "consent_until": row.consent_expires_at,
        "feedback_url": (
            reverse("referrals:referral_feedback", args=args)
            if opened.case.is_open and actions.may_give_feedback(opened, about)
            else ""
        ),
        "asked_url": reverse("referrals:referral_asked", args=args),
        "cancel_url": reverse("referrals:referral_cancel", args=args),
        "fail_url": (
            reverse("referrals:referral_fail", args=args)
            if state in (State.ACCEPTED, State.IN_PROGRESS)
            else ""
        ),
        "key_url": reverse("referrals:referral_key", args=args) if nobody_works(row, unlocked.now) else "",
        "key_waits": bool(row.handover),
        "mistake_url": reverse("referrals:referral_mistake", args=args),
        "mistake_reported": row.error_asked_by_id is not None,
        "withdraw_url": reverse("referrals:referral_withdraw", args=args),
    }
    return show(request, "referral", context)


def _still_told(opened: OpenCase, about: SentReferral) -> tuple[str, ...]:
    """Return what was sent and not taken out since."""
    if about.consent_id is None:
        return about.fields
    left = opened.consent(about.consent_id).content.fields
    return tuple(field for field in about.fields if field in left)


def nobody_works(row: Referral, now: datetime) -> bool:
    """Say whether its only worker has left, and it could go on."""
    return row.worker_left and row.is_readable_at(now) and row.state in (State.ACCEPTED, State.IN_PROGRESS)


def _reason_label(state: State) -> str:
    if state in WAITING:
        return _("They ask")
    return _("They say") if state in (State.DELIVERED, State.CLOSED) else _("Reason")


def _answer_url(row: Referral, now: datetime) -> str:
    """Return where the desk's question is answered, also late, while the referral waits."""
    waits = row.state == State.NEEDS_INFO and row.state_at(now) in WAITING
    return reverse("referrals:referral_answer", args=[row.pk]) if waits else ""


def _attempts(unlocked: Unlocked, opened: OpenCase, about: SentReferral) -> list[dict[str, Any]]:
    """Return the attempts for the same need in a row, oldest first; nothing when this is the only one."""
    known = queries.states_of(unlocked, opened)
    sent = {one.content.referral_id: one.content for one in opened.referrals()}
    # Sorted by time, so that an attempt's predecessor has its chain already.
    first_of: dict[UUID | None, UUID | None] = {}
    for attempt_id, attempt in sent.items():
        before = attempt.after_referral_id
        first_of[attempt_id] = first_of.get(before, before) if before else attempt_id
    here = first_of.get(about.referral_id)
    chain = [one for one in sent.values() if first_of[one.referral_id] == here and one.referral_id in known]
    rows = []
    for one in chain if len(chain) > 1 else []:
        row = known[one.referral_id]  # type: ignore[index]  # filtered above
        said = words.FOR_SENDER[row.state_at(unlocked.now)]
        rows.append(
            {
                "here": one.referral_id == about.referral_id,
                "url": reverse("referrals:referral", args=[row.pk]),
                "service_name": one.service_name,
                "organization_name": one.organization_name,
                "kind": said.kind,
                "state": said.label,
                "reason": words.reason(row),
            }
        )
    return rows


_STOPPED = {
    State.DECLINED: gettext_lazy("Declined"),
    State.EXPIRED: gettext_lazy("No answer in time"),
    State.CANCELLED: gettext_lazy("Cancelled"),
    State.CONSENT_WITHDRAWN: gettext_lazy("Consent ended"),
    State.FAILED: gettext_lazy("Not possible"),
}
_WAY = [State.SENT, State.ACCEPTED, State.IN_PROGRESS, State.DELIVERED, State.CLOSED]


def _timeline(row: Referral, about: SentReferral, now: datetime) -> list[dict[str, Any]]:
    """Return what happened and what is still to come, in order."""
    state = row.state_at(now)
    events = [_event(_("Sent"), "done", about.sent_at, row)]
    if state in _STOPPED:
        if row.accepted_at:
            events.append(_event(_("Accepted"), "done", row.accepted_at, row))
        return [*events, _event(_STOPPED[state], "stopped", row.ended_at, row)]
    names = [
        (_("Their answer"), _("Accepted"), row.accepted_at),
        (_("They begin"), _("Begun"), None),
        (_("They say it is done"), _("Done, they say"), row.delivered_at),
        (_("You ask her"), _("She was asked"), about.answered_at),
    ]
    here = _WAY.index(State.SENT if state == State.NEEDS_INFO else state)
    for position, (waiting, happened, at) in enumerate(names, start=1):
        if position <= here:
            events.append(_event(happened, "done", at, row))
        else:
            events.append(_event(waiting, "now" if position == here + 1 else "next", None, row))
    return events


def _event(label: Any, state: str, at: datetime | None, row: Referral) -> dict[str, Any]:
    """Return one line of the way; of an ended referral only the day is known."""
    if row.ended_at is not None:
        return {"label": label, "state": state, "day": at}
    return {"label": label, "state": state, "at": at}


def now(unlocked: Unlocked, sent: OpenSent) -> Now:
    """Say how it stands, to a caseworker who was slower."""
    row = queries.now_of(sent.referral)
    said = words.FOR_SENDER[row.state_at(unlocked.now)]
    return Now(said.text, reverse("referrals:referral", args=[row.pk]), _("Look at the referral"))


# --- Stop it ---


@GET_OR_POST
def referral_cancel(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """Say what cancelling does, then cancel."""
    unlocked, sent, opened, item = open_sent(request, referral_id, to="edit")
    form = ConfirmForm(request.POST or None, initial={"version": sent.referral.version})

    def cancel(answers: dict[str, Any]) -> None:
        actions.cancel(
            unlocked=unlocked,
            opened=opened,
            referral_id=referral_id,
            version=answers["version"][0],
            once=answers["key"],
        )

    if request.method == "POST" and send(form, cancel, now=lambda: now(unlocked, sent)):
        return to("referral", referral_id, done="referral-cancelled")
    context = {
        "form": form,
        "title": _("Cancel this referral?"),
        "will_happen": [
            _("%(organization)s reads nothing more, from this moment.")
            % {"organization": item.content.organization_name},
            _("They are told only that it was closed by the referrer."),
            _("Her consent stays: you can send it again while it lasts."),
        ],
        "action": _("Yes, cancel it"),
        "danger": True,
        "back_url": reverse("referrals:referral", args=[referral_id]),
    }
    return show(request, "confirm", context)


@GET_OR_POST
def referral_withdraw(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """Take back the consent this referral was sent under."""
    unlocked, _sent, opened, item = open_sent(request, referral_id, to="edit")
    if item.content.consent_id is None:
        raise Http404
    back = reverse("referrals:referral", args=[referral_id])
    return withdraw(request, unlocked, opened, item.content.consent_id, back_url=back)


@GET_OR_POST
def referral_fail(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """End a referral that was accepted and will not come about, with a reason."""
    unlocked, sent, opened, _item = open_sent(request, referral_id, to="edit")
    form = FailForm(request.POST or None, initial={"version": sent.referral.version})

    def give_up(answers: dict[str, Any]) -> None:
        actions.fail_after_trying(
            unlocked=unlocked,
            opened=opened,
            referral_id=referral_id,
            reason=answers["reason"],
            version=answers["version"][0],
            once=answers["key"],
        )

    if request.method == "POST" and send(form, give_up, now=lambda: now(unlocked, sent)):
        return to("referral", referral_id, done="referral-failed")
    context = {
        "form": form,
        "title": _("Did it not work out?"),
        "lead": _("They read nothing more, from this moment. You can look for another place."),
        "action": _("End this referral"),
        "back_url": reverse("referrals:referral", args=[referral_id]),
    }
    return show(request, "question", context)


# --- Ask her ---


@GET_OR_POST
def referral_asked(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """Record what she said. A no puts it back to under way; otherwise the referral closes."""
    unlocked, sent, opened, _item = open_sent(request, referral_id, to="edit")
    form = AskedForm(request.POST or None, initial={"version": sent.referral.version})

    def record(answers: dict[str, Any]) -> None:
        same = {
            "unlocked": unlocked,
            "opened": opened,
            "referral_id": referral_id,
            "version": answers["version"][0],
            "once": answers["key"],
        }
        if answers["answer"] == codes.Answer.NO:
            actions.reopen_not_received(**same)
        else:
            actions.close_after_asking(answer=answers["answer"], **same)

    if request.method == "POST" and send(form, record, now=lambda: now(unlocked, sent)):
        reopened = form.cleaned_data["answer"] == codes.Answer.NO
        said = codes.Answer(form.cleaned_data["answer"])
        if said != codes.Answer.NOT_SAFE_TO_ASK and opened.card().statistics_consent:
            return to("referral_feedback", referral_id, done="saved" if reopened else "referral-closed")
        return to("referral", referral_id, done="saved" if reopened else "referral-closed")
    context = {
        "form": form,
        "title": _("Did the help reach her?"),
        "lead": _("Ask her in the safe way, or say that it was not safe to ask."),
        "action": _("Save"),
        "back_url": reverse("referrals:referral", args=[referral_id]),
    }
    return show(request, "question", context)
