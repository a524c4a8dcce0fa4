"""Pages 1 to 3: what they must do by law, what may be told, and reading it to her.

Which service it is about never stands in an address: it travels in the body of the POST until it is
sealed in the consent. A page that comes as the answer to a POST is the price, so each has its own way
back.
"""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts import hints
from accounts.access import may_open_cases
from accounts.unlocked import Unlocked
from referrals import access, actions, codes, queries, reading
from referrals.access import OpenCase
from referrals.destination import Destination, destination_of
from referrals.errors import Invalid, ReferralError
from referrals.forms.consent import ASKED_AS, AnswerForm, DecisionForm, DutyForm, RefuseForm
from referrals.payload import Consent
from referrals.views import words
from referrals.views.answers import send, show, to
from referrals.views.cases import GET_OR_POST, waits_for_second_look
from referrals.views.consent.asking import minor_words, offer_of, step_names, wishes_of
from referrals.views.decided import own_form
from services.codes import LegalDuty


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
    step = next((back for back in ("change", "duty") if back in steps), "".join(steps[-1:]))
    if codes.Decision.REFUSED in request.POST.getlist("decision"):
        step = "refuse"  # a form that says both is a no
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
    # Who came back from page 2 finds there again what was ticked and typed.
    answered = [
        (name, value) for name in AnswerForm.asked_before for value in request.POST.getlist(name) if value
    ]
    context = {
        "answered": answered,
        "case": opened.case,
        "steps": step_names(by_link=destination.agency_id is None),
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
        **_answered_before(request),
    }
    form_two = DecisionForm(initial=initial, **offer_of(opened, card, incident))
    return _decision_page(request, opened, destination, form_two)


def _answered_before(request: HttpRequest) -> dict[str, Any]:
    """Return what page 2 was told before somebody went back from it to the law; nothing on the first way."""
    if "language" not in request.POST:
        return {}
    known: dict[str, Any] = {name: request.POST.get(name, "") for name in AnswerForm.asked_before}
    return {**known, "told": request.POST.getlist("told")}


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
        "steps": step_names(by_link=destination.agency_id is None),
        "service": destination,
        "minor": minor_words(card, incident),
        "form": form,
    }
    return show(request, "consent_decide", context)


def _read(
    request: HttpRequest, unlocked: Unlocked, opened: OpenCase, destination: Destination
) -> HttpResponse:
    """Show the text with everything filled in, to be read to her; nothing is kept yet."""
    offer = offer_of(opened, opened.card(), opened.incident())
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
    form = DecisionForm(request.POST, **offer_of(opened, opened.card(), opened.incident()))
    return _decision_page(request, opened, destination, form)


# --- Page 3: it is read to her, and she answers ---


def _answer_page(
    request: HttpRequest, opened: OpenCase, destination: Destination, draft: Consent, form: AnswerForm
) -> HttpResponse:
    context = {
        "case": opened.case,
        "steps": step_names(by_link=destination.agency_id is None),
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
    offer = offer_of(opened, opened.card(), opened.incident())
    form = AnswerForm(request.POST, **offer)

    def record(answers: dict[str, Any]) -> UUID:
        if request.POST.get("decision") != codes.Decision.GIVEN:
            raise Invalid({"": _("Choose one of the answers.")})  # only its button says that she agreed
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
    if done and done.result:
        consent = opened.consent(done.result).content
        states = queries.states_of(unlocked, opened)
        under_way = consent.service_id in queries.services_under_way(unlocked, opened, states)
        if under_way or waits_for_second_look(consent, opened.incident()):
            return to("case", opened.id, done="consent-recorded")
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
