"""A question by link: the page a provider without an account sees, and taking a question back.

The provider's page shows the opaque part and takes one answer. It says nothing to who comes later.
"""

from contextlib import suppress
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.access import may_open_cases
from referrals import access, actions
from referrals.errors import Invalid
from referrals.forms.inquiry import AnswerForm
from referrals.views import words
from referrals.views.answers import show, to
from referrals.views.cases import GET_OR_POST


@GET_OR_POST
def provider(request: HttpRequest, token: str) -> HttpResponse:
    """Show what is asked, and take the answer. Looking uses nothing up."""
    found = access.inquiry_for(token)
    form = AnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.answer_inquiry(
                found=found, answer=form.cleaned_data["answer"], reason=form.cleaned_data["reason"]
            )
        except Invalid as error:
            for name, message in error.fields.items():
                form.add_error(name, str(message))
        else:
            return to("inquiry_answered")
    ends = found.opaque.clinical_window_ends_at
    context = {
        "form": form,
        "service_name": found.opaque.service_name,
        "opaque_rows": words.opaque_rows(found.opaque),
        "window": ends if ends is not None and ends > timezone.now() else None,
        "until": found.inquiry.expires_at,
    }
    return show(request, "inquiry", context)


@require_safe
def answered(request: HttpRequest) -> HttpResponse:
    """Thank whoever answered. The address names nothing."""
    return show(request, "inquiry_answered", {})


@require_POST
def case_asked(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Take a question of this case back; which one stands in the body."""
    unlocked = may_open_cases(request)
    opened = access.case_for(unlocked, case_id, to="edit")
    with suppress(ValueError):
        inquiry_id = UUID(request.POST.get("inquiry", ""))
        actions.take_back_inquiry(unlocked=unlocked, opened=opened, inquiry_id=inquiry_id)
    return to("case", case_id, done="inquiry-taken-back")
