"""What is sealed: the shapes of a case's sections and of a packet's parts, and their JSON.

Every class checks itself when it is made: from a form, ``Invalid`` names the fields; from the
database, what does not fit is ``Refused``. ``repr`` shows the class and nothing else. Free text is
bounded and cleaned of control characters. Not here: keys (access), what leaves a case (disclosure).
"""

import json
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, fields
from datetime import UTC, date, datetime
from typing import Any, Self
from uuid import UUID

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from referrals import codes
from referrals.errors import Invalid
from services.codes import LANGUAGES, LegalDuty, ServiceType
from vault.errors import Refused

Rule = Callable[[Any], Any]


class _Wrong(Exception):
    """One field is not right; ``message`` says what to do."""

    def __init__(self, message: str | Promise) -> None:
        super().__init__("wrong")
        self.message = message


class Payload:
    """Base of everything sealed: checks on making, JSON both ways, nothing in ``repr``."""

    def __post_init__(self) -> None:
        wrong: dict[str, Any] = {}
        for one in fields(self):  # type: ignore[arg-type]
            try:
                object.__setattr__(self, one.name, one.metadata["rule"](getattr(self, one.name)))
            except _Wrong as error:
                wrong[one.name] = error.message
            except Invalid as error:
                wrong |= {f"{one.name}.{name}": message for name, message in error.fields.items()}
        if wrong:
            raise Invalid(wrong)

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"

    def to_json(self) -> dict[str, Any]:
        """Return JSON values; what was not answered is left out."""
        values = {one.name: _plain(getattr(self, one.name)) for one in fields(self)}  # type: ignore[arg-type]
        return {name: value for name, value in values.items() if value or value == 0 and value is not False}

    def to_bytes(self) -> bytes:
        return json.dumps(self.to_json(), ensure_ascii=False, sort_keys=True).encode()

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Read what ``to_bytes`` wrote; anything else is ``Refused``."""
        try:
            return cls(**json.loads(data))
        except (ValueError, TypeError, Invalid):
            raise Refused from None


def _plain(value: Any) -> Any:
    if isinstance(value, Payload):
        return value.to_json()
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, date):  # datetime is one too
        return value.isoformat()
    return value


# --- Rules of one field. Each takes what a form or JSON gives and returns what is kept. ---


def text(limit: int) -> Any:
    """Take at most ``limit`` characters; line breaks stay, other control characters go."""

    def rule(value: Any) -> str:
        if not isinstance(value, str):
            raise _Wrong(_("Write this as text."))
        kept = "".join(
            letter for letter in unicodedata.normalize("NFC", value) if letter == "\n" or letter.isprintable()
        ).strip()
        if len(kept) > limit:
            raise _Wrong(_("Shorten this to %(limit)d characters.") % {"limit": limit})
        return kept

    return field(default="", metadata={"rule": rule, "kind": "text"})


def code(choices: Iterable[str]) -> Any:
    """Take one of the codes, or nothing."""
    allowed = frozenset(map(str, choices))

    def rule(value: Any) -> str:
        if value in ("", None):
            return ""
        if not isinstance(value, str) or str(value) not in allowed:
            raise _Wrong(_("Choose one of the answers."))
        return str(value)

    return field(default="", metadata={"rule": rule, "kind": "code", "codes": sorted(allowed)})


def several(choices: Iterable[str]) -> Any:
    """Take any number of the codes, each once, in the order of the list."""
    order = [str(choice) for choice in choices]

    def rule(value: Any) -> tuple[str, ...]:
        given = {str(one) for one in _listed(value)}
        if not given <= set(order):
            raise _Wrong(_("Choose among the answers."))
        return tuple(one for one in order if one in given)

    return field(default=(), metadata={"rule": rule, "kind": "codes", "codes": order})


def flag() -> Any:
    """Take yes or no; no unless said."""

    def rule(value: Any) -> bool:
        if not isinstance(value, bool):
            raise _Wrong(_("Answer yes or no."))
        return value

    return field(default=False, metadata={"rule": rule, "kind": "flag"})


def number(most: int) -> Any:
    """Take a whole number from 0 to ``most``, or nothing."""

    def rule(value: Any) -> int | None:
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= most:
            raise _Wrong(_("Give a whole number from 0 to %(most)d.") % {"most": most})
        return value

    return field(default=None, metadata={"rule": rule, "kind": "number"})


def _parsed(parse: Callable[[str], Any], kind: type, message: str | Promise) -> Rule:
    def rule(value: Any) -> Any:
        if value is None or isinstance(value, kind):
            return value
        try:
            return parse(value)
        except (ValueError, TypeError, AttributeError):
            raise _Wrong(message) from None

    return rule


def day() -> Any:
    """Take a date, or nothing."""
    return field(
        default=None, metadata={"rule": _parsed(date.fromisoformat, date, _("Give a date.")), "kind": "day"}
    )


def moment() -> Any:
    """Take a moment with its zone, kept in UTC to the second, or nothing."""
    parse = _parsed(datetime.fromisoformat, datetime, _("Give a date and time."))

    def rule(value: Any) -> datetime | None:
        given = parse(value)
        if given is not None and given.tzinfo is None:
            raise _Wrong(_("Give a date and time."))
        return None if given is None else given.astimezone(UTC).replace(microsecond=0)

    return field(default=None, metadata={"rule": rule, "kind": "moment"})


_uuid = _parsed(UUID, UUID, _("Choose one of the answers."))


def ident() -> Any:
    """Take an id, or nothing."""
    return field(default=None, metadata={"rule": _uuid, "kind": "id"})


def idents() -> Any:
    """Take any number of ids."""

    def rule(value: Any) -> tuple[UUID, ...]:
        return tuple(dict.fromkeys(_uuid(one) for one in _listed(value) if one))

    return field(default=(), metadata={"rule": rule, "kind": "ids"})


def nested(kind: type[Payload]) -> Any:
    """Take another payload, or its JSON; an empty one unless said."""

    def rule(value: Any) -> Payload:
        if isinstance(value, kind):
            return value
        if not isinstance(value, dict):
            raise _Wrong(_("Some answers need another look."))
        try:
            return kind(**value)
        except TypeError:
            raise _Wrong(_("Some answers need another look.")) from None

    return field(default_factory=kind, metadata={"rule": rule, "kind": "nested", "of": kind})


def _listed(value: Any) -> list[Any]:
    if isinstance(value, list | tuple | set | frozenset):
        return list(value)
    raise _Wrong(_("Choose among the answers."))


_LANGUAGES = [*LANGUAGES, "other"]


def _codes(choices: type[TextChoices]) -> list[str]:
    return [str(value) for value in choices.values]


# --- Sections of a case ---


@dataclass(frozen=True, repr=False, kw_only=True)
class SafeContact(Payload):
    """How she may be reached. ``do_not_contact`` wins over everything else."""

    channel: str = code(_codes(codes.Channel))
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
    language: str = code(_LANGUAGES)
    script: str = code(_codes(codes.Script))
    district: str = text(60)
    age_band: str = code(_codes(codes.AgeBand))
    sex: str = code(_codes(codes.Sex))
    displacement: str = code(_codes(codes.Displacement))
    disability: tuple[str, ...] = several(_codes(codes.Disability))
    access_needs: tuple[str, ...] = several(_codes(codes.AccessNeed))
    children: Children = nested(Children)
    safe_contact: SafeContact = nested(SafeContact)
    risk_level: str = code(_codes(codes.RiskLevel))
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

    gbv_type: str = code(_codes(codes.GbvType))
    time_window: str = code(_codes(codes.TimeWindow))
    clinical_window_ends_at: datetime | None = moment()
    perpetrator_relationship: str = code(_codes(codes.PerpetratorRelationship))
    perpetrator_authority: str = code(_codes(codes.Authority))
    excluded_organizations: tuple[UUID, ...] = idents()
    excluded_people: str = text(500)
    referred_from: str = code(_codes(codes.ReferredFrom))
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
class Consent(Payload):
    """One decision of hers about one organisation, one service and one set of fields."""

    organization_id: UUID | None = ident()
    organization_name: str = text(300)
    service_id: UUID | None = ident()
    service_name: str = text(300)
    service_type: str = code(_codes(ServiceType))
    agency_id: UUID | None = ident()
    fields: tuple[str, ...] = several(_codes(codes.Field))
    purpose: str = text(300)
    given_by: str = code(_codes(codes.GivenBy))
    how: str = code(_codes(codes.Manner))
    language: str = code(_LANGUAGES)
    script: str = code(_codes(codes.Script))
    points_explained: tuple[str, ...] = several(_codes(codes.Point))
    legal_duty: str = code(_codes(LegalDuty))
    legal_duty_hash: str = text(64)
    legal_duty_acknowledged: bool = flag()
    decision: str = code(_codes(codes.Decision))
    recorded_by: UUID | None = ident()
    decided_at: datetime | None = moment()
    expires_at: datetime | None = moment()
    withdrawn_at: datetime | None = moment()
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
    service_type: str = code(_codes(ServiceType))
    urgency: str = code(_codes(codes.Urgency))
    fields: tuple[str, ...] = several(_codes(codes.Field))
    sent_by: UUID | None = ident()
    sent_at: datetime | None = moment()
    answer: str = code(_codes(codes.Answer))
    answered_at: datetime | None = moment()
    unmet_counted: bool = flag()


@dataclass(frozen=True, repr=False, kw_only=True)
class HistoryEntry(Payload):
    """Who opened or changed the case, so that she can be told who has seen her file."""

    action: str = text(60)
    actor: UUID | None = ident()
    object: UUID | None = ident()
    at: datetime | None = moment()


# --- Parts of a packet ---


@dataclass(frozen=True, repr=False, kw_only=True)
class OpaquePart(Payload):
    """What the desk reads before it accepts: enough to say yes or no, nothing that finds her."""

    service_id: UUID | None = ident()
    service_name: str = text(300)
    service_type: str = code(_codes(ServiceType))
    urgency: str = code(_codes(codes.Urgency))
    how_to_reach_worker: str = text(200)
    age_band: str = code(_codes(codes.AgeBand))
    household_size: int | None = number(30)
    language: str = code(_LANGUAGES)
    access_needs: tuple[str, ...] = several(_codes(codes.AccessNeed))
    clinical_window_ends_at: datetime | None = moment()


@dataclass(frozen=True, repr=False, kw_only=True)
class IdentityPart(Payload):
    """The consented fields, read by the worker who accepted. ``fields`` says which were consented."""

    fields: tuple[str, ...] = several(_codes(codes.Field))
    alias: str = text(60)
    name: str = text(120)
    phone: str = text(40)
    third_party: str = text(200)
    safe_contact: SafeContact = nested(SafeContact)
    age_band: str = code(_codes(codes.AgeBand))
    sex: str = code(_codes(codes.Sex))
    language: str = code(_LANGUAGES)
    children: Children = nested(Children)
    district: str = text(60)
    displacement: str = code(_codes(codes.Displacement))
    disability: tuple[str, ...] = several(_codes(codes.Disability))
    risk_level: str = code(_codes(codes.RiskLevel))
    needs: str = text(500)


@dataclass(frozen=True, repr=False, kw_only=True)
class SenderPart(Payload):
    """What only the sender reads: which case this referral belongs to."""

    case_id: UUID | None = ident()
    item_id: UUID | None = ident()
    organization_name: str = text(300)
    service_name: str = text(300)
    service_type: str = code(_codes(ServiceType))
    urgency: str = code(_codes(codes.Urgency))
