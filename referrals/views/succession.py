"""Cases whose caseworker has left: a supervisor names who takes one over, who holds a key hands it on."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.access import may_open_cases, stepped_up, with_role
from accounts.roles import RoleName
from accounts.unlocked import Unlocked
from referrals import access, actions, queries
from referrals.access import LeftCase, Succession
from referrals.forms.base import WorkForm
from referrals.forms.transfer import SuccessorForm
from referrals.views import words
from referrals.views.answers import send, show, to
from referrals.views.cases import GET_OR_POST


@require_safe
def left(request: HttpRequest) -> HttpResponse:
    """Show the cases without a caseworker: reference, since when, who still opens them. Nothing of any."""
    may_open_cases(request)
    unlocked = with_role(request, RoleName.SUPERVISOR)
    return show(request, "left", {"rows": [_row(one) for one in access.left_cases(unlocked)]})


def _row(one: LeftCase) -> dict[str, Any]:
    return {
        "reference": access.reference_of(one.case),
        "since": words.since(one.case.month_opened),
        "holders": [
            _("%(name)s, until %(day)s") % {"name": name, "day": words.day(until)}
            for name, until in one.holders
        ],
        "successor": one.successor.person.display_name if one.successor else "",
        "until": one.successor.until if one.successor else None,
        "url": reverse("referrals:left_case", args=[one.id]),
    }


@GET_OR_POST
def left_case(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Name the caseworker who takes one of them over, after a look at what that does."""
    may_open_cases(request)
    unlocked = with_role(request, RoleName.SUPERVISOR)
    found = access.left_case_for(unlocked, case_id)
    # It decides who is given a key: whoever finds a screen open must not name a friend.
    stepped_up(request)
    people = {str(one.pk): one for one in queries.caseworkers_of(unlocked) if one.pk != unlocked.person.pk}
    form = SuccessorForm(
        request.POST or None, colleagues=[(pk, one.display_name) for pk, one in people.items()]
    )

    def name(answers: dict[str, Any]) -> None:
        actions.name_successor(
            unlocked=unlocked, left=found, person=people[answers["person"]], once=answers["key"]
        )

    if request.method == "POST" and send(form, name):
        return to("left", done="successor-named")
    row = _row(found)
    context = {
        "form": form,
        "title": _("Who takes over the case %(reference)s?") % {"reference": row["reference"]},
        "rows": [
            {"key": _("Opens it still"), "value": "; ".join(row["holders"]) or _("Nobody")},
            {"key": _("Named now"), "value": row["successor"] or _("Nobody")},
        ],
        "will_happen": [
            _("You give no key by this, and read nothing. Nobody takes a case over alone."),
            _("A colleague who opens it hands it to them, or they take it if they open it themselves.")
            if found.holders
            else _(
                "Nobody opens it: then open it in an emergency together with a custodian, and hand it over."
            ),
            _("They have fourteen days. Name somebody again at any time."),
        ],
        "action": _("Name them"),
        "back_url": reverse("referrals:left"),
        "is_step": True,
    }
    return show(request, "transfer", context)


@GET_OR_POST
def case_successor(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Hand a case that one opens to who was named; or take it over, being named oneself."""
    unlocked = may_open_cases(request)
    opened, successor = access.succession_for(unlocked, case_id)
    stepped_up(request)
    takes = successor.person_id == unlocked.person.id
    form = WorkForm(request.POST or None)

    def hand_over(answers: dict[str, Any]) -> None:
        act = actions.take_left_case if takes else actions.hand_over_left_case
        act(unlocked=unlocked, opened=opened, once=answers["key"])

    if request.method == "POST" and send(form, hand_over):
        return to("case", case_id, done="case-taken") if takes else to("needs_me", done="case-handed")
    names = {"name": successor.person.display_name, "supervisor": successor.named_by.display_name}
    if takes:
        title, action = _("Take this case over?"), _("Take it over")
        will_happen = [
            _("%(supervisor)s named you: whoever worked on it has left.") % names,
            _("It is yours from now on, with what was sent and her documents. Its keys are made new."),
            _("Tell her who will be there for her now."),
        ]
    else:
        title, action = _("Hand this case to %(name)s?") % names, _("Hand it over")
        will_happen = [
            _("%(supervisor)s named them: whoever worked on it has left.") % names,
            _("They have seven days to take it. Then it is theirs, and its keys are made new."),
            _("You open it until then at least; what you opened in an emergency ends when they take it.")
            if opened.emergency
            else _("Your own access stays as it is, until its day."),
        ]
    context = {
        "form": form,
        "title": title,
        "will_happen": will_happen,
        "action": action,
        "back_url": reverse("referrals:needs_me"),
    }
    return show(request, "confirm", context)


def waiting(unlocked: Unlocked) -> list[dict[str, Any]]:
    """Return what the home says of such cases: to supervisors, to who is named, to who holds a key."""
    cards = [_card(unlocked, one) for one in access.successions_for(unlocked)]
    if access.any_left(unlocked):
        first = {
            "text": _("There are cases that have no caseworker any more."),
            "url": reverse("referrals:left"),
            "action": _("See which, and name somebody"),
            "until": None,
        }
        cards.insert(0, first)
    return cards


def _card(unlocked: Unlocked, one: Succession) -> dict[str, Any]:
    said = {"reference": access.reference_of(one.case), "name": one.successor.person.display_name}
    card = {"url": reverse("referrals:case_successor", args=[one.case.pk]), "until": one.successor.until}
    if one.successor.person_id == unlocked.person.id and one.holds:
        text = _("You are to take over the case %(reference)s: whoever worked on it has left.")
        return card | {"text": text % said, "action": _("Take it over")}
    if one.successor.person_id == unlocked.person.id:
        text = _("You are to take over the case %(reference)s. A colleague who opens it hands it to you.")
        return card | {"text": text % said, "url": "", "action": ""}
    if one.is_offered:
        text = _("You handed the case %(reference)s to %(name)s, who has not taken it yet.")
        return card | {"text": text % said, "url": "", "action": ""}
    text = _("%(name)s is to take over the case %(reference)s, and you open it: hand it over.")
    return card | {"text": text % said, "action": _("Hand it over")}
