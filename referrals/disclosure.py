"""What of a case goes into a packet: exactly the consented fields, and nothing by another way.

Pure functions over payloads. Who consented to what is in ``payload.Consent``; that nothing beyond it
leaves is decided here and nowhere else.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from referrals.codes import Field
from referrals.errors import ConsentDoesNotCover, NotSafe
from referrals.payload import Card, Consent, Identity, IdentityPart, Incident, OpaquePart


_HOLDS_HER = _("The words for the desk hold her name or her phone. Write only how to reach you at work.")


@dataclass(frozen=True, repr=False, kw_only=True)
class Request:
    """What the caseworker adds for this referral alone: each only if the consent names it."""

    how_to_reach_worker: str
    household_size: int | None = None
    needs: str = ""


# One line a field of the identity part: the consented code, and where its value stands in the case.
_IDENTITY: dict[str, Callable[[Card, Identity, Request], Any]] = {
    Field.ALIAS: lambda card, identity, request: card.alias,
    Field.NAME: lambda card, identity, request: identity.name,
    Field.PHONE: lambda card, identity, request: identity.phone,
    Field.THIRD_PARTY: lambda card, identity, request: identity.third_party,
    Field.SAFE_CONTACT: lambda card, identity, request: card.safe_contact,
    Field.AGE_BAND: lambda card, identity, request: card.age_band,
    Field.SEX: lambda card, identity, request: card.sex,
    Field.LANGUAGE: lambda card, identity, request: card.language,
    Field.CHILDREN: lambda card, identity, request: card.children,
    Field.DISTRICT: lambda card, identity, request: card.district,
    Field.DISPLACEMENT: lambda card, identity, request: card.displacement,
    Field.DISABILITY: lambda card, identity, request: card.disability,
    Field.RISK_LEVEL: lambda card, identity, request: card.risk_level,
    Field.NEEDS: lambda card, identity, request: request.needs,
}

_OPAQUE: dict[str, tuple[str, Callable[[Card, Incident, Request], Any]]] = {
    Field.AGE_BAND: ("age_band", lambda card, incident, request: card.age_band),
    Field.HOUSEHOLD_SIZE: ("household_size", lambda card, incident, request: request.household_size),
    Field.LANGUAGE: ("language", lambda card, incident, request: card.language),
    Field.ACCESS_NEEDS: ("access_needs", lambda card, incident, request: card.access_needs),
    Field.CLINICAL_WINDOW: (
        "clinical_window_ends_at",
        lambda card, incident, request: incident.clinical_window_ends_at,
    ),
}


def opaque_part(
    *, consent: Consent, card: Card, incident: Incident, request: Request, urgency: str
) -> OpaquePart:
    """Return what the desk reads before it accepts."""
    values = {
        name: value_of(card, incident, request)
        for code, (name, value_of) in _OPAQUE.items()
        if code in consent.fields
    }
    return OpaquePart(
        service_id=consent.service_id,
        service_name=consent.service_name,
        service_type=consent.service_type,
        urgency=urgency,
        how_to_reach_worker=request.how_to_reach_worker,
        **values,
    )


def identity_part(*, consent: Consent, card: Card, identity: Identity, request: Request) -> IdentityPart:
    """Return what the worker reads after accepting: the consented fields and no other."""
    named = [code for code in _IDENTITY if code in consent.fields]
    values = {str(code): _IDENTITY[code](card, identity, request) for code in named}
    return IdentityPart(fields=tuple(map(str, named)), **values)


def check_cover(consent: Consent, request: Request) -> None:
    """Raise ``ConsentDoesNotCover`` when something was added that the consent does not name."""
    if request.needs and Field.NEEDS not in consent.fields:
        raise ConsentDoesNotCover
    if request.household_size is not None and Field.HOUSEHOLD_SIZE not in consent.fields:
        raise ConsentDoesNotCover


def check_words(*, text: str, card: Card, identity: Identity) -> None:
    """Raise ``NotSafe`` when a text the desk reads before accepting holds her phone or one of her names."""
    digits = re.sub(r"\D", "", text)
    for number in (identity.phone, identity.third_party, card.safe_contact.note):
        own = re.sub(r"\D", "", number)
        if len(own) >= 7 and own[-7:] in digits:
            raise NotSafe(_HOLDS_HER)
    words = {word.casefold() for word in re.findall(r"\w+", text)}
    for name in (identity.name, card.alias, card.safe_contact.safe_word):
        if words & {word.casefold() for word in re.findall(r"\w{3,}", name)}:
            raise NotSafe(_HOLDS_HER)
