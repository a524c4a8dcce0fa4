"""The provider's desk: who waits for an answer, one referral, and the steps of it.

Before acceptance the pages show the opaque part alone. What ended is told in one sentence: the desk
never learns whether consent was withdrawn or the referral cancelled.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from accounts import notices
from accounts.access import may_open_cases, stepped_up, with_role
from accounts.roles import RoleName
from accounts.unlocked import Unlocked
from referrals import access, actions, codes, directory, duty, queries
from referrals.access import EndedReferral, HandedReferral, InboxRow, OpenPacket
from referrals.access.common import WORKER_ROLES
from referrals.forms.base import VersionedForm
from referrals.forms.inbox import (
    AppointmentForm,
    AskForm,
    AssignForm,
    DeclineForm,
    DeliverForm,
    FailForm,
    StepForm,
)
from referrals.models import Referral
from referrals.models.referrals import IDENTITY_OPEN, State
from referrals.views import words
from referrals.views.answers import Now, send, show, to
from referrals.views.cases import GET_OR_POST
from services.codes import ServiceType

PAGE = 20


def _desk(request: HttpRequest) -> Unlocked:
    may_open_cases(request)
    return with_role(request, RoleName.INTAKE)


def _at_work(request: HttpRequest) -> Unlocked:
    """Return somebody of the desk, or a colleague whom a referral was given to."""
    may_open_cases(request)
    return with_role(request, *WORKER_ROLES)


# --- The list ---


@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    """Show who waits for the desk's answer, the soonest deadline first."""
    unlocked = _desk(request)
    return _list(request, unlocked, "inbox", queries.inbox_page)


@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """Show what the person works on: accepted by them, or given to them."""
    unlocked = _at_work(request)
    return _list(request, unlocked, "inbox_mine", queries.worked_on_page)


def _list(
    request: HttpRequest, unlocked: Unlocked, name: str, read: Callable[..., queries.InboxPage]
) -> HttpResponse:
    after = request.GET.get("after")
    page = read(unlocked, after=after, limit=PAGE)
    notices.seen(unlocked, "referrals:inbox")
    home = reverse(f"referrals:{name}")
    context = {
        "is_mine": name == "inbox_mine",
        "is_desk": RoleName.INTAKE in unlocked.roles,
        "rows": [_row(unlocked, one) for one in page.rows],
        "left": []
        if after or name == "inbox_mine"
        else [_left(one) for one in queries.left_at_desk(unlocked)],
        "next_url": f"{home}?{urlencode({'after': page.next})}" if page.next else "",
        "first_url": home if after else "",
    }
    return show(request, "inbox", context)


def _row(unlocked: Unlocked, row: InboxRow) -> dict[str, Any]:
    referral, part = row.referral, row.opaque
    state = referral.state_at(unlocked.now)
    said = words.FOR_DESK[state]
    url = reverse("referrals:packet", args=[referral.pk])
    if part is None:
        return {
            "url": url,
            "service_name": _("This referral does not open"),
            "kind": "stop",
            "state": said.label,
        }
    facts = [
        words.label(ServiceType, part.service_type),
        words.label(codes.Urgency, part.urgency),
        words.label(codes.AgeBand, part.age_band),
        words.language(part.language),
    ]
    return {
        "url": url,
        "service_name": part.service_name,
        "kind": said.kind,
        "state": said.label,
        "facts": [fact for fact in facts if fact],
        "until": referral.respond_by if state == State.SENT else None,
        "pressing": _pressing(referral, unlocked.now),
        "claimed": _claimed(unlocked, referral),
    }


def _left(referral: Referral) -> dict[str, Any]:
    """Return what stands still because its only worker has left: from whom, since when, nothing else."""
    return {"sender": referral.sender_agency.name, "accepted_on": words.day(referral.accepted_at)}


def _pressing(referral: Referral, now: datetime) -> str:
    if referral.state_at(now) != State.SENT:
        return ""
    return "stop" if referral.is_overdue_at(now) else "wait"


def _claimed(unlocked: Unlocked, referral: Referral) -> str:
    if not referral.is_claimed_at(unlocked.now) or referral.claimed_by is None:
        return ""
    if referral.claimed_by_id == unlocked.person.id:
        return _("You are answering this.")
    return _("%(name)s is answering this.") % {"name": referral.claimed_by.display_name}


# --- One referral ---


@require_safe
def packet(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """Show one referral as far as the person may read it now."""
    unlocked = _at_work(request)
    ended = access.ended_packet_for(unlocked, referral_id)
    if ended is not None:
        return _ended_page(request, ended)
    handed = access.handed_packet_for(unlocked, referral_id)
    if handed is not None:
        return _handed_page(request, handed)
    return _packet_page(request, unlocked, access.packet_for(unlocked, referral_id))


def _ended_page(request: HttpRequest, ended: EndedReferral) -> HttpResponse:
    said = words.CLOSED_BY_REFERRER if ended.how == "closed_by_referrer" else words.FOR_DESK[ended.how]
    return render(request, "referrals/packet.html", {"ended": said.text, "state_label": said.label})


def _handed_page(request: HttpRequest, handed: HandedReferral) -> HttpResponse:
    """Tell the desk who has taken it, and nothing of what it is."""
    said = words.FOR_DESK[handed.state]
    context = {
        "handed": with_whom(", ".join(handed.workers))
        or _("Whoever worked with her has left. Her caseworker was told, and can send you the key again."),
        "state_kind": said.kind,
        "state_label": said.label,
    }
    return render(request, "referrals/packet.html", {"ended": True, **context})


def _packet_page(
    request: HttpRequest, unlocked: Unlocked, opened: OpenPacket, problem: Any = ""
) -> HttpResponse:
    referral = opened.referral
    state = referral.state_at(unlocked.now)
    said = words.FOR_DESK[state]
    context: dict[str, Any] = {
        "service_name": opened.opaque.service_name,
        "state": state.value,
        "state_kind": said.kind,
        "state_label": said.label,
        "window": _window(opened, unlocked.now),
        "until": referral.respond_by if state == State.SENT else None,
        "until_label": _("Your answer"),
        "asked": state == State.NEEDS_INFO and words.label(codes.Question, referral.reason_code),
        "paused_until": referral.paused_until if state == State.NEEDS_INFO else None,
        "answer_rows": words.answer_rows(opened.answer) if opened.answer else [],
        "opaque_rows": words.opaque_rows(opened.opaque),
        "told_rows": None,
        "choices": _choices(opened, state),
        "step_form": StepForm(initial={"version": referral.version}),
        "claim_text": _claimed(unlocked, referral),
        "others": [one.display_name for one in access.workers_of(referral) if one.pk != unlocked.person.pk]
        if opened.is_mine
        else [],
        "problem": problem,
    }
    if opened.is_mine and state in IDENTITY_OPEN:
        context["meeting_rows"] = words.meeting_rows(access.meeting_for(unlocked, referral.pk))
        told = access.identity_for(unlocked, referral.pk)
        waits = access.numbers_wait(unlocked, told)
        context["told_rows"] = words.told_rows(
            told, district=directory.district_name(told.district), waits=waits
        )
        context["reach_url"] = reverse("referrals:packet_reach", args=[referral.pk]) if waits else ""
        if codes.Field.SAFE_CONTACT in told.fields:
            contact = words.contact(told.safe_contact)
            context["contact"] = contact if contact["rows"] or contact["do_not_contact"] else None
    return show(request, "packet", context)


def _window(opened: OpenPacket, now: datetime) -> datetime | None:
    ends = opened.opaque.clinical_window_ends_at
    return ends if ends is not None and ends > now else None


_APPOINT = ("appoint", gettext_lazy("Give an appointment"), "secondary")
_ASSIGN = ("assign", gettext_lazy("Give it to a colleague"), "secondary")
# These ask on a page of their own.
_ASKS = frozenset({"appoint", "assign"})


def _choices(opened: OpenPacket, state: State) -> list[dict[str, Any]]:
    """Return what can be done now, the next step first. Some ask one more question on their own page."""
    choices: list[tuple[str, words.Words, str]] = []
    if state == State.SENT and opened.is_claimed_by_me:
        choices = [
            ("accept", _("Yes, we take her"), ""),
            ("decline", _("No, we cannot"), "secondary"),
            *(
                [("ask", _("Ask one thing first"), "secondary")]
                if opened.referral.paused_until is None
                else []
            ),
            ("release", _("Give it back to the desk"), "quiet"),
        ]
    elif state == State.SENT and not opened.is_claimed_by_other:
        choices = [("claim", _("Answer this"), "")]
    elif state in IDENTITY_OPEN and not opened.is_mine:
        # Only where its sender gave the desk the key again: whoever worked on it has left.
        choices = [("take_up", _("I work with her now"), "")]
    elif state == State.ACCEPTED and opened.is_mine:
        choices = [
            ("start", _("We have begun"), ""),
            _APPOINT,
            _ASSIGN,
            ("fail", _("It is not possible"), "quiet"),
        ]
    elif state == State.IN_PROGRESS and opened.is_mine:
        choices = [
            ("deliver", _("We have helped"), ""),
            _APPOINT,
            _ASSIGN,
            ("fail", _("It is not possible"), "quiet"),
        ]
    return [
        {
            "code": code,
            "label": label,
            "kind": kind,
            "asks": code in _QUESTIONS or code in _ASKS,
            "url": reverse(f"referrals:packet_{code}", args=[opened.id]),
        }
        for code, label, kind in choices
    ]


def with_whom(names: str) -> str:
    """Say who works with her, to the desk; nothing where nobody does."""
    return _("%(name)s works with her.") % {"name": names} if names else ""


# --- Steps ---


def _now(unlocked: Unlocked, opened: OpenPacket) -> Now:
    """Say how it stands, to somebody at the desk who was slower."""
    row = queries.now_of(opened.referral)
    state = row.state_at(unlocked.now)
    said = words.FOR_DESK[state]
    by = _claimed(unlocked, row)
    if state in IDENTITY_OPEN:
        by = with_whom(", ".join(one.display_name for one in access.workers_of(row)))
    happened = " ".join(str(one) for one in (said.text or f"{said.label}.", by) if one)
    return Now(happened, reverse("referrals:packet", args=[row.pk]), _("Look at the referral"))


_STEPS: dict[str, tuple[Callable[..., Referral], str]] = {
    "claim": (actions.claim, "referral-claimed"),
    "release": (actions.release, "referral-released"),
    "accept": (actions.accept, "referral-accepted"),
    "start": (actions.start, "referral-started"),
    "take_up": (actions.take_up, "referral-taken-up"),
}


@require_POST
def packet_step(request: HttpRequest, referral_id: UUID, code: str) -> HttpResponse:
    """Take one step that needs no question."""
    unlocked = _at_work(request)
    ended = access.ended_packet_for(unlocked, referral_id)
    if ended is not None or access.handed_packet_for(unlocked, referral_id) is not None:
        return to("packet", referral_id)
    opened = access.packet_for(unlocked, referral_id)
    action, done_code = _STEPS[code]
    form = StepForm(request.POST)

    def take(answers: dict[str, Any]) -> None:
        action(unlocked=unlocked, packet=opened, version=answers["version"][0], once=answers["key"])

    if send(form, take, now=lambda: _now(unlocked, opened)):
        return to("packet", referral_id, done=done_code)
    problem = "; ".join(str(error) for error in form.non_field_errors()) or _("Please try again.")
    return _packet_page(request, unlocked, opened, problem)


_QUESTIONS: dict[str, tuple[type[VersionedForm], Callable[..., Referral], str, str]] = {
    "decline": (DeclineForm, actions.decline, "reason", "referral-declined"),
    "ask": (AskForm, actions.ask, "question", "referral-asked"),
    "deliver": (DeliverForm, actions.deliver, "outcome", "referral-delivered"),
    "fail": (FailForm, actions.fail, "reason", "referral-failed"),
}


_AFTER_DECLINING = gettext_lazy(
    "Her caseworker is told at once, with the reason, and looks for another place. You read nothing "
    "more of it."
)


@GET_OR_POST
def packet_question(request: HttpRequest, referral_id: UUID, code: str) -> HttpResponse:
    """Ask for the reason or the outcome, then take the step."""
    unlocked = _at_work(request)
    ended = access.ended_packet_for(unlocked, referral_id)
    if ended is not None or access.handed_packet_for(unlocked, referral_id) is not None:
        return to("packet", referral_id)
    opened = access.packet_for(unlocked, referral_id)
    kind, action, name, done_code = _QUESTIONS[code]
    form = kind(request.POST or None, initial={"version": opened.referral.version})

    def take(answers: dict[str, Any]) -> None:
        action(
            unlocked=unlocked,
            packet=opened,
            version=answers["version"][0],
            once=answers["key"],
            **{name: answers[name]},
        )

    if isinstance(form, DeclineForm) and "checked" not in request.POST and form.is_valid():
        return _check_decline(request, opened, form)
    if request.method == "POST" and send(form, take, now=lambda: _now(unlocked, opened)):
        if code == "decline" and form.cleaned_data[name] == codes.DeclineReason.NO_CAPACITY:
            return to("packet_full", done=done_code)
        return to("packet", referral_id, done=done_code)
    titles = {
        "decline": (_("You cannot take this referral?"), _("Decline")),
        "ask": (_("Ask one thing first"), _("Ask")),
        "deliver": (_("Have you helped?"), _("Save")),
        "fail": (_("Is it not possible?"), _("End this referral")),
    }
    context = {
        "form": form,
        "title": titles[code][0],
        "action": titles[code][1],
        "back_url": reverse("referrals:packet", args=[referral_id]),
        "lead": _AFTER_DECLINING if code == "decline" else "",
        "hint_code": "decline" if code == "decline" else "",
    }
    return show(request, "question", context)


def _check_decline(request: HttpRequest, opened: OpenPacket, form: DeclineForm) -> HttpResponse:
    """Show once more what cannot be taken back: for the desk this referral is over then."""
    form.hide()
    context = {
        "form": form,
        "title": _("You cannot take this referral?"),
        "rows": [
            {"key": _("Service"), "value": opened.opaque.service_name},
            {"key": _("Why"), "value": words.label(codes.DeclineReason, form.cleaned_data["reason"])},
        ],
        "will_happen": [_AFTER_DECLINING],
        "action": _("Decline"),
        "back_url": reverse("referrals:packet", args=[opened.referral.pk]),
    }
    return show(request, "transfer", context)


@GET_OR_POST
def packet_appoint(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """Give an appointment, or move it."""
    unlocked = _at_work(request)
    ended = access.ended_packet_for(unlocked, referral_id)
    if ended is not None or access.handed_packet_for(unlocked, referral_id) is not None:
        return to("packet", referral_id)
    opened = access.packet_for(unlocked, referral_id)
    form = AppointmentForm(request.POST or None, initial={"version": opened.referral.version})

    def appoint(answers: dict[str, Any]) -> None:
        actions.give_appointment(
            unlocked=unlocked,
            packet=opened,
            starts_at=answers["starts_at"],
            ask_for=answers["ask_for"],
            version=answers["version"][0],
            once=answers["key"],
        )

    if request.method == "POST" and send(form, appoint, now=lambda: _now(unlocked, opened)):
        return to("packet", referral_id, done="appointment-given")
    context = {
        "form": form,
        "title": _("Give an appointment"),
        "lead": _("Only you and her caseworker read it."),
        "action": _("Save"),
        "back_url": reverse("referrals:packet", args=[referral_id]),
    }
    return show(request, "question", context)


@GET_OR_POST
def packet_reach(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """Ask before a number is shown at no safe hour; going on is a POST, and both logs say so."""
    unlocked = _at_work(request)
    ended = access.ended_packet_for(unlocked, referral_id)
    if ended is not None:
        return to("packet", referral_id)
    goes_on = request.method == "POST"
    told = access.identity_for(unlocked, referral_id, outside_hours=goes_on)
    context = {
        "contact": words.contact(told.safe_contact),
        "numbers": words.number_rows(told) if goes_on or not access.numbers_wait(unlocked, told) else [],
        "waits": not goes_on and access.numbers_wait(unlocked, told),
        "back_url": reverse("referrals:packet", args=[referral_id]),
        "back_label": _("The referral"),
        "she_contacts": _("She contacts you. Do not call, do not write, do not visit."),
    }
    return show(request, "case_reach", context)


@GET_OR_POST
def packet_assign(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """Choose a colleague, look at what that does, and give it to them."""
    unlocked = _at_work(request)
    if access.ended_packet_for(unlocked, referral_id) is not None:
        return to("packet", referral_id)
    opened = access.packet_for(unlocked, referral_id)
    if not opened.is_mine:
        return to("packet", referral_id)
    # A key leaves with it: whoever finds a screen open must not give it to a friend.
    stepped_up(request)
    people = {str(one.pk): one for one in queries.colleagues_at_work(unlocked) if one != unlocked.person}
    on_duty = duty.on_duty(unlocked.agency, unlocked.now)
    form = AssignForm(
        request.POST or None,
        initial={"version": opened.referral.version},
        colleagues=[
            (
                pk,
                _("%(name)s, on duty now") % {"name": one.display_name}
                if one.pk in on_duty
                else one.display_name,
            )
            for pk, one in sorted(people.items(), key=lambda pair: pair[1].pk not in on_duty)
        ],
    )

    def assign(answers: dict[str, Any]) -> None:
        actions.assign(
            unlocked=unlocked,
            packet=opened,
            person=people[answers["person"]],
            stay=answers["stay"] == "yes",
            version=answers["version"][0],
            once=answers["key"],
        )

    if request.method == "POST" and send(form, assign, now=lambda: _now(unlocked, opened)):
        stays = form.cleaned_data["stay"] == "yes"
        return to("packet", referral_id, done="assigned") if stays else to("inbox_mine", done="assigned")
    context = {
        "form": form,
        "title": _("Give it to a colleague?"),
        "will_happen": [
            _("They read everything you read here, from this moment, while her consent lasts."),
            _("If you let go, you read nothing of it any more."),
            _("Both organisations’ logs keep who gave it to whom."),
        ],
        "action": _("Give it to them"),
        "back_url": reverse("referrals:packet", args=[referral_id]),
    }
    return show(request, "confirm", context)


@require_safe
def packet_full(request: HttpRequest) -> HttpResponse:
    """After “no place free”: offer to tell everybody else, so that nobody asks in vain."""
    _desk(request)
    return render(request, "referrals/packet_full.html")
