"""Share a case with a colleague of the same agency, see who holds it, and take it back."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.access import may_open_cases, stepped_up
from referrals import access, actions, entries, queries
from referrals.access.common import denied
from referrals.forms.base import WorkForm
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
    people = {str(one.pk): one for one in queries.colleagues_with_cases(unlocked)}
    form = ShareForm(request.POST or None, colleagues=[(pk, one.display_name) for pk, one in people.items()])

    def share(answers: dict[str, Any]) -> None:
        days: int | None = answers["days"]
        actions.share_case(
            unlocked=unlocked,
            opened=opened,
            person=people[answers["person"]],
            to=answers["to"],
            documents=answers["documents"],
            expires_at=unlocked.now + timedelta(days=days) if days else None,
            once=answers["key"],
        )

    if request.method == "POST" and send(form, share, {"expires_at": "days"}):
        return to("case", case_id, done="case-shared")
    context = {
        "form": form,
        "title": _("Share this case?"),
        "lead": _(
            "Your colleague reads everything in it; her documents if you say so. The log keeps each look."
        ),
        "action": _("Share"),
        "back_url": reverse("referrals:case", args=[case_id]),
        "holders": [one for one in queries.holders_of(unlocked, opened) if not one.is_owner],
        "case_id": case_id,
        "is_owner": opened.is_owner,
    }
    return show(request, "case_share", context)


@GET_OR_POST
def case_unshare(request: HttpRequest, case_id: UUID, person: UUID) -> HttpResponse:
    """Say what taking the case back does, then do it."""
    unlocked = may_open_cases(request)
    opened = access.case_for(unlocked, case_id, to="edit")
    form = WorkForm(request.POST or None)
    holder = next((one for one in queries.holders_of(unlocked, opened) if one.person.pk == person), None)
    if (
        holder is None
        and form.is_valid()
        and actions.was_done(
            unlocked=unlocked, once=form.cleaned_data["key"], step=f"revoke_share/{person}", about=opened.id
        )
    ):
        return to("case", case_id, done="case-unshared")
    if holder is None or holder.is_owner or not opened.is_owner:
        raise denied(unlocked, entries.CASE_CHANGED, "case", case_id)

    def end(answers: dict[str, Any]) -> None:
        actions.revoke_share(unlocked=unlocked, opened=opened, person=holder.person, once=answers["key"])

    if request.method == "POST" and send(form, end):
        return to("case", case_id, done="case-unshared")
    context = {
        "form": form,
        "title": _("Take this case back from %(name)s?") % {"name": holder.person.display_name},
        "will_happen": [
            _("They open it no more, from this moment."),
            _("The case gets new keys, so that nothing written from now on opens with the old ones."),
            _("What they have read already they still know."),
        ],
        "action": _("Take it back"),
        "danger": True,
        "back_url": reverse("referrals:case_share", args=[case_id]),
    }
    return show(request, "confirm", context)
