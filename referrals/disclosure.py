"""What of a case goes into a packet: exactly the consented fields, and nothing by another way.

Pure functions over payloads. Who consented to what is in ``payload.Consent``; that nothing beyond it
leaves is decided here and nowhere else.
"""

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from referrals.codes import Field, Question, QuestionAnswer
from referrals.errors import ConsentDoesNotCover, Invalid, NotSafe
from referrals.payload import AnswerPart, Card, Consent, Identity, IdentityPart, Incident, OpaquePart
from referrals.payload.rules import printable
from services.folding import tokens

PartT = TypeVar("PartT", OpaquePart, IdentityPart)

_HOLDS_HER = _("The words for the desk hold her name or her phone. Write only how to reach you at work.")


@dataclass(frozen=True, repr=False, kw_only=True)
class Request:
    """What the caseworker adds for this referral alone: each only if the consent names it."""

    how_to_reach_worker: str
    household_size: int | None = None
    needs: str = ""


# One line a field of the identity part: the consented code, and where in the case the value of that name is.
_IDENTITY: dict[str, str] = {
    Field.ALIAS: "card",
    Field.NAME: "identity",
    Field.PHONE: "identity",
    Field.THIRD_PARTY: "identity",
    Field.SAFE_CONTACT: "card",
    Field.AGE_BAND: "card",
    Field.SEX: "card",
    Field.LANGUAGE: "card",
    Field.CHILDREN: "card",
    Field.DISTRICT: "card",
    Field.DISPLACEMENT: "card",
    Field.DISABILITY: "card",
    Field.RISK_LEVEL: "card",
    Field.NEEDS: "request",
}

# The same for the part the desk reads before it accepts; the last word is the value's name.
_OPAQUE: dict[str, tuple[str, str]] = {
    Field.AGE_BAND: ("card", "age_band"),
    Field.HOUSEHOLD_SIZE: ("request", "household_size"),
    Field.LANGUAGE: ("card", "language"),
    Field.ACCESS_NEEDS: ("card", "access_needs"),
    Field.CLINICAL_WINDOW: ("incident", "clinical_window_ends_at"),
}


def opaque_part(
    *,
    consent: Consent,
    card: Card,
    incident: Incident,
    request: Request,
    urgency: str,
    hold_id: UUID | None = None,
) -> OpaquePart:
    """Return what the desk reads before it accepts. ``hold_id`` is the place the sender holds there."""
    sources: dict[str, Any] = {"card": card, "incident": incident, "request": request}
    values = {
        name: getattr(sources[source], name)
        for code, (source, name) in _OPAQUE.items()
        if code in consent.fields
    }
    return OpaquePart(
        service_id=consent.service_id,
        service_name=consent.service_name,
        service_type=consent.service_type,
        urgency=urgency,
        how_to_reach_worker=request.how_to_reach_worker,
        hold_id=hold_id,
        **values,
    )


def identity_part(*, consent: Consent, card: Card, identity: Identity, request: Request) -> IdentityPart:
    """Return what the worker reads after accepting: the consented fields and no other."""
    sources: dict[str, Any] = {"card": card, "identity": identity, "request": request}
    values = {
        str(code): getattr(sources[source], code)
        for code, source in _IDENTITY.items()
        if code in consent.fields
    }
    if card.safe_contact.do_not_contact:
        # Her wish wins, whatever else was ticked: who has no number cannot call it.
        values |= {str(code): "" for code in (Field.PHONE, Field.THIRD_PARTY) if code in values}
    return IdentityPart(fields=tuple(values), **values)


def without(part: PartT, taken_out: Collection[str], ends_at: datetime | None) -> PartT:
    """Return a part of a packet without what she took out, never to be read after ``ends_at``."""
    if isinstance(part, IdentityPart):
        named = {code: code for code in part.fields}
    else:
        named = {code: name for code, (_source, name) in _OPAQUE.items()}
    blank = type(part)()
    changes: dict[str, Any] = {
        name: getattr(blank, name) for code, name in named.items() if code in taken_out
    }
    if isinstance(part, IdentityPart):
        changes["fields"] = tuple(code for code in part.fields if code not in taken_out)
    return replace(part, **changes, until=ends_at)


def value_asked_for(
    *, question: str, card: Card, incident: Incident, household_size: int | None
) -> tuple[str, Any]:
    """Return the name and the value in the case that a desk's question asks for; no value if unknown."""
    source, name = _OPAQUE[question]
    if source == "request":
        return name, household_size
    return name, getattr({"card": card, "incident": incident}[source], name)


def answer_part(
    *,
    consent: Consent,
    card: Card,
    incident: Incident,
    question: str,
    answer: str,
    household_size: int | None,
    answered_at: datetime,
) -> AnswerPart:
    """Return the answer to the desk's question: a value only where her consent names exactly that field."""
    values: dict[str, Any] = {}
    if answer == QuestionAnswer.TOLD:
        if question == Question.CALL or question not in consent.fields:
            raise ConsentDoesNotCover
        name, value = value_asked_for(
            question=question, card=card, incident=incident, household_size=household_size
        )
        if not value:
            raise Invalid({name: _("The case does not say this yet. Write it there, or answer otherwise.")})
        values[name] = value
    return AnswerPart(question=question, answer=answer, answered_at=answered_at, **values)


def check_cover(consent: Consent, request: Request) -> None:
    """Raise ``ConsentDoesNotCover`` when something was added that the consent does not name."""
    if request.needs and Field.NEEDS not in consent.fields:
        raise ConsentDoesNotCover
    if request.household_size is not None and Field.HOUSEHOLD_SIZE not in consent.fields:
        raise ConsentDoesNotCover


def check_words(*, text: str, card: Card, identity: Identity) -> None:
    """Raise ``NotSafe`` when a text the desk reads before accepting holds her phone or one of her names."""
    digits = _digits(text)
    for number in (identity.phone, identity.third_party, card.safe_contact.note):
        own = _digits(number)
        if len(own) >= 7 and own[-7:] in digits:
            raise NotSafe(_HOLDS_HER)
    words = _spelled(text)
    for name in (identity.name, card.alias, card.safe_contact.safe_word):
        if any(len(word) >= _LEAST_LETTERS for word in words & _spelled(name)):
            raise NotSafe(_HOLDS_HER)


# Shorter ones are in too many texts: "va", "на".
_LEAST_LETTERS = 3


def _spelled(text: str) -> set[str]:
    """Return the words as they are and folded: Нигора and Nigora are one name, in any script.

    Both as typed and as the packet keeps them: a soft hyphen of a pasted text is gone there, and no longer
    parts the name.
    """
    both = unicodedata.normalize("NFKC", f"{text} {printable(text)}")
    return {word.casefold() for word in re.findall(r"\w+", both)} | set(tokens(both))


def _digits(text: str) -> str:
    """Return the digits of a text, in whichever script they are written."""
    return "".join(str(unicodedata.decimal(letter)) for letter in text if letter.isdecimal())
