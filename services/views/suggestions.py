"""What the public tells: the form without an account, the editor's queue, and one suggestion."""

from urllib.parse import urlencode
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.errors import SlowDown
from services import access, actions, limits
from services.editing.forms import ReasonForm, SuggestionForm
from services.editing.sections import ORGANIZATION_SECTIONS, SERVICE_SECTIONS
from services.errors import BadCursor, NotAllowed
from services.models import Suggestion
from services.queries import proposals
from services.queries.entries import public_service
from services.views.answers import lead_to, page, tell

# What is usually to be changed when somebody says so.
_LIKELY: dict[str, tuple[str, ...]] = {
    Suggestion.About.CLOSED: ("service_kind", "service_alert"),
    Suggestion.About.MOVED: ("service_coming", "service_areas"),
    Suggestion.About.NUMBER: ("service_phones", "organization_phones"),
    Suggestion.About.HOURS: ("service_hours", "service_days"),
}


@require_http_methods(["GET", "HEAD", "POST"])
def wrong(request: HttpRequest, service_id: UUID) -> HttpResponse:
    """Let anybody say what is wrong with a public entry. Nothing about them is asked or kept."""
    service = public_service(service_id)
    if service is None:
        raise Http404
    form = SuggestionForm(request.POST or None, is_confidential=service.is_confidential)
    status, wait = 200, 0
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                limits.count(request, limits.SUGGESTIONS)
                actions.suggest(
                    key=form.cleaned_data["key"],
                    service_id=service.pk,
                    about=form.cleaned_data["about"],
                    text=form.cleaned_data.get("text", ""),
                )
            except SlowDown as error:
                status, wait = 429, error.seconds
                form.add_error(
                    None,
                    _("Too many at once. Wait %(seconds)d seconds and send it again.") % {"seconds": wait},
                )
            except NotAllowed as error:
                status = tell(form, error)
            else:
                return lead_to("services:service", service.pk, done="told")
    response = page(request, "wrong", form=form, service=service, status=status)
    if wait:
        response["Retry-After"] = str(wait)
    return response


@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """Show what the public told and nobody has looked at, oldest first."""
    access.editor(request)
    after = request.GET.get("after", "")
    try:
        told, following = proposals.open_suggestions(after=after or None)
    except BadCursor:
        raise Http404 from None
    here = reverse("services:told")
    next_url = f"{here}?{urlencode({'after': following})}" if following else ""
    return page(request, "told", told=told, next_url=next_url, first_url=here if after else "")


@require_http_methods(["GET", "HEAD", "POST"])
def suggestion(request: HttpRequest, suggestion_id: UUID) -> HttpResponse:
    """Show one suggestion: propose a change for it, close it with a reason, or delete it as spam."""
    unlocked, found = access.suggestion_for_editor(request, suggestion_id)
    form = ReasonForm(request.POST or None)
    status = 200
    if request.method == "POST":
        try:
            if "spam" in request.POST:
                actions.delete_suggestion(suggestion_id=found.pk, by=unlocked)
                return lead_to("services:told", done="suggestion-deleted")
            status = 422
            if form.is_valid():
                actions.close_suggestion(
                    suggestion_id=found.pk, reason=form.cleaned_data["reason"], by=unlocked
                )
                return lead_to("services:told", done="suggestion-closed")
        except NotAllowed as error:
            status = tell(form, error)
    service = found.service
    sections = [(one, service.pk) for one in SERVICE_SECTIONS]
    sections += [(one, service.organization_id) for one in ORGANIZATION_SECTIONS]
    likely = _LIKELY.get(found.about, ())
    return page(
        request,
        "told_one",
        form=form,
        suggestion=found,
        service=service,
        likely=[pair for pair in sections if pair[0].code in likely],
        others=[pair for pair in sections if pair[0].code not in likely],
        status=status,
    )
