"""The caseworker's home: what needs her now, then her open cases."""

from datetime import date
from typing import Any
from uuid import UUID

from django.core.exceptions import SuspiciousOperation
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from accounts.access import may_open_cases
from accounts.roles import RoleName
from accounts.unlocked import Unlocked
from referrals import access, codes, directory, queries
from referrals.access import CaseCard
from referrals.models import CaseUserPermission
from referrals.queries import Attention
from referrals.views import words

PAGE = 20

# By kind of attention: the tag's kind and words, the sentence, what to do.
_SAID: dict[str, tuple[str, Any, Any, Any]] = {
    "overdue": (
        "stop",
        gettext_lazy("No answer yet"),
        gettext_lazy("%(service)s, %(organization)s should have answered. Call them."),
        gettext_lazy("Look at the referral"),
    ),
    "declined": (
        "stop",
        gettext_lazy("Declined"),
        gettext_lazy("%(service)s, %(organization)s cannot take her."),
        gettext_lazy("See other places"),
    ),
    "expired": (
        "stop",
        gettext_lazy("No answer in time"),
        gettext_lazy("%(service)s, %(organization)s did not answer in time."),
        gettext_lazy("See other places"),
    ),
    "failed": (
        "stop",
        gettext_lazy("Not possible"),
        gettext_lazy("%(service)s, %(organization)s could not help her."),
        gettext_lazy("Look at the referral"),
    ),
    "delivered": (
        "wait",
        gettext_lazy("To confirm"),
        gettext_lazy("%(service)s, %(organization)s say that they have helped. Ask her."),
        gettext_lazy("Ask her, then close"),
    ),
    "consent": (
        "wait",
        gettext_lazy("Consent runs out"),
        gettext_lazy("Her consent for %(service)s, %(organization)s ends soon."),
        gettext_lazy("Look at the referral"),
    ),
    "accepted": (
        "ok",
        gettext_lazy("Accepted"),
        gettext_lazy("%(service)s, %(organization)s said yes."),
        gettext_lazy("Look at the referral"),
    ),
    "waiting": (
        "info",
        gettext_lazy("Waiting for an answer"),
        gettext_lazy("Sent to %(service)s, %(organization)s."),
        gettext_lazy("Look at the referral"),
    ),
}


@require_safe
def needs_me(request: HttpRequest) -> HttpResponse:
    """Show what waits for her, most pressing first, and a page of her open cases."""
    unlocked = may_open_cases(request)
    rows = access.cases_for(unlocked)
    after = _after(request.GET.get("after", ""))
    if after is not None:
        month, case_id = after
        rows = rows.filter(
            Q(content_object__month_opened__lt=month)
            | Q(content_object__month_opened=month, content_object_id__lt=case_id)
        )
    page = list(rows[: PAGE + 1])
    more, page = len(page) > PAGE, page[:PAGE]
    attention = queries.of_sent(unlocked, queries.sent_rows(unlocked)) if after is None else []
    cards = _cards(unlocked, page, attention)
    names = directory.district_names(card.card.district for card in cards.values() if card.card)
    context = {
        "may_open": RoleName.CASEWORKER in unlocked.roles,
        "attention": [_attention(one, cards[one.case_id]) for one in attention if one.case_id in cards],
        "cases": [_case(cards[row.content_object_id], names) for row in page],
        "next_url": _next(page[-1]) if more else "",
        "first_url": reverse("referrals:needs_me") if after is not None else "",
    }
    return render(request, "referrals/needs_me.html", context)


def _cards(
    unlocked: Unlocked, page: list[CaseUserPermission], attention: list[Attention]
) -> dict[UUID, CaseCard]:
    """Open the cards of this page and of the cases that wait, together: the queries do not grow."""
    have = {row.content_object_id for row in page}
    waiting = {one.case_id for one in attention} - have
    rows = [*page, *access.cases_for(unlocked).filter(content_object_id__in=waiting)] if waiting else page
    return {card.case_id: card for card in access.open_case_cards(unlocked, rows)} if rows else {}


def _after(mark: str) -> tuple[date, UUID] | None:
    """Read the mark of a next page: a month and a case's id, both in clear already."""
    if not mark:
        return None
    month, _dot, case_id = mark.partition(".")
    try:
        return date.fromisoformat(month), UUID(case_id)
    except ValueError:
        raise SuspiciousOperation from None


def _next(row: CaseUserPermission) -> str:
    month = row.content_object.month_opened.isoformat()
    return f"{reverse('referrals:needs_me')}?after={month}.{row.content_object_id}"


def _case(card: CaseCard, districts: Any) -> dict[str, Any]:
    url = reverse("referrals:case", args=[card.case_id])
    if card.card is None:
        return {
            "url": url,
            "alias": _("This case does not open"),
            "risk": _("Tell your supervisor"),
            "risk_kind": "stop",
            "month_opened": card.month_opened,
        }
    return {
        "url": url,
        "alias": card.card.alias,
        "risk": words.label(codes.RiskLevel, card.card.risk_level),
        "risk_kind": words.RISK_KINDS.get(card.card.risk_level, "quiet"),
        "district": districts.get(card.card.district, card.card.district),
        "age": words.label(codes.AgeBand, card.card.age_band),
        "month_opened": card.month_opened,
    }


def _attention(one: Attention, card: CaseCard) -> dict[str, Any]:
    pressing, label, text, action = _SAID[one.kind]
    place = {"service": one.service_name, "organization": one.organization_name}
    return {
        "kind": one.kind,
        "url": reverse("referrals:referral", args=[one.referral_id]),
        "alias": card.card.alias if card.card else _("This case does not open"),
        "pressing": pressing,
        "label": label,
        "text": text % place,
        "until": one.until,
        "action": action,
    }
