"""How one wants to be told, the own address and its code; the gateway of an agency."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods, require_POST

from accounts import access, actions, queries
from accounts.errors import AccountsError
from accounts.forms import AddressCodeForm, AddressForm, GatewayForm, NoticesForm
from accounts.roles import RoleName
from accounts.unlocked import Unlocked
from accounts.views.answers import page, redirect, tell

DONE = "accounts:notices"


@require_http_methods(["GET", "POST"])
def notices(request: HttpRequest) -> HttpResponse:
    """Show and change what was chosen."""
    unlocked = access.signed_in(request)
    form = NoticesForm(request.POST) if request.method == "POST" else None
    if form is not None and form.is_valid():
        actions.choose_notices(unlocked, **form.cleaned_data)
        return redirect(DONE, done="saved")
    return _page(request, unlocked, form=form)


@require_POST
def address(request: HttpRequest) -> HttpResponse:
    """Send a code to a new address."""
    unlocked = access.signed_in(request)
    form = AddressForm(request.POST)
    status = 422
    if form.is_valid():
        try:
            actions.ask_for_code(unlocked, email=form.cleaned_data["email"], language=get_language() or "uz")
        except AccountsError as error:
            status = tell(form, error)
        else:
            return redirect(DONE, done="code-sent")
    return _page(request, unlocked, address_form=form, status=status)


@require_POST
def address_code(request: HttpRequest) -> HttpResponse:
    """Take the code that came by mail."""
    unlocked = access.signed_in(request)
    form = AddressCodeForm(request.POST)
    status = 422
    if form.is_valid():
        try:
            actions.confirm_address(unlocked, code=form.cleaned_data["code"])
        except AccountsError as error:
            status = tell(form, error)
        else:
            return redirect(DONE, done="saved")
    return _page(request, unlocked, code_form=form, status=status)


@require_POST
def address_forget(request: HttpRequest) -> HttpResponse:
    """Delete the address."""
    actions.forget_address(access.signed_in(request))
    return redirect(DONE, done="saved")


@require_http_methods(["GET", "POST"])
def gateway(request: HttpRequest) -> HttpResponse:
    """Show and set where the agency's gateway listens; its secret is on this page only."""
    unlocked = access.with_role(request, RoleName.ADMINISTRATOR)
    access.stepped_up(request)
    known = queries.gateway_of(unlocked)
    form = GatewayForm(request.POST or None, initial={"url": known.url if known else ""})
    if request.method == "POST":
        form = GatewayForm(request.POST)
        if form.is_valid():
            actions.set_gateway(unlocked, url=form.cleaned_data["url"])
            return redirect("accounts:gateway", done="saved")
    return page(request, "gateway", form=form, gateway=known, secret=queries.gateway_secret(known))


def _page(
    request: HttpRequest, unlocked: Unlocked, *, status: int = 200, **shown: forms.Form | None
) -> HttpResponse:
    choice = queries.notice_choice(unlocked)
    context: dict[str, Any] = {name: form for name, form in shown.items() if form is not None}
    wrong = any(form.errors for form in context.values())
    context.setdefault(
        "form",
        NoticesForm(
            initial={
                "language": choice.language if choice else get_language(),
                "by_email": bool(choice and choice.by_email),
                "by_gateway": bool(choice and choice.by_gateway),
                "emergencies_at_night": bool(choice and choice.emergencies_at_night),
            }
        ),
    )
    context.setdefault("address_form", AddressForm())
    context.setdefault("code_form", AddressCodeForm())
    return page(
        request,
        "notices",
        choice=choice,
        is_waiting=queries.waits_for_code(unlocked, choice),
        mail_is_on=queries.mail_is_on(),
        status=422 if wrong and status == 200 else status,
        **context,
    )
