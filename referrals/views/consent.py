"""Her decision about one place: what they must do by law, what may be told, send, take back.

Which service it is about never stands in an address: it travels in the body of the POST until it is
sealed in the consent. A page that comes as the answer to a POST is the price, so each has its own way
back.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts import hints
from accounts.access import may_open_cases
from accounts.unlocked import Unlocked
from referrals import access, actions, codes, disclosure, reading
from referrals.access import OpenCase
from referrals.actions.consent import Wishes
from referrals.codes import Field
from referrals.destination import Destination, agency_name, destination_of
from referrals.directory import district_name
from referrals.errors import ReferralError
from referrals.forms.consent import (
    ASKED_AS,
    AnswerForm,
    ConfirmConsentForm,
    DecisionForm,
    DutyForm,
    RefuseForm,
    SendForm,
    WithdrawForm,
)
from referrals.payload import Card, Consent, Identity, Incident
from referrals.views import words
from referrals.views.answers import send, show, to
from referrals.views.cases import GET_OR_POST, alias_of, clinical_window
from referrals.views.decided import own_form
from services.codes import LegalDuty, ServiceType


@GET_OR_POST
def consent_new(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Go through the pages of a decision; ``step`` in the body says which one was sent."""
    unlocked = may_open_cases(request)
    opened = access.case_for(unlocked, case_id, to="edit")
    destination = _destination(request)
    if destination is None:
        return to("case_match", case_id)
    if request.POST.get("hint") == "consent":
        hints.put_away(unlocked, "consent")
    # The button that goes back sends its step beside the form's own: going back never records anything.
    steps = request.POST.getlist("step")
    step = "change" if "change" in steps else "".join(steps[-1:])
    if request.POST.get("decision") == codes.Decision.REFUSED:
        step = "refuse"
    return _PAGES.get(step, _duty)(request, unlocked, opened, destination)


def _destination(request: HttpRequest) -> Destination | None:
    """Return the service the body names, while the directory still has it."""
    try:
        return destination_of(UUID(request.POST.get("service", "")))
    except (ValueError, ReferralError):
        return None


# --- Page 1: the law ---


def _duty_page(
    request: HttpRequest, opened: OpenCase, destination: Destination, form: DutyForm
) -> HttpResponse:
    context = {
        "case": opened.case,
        "steps": _steps(),
        "service": destination,
        "duty": {
            "label": words.label(LegalDuty, destination.legal_duty),
            "note": destination.legal_duty_note,
        },
        "form": form,
        "refuse_form": RefuseForm(initial={"service": destination.service_id}),
        "form_url": own_form(),
    }
    return show(request, "consent_duty", context)


def _duty(
    request: HttpRequest, unlocked: Unlocked, opened: OpenCase, destination: Destination
) -> HttpResponse:
    linked = {name: request.POST.get(name, "") for name in ("after", "renews")}
    form = DutyForm(initial={"service": destination.service_id, **linked})
    return _duty_page(request, opened, destination, form)


def _duty_read(
    request: HttpRequest, unlocked: Unlocked, opened: OpenCase, destination: Destination
) -> HttpResponse:
    form = DutyForm(request.POST)
    if not form.is_valid():
        return _duty_page(request, opened, destination, form)
    card, incident = opened.card(), opened.incident()
    initial = {
        "service": destination.service_id,
        "duty_read": destination.legal_duty_hash,
        "language": card.language or (get_language() or "uz").partition("-")[0],
        "script": card.script,
        "given_by": None if card.age_band in codes.MINORS else codes.GivenBy.SURVIVOR.value,
        "days": codes.CONSENT_DAYS,
        **_earlier_wishes(opened, form.cleaned_data["after"], form.cleaned_data["renews"]),
    }
    form_two = DecisionForm(initial=initial, **_offer(opened, card, incident))
    return _decision_page(request, opened, destination, form_two)


def _earlier_wishes(opened: OpenCase, after: UUID | None, renews: UUID | None) -> dict[str, Any]:
    """Return what she agreed to before, for the last attempt or in the consent that is about to end, to
    begin from; she is asked all of it again."""
    consent_id = renews
    if after is not None:
        consent_id = opened.sent_referral(after).content.consent_id
    if consent_id is None:
        return {"after": after}
    before = opened.consent(consent_id).content
    wishes = {"told": list(before.fields), "purpose": before.purpose}
    if before.script:
        wishes["script"] = before.script
    return {"after": after, "renews": renews, **wishes}


# --- Page 2: her decision ---


def _decision_page(
    request: HttpRequest, opened: OpenCase, destination: Destination, form: DecisionForm
) -> HttpResponse:
    card, incident = opened.card(), opened.incident()
    context = {
        "case": opened.case,
        "steps": _steps(),
        "service": destination,
        "minor": _minor_words(card, incident),
        "form": form,
    }
    return show(request, "consent_decide", context)


def _read(
    request: HttpRequest, unlocked: Unlocked, opened: OpenCase, destination: Destination
) -> HttpResponse:
    """Show the text with everything filled in, to be read to her; nothing is kept yet."""
    offer = _offer(opened, opened.card(), opened.incident())
    form = DecisionForm(request.POST, **offer)
    drafts: list[Consent] = []

    def draft(answers: dict[str, Any]) -> None:
        wishes = wishes_of(answers, form.ends_at())
        drafts.append(actions.draft_consent(unlocked=unlocked, opened=opened, **wishes))

    if not send(form, draft, ASKED_AS):
        return _decision_page(request, opened, destination, form)
    answers = {name: value for name, value in form.cleaned_data.items() if name != "key"}
    initial = {**answers, "text_read": drafts[0].heard.hash}
    return _answer_page(request, opened, destination, drafts[0], AnswerForm(initial=initial, **offer))


def _change(
    request: HttpRequest, unlocked: Unlocked, opened: OpenCase, destination: Destination
) -> HttpResponse:
    """Go back from the reading to what may be told, with what was ticked and typed."""
    form = DecisionForm(request.POST, **_offer(opened, opened.card(), opened.incident()))
    return _decision_page(request, opened, destination, form)


# --- Page 3: it is read to her, and she answers ---


def _answer_page(
    request: HttpRequest, opened: OpenCase, destination: Destination, draft: Consent, form: AnswerForm
) -> HttpResponse:
    context = {
        "case": opened.case,
        "steps": _steps(),
        "service": destination,
        "reading": reading.reading_of(draft),
        "say_it_in": (
            ""
            if reading.is_spoken_in(draft.language, draft.heard.wording)
            else words.language(draft.language)
        ),
        "form": form,
    }
    return show(request, "consent_read", context)


def _record(
    request: HttpRequest, unlocked: Unlocked, opened: OpenCase, destination: Destination
) -> HttpResponse:
    offer = _offer(opened, opened.card(), opened.incident())
    form = AnswerForm(request.POST, **offer)

    def record(answers: dict[str, Any]) -> UUID:
        return actions.record_consent(
            unlocked=unlocked,
            opened=opened,
            text_read=answers["text_read"],
            how=answers["how"],
            witness=answers["witness"],
            points_explained=answers["points"],
            legal_duty_hash=answers["duty_read"],
            legal_duty_acknowledged=True,
            once=answers["key"],
            **wishes_of(answers, form.ends_at()),
        )

    done = send(form, record, ASKED_AS)
    if done:
        return to("consent_send", opened.id, done.result, done="consent-recorded")
    if form.asks_again():
        return _read(request, unlocked, opened, destination)
    try:
        wishes = wishes_of(form.cleaned_data, form.ends_at())
        draft = actions.draft_consent(unlocked=unlocked, opened=opened, **wishes)
    except ReferralError:  # what page 2 asked does not hold any more: it says why
        return _read(request, unlocked, opened, destination)
    # What changed since is on the page now, and the next yes is to these words.
    again: Any = form.data.copy()  # type: ignore[attr-defined]
    again["text_read"], again["duty_read"] = draft.heard.hash, draft.legal_duty_hash
    form.data = again
    return _answer_page(request, opened, destination, draft, form)


def wishes_of(answers: dict[str, Any], ends_at: datetime) -> Wishes:
    """Return what the action is asked with, from the answers of a form."""
    return {
        "service_id": answers["service"],
        "fields": answers["told"],
        "purpose": answers["purpose"],
        "given_by": answers["given_by"],
        "said_adult": answers.get("said_adult", False),
        "guardian_is_safe": answers.get("guardian_is_safe", False),
        "language": answers["language"],
        "script": answers["script"],
        "expires_at": ends_at,
        "after_referral_id": answers["after"],
        "renews": answers["renews"],
    }


def _refuse(
    request: HttpRequest, unlocked: Unlocked, opened: OpenCase, destination: Destination
) -> HttpResponse:
    """Record a no. Nothing else is asked, whatever else is on the form."""
    form = RefuseForm(request.POST)

    def refuse(answers: dict[str, Any]) -> UUID:
        return actions.record_refusal(
            unlocked=unlocked, opened=opened, service_id=answers["service"], once=answers["key"]
        )

    if send(form, refuse):
        return to("case", opened.id, done="refusal-recorded")
    return _duty_page(request, opened, destination, DutyForm(initial={"service": destination.service_id}))


_PAGES: dict[str, Callable[[HttpRequest, Unlocked, OpenCase, Destination], HttpResponse]] = {
    "decide": _duty_read,
    "read": _read,
    "change": _change,
    "record": _record,
    "refuse": _refuse,
}


def _steps() -> list[str]:
    return [_("The law"), _("What may be told"), _("Read it to her"), _("How soon"), _("Check and send")]


def _offer(opened: OpenCase, card: Card, incident: Incident) -> dict[str, Any]:
    """Return which fields can be ticked (only what the case knows), who may decide for her, and whether
    she must be asked if she is an adult."""
    return {
        "offered": offered_fields(opened, card, incident),
        "givers": _givers(card, incident),
        "age_is_open": card.age_band in codes.OPEN_AGES,
    }


def offered_fields(opened: OpenCase, card: Card, incident: Incident) -> list[tuple[str, Any]]:
    """Return the fields that have something to tell; each with the value, so that she can hear it."""
    identity = opened.identity()
    shown = known_values(card, identity, incident)
    # Asked anew for each referral.
    shown |= {Field.HOUSEHOLD_SIZE.value: "", Field.NEEDS.value: ""}
    return [
        (field.value, f"{field.label}: {shown[field.value]}" if shown[field.value] else field.label)
        for field in Field
        if field.value in shown
    ]


def known_values(card: Card, identity: Identity, incident: Incident) -> dict[str, str]:
    """Return what the case could tell, in words, by field code."""
    said = disclosure.identity_part(
        consent=Consent(fields=tuple(Field.values)),
        card=card,
        identity=identity,
        request=disclosure.Request(how_to_reach_worker=""),
    )
    values = {
        row["code"]: str(row["value"]) for row in words.told_rows(said, district=district_name(card.district))
    }
    contact = words.contact(card.safe_contact)
    if contact["rows"] or contact["do_not_contact"]:
        values[Field.SAFE_CONTACT.value] = (
            _("do not contact")
            if contact["do_not_contact"]
            else "; ".join(f"{row['key']}: {row['value']}" for row in contact["rows"])
        )
    if not card.safe_contact.is_safe_at(timezone.now()):
        # She hears which number it is when it is safe; here it says only that there is one.
        for number in codes.NUMBERS:
            if values.get(number) and not card.safe_contact.do_not_contact:
                values[number.value] = _("as it stands in the case (no safe hour now)")
    needs = words.labels(codes.AccessNeed, card.access_needs)
    if needs:
        values[Field.ACCESS_NEEDS.value] = needs
    if incident.clinical_window_ends_at is not None:
        values[Field.CLINICAL_WINDOW.value] = words.moment(incident.clinical_window_ends_at)
    return values


def _givers(card: Card, incident: Incident) -> list[tuple[str, Any]]:
    """Return who may decide: she herself; for a child a guardian who did no harm, or two colleagues."""
    asked = set(codes.GivenBy.values)
    if card.age_band in codes.MINORS:
        asked -= {codes.GivenBy.SURVIVOR.value}
    elif card.age_band not in codes.OPEN_AGES:
        asked = {codes.GivenBy.SURVIVOR.value}
    if incident.perpetrator_relationship == codes.PerpetratorRelationship.PRIMARY_CAREGIVER:
        asked -= {codes.GivenBy.GUARDIAN.value}
    return [(one.value, one.label) for one in codes.GivenBy if one.value in asked]


def _minor_words(card: Card, incident: Incident) -> str:
    if card.age_band not in codes.MINORS:
        return ""
    if incident.perpetrator_relationship == codes.PerpetratorRelationship.PRIMARY_CAREGIVER:
        return _(
            "The person who cares for her is the one who hurt her: do not ask that person. A second "
            "colleague decides with you what is best for her."
        )
    return _(
        "A guardian decides, and she herself agrees; or a second colleague decides with you what is best "
        "for her. Never ask a guardian who hurt her."
    )


# --- Pages 4 and 5: how soon, then check and send ---


@GET_OR_POST
def consent_send(request: HttpRequest, case_id: UUID, consent_id: UUID) -> HttpResponse:
    """Ask how soon and how to reach the worker, show all that will leave and who reads it when, then send."""
    unlocked = may_open_cases(request)
    opened = access.case_for(unlocked, case_id, to="edit")
    consent = opened.consent(consent_id).content
    if consent.agency_id is None:
        return ask(request, unlocked, opened, consent_id)
    card, identity, incident = opened.card(), opened.identity(), opened.incident()
    is_health = consent.service_type == ServiceType.HEALTH_MEDICAL
    window = clinical_window(incident, unlocked.now) if is_health else None
    after = consent.after_referral_id
    before = opened.sent_referral(after).content.urgency if after else None
    initial = {
        "urgency": codes.Urgency.EMERGENCY.value if window else before,
        "how_to_reach_worker": f"{unlocked.person.display_name}, {unlocked.agency.name}",
        "household_size": (card.children.count or 0) + 1,
    }
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
        "steps": _steps(),
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
    initial = {
        "how_to_reach_worker": f"{unlocked.person.display_name}, {unlocked.agency.name}",
        "household_size": (card.children.count or 0) + 1,
    }
    form = SendForm(request.POST or None, initial=initial, told=opaque)
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
        "steps": [*_steps()[:3], _("Check and send")],
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


# --- Taking it back, and the second person ---


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
    """Ask for the second tap, and withdraw."""
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
            _("%(service)s, %(organization)s may then be told: %(fields)s.")
            % {
                "service": consent.service_name,
                "organization": consent.organization_name,
                "fields": words.fields_in_words(consent.fields),
            },
        ],
        "action": _("I have looked at it, it is right"),
        "back_url": reverse("referrals:case", args=[case_id]),
    }
    return show(request, "confirm", context)
