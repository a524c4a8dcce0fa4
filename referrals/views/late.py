"""The supervisor's pages: what waits too long, and how long answers may take."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts import notices
from accounts.access import with_role
from accounts.roles import RoleName
from accounts.unlocked import Unlocked
from referrals import actions, queries
from referrals.forms.timers import TimersForm, filled
from referrals.models import Referral
from referrals.models.referrals import Told
from referrals.views.answers import send, show, to

PAGE = 20


@require_safe
def late(request: HttpRequest) -> HttpResponse:
    """Show referrals of either side that should have been answered, the longest wait first."""
    unlocked = with_role(request, RoleName.SUPERVISOR)
    after = request.GET.get("after")
    page = queries.late_page(unlocked, after=after, limit=PAGE)
    notices.seen(unlocked, "referrals:late")
    home = reverse("referrals:late")
    context = {
        "rows": [late_row(unlocked, row) for row in page.rows],
        "next_url": f"{home}?{urlencode({'after': page.next})}" if page.next else "",
        "first_url": home if after else "",
    }
    return show(request, "late", context)


@require_http_methods(["GET", "POST"])
def timers(request: HttpRequest) -> HttpResponse:
    """Show and change the timers and working days."""
    unlocked = with_role(request, RoleName.SUPERVISOR)
    policy = queries.timer_policy(unlocked.agency)
    calendar = queries.calendar_of(unlocked.agency, policy)
    first = filled(queries.rules_of(policy), calendar, version=policy.version if policy else 0)
    form = TimersForm(request.POST if request.method == "POST" else None, initial=first)

    def change(given: dict[str, Any]) -> UUID | None:
        actions.change_timers(
            unlocked=unlocked,
            rules=form.rules(),
            week=form.days(),
            time_zone=given["time_zone"],
            version=given["version"][0],
            once=given["key"],
        )
        return None

    if request.method == "POST" and send(form, change):
        return to("timers", done="saved")
    return show(request, "timers", {"form": form, "policy": policy})


def late_row(unlocked: Unlocked, row: Referral) -> dict[str, Any]:
    """Return one late referral in words: with whom, since when, and whom to ask."""
    sent = row.sender_agency_id == unlocked.agency.id
    other = row.recipient_agency if sent else row.sender_agency
    words = _("We sent it to %(organization)s.") if sent else _("%(organization)s sent it to us.")
    return {
        "text": words % {"organization": other.name},
        # Whom to ask to call; of a sender's people the other side is told nothing.
        "sent_by": row.sent_by.display_name if sent else "",
        "due": row.respond_by,
        "ends": row.expires_at,
        "told": row.told == Told.SUPERVISORS,
        "action": _("Ask your caseworker to call them.") if sent else _("Ask the desk to answer."),
    }
