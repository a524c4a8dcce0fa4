"""Taking a consent back in two taps, and the second person who looks at one."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.access import may_open_cases
from accounts.unlocked import Unlocked
from referrals import access, actions
from referrals.access import OpenCase
from referrals.forms.consent import ConfirmConsentForm, WithdrawForm
from referrals.views import words
from referrals.views.answers import send, show, to
from referrals.views.cases import GET_OR_POST


@GET_OR_POST
def consent_withdraw(request: HttpRequest, case_id: UUID, consent_id: UUID) -> HttpResponse:
    """Say what will happen, then end everything under this consent at once."""
    unlocked = may_open_cases(request)
    opened = access.case_for(unlocked, case_id, to="edit")
    opened.consent(consent_id)
    back = reverse("referrals:case", args=[case_id])
    return withdraw(request, unlocked, opened, consent_id, back_url=back)


def withdraw(
    request: HttpRequest, unlocked: Unlocked, opened: OpenCase, consent_id: UUID, *, back_url: str
) -> HttpResponse:
    """Ask for the second tap, and withdraw. What is taken back already shows on the case."""
    if opened.consent(consent_id).content.withdrawn_at is not None:
        return to("case", opened.id, done="consent-withdrawn" if request.method == "POST" else "")
    form = WithdrawForm(request.POST or None)

    def take_back(answers: dict[str, Any]) -> None:
        actions.withdraw_consent(unlocked=unlocked, opened=opened, consent_id=consent_id, once=answers["key"])

    if request.method == "POST" and send(form, take_back):
        return to("case", opened.id, done="consent-withdrawn")
    consent = opened.consent(consent_id).content
    context = {
        "form": form,
        "title": _("She takes her consent back?"),
        "will_happen": [
            _("%(organization)s reads nothing more, from this moment.")
            % {"organization": consent.organization_name},
            _("They are told only that it was closed by the referrer."),
            _("The key to what was sent is destroyed: nobody can open it again."),
            _("Nothing else changes for her. She may agree again at any time."),
        ],
        "action": _("Yes, she takes it back"),
        "danger": True,
        "back_url": back_url,
    }
    return show(request, "confirm", context)


@GET_OR_POST
def consent_confirm(request: HttpRequest, case_id: UUID, consent_id: UUID) -> HttpResponse:
    """Let the second colleague look at a consent and sign it."""
    unlocked = may_open_cases(request)
    opened = access.case_for(unlocked, case_id, to="edit")
    consent = opened.consent(consent_id).content
    form = ConfirmConsentForm(request.POST or None)

    def confirm(answers: dict[str, Any]) -> None:
        actions.confirm_consent(unlocked=unlocked, opened=opened, consent_id=consent_id, once=answers["key"])

    if request.method == "POST" and send(form, confirm):
        return to("case", case_id, done="saved")
    context = {
        "form": form,
        "title": _("Look at this decision with a colleague"),
        "will_happen": [
            _("You sign that you looked at it, and that it is right for her."),
            words.named_once(
                _("%(service)s, %(organization)s may then be told: %(fields)s.")
                % {
                    "service": consent.service_name,
                    "organization": consent.organization_name,
                    "fields": words.fields_in_words(consent.fields),
                },
                consent.service_name,
                consent.organization_name,
            ),
        ],
        "action": _("I have looked at it, it is right"),
        "back_url": reverse("referrals:case", args=[case_id]),
    }
    return show(request, "confirm", context)
