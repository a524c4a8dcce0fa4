"""Share a case with a colleague of the same agency, and end it again."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.access import may_open_cases, stepped_up
from accounts.queries import colleagues
from referrals import access, actions
from referrals.forms.referral import ShareForm
from referrals.views.answers import send, show, to
from referrals.views.cases import GET_OR_POST


@GET_OR_POST
def case_share(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Choose a colleague; they get the keys, and the log says so."""
    unlocked = may_open_cases(request)
    opened = access.case_for(unlocked, case_id, to="edit")
    # Keys leave with a share: whoever finds a screen open must not give them to a friend.
    stepped_up(request)
    people = {str(one.pk): one for one in colleagues(unlocked) if one.pk != unlocked.person.pk}
    form = ShareForm(request.POST or None, colleagues=[(pk, one.display_name) for pk, one in people.items()])

    def share(answers: dict[str, Any]) -> None:
        days = answers["days"]
        actions.share_case(
            unlocked=unlocked,
            opened=opened,
            person=people[answers["person"]],
            to=answers["to"],
            expires_at=unlocked.now + timedelta(days=days) if days else None,
            once=answers["key"],
        )

    if request.method == "POST" and send(form, share, {"expires_at": "days"}):
        return to("case", case_id, done="case-shared")
    context = {
        "form": form,
        "title": _("Share this case?"),
        "lead": _("Your colleague reads everything in it. The log keeps when they look."),
        "action": _("Share"),
        "back_url": reverse("referrals:case", args=[case_id]),
    }
    return show(request, "question", context)
