"""The administrator's pages: inviting, activating, roles, dates, removing; partner agencies.

Everything that gives or takes a right asks first, after the role, who sits there: an open screen that
somebody else found must not make them a colleague.
"""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import access, actions, queries
from accounts.errors import AccountsError, KeysChanged
from accounts.forms import ActivateForm, AgreementForm, DatesForm, InviteForm, RolesForm
from accounts.roles import RoleName
from accounts.views.answers import page, person_context, redirect, tell
from vault.errors import Refused


@require_safe
def people(request: HttpRequest) -> HttpResponse:
    """Show everybody of the agency."""
    unlocked = access.with_role(request, RoleName.ADMINISTRATOR)
    return page(request, "people", people=queries.people_page(unlocked), me=unlocked.person)


@require_http_methods(["GET", "POST"])
def invite(request: HttpRequest) -> HttpResponse:
    """Invite a colleague; the paper code is shown once."""
    unlocked = access.with_role(request, RoleName.ADMINISTRATOR)
    access.stepped_up(request)
    form = InviteForm(request.POST if request.method == "POST" else None)
    status = 422 if form.is_bound else 200
    if form.is_valid():
        try:
            invited = actions.invite(unlocked, **form.cleaned_data)
        except Refused:
            raise access.denied(request, unlocked) from None
        except AccountsError as error:
            status = tell(form, error)
        else:
            return page(request, "invited", person=invited.person, code=invited.code)
    return page(request, "invite", form=form, status=status)


@require_safe
def person(request: HttpRequest, person: UUID) -> HttpResponse:
    """Show one colleague with their roles and dates."""
    unlocked, found = access.colleague(request, person)
    access.stepped_up(request)
    line = queries.colleague_line(unlocked, found)
    return _person_page(request, found, line)


@require_POST
def roles(request: HttpRequest, person: UUID) -> HttpResponse:
    """Set a colleague's roles."""
    unlocked, found = access.colleague(request, person)
    access.stepped_up(request)
    form = RolesForm(request.POST)
    status = 422
    if form.is_valid():
        try:
            actions.assign_role(unlocked, person=found, roles=form.cleaned_data["roles"])
        except Refused:
            raise access.denied(request, unlocked) from None
        except AccountsError as error:
            status = tell(form, error)
        else:
            return redirect("accounts:person", found.pk, done="role-changed")
    line = queries.colleague_line(unlocked, found)
    return _person_page(request, found, line, roles_form=form, status=status)


@require_POST
def dates(request: HttpRequest, person: UUID) -> HttpResponse:
    """Set until when a colleague's training and code of conduct are valid."""
    unlocked, found = access.colleague(request, person)
    access.stepped_up(request)
    form = DatesForm(request.POST)
    status = 422
    if form.is_valid():
        try:
            actions.set_dates(unlocked, person=found, **form.cleaned_data)
        except Refused:
            raise access.denied(request, unlocked) from None
        except AccountsError as error:
            status = tell(form, error)
        else:
            return redirect("accounts:person", found.pk, done="saved")
    line = queries.colleague_line(unlocked, found)
    return _person_page(request, found, line, dates_form=form, status=status)


@require_http_methods(["GET", "POST"])
def activate(request: HttpRequest, person: UUID) -> HttpResponse:
    """Compare the number with the colleague, then sign their keys."""
    unlocked, found = access.colleague(request, person)
    shown = queries.keys_to_compare(found)
    if shown is None:
        raise access.denied(request, unlocked)
    access.stepped_up(request)
    form = ActivateForm(
        request.POST if request.method == "POST" else None, initial={"fingerprint": shown.fingerprint.hex()}
    )
    status = 422 if form.is_bound else 200
    if form.is_valid():
        try:
            actions.activate(
                unlocked, person=found, compared_fingerprint=_bytes(form.cleaned_data["fingerprint"])
            )
        except Refused:
            raise access.denied(request, unlocked) from None
        except AccountsError as error:
            status = tell(form, error)
        else:
            return redirect("accounts:people", done="activated")
    return page(
        request, "activate", form=form, person=found, safety_number=shown.safety_number, status=status
    )


@require_http_methods(["GET", "POST"])
def remove(request: HttpRequest, person: UUID) -> HttpResponse:
    """Say what removing means, then remove (or take an invitation back)."""
    unlocked, found = access.colleague(request, person)
    access.stepped_up(request)
    error: AccountsError | None = None
    if request.method == "POST":
        try:
            if found.is_active:
                actions.remove_person(unlocked, person=found)
            else:
                actions.withdraw_invitation(unlocked, person=found)
        except Refused:
            raise access.denied(request, unlocked) from None
        except AccountsError as caught:
            error = caught
        else:
            return redirect("accounts:people", done="removed")
    return page(
        request, "remove", **person_context(found), error=error, status=422 if error is not None else 200
    )


@require_safe
def partners(request: HttpRequest) -> HttpResponse:
    """Show the other agencies, and with which of them there is an agreement."""
    unlocked = access.with_role(request, RoleName.ADMINISTRATOR)
    return page(
        request,
        "partners",
        partners=queries.partners_page(unlocked),
        own_number=queries.own_root_number(unlocked),
    )


@require_http_methods(["GET", "POST"])
def partner(request: HttpRequest, agency: UUID) -> HttpResponse:
    """Sign an information-sharing agreement after comparing the partner's number."""
    unlocked, found = access.possible_partner(request, agency)
    shown = queries.root_to_compare(found)
    if shown is None:
        raise access.denied(request, unlocked)
    access.stepped_up(request)
    form = AgreementForm(
        request.POST if request.method == "POST" else None, initial={"fingerprint": shown.fingerprint.hex()}
    )
    status = 422 if form.is_bound else 200
    if form.is_valid():
        try:
            actions.agree(
                unlocked,
                partner=found,
                partner_root_fingerprint=_bytes(form.cleaned_data["fingerprint"]),
                valid_until=form.cleaned_data["valid_until"],
            )
        except Refused:
            raise access.denied(request, unlocked) from None
        except AccountsError as error:
            status = tell(form, error)
        else:
            return redirect("accounts:partners", done="saved")
    return page(request, "partner", form=form, agency=found, safety_number=shown.safety_number, status=status)


def _person_page(
    request: HttpRequest, found: Any, line: queries.Colleague, *, status: int = 200, **forms: Any
) -> HttpResponse:
    membership = found.membership
    context = {
        "roles_form": RolesForm(initial={"roles": [role.value for role in line.roles]}),
        "dates_form": DatesForm(
            initial={
                "trained_until": membership.trained_until,
                "code_signed_until": membership.code_signed_until,
            }
        ),
        **forms,
    }
    return page(request, "person", **person_context(found), line=line, status=status, **context)


def _bytes(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError:
        raise KeysChanged from None
