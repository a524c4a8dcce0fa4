"""Sign-in, the telephone's code, step-up, recovery, signing out."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.middleware.csrf import rotate_token
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from accounts import access, actions, cookies, sessions
from accounts.errors import AccountsError, SignInFailed
from accounts.forms import PhoneCodeForm, RecoveryForm, SignInForm, StepUpForm
from accounts.views.answers import address_of, first_page, page, redirect, tell, way_back
from accounts.witness import log_was_rewritten


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Ask for name and password, and start a session."""
    if request.method == "GET":
        return page(request, "sign_in", form=SignInForm(), next=way_back(request))
    form = SignInForm(request.POST)
    status = 422
    if form.is_valid():
        try:
            signed_in = actions.sign_in(
                **form.cleaned_data,
                device=cookies.device(request),
                address=address_of(request),
                now=timezone.now(),
            )
        except AccountsError as error:
            status = tell(form, error)
        else:
            return _enter(request, signed_in)
    return page(request, "sign_in", form=form, next=way_back(request), status=status)


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def sign_in_code(request: HttpRequest) -> HttpResponse:
    """Ask for the code from the telephone; without a waiting session it is the sign-in page again."""
    halves = cookies.halves(request)
    if halves is None or sessions.open_waiting(*halves, now=timezone.now()) is None:
        return redirect("accounts:sign_in")
    form = PhoneCodeForm(request.POST if request.method == "POST" else None)
    status = 200
    if form.is_bound:
        status = 422
        if form.is_valid():
            try:
                signed_in = actions.confirm_code(
                    session_id=halves[0],
                    session_half=halves[1],
                    code=form.cleaned_data["code"],
                    device=cookies.device(request),
                    now=timezone.now(),
                )
            except SignInFailed:
                return redirect("accounts:sign_in")
            except AccountsError as error:
                status = tell(form, error)
            else:
                return _enter(request, signed_in)
    return page(request, "sign_in_code", form=form, next=way_back(request), status=status)


@sensitive_post_parameters()
@access.sign_in_required
@require_http_methods(["GET", "POST"])
def step_up(request: HttpRequest) -> HttpResponse:
    """Ask once more who is there, and go back to where it was asked."""
    unlocked = access.signed_in(request)
    form = StepUpForm(request.POST if request.method == "POST" else None)
    status = 200
    if form.is_bound:
        status = 422
        if form.is_valid():
            try:
                actions.step_up(
                    unlocked, **form.cleaned_data, device=cookies.device(request), now=timezone.now()
                )
            except AccountsError as error:
                status = tell(form, error)
            else:
                return HttpResponseRedirect(way_back(request) or first_page(unlocked))
    return page(request, "step_up", form=form, next=way_back(request), status=status)


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def recover(request: HttpRequest) -> HttpResponse:
    """Set a new password with the printed recovery code, and show the new papers once."""
    form = RecoveryForm(request.POST if request.method == "POST" else None)
    status = 200
    if form.is_bound:
        status = 422
        if form.is_valid():
            given = form.cleaned_data
            try:
                person, papers = actions.use_recovery_code(
                    name=given["name"],
                    code=given["code"],
                    new_password=given["new_password"],
                    draw=given["draw"],
                    address=address_of(request),
                    now=timezone.now(),
                )
            except AccountsError as error:
                status = tell(form, error)
            else:
                response = page(request, "papers", papers=papers, person=person, renewed=True)
                cookies.put_device(response, cookies.device(request).forgetting(person.id))
                return response
    return page(request, "recover", form=form, status=status)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End this session."""
    unlocked = getattr(request, "unlocked", None)
    if unlocked is not None:
        actions.sign_out(unlocked)
    response = redirect("accounts:sign_in", done="signed-out")
    cookies.drop_session(response)
    return response


def _enter(request: HttpRequest, signed_in: actions.SignedIn) -> HttpResponse:
    # A token that was handed out before somebody signed in is worth nothing after it.
    rotate_token(request)
    target = way_back(request)
    if signed_in.needs_code:
        query = f"?{urlencode({'next': target}, safe='/')}" if target else ""
        response = HttpResponseRedirect(reverse("accounts:sign_in_code") + query)
    else:
        found = sessions.find(signed_in.session_id, signed_in.session_half, now=timezone.now())
        if found is None:
            return redirect("accounts:sign_in")
        warning = reverse("accounts:log_rewritten") if log_was_rewritten(found) else ""
        response = HttpResponseRedirect(warning or target or first_page(found))
    cookies.put_session(response, signed_in)
    cookies.put_device(response, signed_in.device)
    return response
