"""A new colleague accepts an invitation: the paper code, an own password, the papers to print."""

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts import actions
from accounts.errors import AccountsError, CodeUnknown, KeysChanged
from accounts.forms import AcceptForm, InvitationCodeForm
from accounts.views.answers import address_of, page, tell
from vault.errors import Refused


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def join(request: HttpRequest) -> HttpResponse:
    """Ask for the code, then for a password. The code travels in the form only, never in an address."""
    if request.method == "GET":
        return page(request, "join", form=InvitationCodeForm())
    if "new_password" in request.POST:
        return _accept(request)
    form = InvitationCodeForm(request.POST)
    status = 422
    if form.is_valid():
        code = form.cleaned_data["code"]
        try:
            invitation = actions.find_invitation(code=code, address=address_of(request), now=timezone.now())
        except AccountsError as error:
            status = tell(form, error)
        else:
            return page(
                request, "join_password", form=AcceptForm(initial={"code": code}), person=invitation.person
            )
    return page(request, "join", form=form, status=status)


def _accept(request: HttpRequest) -> HttpResponse:
    form = AcceptForm(request.POST)
    status = 422
    if form.is_valid():
        given = form.cleaned_data
        try:
            colleague = actions.accept_invitation(
                code=given["code"],
                password=given["new_password"],
                with_card=given["with_card"],
                address=address_of(request),
                now=timezone.now(),
            )
        except CodeUnknown as error:
            again = InvitationCodeForm({"code": given["code"]})
            return page(request, "join", form=again, status=tell(again, error))
        except Refused:
            status = tell(form, KeysChanged())
        except AccountsError as error:
            status = tell(form, error)
        else:
            return page(
                request,
                "papers",
                papers=colleague.papers,
                person=colleague.person,
                safety_number=colleague.safety_number,
            )
    return page(request, "join_password", form=form, status=status)
