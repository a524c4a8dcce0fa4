"""The parts of a packet: what the desk reads, what the accepting worker reads, what the sender keeps."""
# ruff: noqa: RUF009 - each field's rule is a dataclass field, made once on purpose

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from referrals import codes
from referrals.payload.case import LANGUAGE_CODES, Children, SafeContact
from referrals.payload.rules import Payload, code, ident, moment, nested, number, of, several, text
from services.codes import ServiceType


@dataclass(frozen=True, repr=False, kw_only=True)
class OpaquePart(Payload):
    """What the desk reads before it accepts: enough to say yes or no, nothing that finds her."""

    service_id: UUID | None = ident()
    service_name: str = text(300)
    service_type: str = code(of(ServiceType))
    urgency: str = code(of(codes.Urgency))
    how_to_reach_worker: str = text(200)
    age_band: str = code(of(codes.AgeBand))
    household_size: int | None = number(30)
    language: str = code(LANGUAGE_CODES)
    access_needs: tuple[str, ...] = several(of(codes.AccessNeed))
    clinical_window_ends_at: datetime | None = moment()
    # The place its sender holds there, if any: the answer ends that hold and no other. Never shown.
    hold_id: UUID | None = ident()
    # Set when she made her consent shorter: no clear column says otherwise.
    until: datetime | None = moment()


@dataclass(frozen=True, repr=False, kw_only=True)
class IdentityPart(Payload):
    """The consented fields, read by the worker who accepted. ``fields`` says which were consented."""

    fields: tuple[str, ...] = several(of(codes.Field))
    alias: str = text(60)
    name: str = text(120)
    phone: str = text(40)
    third_party: str = text(200)
    safe_contact: SafeContact = nested(SafeContact)
    age_band: str = code(of(codes.AgeBand))
    sex: str = code(of(codes.Sex))
    language: str = code(LANGUAGE_CODES)
    children: Children = nested(Children)
    district: str = text(60)
    displacement: str = code(of(codes.Displacement))
    disability: tuple[str, ...] = several(of(codes.Disability))
    risk_level: str = code(of(codes.RiskLevel))
    needs: str = text(500)
    until: datetime | None = moment()


@dataclass(frozen=True, repr=False, kw_only=True)
class AnswerPart(Payload):
    """What the caseworker answered to the desk's one question: codes, and one consented value at most."""

    question: str = code(of(codes.Question))
    answer: str = code(of(codes.QuestionAnswer))
    answered_at: datetime | None = moment()
    age_band: str = code(of(codes.AgeBand))
    household_size: int | None = number(30)
    language: str = code(LANGUAGE_CODES)
    access_needs: tuple[str, ...] = several(of(codes.AccessNeed))
    clinical_window_ends_at: datetime | None = moment()


@dataclass(frozen=True, repr=False, kw_only=True)
class MeetingPart(Payload):
    """When the provider expects her and where she asks for it; read by its worker and by the sender."""

    starts_at: datetime | None = moment()
    ask_for: str = text(200)


@dataclass(frozen=True, repr=False, kw_only=True)
class SenderPart(Payload):
    """What only the sender reads: which case this referral belongs to."""

    case_id: UUID | None = ident()
    item_id: UUID | None = ident()
    organization_name: str = text(300)
    service_name: str = text(300)
    service_type: str = code(of(ServiceType))
    urgency: str = code(of(codes.Urgency))
