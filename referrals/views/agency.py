"""The administrator's home: who waits to come in, whose papers run out, where one person stands alone.

Only people, dates and agreements; an administrator sees no case.
"""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.access import with_role
from accounts.models import Agreement
from accounts.queries import AgencyHome, Colleague, Lapse, agency_home
from accounts.roles import RoleName
from accounts.unlocked import Unlocked
from referrals import queries
from referrals.views import words
from referrals.views.answers import show


@require_safe
def agency(request: HttpRequest) -> HttpResponse:
    """Show what needs an administrator, and the way to everything they look after."""
    unlocked = with_role(request, RoleName.ADMINISTRATOR)
    home = agency_home(unlocked)
    rows = [_to_activate(line) for line in home.of_status("to_activate")]
    rows += [_switch(unlocked, switch) for switch in queries.switches_waiting(unlocked)]
    rows += [_lapse(one) for one in home.lapses]
    rows += [_without_key(line) for line in home.of_status("active") if line.waits_for]
    rows += [_invited(line, unlocked) for line in home.of_status("invited")]
    context = {
        "agency": unlocked.agency.name,
        "rows": rows,
        "alone": [_alone(role, home) for role in home.alone],
        "agreements": [_agreement(row, unlocked) for row in home.agreements],
        "has_partners": home.has_partners,
        "is_first": len(home.of_status("active")) == 1 and len(home.people) == 1,
    }
    return show(request, "agency", context)


@dataclass(frozen=True)
class Row:
    """One thing that needs an administrator: a tag, whom it is about, what it means, what to do."""

    kind: str
    label: str
    text: str
    more: str
    url: str
    action: str


def _to_activate(line: Colleague) -> Row:
    return Row(
        "stop",
        _("Waits for you"),
        line.person.display_name,
        _("They have made their keys. Compare the number with them, then they can sign in."),
        reverse("accounts:activate", args=[line.person.pk]),
        _("Compare and activate"),
    )


def _invited(line: Colleague, unlocked: Unlocked) -> Row:
    invitation = getattr(line.person, "invitation", None)
    ends = invitation.expires_at if invitation else None
    over = ends is None or ends <= unlocked.now
    return Row(
        "wait" if over else "info",
        _("Invitation over") if over else _("Invited"),
        line.person.display_name,
        _("The paper code opens nothing any more. Take the invitation back and make a new one.")
        if over
        else _("Waits for them. The paper code is good until %(day)s.") % {"day": words.day(ends)},
        reverse("accounts:remove", args=[line.person.pk]),
        _("Take the invitation back"),
    )


def _without_key(line: Colleague) -> Row:
    keys = ", ".join(str(key.label) for key in line.waits_for)
    return Row(
        "wait",
        _("No key yet"),
        line.person.display_name,
        _("Waits for a colleague who holds it to hand over: %(keys)s") % {"keys": keys},
        reverse("accounts:person", args=[line.person.pk]),
        _("Roles and dates"),
    )


def _lapse(one: Lapse) -> Row:
    day = words.date_of(one.on)
    if one.on is None:
        more = _("No training or code of conduct is recorded: no case opens to them.")
    elif one.is_over:
        more = _("Training or code of conduct ended on %(day)s: no case opens to them.") % {"day": day}
    else:
        more = _("Training or code of conduct ends on %(day)s. Then no case opens to them.") % {"day": day}
    return Row(
        "stop" if one.is_over else "wait",
        _("Cases locked") if one.is_over else _("Ends soon"),
        one.person.display_name,
        more,
        reverse("accounts:person", args=[one.person.pk]),
        _("Roles and dates"),
    )


def _switch(unlocked: Unlocked, switch: Any) -> Row:
    mine = switch.asked_by_id == unlocked.person.id
    return Row(
        "info" if mine else "wait",
        _("Copies"),
        str(RoleName(switch.role).label),
        _("You asked. Waits for another supervisor or an administrator.")
        if mine
        else _("%(name)s asks that this role may take copies out. It takes a second person.")
        % {"name": switch.asked_by.display_name},
        reverse("referrals:exports"),
        _("Look at it") if mine else _("Decide"),
    )


def _alone(role: RoleName, home: AgencyHome) -> dict[str, str]:
    """Say what stands still when a role has nobody, or one person who may be away."""
    names = [line.person.display_name for line in home.of_status("active") if role in line.roles]
    stops = {
        RoleName.SUPERVISOR: _("nobody approves, ends a referral or reads the log"),
        RoleName.CUSTODIAN: _("nobody releases a case in an emergency, and no lost key is replaced"),
        RoleName.ADMINISTRATOR: _("nobody invites, trains or removes people"),
    }
    said = {"role": role.label, "stops": stops[role], "name": "".join(names)}
    if not names:
        return {"text": _("%(role)s: nobody. Until then %(stops)s.") % said}
    return {"text": _("%(role)s: only %(name)s. When they are away, %(stops)s.") % said}


def _agreement(row: Agreement, unlocked: Unlocked) -> dict[str, Any]:
    return {
        "name": row.partner.name,
        "day": row.valid_until,
        "is_over": row.valid_until < unlocked.today,
        "url": reverse("accounts:partner", args=[row.partner_id]),
    }
