"""What most tests of cases and referrals need: a listed service, a case, a consent, a referral.

Everything goes through the product's own doors and actions, with real keys; each step may be asked
for alone.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from accounts.models import Agency, Person
from accounts.unlocked import Unlocked
from referrals import access, actions, codes
from referrals.access import OpenCase, OpenPacket
from referrals.destination import destination_of
from referrals.disclosure import Request
from referrals.models import Case, Referral
from referrals.payload import Card, Children, Identity, Incident, Plan, SafeContact
from services.codes import LegalDuty, Publication, ServiceType
from services.models import Organization, Service
from tests import people
from tests.people import Network

CARD = Card(
    alias="Lola",
    language="uz",
    script="latin",
    district="UZ-JI/Jizzax shahri",
    age_band="26-40",
    sex="female",
    displacement="resident",
    disability=["hearing"],
    access_needs=["sign_language"],
    children=Children(count=2, bands=["0-11"]),
    safe_contact=SafeContact(
        channel="call", hours="after nine", safe_word="apricot", note="ask for the tailor"
    ),
    risk_level="high",
    statistics_consent=True,
)
IDENTITY = Identity(
    name="Nigora Example", phone="+998 00 111 22 33", third_party="her aunt, +998 00 444 55 66"
)
INCIDENT = Incident(
    gbv_type="physical_assault",
    time_window="over_120h",
    perpetrator_relationship="intimate_partner_or_former",
    excluded_people="the uncle at the market",
)
PLAN = Plan(safety_plan="the green bag stands behind the door")
FIELDS = ["age_band", "household_size", "language", "access_needs", "alias", "phone", "safe_contact", "needs"]
REQUEST = Request(how_to_reach_worker="desk line +998 00 700 00 01", household_size=3, needs="a warm room")


def make_service(
    agency: Agency | None,
    *,
    service_type: str = ServiceType.SAFE_HOUSE,
    name: str = "Invented shelter",
    duty: str = LegalDuty.NONE,
    organization: Organization | None = None,
) -> Service:
    """List a service, published, of an organisation that ``agency`` stands behind."""
    organization = organization or Organization.objects.create(
        name=f"Organization of {name}",
        agency=agency,
        legal_notification_duty=duty,
        legal_notification_note="They keep it to themselves.",
    )
    return Service.objects.create(
        organization=organization,
        name=name,
        service_type=service_type,
        publication=Publication.PUBLISHED,
        sort_name=name.lower(),
    )


def later(person: Person, **delta: float) -> Unlocked:
    """Return the person unlocked at a later moment of the server's clock."""
    unlocked = people.unlock(person)
    unlocked.now += timedelta(**delta)
    return unlocked


def at(person: Person, moment: datetime) -> Unlocked:
    """Return the person unlocked at a moment of the server's clock."""
    unlocked = people.unlock(person)
    unlocked.now = moment
    return unlocked


def make_case(unlocked: Unlocked, **changes: Any) -> Case:
    """Open a case; ``card``, ``identity``, ``incident``, ``plan`` may be others."""
    given = {"card": CARD, "identity": IDENTITY, "incident": INCIDENT, "plan": PLAN} | changes
    return actions.open_case(unlocked=unlocked, **given)


def edit(unlocked: Unlocked, case: Case) -> OpenCase:
    """Open a case to edit, through the door."""
    return access.case_for(unlocked, case.id, to="edit")


PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def add_document(unlocked: Unlocked, case: Case, *, name: str = "certificate", content: bytes = PDF) -> UUID:
    """Keep a document in a case; return its id."""
    opened = edit(unlocked, case)
    return actions.add_document(unlocked=unlocked, opened=opened, name=name, content=content)


def consent_to(unlocked: Unlocked, opened: OpenCase, service: Service, **changes: Any) -> UUID:
    """Record a consent to one service."""
    given: dict[str, Any] = {
        "service_id": service.id,
        "fields": FIELDS,
        "purpose": "a safe place tonight",
        "given_by": codes.GivenBy.SURVIVOR,
        "guardian_is_safe": True,
        "language": "uz",
        "script": "latin",
    }
    said: dict[str, Any] = {
        "how": codes.Manner.SPOKEN,
        "witness": codes.Witness.COLLEAGUE,
        "points_explained": list(codes.Point.values),
        "legal_duty_hash": destination_of(service.id).legal_duty_hash,
        "legal_duty_acknowledged": True,
    }
    once = changes.pop("once", None)
    wishes = given | {name: value for name, value in changes.items() if name not in (*said, "text_read")}
    said |= {name: value for name, value in changes.items() if name in said}
    read = changes.get("text_read")
    if read is None:
        read = actions.draft_consent(unlocked=unlocked, opened=opened, **wishes).heard.hash
    return actions.record_consent(
        unlocked=unlocked, opened=opened, text_read=read, once=once, **wishes, **said
    )


def send_under(unlocked: Unlocked, opened: OpenCase, consent_id: UUID, **changes: Any) -> Referral:
    """Send a referral under a consent."""
    given: dict[str, Any] = {"urgency": "urgent", "request": REQUEST, "legal_duty_acknowledged": True}
    return actions.send(unlocked=unlocked, opened=opened, consent_id=consent_id, **(given | changes))


def ask_under(unlocked: Unlocked, opened: OpenCase, consent_id: UUID, **changes: Any) -> tuple[UUID, str]:
    """Put a question by link under a consent; return its id and the link's token."""
    given: dict[str, Any] = {
        "urgency": "urgent",
        "request": replace(REQUEST, needs=""),
        "legal_duty_acknowledged": True,
    }
    return actions.ask_by_link(unlocked=unlocked, opened=opened, consent_id=consent_id, **(given | changes))


def make_referral(
    network: Network, *, service: Service | None = None, fields: list[str] | None = None, **case: Any
) -> tuple[Case, UUID, Referral]:
    """Let the owner open a case and send one referral from agency A to agency B."""
    unlocked = people.unlock(network.owner)
    made = make_case(unlocked, **case)
    opened = edit(unlocked, made)
    service = service or make_service(network.b.agency)
    changes: dict[str, Any] = {"fields": fields} if fields is not None else {}
    consent_id = consent_to(unlocked, opened, service, **changes)
    request = REQUEST
    if fields is not None:
        request = replace(
            REQUEST,
            needs=REQUEST.needs if "needs" in fields else "",
            household_size=REQUEST.household_size if "household_size" in fields else None,
        )
    referral = send_under(unlocked, opened, consent_id, request=request)
    return made, consent_id, referral


def packet(unlocked: Unlocked, referral: Referral) -> OpenPacket:
    """Open a packet at the desk, through the door."""
    return access.packet_for(unlocked, referral.id)


def take(unlocked: Unlocked, referral: Referral) -> Referral:
    """Claim and accept a referral."""
    claimed = actions.claim(unlocked=unlocked, packet=packet(unlocked, referral))
    return actions.accept(
        unlocked=unlocked, packet=packet(unlocked, referral), version=claimed.version, once=uuid4()
    )


def ask(unlocked: Unlocked, referral: Referral, question: str = "household_size") -> Referral:
    """Claim a referral and put one question to its sender."""
    claimed = actions.claim(unlocked=unlocked, packet=packet(unlocked, referral))
    return actions.ask(
        unlocked=unlocked, packet=packet(unlocked, referral), question=question, version=claimed.version
    )


def answer(unlocked: Unlocked, case: Case, referral: Referral, **changes: Any) -> Referral:
    """Answer the desk's question."""
    given: dict[str, Any] = {"answer": "told", "household_size": 4, "version": referral.version} | changes
    return actions.answer_question(
        unlocked=unlocked, opened=edit(unlocked, case), referral_id=referral.id, **given
    )


def appoint(unlocked: Unlocked, referral: Referral, **changes: Any) -> Referral:
    """Give an appointment on an accepted referral."""
    given: dict[str, Any] = {
        "starts_at": unlocked.now + timedelta(days=2),
        "ask_for": "second door, ask for the social worker",
        "version": referral.version,
    }
    return actions.give_appointment(unlocked=unlocked, packet=packet(unlocked, referral), **(given | changes))
