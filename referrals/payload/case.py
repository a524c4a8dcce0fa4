"""The sections of a case. Nothing here asks for what a case never holds (product.md): no passport, no
story, no perpetrator's name, no children's names."""
# ruff: noqa: RUF009 - each field's rule is a dataclass field, made once on purpose

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings

from referrals import codes
from referrals.payload.rules import (
    Payload,
    clock,
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
    words,
)
from services.codes import LANGUAGES, LegalDuty, ServiceType

LANGUAGE_CODES = [*LANGUAGES, "other"]


@dataclass(frozen=True, repr=False, kw_only=True)
class SafeContact(Payload):
    """How she may be reached. ``do_not_contact`` wins over everything else.

    Days and times are for the pages to keep to (``is_safe_at``), ``hours`` is for what needs words. They
    are times of ``time_zone``, where they were asked.
    """

    channel: str = code(of(codes.Channel))
    safe_days: tuple[str, ...] = several(of(codes.Weekday))
    safe_from: str = clock()
    safe_until: str = clock()
    time_zone: str = code(codes.TIME_ZONES)
    hours: str = text(100)
    safe_word: str = text(60)
    may_leave_message: bool = flag()
    do_not_contact: bool = flag()
    note: str = text(300)
    reviewed_on: date | None = day()

    def is_safe_at(self, moment: datetime) -> bool:
        """Say whether she may be reached at ``moment``, as far as days and times say.

        Days left open are all days, and a missing time is midnight. A time until which is not later than
        the time from which is on the next day: it belongs to the day on which it began. Where she gave
        no days and no times the words have to be read, and nothing here stands against it.
        """
        if self.do_not_contact:
            return False
        local = moment.astimezone(ZoneInfo(self.time_zone or settings.TIME_ZONE))
        start, end = (time.fromisoformat(one or "00:00") for one in (self.safe_from, self.safe_until))
        now = local.time()
        if start < end:
            return self._on(local) and start <= now < end
        after_midnight = now < end and self._on(local - timedelta(days=1))
        return after_midnight or (now >= start and self._on(local))

    def _on(self, local: datetime) -> bool:
        return not self.safe_days or codes.Weekday.values[local.weekday()] in self.safe_days


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

    def clinical_window_at(self, now: datetime) -> datetime | None:
        """Return until when medical care works best, while that is still to come.

        When the 72 hours are over (HIV prophylaxis), those up to 120 count (emergency contraception).
        """
        ends = self.clinical_window_ends_at
        if ends is not None and ends <= now and self.time_window == codes.TimeWindow.WITHIN_72_HOURS:
            longest, first = (
                codes.CLINICAL_WINDOW_HOURS[one]
                for one in (codes.TimeWindow.WITHIN_120_HOURS, codes.TimeWindow.WITHIN_72_HOURS)
            )
            ends += timedelta(hours=longest - first)
        return ends if ends is not None and ends > now else None


@dataclass(frozen=True, repr=False, kw_only=True)
class Dispositions(Payload):
    """What became of each kind of help she needs, also where nothing was sent: one for each service type."""

    health_medical: str = code(of(codes.Disposition))
    psychosocial: str = code(of(codes.Disposition))
    safe_house: str = code(of(codes.Disposition))
    legal_assistance: str = code(of(codes.Disposition))
    police_security: str = code(of(codes.Disposition))
    livelihoods: str = code(of(codes.Disposition))
    child_protection: str = code(of(codes.Disposition))


@dataclass(frozen=True, repr=False, kw_only=True)
class Plan(Payload):
    """Her safety plan, and what became of each need."""

    safety_plan: str = text(5000)
    dispositions: Dispositions = nested(Dispositions)


@dataclass(frozen=True, repr=False, kw_only=True)
class Task(Payload):
    """Something to do for her, until a day."""

    id: UUID | None = ident()
    text: str = text(200)
    due_on: date | None = day()
    done_on: date | None = day()
    written_by: UUID | None = ident()


@dataclass(frozen=True, repr=False, kw_only=True)
class FollowUp(Payload):
    """What is still to be done, and the days that lists must know without opening every case.

    One item a case, so that neither the number of tasks nor a day stands in clear. ``unmet_counted`` names
    what was counted of this case in a quarter (``2026-10-01 safe_house``): a need counts once. So does
    ``waits_counted`` for help that reached her.
    """

    tasks: tuple[Task, ...] = many(Task)
    last_contact_on: date | None = day()
    protection_order_ends_on: date | None = day()
    unmet_counted: tuple[str, ...] = words(100)
    waits_counted: tuple[str, ...] = words(100)


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
class Document(Payload):
    """What a file of the case is, and the secret that opens it together with its half."""

    name: str = text(120)
    kind: str = code(of(codes.DocumentKind))
    size: int | None = number(codes.MOST_DOCUMENT_BYTES)
    secret: str = text(64)
    # Whose the case was when the file was sealed: bound into its seal.
    agency_id: UUID | None = ident()
    added_by: UUID | None = ident()
    added_at: datetime | None = moment()


@dataclass(frozen=True, repr=False, kw_only=True)
class Closing(Payload):
    """One closing of the case: its checklist, each line answered or skipped, and its reopening if any."""

    done: str = text(1000)
    referrals: str = code(of(codes.ClosingAnswer))
    documents: str = code(of(codes.ClosingAnswer))
    safe_contact: str = code(of(codes.ClosingAnswer))
    follow_up: str = code(of(codes.ClosingAnswer))
    agreed: str = code(of(codes.AgreedToClose))
    closed_by: UUID | None = ident()
    closed_at: datetime | None = moment()
    reopen_reason: str = code(of(codes.ReopenReason))
    reopen_words: str = text(300)
    reopened_by: UUID | None = ident()
    reopened_at: datetime | None = moment()


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
    # The guardian who decided neither harmed her nor protects who did.
    guardian_is_safe: bool = flag()
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
    feedback_given: bool = flag()


@dataclass(frozen=True, repr=False, kw_only=True)
class PacketKey(Payload):
    """The secret of a packet that this case has sent, for whoever takes the case over. On no page."""

    referral_id: UUID | None = ident()
    secret: str = text(64)


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
