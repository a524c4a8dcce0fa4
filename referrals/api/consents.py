"""Her decisions: asked, yes, no, a second person's look, less, taking it back, sending; and what was told."""

from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.unlocked import Unlocked
from referrals import access, actions, codes, disclosure, reading
from referrals.access import Item, OpenCase
from referrals.api import serializers as shapes
from referrals.api.cases import edited
from referrals.api.changes import Change, ChangeView, who
from referrals.destination import destination_of
from referrals.errors import WrongState
from referrals.forms.api import GivenForm, OfferForm, ReadingForm
from referrals.forms.consent import (
    ASKED_AS,
    ConfirmConsentForm,
    NarrowForm,
    RefuseForm,
    SendForm,
    WithdrawForm,
)
from referrals.payload import Consent
from referrals.views import decided, disclosures
from referrals.views.consent import offered_fields, wishes_of

Consented = tuple[OpenCase, Item[Consent]]


def _one(unlocked: Unlocked, case_id: UUID, consent_id: UUID) -> Consented:
    opened = access.case_for(unlocked, case_id, to="edit")
    return opened, opened.consent(consent_id)


# --- Asking her ---


def _offer(unlocked: Unlocked, opened: OpenCase, form: Any) -> dict[str, Any]:
    """Return what is read to her before she decides, and what could be told, in words."""
    destination = destination_of(form.cleaned_data["service"])
    told = offered_fields(opened, opened.card(), opened.incident())
    return {
        "service_name": str(destination.local_name),
        "organization_name": str(destination.local_organization_name),
        "agency_name": destination.agency_name,
        "legal_duty": destination.legal_duty,
        "legal_duty_note": destination.legal_duty_note,
        "duty_read": destination.legal_duty_hash,
        "may_be_told": {code: str(words) for code, words in told},
    }


class Offer(ChangeView):
    change = Change(
        name="consent_offer",
        summary="What to read to her before she decides about a service",
        door=edited,
        form=OfferForm,
        act=_offer,
        response=shapes.OfferSerializer,
    )


def _offered(opened: OpenCase) -> dict[str, Any]:
    card = opened.card()
    return {
        "offered": offered_fields(opened, card, opened.incident()),
        # Who may decide for whom is the action's to say.
        "givers": codes.GivenBy.choices,
        "age_is_open": card.age_band in codes.OPEN_AGES,
    }


def _read_form(opened: OpenCase, data: dict[str, Any]) -> ReadingForm:
    return ReadingForm(data, **_offered(opened))


def _read(unlocked: Unlocked, opened: OpenCase, form: Any) -> dict[str, Any]:
    """Return the text to be read to her, with everything filled in; nothing is kept."""
    draft = actions.draft_consent(
        unlocked=unlocked, opened=opened, **wishes_of(form.cleaned_data, form.ends_at())
    )
    text = reading.reading_of(draft)
    if text is None:  # only of consents from before there was a text
        raise WrongState
    parts = [{"heading": one.heading, "text": one.text, "items": list(one.items)} for one in text.parts]
    return {
        "text_read": draft.heard.hash,
        "language": text.text,
        "title": text.title,
        "intro": text.intro,
        "parts": parts,
    }


class Reading(ChangeView):
    change = Change(
        name="consent_reading",
        summary="The text to read to her, word by word, before she decides",
        door=edited,
        form=ReadingForm,
        fill=_read_form,
        act=_read,
        asked_as=ASKED_AS,
        response=shapes.ReadingSerializer,
    )


def _decision(opened: OpenCase, data: dict[str, Any]) -> GivenForm:
    return GivenForm(data, **_offered(opened))


def _give(unlocked: Unlocked, opened: OpenCase, form: Any) -> UUID:
    known = form.cleaned_data
    return actions.record_consent(
        unlocked=unlocked,
        opened=opened,
        text_read=known["text_read"],
        how=known["how"],
        witness=known["witness"],
        points_explained=known["points"],
        legal_duty_hash=known["duty_read"],
        legal_duty_acknowledged=known["read_aloud"],
        once=known["key"],
        **wishes_of(known, form.ends_at()),
    )


def _refuse(unlocked: Unlocked, opened: OpenCase, form: Any) -> UUID:
    known = form.cleaned_data
    return actions.record_refusal(
        unlocked=unlocked, opened=opened, service_id=known["service"], once=known["key"]
    )


class Consents(ChangeView):
    change = Change(
        name="consent_give",
        summary="Record that she agrees",
        door=edited,
        form=GivenForm,
        fill=_decision,
        act=_give,
        asked_as=ASKED_AS,
        makes=True,
    )


class Refusals(ChangeView):
    change = Change(
        name="consent_refuse",
        summary="Record that she says no; it closes nothing else",
        door=edited,
        form=RefuseForm,
        act=_refuse,
        makes=True,
    )


# --- A consent that exists ---


def _confirm(unlocked: Unlocked, found: Consented, form: Any) -> None:
    opened, item = found
    actions.confirm_consent(
        unlocked=unlocked, opened=opened, consent_id=item.id, once=form.cleaned_data["key"]
    )


def _withdraw(unlocked: Unlocked, found: Consented, form: Any) -> None:
    opened, item = found
    actions.withdraw_consent(
        unlocked=unlocked, opened=opened, consent_id=item.id, once=form.cleaned_data["key"]
    )


def _narrow_form(found: Consented, data: dict[str, Any]) -> NarrowForm:
    return NarrowForm(data, had=[(code, code) for code in found[1].content.fields])


def _narrow(unlocked: Unlocked, found: Consented, form: Any) -> None:
    opened, item = found
    actions.narrow_consent(
        unlocked=unlocked,
        opened=opened,
        consent_id=item.id,
        fields=form.cleaned_data["left"],
        ends_at=form.ends_at(),
        once=form.cleaned_data["key"],
    )


def _send_form(found: Consented, data: dict[str, Any]) -> SendForm:
    return SendForm(data, told=found[1].content.fields)


def _ask_form(found: Consented, data: dict[str, Any]) -> SendForm:
    return SendForm(data, told=[code for code in found[1].content.fields if code in codes.OPAQUE_FIELDS])


def _sending(found: Consented, form: Any) -> dict[str, Any]:
    """Return what sending and asking by link share."""
    opened, item = found
    known = form.cleaned_data
    return {
        "opened": opened,
        "consent_id": item.id,
        "urgency": known["urgency"],
        "request": disclosure.Request(
            how_to_reach_worker=known["how_to_reach_worker"],
            household_size=known.get("household_size"),
            needs=known.get("needs", ""),
        ),
        "legal_duty_acknowledged": known["duty_known"],
        "once": known["key"],
    }


def _send(unlocked: Unlocked, found: Consented, form: Any) -> UUID:
    return actions.send(unlocked=unlocked, **_sending(found, form)).id


def _ask(unlocked: Unlocked, found: Consented, form: Any) -> dict[str, Any]:
    inquiry_id, token = actions.ask_by_link(unlocked=unlocked, **_sending(found, form))
    return {"id": inquiry_id, "path": reverse("referrals:inquiry", args=[token])}


class Confirm(ChangeView):
    change = Change(
        name="consent_confirm",
        summary="Sign a colleague's record as the second person",
        door=_one,
        form=ConfirmConsentForm,
        act=_confirm,
    )


class Withdraw(ChangeView):
    change = Change(
        name="consent_withdraw",
        summary="She takes it back: everything under it ends now",
        door=_one,
        form=WithdrawForm,
        act=_withdraw,
    )


class Narrow(ChangeView):
    change = Change(
        name="consent_narrow",
        summary="She takes a part back, or ends it earlier: what was sent is cut now",
        door=_one,
        form=NarrowForm,
        fill=_narrow_form,
        act=_narrow,
        asked_as=decided.ASKED_AS,
    )


class Send(ChangeView):
    change = Change(
        name="consent_send",
        summary="Send a referral under a consent",
        door=_one,
        form=SendForm,
        fill=_send_form,
        act=_send,
        makes=True,
    )


class Ask(ChangeView):
    change = Change(
        name="consent_ask",
        summary="Make a link that asks a provider without an account",
        door=_one,
        form=SendForm,
        fill=_ask_form,
        act=_ask,
        makes=True,
        response=shapes.LinkSerializer,
        shown_once=True,
    )


# --- What was told ---


class Disclosures(APIView):
    @extend_schema(
        operation_id="case_disclosures",
        responses={200: shapes.DisclosuresSerializer, 404: None},
        summary="What was told to whom, when, and under which decision of hers; newest first",
    )
    def get(self, request: Request, case_id: UUID) -> Response:
        _opened, events = disclosures.timeline(who(request), case_id)
        return Response({"results": [_event(one) for one in events]})


def _event(one: dict[str, Any]) -> dict[str, Any]:
    at, day = one.get("at"), one.get("day")
    return {
        "at": at,
        "day": timezone.localdate(day) if day else timezone.localdate(at),
        "title": str(one["label"]),
        "place": one["place"],
        "text": str(one["text"]),
        "kind": one["state"],
        "by": one["by"],
    }
