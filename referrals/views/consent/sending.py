"""Pages 4 and 5: how soon, then check and send; or a link, where the provider has no account."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.access import may_open_cases
from accounts.unlocked import Unlocked
from referrals import access, actions, codes, disclosure, queries
from referrals.access import OpenCase
from referrals.codes import Field
from referrals.destination import agency_name
from referrals.forms.consent import SendForm
from referrals.payload import Card, Consent
from referrals.views import words
from referrals.views.answers import send, show, to
from referrals.views.cases import GET_OR_POST, alias_of
from referrals.views.consent.asking import known_values, step_names
from services.codes import LegalDuty, ServiceType


@GET_OR_POST
def consent_send(request: HttpRequest, case_id: UUID, consent_id: UUID) -> HttpResponse:
    """Ask how soon and how to reach the worker, show all that will leave and who reads it when, then send."""
    unlocked = may_open_cases(request)
    opened = access.case_for(unlocked, case_id, to="edit")
    item = opened.consent(consent_id)
    consent = item.content
    if request.method != "POST" and (not consent.is_active_at(unlocked.now) or opened.said_no_since(item)):
        return to("case", case_id)  # it ended: the case says how, before anybody fills in a page for nothing
    if request.method != "POST" and _is_under_way(unlocked, opened, consent):
        return to("case", case_id)  # sent already, and the browser went back: a second one would be refused
    if consent.agency_id is None:
        return ask(request, unlocked, opened, consent_id)
    card, identity, incident = opened.card(), opened.identity(), opened.incident()
    is_health = consent.service_type == ServiceType.HEALTH_MEDICAL
    window = incident.clinical_window_at(unlocked.now) if is_health else None
    after = consent.after_referral_id
    before = opened.sent_referral(after).content.urgency if after else None
    initial = {"urgency": codes.Urgency.EMERGENCY.value if window else before, **_suggested(unlocked, card)}
    form = SendForm(request.POST or None, initial=initial, told=consent.fields)

    def send_it(answers: dict[str, Any]) -> UUID:
        return actions.send(
            unlocked=unlocked,
            opened=opened,
            consent_id=consent_id,
            urgency=answers["urgency"],
            request=disclosure.Request(
                how_to_reach_worker=answers["how_to_reach_worker"],
                household_size=answers.get("household_size"),
                needs=answers.get("needs", ""),
            ),
            legal_duty_acknowledged=answers["duty_known"],
            once=answers["key"],
        ).id

    if "checked" in request.POST:
        done = send(form, send_it)
        if done:
            return to("referral", done.result, done="referral-sent")
    checks = request.method == "POST" and "change" not in request.POST and form.is_valid()
    answers = _sending_rows(form) if checks else {"opaque": [], "told": []}
    if checks:
        form.hide()
    known = known_values(card, identity, incident)
    context = {
        "case": opened.case,
        "alias": alias_of(card),
        "steps": step_names(),
        "window": window,
        "form": form,
        "checks": checks,
        "to_rows": [
            {"key": _("Service"), "value": consent.service_name},
            {"key": _("Organisation"), "value": consent.organization_name},
            {"key": _("Received by"), "value": agency_name(consent.agency_id)},
            {"key": _("They must by law"), "value": words.label(LegalDuty, consent.legal_duty)},
            {"key": _("Her consent lasts until"), "value": words.day(consent.expires_at)},
        ],
        "opaque_rows": [
            *answers["opaque"],
            *_rows(known, [code for code in consent.fields if code in codes.OPAQUE_FIELDS]),
        ],
        "told_rows": [
            *answers["told"],
            *_rows(known, [code for code in consent.fields if code not in codes.OPAQUE_FIELDS]),
        ],
    }
    return show(request, "consent_send", context)


def _is_under_way(unlocked: Unlocked, opened: OpenCase, consent: Consent) -> bool:
    states = queries.states_of(unlocked, opened)
    return consent.service_id in queries.services_under_way(unlocked, opened, states)


def _suggested(unlocked: Unlocked, card: Card) -> dict[str, Any]:
    """Return what the desk is told at once, as far as it is known: to be changed where it is not so."""
    return {
        "how_to_reach_worker": f"{unlocked.person.display_name}, {unlocked.agency.name}",
        "household_size": (card.children.count or 0) + 1,
    }


def _sending_rows(form: SendForm) -> dict[str, list[dict[str, Any]]]:
    """Return the answers of the page before, by when they are read: at once, or after accepting."""
    given = form.cleaned_data
    opaque = [
        (_("How soon"), words.label(codes.Urgency, given["urgency"])),
        (_("How they reach you"), given["how_to_reach_worker"]),
        (_("How many people come"), given.get("household_size")),
    ]
    told = [(_("What she needs"), given.get("needs"))]
    return {
        name: [{"key": key, "value": value} for key, value in pairs if value]
        for name, pairs in (("opaque", opaque), ("told", told))
    }


def ask(request: HttpRequest, unlocked: Unlocked, opened: OpenCase, consent_id: UUID) -> HttpResponse:
    """Show what a question by link tells a provider without an account; then make the link, once."""
    consent = opened.consent(consent_id).content
    card, incident = opened.card(), opened.incident()
    opaque = [code for code in consent.fields if code in codes.OPAQUE_FIELDS]
    form = SendForm(request.POST or None, initial=_suggested(unlocked, card), told=opaque)
    tokens: list[str] = []

    def ask_it(answers: dict[str, Any]) -> UUID:
        inquiry_id, token = actions.ask_by_link(
            unlocked=unlocked,
            opened=opened,
            consent_id=consent_id,
            urgency=answers["urgency"],
            request=disclosure.Request(
                how_to_reach_worker=answers["how_to_reach_worker"],
                household_size=answers.get("household_size"),
            ),
            legal_duty_acknowledged=answers["duty_known"],
            once=answers["key"],
        )
        tokens.append(token)
        return inquiry_id

    context = {
        "case": opened.case,
        "alias": alias_of(card),
        "steps": step_names(by_link=True),
        "form": form,
        "service_name": consent.service_name,
        "organization_name": consent.organization_name,
        "opaque_rows": _rows(known_values(card, opened.identity(), incident), opaque),
    }
    if request.method == "POST" and send(form, ask_it):
        path = reverse("referrals:inquiry", args=tokens)
        return show(request, "inquiry_link", {**context, "address": request.build_absolute_uri(path)})
    return show(request, "inquiry_ask", context)


def _rows(known: dict[str, str], fields: list[str]) -> list[dict[str, Any]]:
    return [{"key": words.label(Field, code), "value": known[code]} for code in fields if known.get(code)]
