"""Close a case with its checklist, see what still stands against it, open a closed one again."""

from dataclasses import fields
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import may_open_cases
from accounts.unlocked import Unlocked
from referrals import access, actions, queries
from referrals.access import OpenCase
from referrals.forms.cases import CloseCaseForm, ReopenForm
from referrals.models import Referral
from referrals.models.referrals import State
from referrals.payload import Closing
from referrals.views import words
from referrals.views.answers import send, show, to

GET_OR_POST = require_http_methods(["GET", "HEAD", "POST"])
PAGE = 20


@GET_OR_POST
def case_close(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Go through the checklist, then close. While a referral lives the page says what to do about it."""
    unlocked = may_open_cases(request)
    opened = access.case_for(unlocked, case_id, to="edit")
    form = CloseCaseForm(request.POST or None)

    def close(answers: dict[str, Any]) -> None:
        asked = {field.name for field in fields(Closing)}
        checklist = Closing(**{name: value for name, value in answers.items() if name in asked})
        actions.close_case(unlocked=unlocked, opened=opened, checklist=checklist, once=answers["key"])

    if request.method == "POST" and send(form, close):
        return to("needs_me", done="case-closed")
    context = {
        "form": form,
        "live": _live_rows(unlocked, opened),
        "back_url": reverse("referrals:case", args=[case_id]),
    }
    return show(request, "case_close", context)


def _live_rows(unlocked: Unlocked, opened: OpenCase) -> list[dict[str, Any]]:
    live = {one.id: one for one in queries.live_of(unlocked, opened)}
    return [
        {
            "url": reverse("referrals:referral", args=[live[item.content.referral_id].id]),
            "service_name": item.content.service_name,
            "organization_name": item.content.organization_name,
            "what": _what_to_do(live[item.content.referral_id], unlocked),
        }
        for item in opened.referrals()
        if item.content.referral_id in live
    ]


def _what_to_do(referral: Referral, unlocked: Unlocked) -> str:
    state = referral.state_at(unlocked.now)
    if state == State.DELIVERED:
        return _("They say they have helped. Ask her, then close the referral.")
    if state in (State.ACCEPTED, State.IN_PROGRESS):
        return _("They are helping her. Wait until they have, or say that it was not possible.")
    return _("They have not answered. Wait for it, or cancel the referral.")


@GET_OR_POST
def case_reopen(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Ask why, then open the case again."""
    unlocked = may_open_cases(request)
    opened = access.case_for(unlocked, case_id, to="edit")
    form = ReopenForm(request.POST or None)

    def reopen(answers: dict[str, Any]) -> None:
        actions.reopen_case(
            unlocked=unlocked,
            opened=opened,
            reason=answers["reason"],
            words=answers["words"],
            once=answers["key"],
        )

    if request.method == "POST" and send(form, reopen):
        return to("case", case_id, done="case-reopened")
    context = {
        "form": form,
        "title": _("Open this case again?"),
        "will_happen": [
            _("It is on your list again, and can be changed."),
            _("The time until it is destroyed stops, and begins anew when it is closed."),
            _("What was written when it was closed stays."),
        ],
        "action": _("Open it again"),
        "back_url": reverse("referrals:case", args=[case_id]),
    }
    return show(request, "confirm", context)


@require_safe
def cases_closed(request: HttpRequest) -> HttpResponse:
    """Show one's closed cases: they are read, and opened again, from here."""
    unlocked = may_open_cases(request)
    after = request.GET.get("after")
    page = queries.case_page(unlocked, after=after, limit=PAGE, is_open=False)
    here = reverse("referrals:cases_closed")
    context = {
        "cases": [
            {
                "url": reverse("referrals:case", args=[card.case_id]),
                "alias": card.card.alias if card.card else _("This case does not open"),
                "since": words.since(card.month_opened),
            }
            for card in page.cards
        ],
        "next_url": f"{here}?{urlencode({'after': page.next})}" if page.next else "",
        "first_url": here if after else "",
    }
    return show(request, "cases_closed", context)


def closing_rows(unlocked: Unlocked, opened: OpenCase) -> list[dict[str, Any]]:
    """Return the closings of a case for its page, newest first: what was answered, and if it was undone."""
    items = opened.closings()
    people = queries.names_of(
        unlocked, [one for item in items for one in (item.content.closed_by, item.content.reopened_by)]
    )
    return [
        {
            "on": item.content.closed_at,
            "by": people.get(item.content.closed_by, ""),
            "rows": words.closing_rows(item.content, reopened_by=people.get(item.content.reopened_by, "")),
            "reopened_on": item.content.reopened_at,
        }
        for item in reversed(items)
    ]
