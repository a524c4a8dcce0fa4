"""Possible duplicates: the list, two entries side by side, the merge in two steps, and undoing it."""

from decimal import Decimal, InvalidOperation
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from services import access, actions
from services import queries as read
from services.duplicates import Sign
from services.errors import NotAllowed
from services.models import Service
from services.queries.comparing import Comparison

PER_PAGE = 20
SIGNS: dict[str, Promise] = {
    Sign.NAME: _("Like names"),
    Sign.PHONE: _("The same phone"),
    Sign.EMAIL: _("The same e-mail"),
    Sign.WEBSITE: _("The same website"),
    Sign.NEAR: _("A few steps apart"),
    Sign.KIND: _("The same kind of help"),
    Sign.DISTRICT: _("The same district"),
    Sign.OTHER_KIND: _("Other kinds of help"),
    Sign.OTHER_DISTRICT: _("Other districts"),
}


def _to(name: str, done: str) -> HttpResponse:
    response = HttpResponseRedirect(f"{reverse(name)}?done={done}")
    response.status_code = 303
    return response


def _mark(text: str) -> tuple[Decimal, UUID] | None:
    if not text:
        return None
    try:
        score, _sep, pk = text.partition("_")
        found = Decimal(score), UUID(pk)
        if not 0 <= found[0] <= 1:  # NaN cannot even be compared
            raise Http404
    except (ValueError, InvalidOperation):
        raise Http404 from None
    return found


@require_http_methods(["GET", "HEAD", "POST"])
def pairs(request: HttpRequest) -> HttpResponse:
    """Show pairs that wait for a look, the surest first; a POST compares all entries anew."""
    access.editor(request)
    if request.method == "POST":
        actions.find_duplicates()
        return _to("services:duplicates", "duplicates-found")
    after = request.GET.get("after", "")
    found = read.waiting_pairs(after=_mark(after), limit=PER_PAGE)
    page, here = found[:PER_PAGE], reverse("services:duplicates")
    context = {
        "pairs": [{"pair": pair, "reasons": [SIGNS[sign] for sign in pair.reasons]} for pair in page],
        "next_url": f"{here}?after={page[-1].score}_{page[-1].pk}" if len(found) > PER_PAGE else "",
        "first_url": here if after else "",
    }
    return render(request, "services/duplicates.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def compare(request: HttpRequest, service_id: UUID, other_id: UUID) -> HttpResponse:
    """Show two entries side by side. ``keep`` asks what will happen, with ``sure`` it happens."""
    unlocked, both = access.two_entries_for_editor(request, service_id, other_id)
    if request.method != "POST":
        return _compare(request, both)
    if "different" in request.POST:
        actions.not_the_same(first=both.first.pk, second=both.second.pk, by=unlocked)
        return _to("services:duplicates", "not-the-same")
    kept, dropped = _chosen(request, both)
    if "sure" not in request.POST:
        context = {"both": both, "kept": kept, "dropped": dropped}
        context["refused"] = read.why_not_merge(kept, dropped)
        return render(request, "services/duplicate_sure.html", context)
    try:
        actions.merge(kept_id=kept.pk, dropped_id=dropped.pk, by=unlocked)
    except NotAllowed as error:
        return _compare(request, both, refused=str(error), status=409)
    return _to("services:duplicates", "merged")


def _chosen(request: HttpRequest, both: Comparison) -> tuple[Service, Service]:
    if request.POST.get("keep") == str(both.second.pk):
        return both.second, both.first
    return both.first, both.second


def _compare(request: HttpRequest, both: Comparison, refused: str = "", status: int = 200) -> HttpResponse:
    pair = read.pair_of(both.first.pk, both.second.pk)
    context = {
        "both": both,
        "pair": pair,
        "reasons": [SIGNS[sign] for sign in pair.reasons] if pair else [],
        "refused": refused,
    }
    return render(request, "services/duplicate.html", context, status=status)


@require_safe
def merges(request: HttpRequest) -> HttpResponse:
    """Show the latest merges; those of the last 30 days can be undone."""
    access.editor(request)
    found = [{"merge": one, "may_undo": read.may_undo(one)} for one in read.merges()]
    return render(request, "services/merges.html", {"merges": found, "refused": ""})


@require_POST
def undo(request: HttpRequest, merge_id: UUID) -> HttpResponse:
    """Undo a merge."""
    unlocked, merge = access.merge_for_editor(request, merge_id)
    try:
        actions.undo_merge(merge_id=merge.pk, by=unlocked)
    except NotAllowed as error:
        found = [{"merge": one, "may_undo": read.may_undo(one)} for one in read.merges()]
        context = {"merges": found, "refused": str(error)}
        return render(request, "services/merges.html", context, status=409)
    return _to("services:merges", "merge-undone")
