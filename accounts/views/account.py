"""One's own account: sessions, password, papers, the telephone's code, keys to hand over."""

from uuid import UUID

import segno
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import access, actions, cookies, queries
from accounts.errors import AccountsError, NotAllowed
from accounts.forms import ChangePasswordForm, PapersForm, PhoneCodeForm
from accounts.views.answers import page, person_context, redirect, tell
from vault.errors import Refused


@require_safe
def account(request: HttpRequest) -> HttpResponse:
    """Show the own account."""
    unlocked = access.signed_in(request)
    return page(
        request,
        "account",
        **person_context(unlocked.person),
        roles=sorted(role.label for role in unlocked.roles),
        sessions=queries.own_sessions(unlocked),
        this_session=unlocked.session,
        has_phone_code=unlocked.keyring.get("totp") is not None,
        cases_locked=not unlocked.may_open_cases,
        today=unlocked.today,
        safety_number=unlocked.keys.public.safety_number,
        waiting=queries.waiting_for_my_keys(unlocked),
    )


@require_POST
def sign_out_everywhere(request: HttpRequest) -> HttpResponse:
    """End all sessions on all devices."""
    actions.sign_out_everywhere(access.signed_in(request))
    response = redirect("accounts:sign_in", done="signed-out-everywhere")
    cookies.drop_session(response)
    return response


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def password(request: HttpRequest) -> HttpResponse:
    """Change the password."""
    unlocked = access.signed_in(request)
    form = ChangePasswordForm(request.POST if request.method == "POST" else None)
    status = 422 if form.is_bound else 200
    if form.is_valid():
        given = form.cleaned_data
        try:
            actions.change_password(
                unlocked,
                old_password=given["old_password"],
                new_password=given["new_password"],
                card=given["card"],
                device=cookies.device(request),
                now=timezone.now(),
            )
        except AccountsError as error:
            status = tell(form, error)
        else:
            return redirect("accounts:account", done="password-changed")
    return page(request, "password", form=form, status=status)


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def papers(request: HttpRequest) -> HttpResponse:
    """Make a new card and recovery code, and show them once."""
    unlocked = access.signed_in(request)
    form = PapersForm(request.POST if request.method == "POST" else None)
    status = 422 if form.is_bound else 200
    if form.is_valid():
        try:
            made = actions.renew_papers(
                unlocked, **form.cleaned_data, device=cookies.device(request), now=timezone.now()
            )
        except AccountsError as error:
            status = tell(form, error)
        else:
            response = page(request, "papers", papers=made, person=unlocked.person, renewed=True)
            cookies.put_device(response, cookies.device(request).forgetting(unlocked.person.id))
            return response
    return page(request, "papers_new", form=form, status=status)


@require_http_methods(["GET", "POST"])
def phone_code(request: HttpRequest) -> HttpResponse:
    """Switch the telephone's code on: show the QR code, take the first code.

    Only just after the password was confirmed: whoever finds a screen open must not lock its
    owner out with a telephone of their own.
    """
    unlocked = access.stepped_up(request)
    form = PhoneCodeForm(request.POST if request.method == "POST" else None)
    status = 422 if form.is_bound else 200
    if form.is_valid():
        try:
            actions.confirm_totp(unlocked, code=form.cleaned_data["code"])
        except AccountsError as error:
            status = tell(form, error)
        else:
            return redirect("accounts:account", done="saved")
    uri = actions.waiting_totp(unlocked) or actions.start_totp(unlocked)
    drawing = segno.make(uri, error="m").svg_inline(scale=5, border=4, light="#fff", dark="#000")
    secret = uri.split("secret=")[1].split("&")[0]
    return page(
        request,
        "phone_code",
        form=form,
        # Drawn by the library from our own address: numbers and paths, nothing that was typed.
        drawing=mark_safe(drawing),  # noqa: S308
        secret=" ".join(secret[start : start + 4] for start in range(0, len(secret), 4)),
        status=status,
    )


@require_http_methods(["GET", "POST"])
def phone_code_off(request: HttpRequest) -> HttpResponse:
    """Switch the telephone's code off, after saying what that means."""
    unlocked = access.stepped_up(request)
    if request.method == "POST":
        actions.stop_totp(unlocked)
        return redirect("accounts:account", done="saved")
    return page(request, "phone_code_off")


@require_POST
def hand_over(request: HttpRequest, person: UUID, key: str) -> HttpResponse:
    """Hand a role key over to a colleague who was given the role."""
    unlocked, found = access.waiting_colleague(request, person)
    access.stepped_up(request)
    try:
        actions.hand_over_key(unlocked, person=found, name=key)
    except (NotAllowed, Refused):
        raise access.denied(request, unlocked) from None
    return redirect("accounts:account", done="saved")
