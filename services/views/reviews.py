"""The review of what imports put aside: confidential, public with a second editor, or left out."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.unlocked import Unlocked
from services import access, actions
from services.errors import NotAllowed
from services.models import ImportRow
from services.queries.imports import review_rows


def _page(request: HttpRequest, unlocked: Unlocked, *, problem: str = "", status: int = 200) -> HttpResponse:
    decided = request.GET.get("show") == "decided"
    after = request.GET.get("after", "")
    number = int(after) if after.isdecimal() and len(after) < 18 else 0
    rows, following = review_rows(decided=decided, after=number)
    here = f"{reverse('services:import_review')}?show={'decided' if decided else 'waiting'}"
    context = {
        "rows": rows,
        "decided": decided,
        "problem": problem,
        "me": unlocked.person.pk,
        "asked": ImportRow.Review.ASKED_PUBLIC,
        "next_url": f"{here}&after={following}" if following else "",
        "first_url": here if number else "",
    }
    return render(request, "services/import_review.html", context, status=status)


@require_safe
def review(request: HttpRequest) -> HttpResponse:
    """Show the rows that wait for a decision, or those that were decided and can be taken back."""
    return _page(request, access.editor(request))


@require_http_methods(["POST"])
def decide(request: HttpRequest, row_id: int) -> HttpResponse:
    """Take a decision about one row."""
    unlocked, row = access.row_for_editor(request, row_id)
    try:
        if "reopen" in request.POST:
            actions.reopen_row(row.pk, by=unlocked)
        else:
            actions.decide_row(row.pk, request.POST.get("decision", ""), by=unlocked)
    except NotAllowed as error:
        return _page(request, unlocked, problem=str(error), status=409)
    response = HttpResponseRedirect(f"{reverse('services:import_review')}?done=row-decided")
    response.status_code = 303
    return response
