"""Pages of one case: open it, look at it, change a part, note, reach her. Closing: ``views.closing``.

The address names a part at most; what is in it travels only in the body of a POST and in sealed
items. Looking opens the case to view, changing to edit.
"""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import may_open_cases, with_role
from accounts.roles import RoleName
from accounts.unlocked import Unlocked
from referrals import access, actions, codes, directory, queries
from referrals.access import Item, OpenCase
from referrals.conflict import needs_second_look
from referrals.forms.cases import NewCaseForm, NoteForm
from referrals.models import Referral
from referrals.models.referrals import LIVE, State
from referrals.payload import Card, Consent, Incident, SentReferral
from referrals.views import custody, followup_rows, words
from referrals.views.answers import Now, send, show, to
from referrals.views.closing import closing_rows
from referrals.views.decided import decision_links
from referrals.views.documents import document_rows
from referrals.views.retention import retention_of
from referrals.views.sections import NEW_STEPS, SECTIONS, save, version_of
from services.queries.places import grouped_districts

GET_OR_POST = require_http_methods(["GET", "HEAD", "POST"])


def alias_of(card: Card) -> str:
    return card.alias or _("Case without a name")


# --- A new case ---


@GET_OR_POST
def case_new(request: HttpRequest) -> HttpResponse:
    """Ask for an invented name; the case exists, sealed, as soon as this page is sent."""
    may_open_cases(request)
    unlocked = with_role(request, RoleName.CASEWORKER)
    form = NewCaseForm(request.POST or None, districts=grouped_districts())

    def open_case(answers: dict[str, Any]) -> UUID:
        card = Card(**{name: answers[name] for name in ("alias", "age_band", "sex", "language", "district")})
        return actions.open_case(unlocked=unlocked, card=card, once=answers["key"]).id

    if request.method == "POST" and (done := send(form, open_case)):
        if "leave" in request.POST:
            return to("needs_me", done="case-opened")
        return to("case_edit", done.result, NEW_STEPS[0], new=True, done="case-opened")
    return show(request, "case_new", {"form": form, "steps": _step_names()})


# The pages of a new case in their order; the first is asked before there is a case.
_STEPS = ("card", *NEW_STEPS)


def _step_names() -> list[Any]:
    return [*(SECTIONS[code].step for code in _STEPS), _("Check")]


@GET_OR_POST
def case_edit(request: HttpRequest, case_id: UUID, code: str) -> HttpResponse:
    """Change one part of a case; ``?new=1`` goes on to the next question of a new case, ``?check=1`` back to
    its last page.
    """
    unlocked = may_open_cases(request)
    opened = access.case_for(unlocked, case_id, to="edit")
    section = SECTIONS.get(code)
    if section is None:
        raise Http404
    mode = next((one for one in ("new", "check") if request.GET.get(one) == "1" and code in _STEPS), "")
    after = _after(case_id, code, mode)
    initial = {**section.initial(opened), "version": version_of(opened, section)}
    form = section.form(request.POST or None, initial=initial, **section.choices(opened))
    if request.method == "POST" and send(
        form,
        lambda answers: save(unlocked, opened, section, answers),
        now=lambda: Now(
            _("A colleague changed this part of the case."),
            reverse("referrals:case_edit", args=[case_id, code]),
            _("See what is new, and write yours again"),
        ),
    ):
        if mode == "new" and "leave" in request.POST:
            return to("needs_me", done="saved")
        return after if mode else to("case", case_id, done="saved")
    context = {
        "form": form,
        "code": code,
        "title": section.title,
        "lead": section.lead,
        "mode": mode,
        "back_url": _back(case_id, code, mode),
        "skip_url": after.url,
        "steps": _step_names() if mode == "new" else [],
        "step": _STEPS.index(code) + 1 if mode == "new" else 0,
    }
    return show(request, "case_edit", context)


def _after(case_id: UUID, code: str, mode: str) -> Any:
    """Return where saving or skipping leads: the next question of a new case, its last page, or the case."""
    following = _STEPS[_STEPS.index(code) + 1 :] if mode == "new" else ()
    if following:
        return to("case_edit", case_id, following[0], new=True)
    return to("case_check" if mode else "case", case_id)


def _back(case_id: UUID, code: str, mode: str) -> str:
    """Return the page before: the question before of a new case, its last page, or the case."""
    before = _STEPS[: _STEPS.index(code)] if mode == "new" else ()
    if before:
        return to("case_edit", case_id, before[-1], new=True).url
    if mode == "new":
        return reverse("referrals:needs_me")
    return reverse("referrals:case_check" if mode else "referrals:case", args=[case_id])


@require_safe
def case_check(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """The last page of a new case: all that was written down, each part to be changed."""
    unlocked = may_open_cases(request)
    opened = access.case_for(unlocked, case_id, to="edit")
    card, incident = opened.card(), opened.incident()
    known = {one["code"]: one["rows"] for one in _section_cards(opened, card, incident)}
    contact = words.contact(card.safe_contact)
    known["card"] = [{"key": _("Name used here"), "value": alias_of(card)}, *known["card"]]
    known["contact"] = contact["rows"]
    parts = [
        {
            "title": SECTIONS[code].step,
            "rows": known[code],
            "is_barred": code == "contact" and contact["do_not_contact"],
            "url": f"{reverse('referrals:case_edit', args=[case_id, code])}?check=1",
        }
        for code in _STEPS
    ]
    context = {
        "case": opened.case,
        "parts": parts,
        "steps": _step_names(),
        "step": len(_STEPS) + 1,
        "back_url": to("case_edit", case_id, _STEPS[-1], new=True).url,
    }
    return show(request, "case_check", context)


# --- Looking ---


@require_safe
def case(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Show a case: how to reach her first, then what is under way, then what is known."""
    unlocked = may_open_cases(request)
    return _case_page(request, unlocked, access.case_for(unlocked, case_id), NoteForm())


def _case_page(
    request: HttpRequest, unlocked: Unlocked, opened: OpenCase, note_form: NoteForm
) -> HttpResponse:
    card, incident = opened.card(), opened.incident()
    identity = opened.identity()
    may_edit = opened.case.is_open and queries.may_edit(unlocked, opened)
    consents = opened.consents()
    sent = opened.referrals()
    states = queries.states_of(unlocked, opened)
    # What was cancelled was the referral: her consent stays, and can be sent again.
    cancelled = {key for key, row in states.items() if row.state == State.CANCELLED}
    used = {one.content.consent_id for one in sent if one.content.referral_id not in cancelled}
    under_way = queries.services_under_way(unlocked, opened, states)
    sections = _section_cards(opened, card, incident)
    asked = _asked_rows(unlocked, opened)
    used |= {row["consent_id"] for row in asked if row["until"]}
    context = {
        "case": opened.case,
        "alias": alias_of(card),
        "risk": words.label(codes.RiskLevel, card.risk_level),
        "risk_kind": words.RISK_KINDS.get(card.risk_level, "quiet"),
        "window": incident.clinical_window_at(unlocked.now),
        "contact": words.contact(card.safe_contact, has_number=bool(identity.phone or identity.third_party)),
        "may_edit": may_edit,
        "holding": custody.holding(unlocked, opened),
        "find_url": reverse("referrals:case_match", args=[opened.id]),
        "referrals": _referral_rows(unlocked, states, sent),
        "asked": asked,
        "consents": [_consent_row(opened, item, used, under_way, unlocked) for item in reversed(consents)],
        "sections": sections,
        "not_asked": [section for section in sections if not section["rows"]],
        "follow_up": followup_rows.rows(unlocked, opened),
        "notes": [
            {"text": item.content.text, "at": item.content.written_at} for item in reversed(opened.notes())
        ],
        "retention": retention_of(unlocked, opened),
        "closings": closing_rows(unlocked, opened),
        "may_reopen": not opened.case.is_open and queries.may_edit(unlocked, opened),
        "may_see_documents": opened.may_see_documents,
        "documents": document_rows(unlocked, opened),
        "form": note_form,
    }
    return show(request, "case", context)


def _referral_rows(
    unlocked: Unlocked, known: dict[UUID, Referral], items: list[Item[SentReferral]]
) -> list[dict[str, Any]]:
    """Return the case's referrals, live ones first, each with its state as it is now."""
    rows = []
    for item in reversed(items):
        referral = known.get(item.content.referral_id) if item.content.referral_id else None
        if referral is None:
            continue
        state = referral.state_at(unlocked.now)
        said = words.FOR_SENDER[state]
        rows.append(
            {
                # Closing a case forgets the sender's part: then only this line is left.
                "url": reverse("referrals:referral", args=[referral.id]) if referral.sealed_sender else "",
                "service_name": item.content.service_name,
                "organization_name": item.content.organization_name,
                "kind": said.kind,
                "state": said.label,
                "until": referral.respond_by if state == State.SENT else None,
                "pressing": words.pressing(referral, unlocked.now),
                "live": state in LIVE,
            }
        )
    return sorted(rows, key=lambda row: not row["live"])


def _asked_rows(unlocked: Unlocked, opened: OpenCase) -> list[dict[str, Any]]:
    """Return the questions put by link, newest first, each with what the provider answered."""
    items = opened.inquiries()
    known = queries.inquiries_of(unlocked, opened) if items else {}
    rows = []
    for item in reversed(items):
        inquiry = known.get(item.content.inquiry_id) if item.content.inquiry_id else None
        if inquiry is None:
            continue
        kind, said = words.inquiry_state(inquiry, unlocked.now)
        rows.append(
            {
                "id": inquiry.id,
                "consent_id": item.content.consent_id,
                "service_name": item.content.service_name,
                "organization_name": item.content.organization_name,
                "kind": kind,
                "said": said,
                "reason": words.label(codes.DeclineReason, inquiry.reason_code),
                "until": inquiry.expires_at if inquiry.waits_at(unlocked.now) else None,
                "on": inquiry.ended_at,
            }
        )
    return rows


def _consent_row(
    opened: OpenCase,
    item: Item[Consent],
    used: set[UUID | None],
    under_way: set[UUID | None],
    unlocked: Unlocked,
) -> dict[str, Any]:
    consent = item.content
    kind, state = words.consent_state(consent, unlocked.now)
    active = consent.is_active_at(unlocked.now)
    args = [opened.id, item.id]
    waits = active and waits_for_second_look(consent, opened.incident())
    mine = consent.recorded_by == unlocked.person.id
    may_send = not waits and item.id not in used and consent.service_id not in under_way
    may_send = may_send and not opened.said_no_since(item)
    return {
        "waits": waits and mine,
        "confirm_url": reverse("referrals:consent_confirm", args=args) if waits and not mine else "",
        "title": consent.service_name or consent.organization_name,
        "kind": kind,
        "state": state,
        "fields": words.fields_in_words(consent.fields),
        "given_at": consent.decided_at,
        "until": consent.expires_at if active else None,
        "active": active,
        "send_url": reverse("referrals:consent_send", args=args) if may_send else "",
        "by_link": consent.agency_id is None,
        "withdraw_url": reverse("referrals:consent_withdraw", args=args),
        **decision_links(opened, item),
    }


def waits_for_second_look(consent: Consent, incident: Incident) -> bool:
    """Say whether a colleague must look at it first; sending asks the same again, with the signature."""
    authority = needs_second_look(
        service_type=consent.service_type, perpetrator_authority=incident.perpetrator_authority
    )
    best_interest = consent.given_by == codes.GivenBy.BEST_INTEREST
    return consent.second_person_id is None and (best_interest or authority)


def _section_cards(opened: OpenCase, card: Card, incident: Incident) -> list[dict[str, Any]]:
    excluded = directory.organization_names(incident.excluded_organizations)
    rows = {
        "card": words.card_rows(card, district=directory.district_name(card.district)),
        "incident": words.incident_rows(incident),
        "never-tell": words.never_tell_rows(incident, organizations=excluded),
        "plan": words.plan_rows(opened.plan()),
        "needs": words.needs_rows(opened.plan()),
        # That there is one; it is read where it is said first how to reach her.
        "name": words.has_name_rows(opened.identity()),
    }
    return [
        {
            "code": code,
            "title": SECTIONS[code].step,
            "rows": answered,
            "url": reverse("referrals:case_edit", args=[opened.id, code]),
        }
        for code, answered in rows.items()
    ]


@GET_OR_POST
def case_reach(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Show the number, and before it what is safe. With *do not contact* no number is shown at all.

    While it is no safe hour the page asks first; going on is a POST, and has its own line in the log.
    """
    unlocked = may_open_cases(request)
    opened = access.case_for(unlocked, case_id)
    known = access.numbers_for(unlocked, opened, outside_hours=request.method == "POST")
    context = {
        "contact": words.contact(opened.card().safe_contact),
        "numbers": words.number_rows(known) if known else [],
        "waits": known is None,
        "back_url": reverse("referrals:case", args=[case_id]),
        "back_label": _("The case"),
        "she_contacts": _("She contacts us. Do not call, do not write, do not visit."),
    }
    return show(request, "case_reach", context)


# --- Small changes ---


@require_POST
def case_note(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Keep a note; when it has to be looked at again the case page comes back with it."""
    unlocked = may_open_cases(request)
    opened = access.case_for(unlocked, case_id, to="edit")
    form = NoteForm(request.POST)

    def add(answers: dict[str, Any]) -> None:
        actions.add_note(unlocked=unlocked, opened=opened, text=answers["text"], once=answers["key"])

    if send(form, add):
        return to("case", case_id, done="saved")
    return _case_page(request, unlocked, opened, form)
