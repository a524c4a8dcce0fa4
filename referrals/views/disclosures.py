"""The timeline of a case: what was told to whom, when, and under which decision of hers. Newest first.

Put together from the case's own sealed items and from the clear columns of its referrals. Once a referral
has ended only its days are known; nothing is kept longer for this page.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.access import may_open_cases
from accounts.unlocked import Unlocked
from referrals import access, codes, entries, queries
from referrals.access import Item, OpenCase
from referrals.models import Referral
from referrals.models.referrals import LIVE, WAITING, State
from referrals.payload import Consent, SentReferral
from referrals.views import words
from referrals.views.answers import show
from referrals.views.cases import alias_of

LATE_IN_THE_DAY = timedelta(hours=23, minutes=59)


@dataclass(frozen=True)
class Event:
    """One line: when, what, about whom, and what was told. ``day_only``: the hour is not known any more."""

    at: datetime
    label: str
    place: str
    text: str = ""
    kind: str = "done"
    by: UUID | None = None
    day_only: bool = False


@require_safe
def disclosures(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Show everything that left this case, and every decision of hers about it."""
    unlocked = may_open_cases(request)
    opened, events = timeline(unlocked, case_id)
    context = {
        "alias": alias_of(opened.card()),
        "case_url": reverse("referrals:case", args=[case_id]),
        "events": events,
    }
    return show(request, "disclosures", context)


def timeline(unlocked: Unlocked, case_id: UUID) -> tuple[OpenCase, list[dict[str, Any]]]:
    """Open a case for its timeline; return both, newest first. ``day``: the hour is not known any more."""
    opened = access.case_for(unlocked, case_id, action=entries.DISCLOSURES_VIEWED)
    events = [
        *(one for item in opened.consents() for one in _of_consent(item, unlocked.now)),
        *_of_referrals(unlocked, opened),
        *_of_questions(opened),
    ]
    # What happened in one moment stays in its order; what only a day is known of comes last in it.
    events = sorted(events, key=lambda one: one.at + LATE_IN_THE_DAY * one.day_only)[::-1]
    names = queries.names_of(unlocked, {one.by for one in events})
    return opened, [_shown(one, names) for one in events]


def _shown(event: Event, names: Mapping[UUID | None, str]) -> dict[str, Any]:
    when = {"day": event.at} if event.day_only else {"at": event.at}
    by = names.get(event.by, "")
    return {
        "label": event.label,
        "place": event.place,
        "text": event.text,
        "state": event.kind,
        "by": by,
        **when,
    }


def _place(service: str, organization: str) -> str:
    return f"{service}, {organization}" if organization else service


def _of_consent(item: Item[Consent], now: datetime) -> list[Event]:
    consent = item.content
    place = _place(consent.service_name, consent.organization_name)
    if consent.decided_at is None:
        return []
    if consent.decision == codes.Decision.REFUSED:
        said_no = _("She said no. Nothing was told.")
        return [Event(consent.decided_at, said_no, place, kind="noted", by=consent.recorded_by)]
    at_first = tuple(consent.heard.fields or consent.fields)
    agreed = _("She agreed again") if consent.renews else _("She agreed")
    until = _("May be told: %(fields)s. Until %(day)s.") % {
        "fields": words.fields_in_words(at_first),
        "day": words.day(consent.first_ends_at or consent.expires_at),
    }
    events = [Event(consent.decided_at, agreed, place, until, by=consent.recorded_by)]
    for step in consent.narrowed:
        if step.at is None:
            continue
        said = []
        if step.taken_out:
            said.append(
                _("Not to be read any more: %(fields)s.") % {"fields": words.fields_in_words(step.taken_out)}
            )
        if step.ends_at:
            said.append(_("Until %(day)s.") % {"day": words.day(step.ends_at)})
        events.append(Event(step.at, _("She took a part back"), place, " ".join(said), by=step.by))
    if consent.withdrawn_at is not None:
        text = _("From this moment nothing more is read.")
        events.append(Event(consent.withdrawn_at, _("She took it back"), place, text, kind="stopped"))
    elif consent.expires_at is not None and consent.expires_at <= now:
        text = _("From this moment nothing more is read.")
        events.append(Event(consent.expires_at, _("Her consent ran out"), place, text, kind="stopped"))
    return events


def _of_referrals(unlocked: Unlocked, opened: OpenCase) -> list[Event]:
    known = queries.states_of(unlocked, opened)
    answered: dict[UUID | None, list[datetime]] = {}
    for entry in opened.history():
        if entry.content.action == entries.REFERRAL_ANSWERED.name and entry.content.at is not None:
            answered.setdefault(entry.content.object, []).append(entry.content.at)
    events: list[Event] = []
    for item in opened.referrals():
        row = known.get(item.content.referral_id) if item.content.referral_id else None
        if row is not None:
            events += _of_referral(item.content, row, unlocked.now)
            place = _place(item.content.service_name, item.content.organization_name)
            label = _("A question of theirs was answered, within her consent")
            events += [Event(at, label, place) for at in answered.get(row.pk, [])]
    return events


def _of_referral(about: SentReferral, row: Referral, now: datetime) -> list[Event]:
    place = _place(about.service_name, about.organization_name)
    at_once = tuple(field for field in about.fields if field in codes.OPAQUE_FIELDS)
    later = tuple(field for field in about.fields if field not in codes.OPAQUE_FIELDS)
    told = words.fields_in_words(at_once) or _("nothing about her")
    text = _("They could read at once: %(fields)s.") % {"fields": told}
    events = []
    if about.sent_at is not None:
        events.append(Event(about.sent_at, _("A referral was sent"), place, text, by=about.sent_by))
    ended = row.ended_at is not None
    if row.accepted_at is not None:
        text = _("From now on one person there could read: %(fields)s.") % {
            "fields": words.fields_in_words(later) or _("nothing more")
        }
        if row.sealed_meeting:
            text += " " + _("They gave an appointment.")
        events.append(Event(row.accepted_at, _("They said yes"), place, text, day_only=ended))
    state = row.state_at(now)
    if state not in LIVE:
        over = row.ended_at or row.expires_at or row.consent_expires_at
        if over is not None:
            label = str(words.FOR_SENDER[state].label)
            text = _("They read nothing any more.")
            if row.accepted_at is None and state not in WAITING:
                text = _("They never read who she is, and read nothing any more.")
            kind = "noted" if state == State.CLOSED else "stopped"
            events.append(Event(over, label, place, text, kind=kind, day_only=ended))
    return events


def _of_questions(opened: OpenCase) -> list[Event]:
    """Return the questions put by link: who holds the link reads the part for the desk, never who she is."""
    return [
        Event(
            item.content.asked_at,
            _("A question was put by a link"),
            _place(item.content.service_name, item.content.organization_name),
            _("Who has the link could read what a desk reads at once, and never who she is."),
            by=item.content.asked_by,
        )
        for item in opened.inquiries()
        if item.content.asked_at is not None
    ]
