"""Checks of entries: the editor's queue and page, and the provider's "still correct" by link."""

from datetime import date
from urllib.parse import urlencode
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from services import access, actions
from services.codes import CheckMethod, Disposition
from services.errors import NotAllowed
from services.forms import ChangedForm, CheckForm
from services.models import Service
from services.queries.places import region_choices
from services.queries.verification import Mark, check_history, due_page, entry_page, reported


def _to(address: str) -> HttpResponse:
    response = HttpResponseRedirect(address)
    response.status_code = 303
    return response


def _mark(text: str) -> Mark | None:
    """Read the mark of a page; a mark that is not ours is a page that is not there."""
    if not text:
        return None
    try:
        day, _sep, pk = text.partition("_")
        return date.fromisoformat(day), UUID(pk)
    except ValueError:
        raise Http404 from None


@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """Show what providers say has changed, then the entries nobody has checked, most overdue first."""
    access.editor(request)
    regions = region_choices()
    region = request.GET.get("region", "")
    region = region if region in dict(regions) else ""
    after = request.GET.get("after", "")
    page = due_page(region=region, after=_mark(after))
    here = reverse("services:verify")
    kept = {"region": region} if region else {}
    context = {
        "regions": regions,
        "region": region,
        "reported": [] if after else reported(),
        "due": page.due,
        "next_url": f"{here}?{urlencode(kept | {'after': f'{page.next[0]}_{page.next[1]}'})}"
        if page.next
        else "",
        "first_url": f"{here}?{urlencode(kept)}" if after else "",
        "taps": {"method": CheckMethod.PHONE_CALL, "correct": Disposition.CORRECT}
        | {"not_reached": Disposition.NOT_REACHED},
    }
    return render(request, "services/verify.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def entry(request: HttpRequest, service_id: UUID) -> HttpResponse:
    """Show one entry with its checks, and take what a check has found."""
    unlocked, service = access.entry_for_editor(request, service_id)
    if request.method != "POST":
        return _entry(request, service, CheckForm(initial={"method": CheckMethod.PHONE_CALL}))
    form = CheckForm(request.POST)
    if not form.is_valid():
        return _entry(request, service, form, status=400)
    try:
        actions.check(
            service=service,
            method=form.cleaned_data["method"],
            disposition=form.cleaned_data["disposition"],
            note=form.cleaned_data["note"],
            by=unlocked,
        )
    except NotAllowed as error:
        form.add_error("note", str(error))
        return _entry(request, service, form, status=400)
    return _to(f"{reverse('services:verify')}?done=checked")


def _entry(request: HttpRequest, service: Service, form: CheckForm, status: int = 200) -> HttpResponse:
    context = {
        "form": form,
        "service": service,
        "page_of": entry_page(service),
        "history": check_history(service),
    }
    return render(request, "services/verify_entry.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def still_correct(request: HttpRequest, answer_token: str) -> HttpResponse:
    """Show a provider the entry as the public sees it, and take one answer.

    Looking changes nothing: programs that read mail open links by themselves. Only a POST answers.
    """
    link, answered = access.still_correct_link(answer_token)
    if request.method != "POST":
        if answered:
            raise Http404
        return _ask(request, link.service, ChangedForm())
    is_correct = "correct" in request.POST
    done = "still-correct" if is_correct else "change-told"
    said = Disposition.CORRECT if is_correct else Disposition.REPORTED
    if answered == said:  # the second click of an impatient thumb: the first one counted
        return _to(f"{reverse('services:search')}?done={done}")
    if answered == Disposition.REPORTED:
        raise Http404  # what has changed is not taken back by a tap
    form = ChangedForm(request.POST)
    if not is_correct and not form.is_valid():
        return _ask(request, link.service, form, status=400)
    try:
        actions.answer_link(link=link, is_correct=is_correct, note=form.data.get("note", ""))
    except NotAllowed as error:
        form.is_valid()
        form.add_error("note", str(error))
        return _ask(request, link.service, form, status=400)
    return _to(f"{reverse('services:search')}?done={done}")


def _ask(request: HttpRequest, service: Service, form: ChangedForm, status: int = 200) -> HttpResponse:
    page = entry_page(service)
    if page is None:
        raise Http404
    context = {"page_of": page, "form": form}
    return render(request, "services/still_correct.html", context, status=status)
