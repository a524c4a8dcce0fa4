"""The caseworker's home: what needs her now, then her open cases."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from accounts import notices
from accounts.access import may_open_cases
from accounts.roles import RoleName
from accounts.unlocked import Unlocked
from referrals import access, attention, codes, directory, queries
from referrals.access import CaseCard
from referrals.access.exports import copies_for
from referrals.attention import Attention
from referrals.views import emergency, succession, transfer, words
from referrals.views.answers import show

PAGE = 20

# Where a kind leads that is not about a referral's page: the part of the case to look at.
_PARTS = {
    "task": "follow-up",
    "order": "follow-up",
    "contact": "contact",
    "silent": "contact",
    "consent": "consents",
}

# By kind of attention: the tag's kind and words, the sentence, what to do.
_SAID: dict[str, tuple[str, Any, Any, Any]] = {
    "window": (
        "stop",
        gettext_lazy("Health first"),
        gettext_lazy("Medical care to prevent HIV and pregnancy works best now."),
        gettext_lazy("Find medical care"),
    ),
    "question": (
        "stop",
        gettext_lazy("They ask you"),
        gettext_lazy("%(service)s, %(organization)s need to know one thing before they answer."),
        gettext_lazy("Answer the question"),
    ),
    "asked_can": (
        "ok",
        gettext_lazy("They can take her"),
        gettext_lazy(
            "%(service)s, %(organization)s answered by the link. Go on by phone, together with her."
        ),
        gettext_lazy("Open the case"),
    ),
    "asked_call": (
        "wait",
        gettext_lazy("Call them"),
        gettext_lazy("%(service)s, %(organization)s want to talk before they answer."),
        gettext_lazy("Open the case"),
    ),
    "asked_cannot": (
        "stop",
        gettext_lazy("They cannot"),
        gettext_lazy("%(service)s, %(organization)s answered by the link that they cannot take her."),
        gettext_lazy("See other places"),
    ),
    "asked_nobody": (
        "stop",
        gettext_lazy("No answer in time"),
        gettext_lazy("%(service)s, %(organization)s did not answer the link in time."),
        gettext_lazy("See other places"),
    ),
    "overdue": (
        "stop",
        gettext_lazy("No answer yet"),
        gettext_lazy("%(service)s, %(organization)s should have answered. Call them."),
        gettext_lazy("Look at the referral"),
    ),
    "left": (
        "stop",
        gettext_lazy("Nobody works with her"),
        gettext_lazy("Whoever worked with her at %(service)s, %(organization)s has left. Call them."),
        gettext_lazy("Send them the key again"),
    ),
    "left_waits": (
        "wait",
        gettext_lazy("Not taken up yet"),
        gettext_lazy("%(service)s, %(organization)s have the key again. Nobody there has taken it up yet."),
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
        gettext_lazy("Ask her whether it goes on"),
    ),
    "unconfirmed": (
        "stop",
        gettext_lazy("To confirm since 14 days"),
        gettext_lazy("%(service)s, %(organization)s say that they have helped. Nobody has asked her yet."),
        gettext_lazy("Ask her, then close"),
    ),
    "task": (
        "stop",
        gettext_lazy("To do"),
        gettext_lazy("You wanted to do something for her by %(day)s."),
        gettext_lazy("See what is to be done"),
    ),
    "order": (
        "stop",
        gettext_lazy("Protection order"),
        gettext_lazy("Her protection order ends on %(day)s. Ask her whether she wants it prolonged."),
        gettext_lazy("See her protection order"),
    ),
    "contact": (
        "wait",
        gettext_lazy("No contact for 30 days"),
        gettext_lazy("The last contact was on %(day)s. First see how to reach her safely."),
        gettext_lazy("How to reach her safely"),
    ),
    "silent": (
        "wait",
        gettext_lazy("No word for 30 days"),
        gettext_lazy(
            "She was last heard from on %(day)s. She contacts us: do not call. Ask your supervisor."
        ),
        gettext_lazy("How to reach her safely"),
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

# Where one goes on without a referral; else to other places.
_LEADS_TO = {"asked_can": "referrals:case", "asked_call": "referrals:case"}


@require_safe
def needs_me(request: HttpRequest) -> HttpResponse:
    """Show what waits for her, most pressing first, and a page of her open cases."""
    unlocked = may_open_cases(request)
    after = request.GET.get("after")
    page = queries.case_page(unlocked, after=after, limit=PAGE)
    found, known, more = ([], [], False) if after else waiting(unlocked)
    known = [*known, *page.cards]
    cards = {card.case_id: card for card in [*known, *others(unlocked, known, found)]}
    names = directory.district_names(card.card.district for card in page.cards if card.card)
    notices.seen(unlocked, "referrals:needs_me")
    home = reverse("referrals:needs_me")
    context = {
        "may_open": RoleName.CASEWORKER in unlocked.roles,
        "may_supervise": RoleName.SUPERVISOR in unlocked.roles,
        "emergencies": emergency.of_mine(unlocked) if not after else [],
        "handovers": [] if after else succession.waiting(unlocked) + transfer.handovers(unlocked),
        "attention": [said_of(one, cards[one.case_id]) for one in found if one.case_id in cards],
        "copy_url": reverse("referrals:copy") if copies_for(unlocked) else "",
        "more_cases": attention.MOST_CASES if more else 0,
        "cases": [_case(card, names) for card in page.cards],
        "ending": [] if after else [_case(card, {}) for card in attention.ending_cards(unlocked)],
        "next_url": f"{home}?{urlencode({'after': page.next})}" if page.next else "",
        "first_url": home if after else "",
    }
    return show(request, "needs_me", context)


def waiting(unlocked: Unlocked) -> tuple[list[Attention], list[CaseCard], bool]:
    """Return what waits, the cards that had to be opened to know, and whether there are more cases."""
    sent = attention.sent_rows(unlocked)
    cards, more = attention.own_cards(unlocked)
    found = [
        *attention.of_windows(unlocked, cards, sent),
        *attention.of_follow_up(unlocked, cards),
        *attention.of_asked(unlocked),
        *attention.of_sent(unlocked, sent),
    ]
    return attention.in_order(found, unlocked.now), cards, more


def others(unlocked: Unlocked, known: list[CaseCard], waiting: list[Attention]) -> list[CaseCard]:
    """Open the cards of cases that wait but are not open yet, for their aliases."""
    missing = {one.case_id for one in waiting} - {card.case_id for card in known}
    if not missing:
        return []
    rows = access.cases_for(unlocked).filter(content_object_id__in=missing)
    return access.open_case_cards(unlocked, list(rows))


def _case(card: CaseCard, districts: Any) -> dict[str, Any]:
    url = reverse("referrals:case", args=[card.case_id])
    if card.card is None:
        return {
            "url": url,
            "alias": _("This case does not open"),
            "risk": _("Tell your supervisor"),
            "risk_kind": "stop",
            "since": words.since(card.month_opened),
        }
    return {
        "url": url,
        "alias": card.card.alias,
        "risk": words.label(codes.RiskLevel, card.card.risk_level),
        "risk_kind": words.RISK_KINDS.get(card.card.risk_level, "quiet"),
        "district": districts.get(card.card.district, card.card.district),
        "age": words.label(codes.AgeBand, card.card.age_band),
        "since": words.since(card.month_opened),
    }


def said_of(one: Attention, card: CaseCard) -> dict[str, Any]:
    """Return one thing that waits in words, and where to do something about it."""
    pressing, label, text, action = _SAID[one.kind]
    said = {
        "service": one.service_name,
        "organization": one.organization_name,
        "day": date_format(one.on, "DATE_FORMAT") if one.on else "",
    }
    return {
        "kind": one.kind,
        "url": _url(one),
        "count": one.count if one.count > 1 else 0,
        "alias": card.card.alias if card.card else _("This case does not open"),
        "pressing": pressing,
        "label": label,
        "text": words.named_once(text % said, one.service_name, one.organization_name),
        "until": one.until,
        "action": action,
    }


def _url(one: Attention) -> str:
    """Return where to do something about it."""
    if one.kind in _PARTS:
        return f"{reverse('referrals:case', args=[one.case_id])}#{_PARTS[one.kind]}"
    if one.kind == "unconfirmed" and one.referral_id:
        return reverse("referrals:referral_asked", args=[one.referral_id])
    if one.referral_id:
        return reverse("referrals:referral", args=[one.referral_id])
    return reverse(_LEADS_TO.get(one.kind, "referrals:case_match"), args=[one.case_id])
