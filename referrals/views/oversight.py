"""The supervisor's home: what waits too long, what somebody has to decide, what is unusual in the log.

Nothing here opens a case. Reading the log is written down like on the log's own page, before it is shown.
"""

from datetime import timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_safe

from accounts import queries as people
from accounts.access import auditor_keys, with_role
from accounts.roles import RoleName
from accounts.unlocked import Unlocked
from accounts.views.log import LOG_READ
from accounts.witness import last_check
from audit import registry
from audit.actions import record_first
from audit.queries import Unusual, last_signed, newest, unusual
from referrals import access, codes, queries
from referrals.models.emergencies import EmergencyOpening, Step
from referrals.views import succession, words
from referrals.views.answers import show
from referrals.views.late import late_row
from services.saying import inside

# The head of each list; its own page has the rest.
HEAD = 4
MOST_UNUSUAL = 6
# How far back the log is looked through, and how many entries at most: opening them takes about a
# third of a second.
LOG_DAYS = 7
LOG_ENTRIES = 1000
# After so many days without a check of the whole log the page asks for one.
CHECK_EVERY_DAYS = 30


@require_safe
def oversight(request: HttpRequest) -> HttpResponse:
    """Show what is late, what waits for a decision, what stands out in the log, and the log's last check."""
    unlocked = with_role(request, RoleName.SUPERVISOR)
    late = queries.late_page(unlocked, limit=HEAD)
    context = {
        "cases_locked": not unlocked.may_open_cases,
        "late": [late_row(unlocked, row) for row in late.rows],
        "more_late": late.next is not None,
        "waiting": decisions(unlocked),
        **of_log(unlocked),
    }
    return show(request, "oversight", context)


# --- What somebody has to decide ---


def decisions(unlocked: Unlocked) -> list[dict[str, Any]]:
    """Return what waits for a decision: what, who it waits for, and where. What is hers to decide first."""
    rows = [_key(one) for one in people.waiting_for_my_keys(unlocked)]
    rows += [_copies(unlocked, one) for one in queries.switches_waiting(unlocked)]
    if unlocked.may_open_cases:
        rows += _left(unlocked)
        rows += [_mistake(unlocked, one) for one in access.reported_to(unlocked, at_most=HEAD)]
        rows += _kept(unlocked)
        openings = [(one, one.step_at(unlocked.now)) for one in access.openings_for(unlocked)]
        runs = (Step.ASKED, Step.RELEASED, Step.OPENED)
        rows += [_emergency(unlocked, one, step) for one, step in openings if step in runs]
    return sorted(rows, key=lambda row: not row["mine"])


def _row(kind: str, text: str, whom: str, url: str, action: str, *, mine: bool) -> dict[str, Any]:
    return {"kind": kind, "text": text, "whom": whom, "url": url, "action": action, "mine": mine}


def _you_or(name: str, *, mine: bool) -> str:
    return _("Waits for you.") if mine else name


def _key(one: people.WaitingForKey) -> dict[str, Any]:
    return _row(
        "key",
        _("%(name)s waits for a key: %(key)s") % {"name": one.person.display_name, "key": one.key.label},
        _("Waits for you, or a colleague who holds it."),
        reverse("accounts:account"),
        _("Hand it over"),
        mine=True,
    )


def _copies(unlocked: Unlocked, switch: Any) -> dict[str, Any]:
    mine = switch.asked_by_id != unlocked.person.id
    return _row(
        "copies",
        _("%(name)s asks to switch copies on for: %(role)s")
        % {"name": switch.asked_by.display_name, "role": RoleName(switch.role).label},
        _you_or(_("Waits for another supervisor or an administrator."), mine=mine),
        reverse("referrals:exports"),
        _("Decide") if mine else _("Look at it"),
        mine=mine,
    )


def _left(unlocked: Unlocked) -> list[dict[str, Any]]:
    """Return the cases whose caseworker has left: that there are some, and those that are hers to hand on."""
    whom = _you_or("", mine=True)
    cards = [one for one in succession.waiting(unlocked) if one["url"]]
    return [_row("left", one["text"], whom, one["url"], one["action"], mine=True) for one in cards]


def _mistake(unlocked: Unlocked, referral: Any) -> dict[str, Any]:
    mine = unlocked.person.id not in (referral.error_asked_by_id, referral.sent_by_id)
    return _row(
        "mistake",
        _("%(name)s reports a referral to %(agency)s as a mistake")
        % {"name": referral.error_asked_by.display_name, "agency": referral.recipient_agency.name},
        _you_or(_("Waits for a supervisor who neither sent nor reported it."), mine=mine),
        reverse("referrals:supervise_mistake", args=[referral.pk]),
        _("Decide") if mine else _("Look at it"),
        mine=mine,
    )


def _kept(unlocked: Unlocked) -> list[dict[str, Any]]:
    years = queries.waiting_years(unlocked.agency)
    asked = [
        (_("%(name)s asks to keep closed cases for more years"), years.asked_by, years.asked_by_id)
    ] if years else []  # fmt: skip
    for hold in access.holds_waiting(unlocked, at_most=HEAD):
        asker = hold.lift_asked_by or hold.asked_by
        said = (
            _("%(name)s asks to keep a case no longer than its time")
            if hold.lift_asked_by
            else _("%(name)s asks to keep a case longer")
        )
        asked.append((said, asker, asker.pk))
    rows = []
    for said, asker, asker_id in asked:
        mine = asker_id != unlocked.person.id
        whom = _you_or(_("Waits for another supervisor."), mine=mine)
        text = said % {"name": asker.display_name}
        action = _("Decide") if mine else _("Look at it")
        rows.append(_row("kept", text, whom, reverse("referrals:retention"), action, mine=mine))
    return rows


_WAITS_FOR = {
    Step.ASKED: gettext_lazy("Waits for a custodian."),
    Step.RELEASED: gettext_lazy("Released. Waits for %(name)s to open it."),
    Step.OPENED: gettext_lazy("Open to %(name)s now."),
}


def _emergency(unlocked: Unlocked, one: EmergencyOpening, step: Step) -> dict[str, Any]:
    mine = step is Step.RELEASED and one.asked_by_id == unlocked.person.id
    return _row(
        "emergency",
        _("%(name)s asked for a case in an emergency: %(reason)s")
        % {
            "name": one.asked_by.display_name,
            "reason": inside(words.label(codes.EmergencyReason, one.reason)),
        },
        _you_or(str(_WAITS_FOR[step]) % {"name": one.asked_by.display_name}, mine=mine),
        reverse("referrals:emergencies"),
        _("Look at it"),
        mine=mine,
    )


# --- The log ---


def of_log(unlocked: Unlocked) -> dict[str, Any]:
    """Return what stands out among the newest entries, and when the log was last checked and signed."""
    keys = [pair for _epoch, pair in auditor_keys(unlocked)]
    if not keys:
        return {"has_key": False}
    _record(unlocked)
    agency = unlocked.agency
    since = unlocked.now - timedelta(days=LOG_DAYS)
    opened = newest(agency=agency.id, keys=keys, since=since, at_most=LOG_ENTRIES)
    found = unusual(opened, zone=ZoneInfo(agency.time_zone))
    names = {line.person.id: line.person.display_name for line in people.people_page(unlocked)}
    times = [one.body.time for one in opened if one.body is not None]
    check, signed = last_check(unlocked), last_signed(agency.id)
    old = unlocked.now - timedelta(days=CHECK_EVERY_DAYS)
    return {
        "has_key": True,
        "unusual": [_said(one, names) for one in found[:MOST_UNUSUAL]],
        "more_unusual": len(found) > MOST_UNUSUAL,
        # Less than the week where so much was written that the look ends earlier.
        "looked_since": max(since, min(times)) if len(opened) == LOG_ENTRIES and times else since,
        "check": check,
        "check_is_old": check is None or check.at < old,
        "signed": signed,
    }


def _record(unlocked: Unlocked) -> None:
    record_first(
        LOG_READ.name,
        agency=unlocked.agency.id,
        actor=unlocked.person.id,
        kind="log",
        object="",
        detail={"reason": "unusual"},
    )


_KINDS = {"sealed": "stop", "rare": "wait", "refused": "wait", "many": "info", "night": "info"}


def _said(one: Unusual, names: dict[UUID, str]) -> dict[str, Any]:
    """Return one thing that stands out in words, and what the log's page has to look for to show it."""
    if one.actor is None:
        who = _("Nobody signed in")
    else:
        who = names.get(one.actor, _("Somebody of another organisation"))
    times = ngettext("once", "%(n)d times", one.number) % {"n": one.number}
    labels: dict[str, tuple[str, str]] = {
        "sealed": (
            _("Does not open"),
            ngettext(
                "%(n)d entry opens with none of your keys.",
                "%(n)d entries open with none of your keys.",
                one.number,
            )
            % {"n": one.number},
        ),
        "rare": (_("Seldom done"), f"{_label(one.action)}: {times}"),
        "refused": (_("Refused"), _("Asked for what is not theirs: %(times)s") % {"times": times}),
        "many": (
            _("Many cases"),
            ngettext("%(n)d case looked at in one day", "%(n)d cases looked at in one day", one.number)
            % {"n": one.number},
        ),
        "night": (_("At night"), _("Cases looked at between 22:00 and 06:00: %(times)s") % {"times": times}),
    }
    label, text = labels[one.kind]
    find = {"actor": str(one.actor) if one.actor in names else "", "action": one.action}
    if one.kind == "refused":
        find["outcome"] = "denied"
    return {
        "code": one.kind,
        "kind": _KINDS[one.kind],
        "label": label,
        "who": who if one.kind != "sealed" else "",
        "text": text,
        "last": one.last,
        "find": [(name, value) for name, value in find.items() if value],
    }


def _label(action: str) -> str:
    """Return what an action is called; one that has no name keeps its code."""
    try:
        return str(registry.action(action).label)
    except registry.UnknownAction:
        return action
