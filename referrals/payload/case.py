"""The sections of a case. Nothing here asks for what a case never holds (product.md): no passport, no
story, no perpetrator's name, no children's names."""
# ruff: noqa: RUF009 - each field's rule is a dataclass field, made once on purpose

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from referrals import codes
from referrals.payload.rules import (
    Payload,
    code,
    day,
    flag,
    ident,
    idents,
    many,
    moment,
    nested,
    number,
    of,
    several,
    text,
)
from services.codes import LANGUAGES, LegalDuty, ServiceType

LANGUAGE_CODES = [*LANGUAGES, "other"]


@dataclass(frozen=True, repr=False, kw_only=True)
class SafeContact(Payload):
    """How she may be reached. ``do_not_contact`` wins over everything else."""

    channel: str = code(of(codes.Channel))
    hours: str = text(100)
    safe_word: str = text(60)
    may_leave_message: bool = flag()
    do_not_contact: bool = flag()
    note: str = text(300)
    reviewed_on: date | None = day()


@dataclass(frozen=True, repr=False, kw_only=True)
class Children(Payload):
    """Children with her: how many and in which bands. Names are never asked for."""

    count: int | None = number(20)
    bands: tuple[str, ...] = several([codes.AgeBand.CHILD, codes.AgeBand.ADOLESCENT])


@dataclass(frozen=True, repr=False, kw_only=True)
class Card(Payload):
    """What one's list of cases shows, and what a match and a packet's first part need."""

    alias: str = text(60)
    language: str = code(LANGUAGE_CODES)
    script: str = code(of(codes.Script))
    district: str = text(60)
    age_band: str = code(of(codes.AgeBand))
    sex: str = code(of(codes.Sex))
    displacement: str = code(of(codes.Displacement))
    disability: tuple[str, ...] = several(of(codes.Disability))
    access_needs: tuple[str, ...] = several(of(codes.AccessNeed))
    children: Children = nested(Children)
    safe_contact: SafeContact = nested(SafeContact)
    risk_level: str = code(of(codes.RiskLevel))
    statistics_consent: bool = flag()


@dataclass(frozen=True, repr=False, kw_only=True)
class Identity(Payload):
    """Who she is. All optional: an alias is enough for most help."""

    name: str = text(120)
    phone: str = text(40)
    third_party: str = text(200)


@dataclass(frozen=True, repr=False, kw_only=True)
class Incident(Payload):
    """What happened, as codes, and who must never be told. No story, no perpetrator's name."""

    gbv_type: str = code(of(codes.GbvType))
    time_window: str = code(of(codes.TimeWindow))
    clinical_window_ends_at: datetime | None = moment()
    perpetrator_relationship: str = code(of(codes.PerpetratorRelationship))
    perpetrator_authority: str = code(of(codes.Authority))
    excluded_organizations: tuple[UUID, ...] = idents()
    excluded_people: str = text(500)
    referred_from: str = code(of(codes.ReferredFrom))
    reported_elsewhere: bool = flag()


@dataclass(frozen=True, repr=False, kw_only=True)
class Plan(Payload):
    """Her safety plan."""

    safety_plan: str = text(5000)


@dataclass(frozen=True, repr=False, kw_only=True)
class Note(Payload):
    """A note of a colleague."""

    text: str = text(5000)
    written_by: UUID | None = ident()
    written_at: datetime | None = moment()


@dataclass(frozen=True, repr=False, kw_only=True)
class Heard(Payload):
    """What was read to her: which text, and what stood in it. Stays as it was, whatever is changed later."""

    wording: str = code(codes.TEXTS)
    version: int | None = number(999)
    hash: str = text(64)
    service: str = text(300)
    organization: str = text(300)
    receiver: str = text(300)
    duty_note: str = text(4000)
    fields: tuple[str, ...] = several(of(codes.Field))
    until: date | None = day()


@dataclass(frozen=True, repr=False, kw_only=True)
class Narrowing(Payload):
    """What she took out of a consent, or when it ends instead."""

    taken_out: tuple[str, ...] = several(of(codes.Field))
    ends_at: datetime | None = moment()
    by: UUID | None = ident()
    at: datetime | None = moment()


@dataclass(frozen=True, repr=False, kw_only=True)
class Consent(Payload):
    """One decision of hers about one organisation, one service and one set of fields.

    ``fields`` and ``expires_at`` are what holds now: a narrowing makes them less. What she decided at
    first is in ``heard`` and ``first_ends_at``.
    """

    organization_id: UUID | None = ident()
    organization_name: str = text(300)
    service_id: UUID | None = ident()
    service_name: str = text(300)
    service_type: str = code(of(ServiceType))
    agency_id: UUID | None = ident()
    fields: tuple[str, ...] = several(of(codes.Field))
    purpose: str = text(300)
    given_by: str = code(of(codes.GivenBy))
    # Where the case knows no age: she was asked, and is 18 or older.
    said_adult: bool = flag()
    how: str = code(of(codes.Manner))
    language: str = code(LANGUAGE_CODES)
    script: str = code(of(codes.Script))
    # The text may be in another language: where there is none in hers, it was said in hers.
    heard: Heard = nested(Heard)
    witness: str = code(of(codes.Witness))
    points_explained: tuple[str, ...] = several(of(codes.Point))
    legal_duty: str = code(of(LegalDuty))
    legal_duty_hash: str = text(64)
    legal_duty_acknowledged: bool = flag()
    decision: str = code(of(codes.Decision))
    recorded_by: UUID | None = ident()
    decided_at: datetime | None = moment()
    expires_at: datetime | None = moment()
    first_ends_at: datetime | None = moment()
    withdrawn_at: datetime | None = moment()
    narrowed: tuple[Narrowing, ...] = many(Narrowing)
    # The consent to the same service that was about to end when she was asked again.
    renews: UUID | None = ident()
    # The earlier referral for the same need that came to nothing: the chain is here and in no clear column.
    after_referral_id: UUID | None = ident()
    second_person_id: UUID | None = ident()
    second_person_signature: str = text(128)

    def is_active_at(self, now: datetime) -> bool:
        """Say whether it was given, not withdrawn, and not over at ``now``."""
        return (
            self.decision == codes.Decision.GIVEN
            and self.withdrawn_at is None
            and self.decided_at is not None
            and self.expires_at is not None
            and now < self.expires_at
        )


@dataclass(frozen=True, repr=False, kw_only=True)
class SentReferral(Payload):
    """The case's own memory of a referral: the packet itself knows nothing of the case."""

    referral_id: UUID | None = ident()
    consent_id: UUID | None = ident()
    organization_name: str = text(300)
    service_id: UUID | None = ident()
    service_name: str = text(300)
    service_type: str = code(of(ServiceType))
    urgency: str = code(of(codes.Urgency))
    fields: tuple[str, ...] = several(of(codes.Field))
    sent_by: UUID | None = ident()
    sent_at: datetime | None = moment()
    after_referral_id: UUID | None = ident()
    answer: str = code(of(codes.Answer))
    answered_at: datetime | None = moment()
    unmet_counted: bool = flag()


@dataclass(frozen=True, repr=False, kw_only=True)
class AskedProvider(Payload):
    """The case's own memory of a question by link: the question itself knows nothing of the case."""

    inquiry_id: UUID | None = ident()
    consent_id: UUID | None = ident()
    organization_name: str = text(300)
    service_id: UUID | None = ident()
    service_name: str = text(300)
    asked_by: UUID | None = ident()
    asked_at: datetime | None = moment()


@dataclass(frozen=True, repr=False, kw_only=True)
class HistoryEntry(Payload):
    """Who opened or changed the case, so that she can be told who has seen her file."""

    action: str = text(60)
    actor: UUID | None = ident()
    object: UUID | None = ident()
    at: datetime | None = moment()
