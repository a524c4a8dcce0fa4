"""Where leaving leads an agency's people: a list that its administrator edits."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from accounts import access, actions
from accounts.forms import LeavingForm
from accounts.leaving import chosen_by
from accounts.roles import RoleName
from accounts.views.answers import page, redirect


@require_http_methods(["GET", "POST"])
def leaving(request: HttpRequest) -> HttpResponse:
    """Show and set the pages. Only just after the password was confirmed: it is for everybody."""
    unlocked = access.with_role(request, RoleName.ADMINISTRATOR)
    access.stepped_up(request)
    chosen = chosen_by(unlocked)
    form = LeavingForm(
        request.POST if request.method == "POST" else None, initial={"addresses": "\n".join(chosen)}
    )
    if form.is_valid():
        actions.set_leaving(unlocked, addresses=form.cleaned_data["addresses"])
        return redirect("accounts:leaving", done="saved")
    return page(request, "leaving", form=form, is_chosen=bool(chosen))
