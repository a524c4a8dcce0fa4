"""A few invented cases of the demo, brought to different states through the real doors and actions."""

from dataclasses import dataclass, field
from datetime import time, timedelta

from accounts.models import Person
from accounts.unlocked import Unlocked
from referrals import access, actions, codes
from referrals.access import OpenCase, OpenPacket
from referrals.actions.consent import Wishes
from referrals.demo.network import CASEWORK, unlock
from referrals.destination import destination_of
from referrals.disclosure import Request
from referrals.models import Case, Referral
from referrals.payload import Card, Children, Closing, Identity, Incident, Plan, SafeContact
from services.codes import ServiceType
from services.models import Service

_LETTER = b"An invented letter.\n\nShe was seen on Tuesday, and may work again in a week.\n"
_FIELDS = ["age_band", "household_size", "language", "alias", "phone", "safe_contact", "needs"]


@dataclass
class _Cast:
    """Who acts, unlocked once each: opening a password is slow on purpose."""

    open: dict[str, Unlocked] = field(default_factory=dict)

    def at(self, name: str, hours_ago: float) -> Unlocked:
        """Return one person as they were so many hours ago."""
        if name not in self.open:
            self.open[name] = unlock(name)
            self._now = self.open[name].now
        unlocked = self.open[name]
        unlocked.now = self._now - timedelta(hours=hours_ago)
        return unlocked


def make_cases() -> bool:
    """Make the cases of the first casework agency; False when it has some already."""
    if Case.objects.filter(agency__name=CASEWORK[0].name).exists():
        return False
    cast = _Cast()
    _waiting(cast)
    _in_progress(cast)
    _declined(cast)
    _delivered(cast)
    _new(cast)
    _closed(cast)
    _offered(cast)
    _duty(cast)
    for unlocked in cast.open.values():
        unlocked.finish()
    return True


def _card(alias: str, **more: object) -> Card:
    given: dict[str, object] = {
        "language": "uz",
        "script": "latin",
        "age_band": "26-40",
        "sex": "female",
        "statistics_consent": True,
        "safe_contact": SafeContact(
            channel="call",
            safe_from="10:00",
            safe_until="12:00",
            hours="when she is alone",
            safe_word="library",
        ),
    }
    return Card(alias=alias, **(given | more))  # type: ignore[arg-type]


def _open(owner: Unlocked, card: Card, incident: Incident, plan: str = "") -> tuple[Case, OpenCase]:
    case = actions.open_case(
        unlocked=owner,
        card=card,
        identity=Identity(phone="+998 00 101 20 30"),
        incident=incident,
        plan=Plan(safety_plan=plan),
    )
    return case, access.case_for(owner, case.id, to="edit")


def _send(
    owner: Unlocked, opened: OpenCase, organization: str, service_type: str, *, urgency: str, needs: str
) -> Referral:
    service = (
        Service.objects.filter(organization__name=organization, service_type=service_type)
        .order_by("name")
        .first()
    )
    if service is None:
        raise LookupError("The demo directory has changed: see referrals/demo/cases.py.")
    destination = destination_of(service.pk)
    wishes: Wishes = {
        "service_id": service.pk,
        "fields": _FIELDS,
        "purpose": "Ular tayyorgarlik koʻrishi uchun.",
        "given_by": codes.GivenBy.SURVIVOR,
        "language": "uz",
        "script": "latin",
    }
    consent_id = actions.record_consent(
        unlocked=owner,
        opened=opened,
        text_read=actions.draft_consent(unlocked=owner, opened=opened, **wishes).heard.hash,
        how=codes.Manner.SPOKEN,
        witness=codes.Witness.COLLEAGUE,
        points_explained=list(codes.Point.values),
        legal_duty_hash=destination.legal_duty_hash,
        legal_duty_acknowledged=True,
        **wishes,
    )
    return actions.send(
        unlocked=owner,
        opened=opened,
        consent_id=consent_id,
        urgency=urgency,
        request=Request(how_to_reach_worker="Office +998 00 700 00 10", household_size=2, needs=needs),
        legal_duty_acknowledged=True,
    )


def _packet(desk: Unlocked, referral: Referral) -> OpenPacket:
    return access.packet_for(desk, referral.id)


def _accept(desk: Unlocked, referral: Referral) -> Referral:
    claimed = actions.claim(unlocked=desk, packet=_packet(desk, referral))
    return actions.accept(unlocked=desk, packet=_packet(desk, referral), version=claimed.version)


def _waiting(cast: _Cast) -> None:
    owner = cast.at("dilnoza", 1)
    incident = Incident(gbv_type="physical_assault", perpetrator_relationship="intimate_partner_or_former")
    card = _card("Anor", risk_level="high", children=Children(count=1, bands=["0-11"]))  # type: ignore[arg-type]
    _, opened = _open(owner, card, incident, "A bag with papers stays with a friend.")
    _send(
        owner,
        opened,
        "Namuna Yordam Uyi",
        ServiceType.SAFE_HOUSE,
        urgency=codes.Urgency.URGENT,
        needs="A room for two.",
    )


def _in_progress(cast: _Cast) -> None:
    owner = cast.at("dilnoza", 50)
    incident = Incident(gbv_type="psychological_emotional_abuse", perpetrator_relationship="family_other")
    case, opened = _open(owner, _card("Behi"), incident)
    referral = _send(
        owner,
        opened,
        "Namuna Yordam Uyi",
        ServiceType.PSYCHOSOCIAL,
        urgency=codes.Urgency.ROUTINE,
        needs="Somebody to talk to in the mornings.",
    )
    desk = cast.at("nodira", 47)
    accepted = _accept(desk, referral)
    desk = cast.at("nodira", 26)
    actions.start(unlocked=desk, packet=_packet(desk, referral), version=accepted.version)
    owner = cast.at("dilnoza", 20)
    opened = access.case_for(owner, case.id, to="edit")
    actions.add_note(unlocked=owner, opened=opened, text="She has been there once and wants to go again.")
    for task, days in (("Ask how the second talk was", 0), ("Bring the form for the flat", 6)):
        actions.add_task(unlocked=owner, opened=opened, text=task, due_on=owner.today + timedelta(days=days))
        opened = access.case_for(owner, case.id, to="edit")
    actions.record_contact(unlocked=owner, opened=opened)
    opened = access.case_for(owner, case.id, to="edit")
    actions.add_document(unlocked=owner, opened=opened, name="Letter of the clinic", content=_LETTER)
    opened = access.case_for(owner, case.id, to="edit")
    colleague = Person.objects.get(name="malika")
    actions.share_case(unlocked=owner, opened=opened, person=colleague, to="view")


def _declined(cast: _Cast) -> None:
    owner = cast.at("dilnoza", 30)
    incident = Incident(gbv_type="denial_of_resources_opportunities_or_services")
    _, opened = _open(owner, _card("Olma", age_band="41-60"), incident)
    referral = _send(
        owner,
        opened,
        "Sinov Legal Room Tarozi",
        ServiceType.LEGAL_ASSISTANCE,
        urgency=codes.Urgency.ROUTINE,
        needs="Advice about the flat.",
    )
    desk = cast.at("gavhar", 26)
    packet = _packet(desk, referral)
    actions.decline(
        unlocked=desk,
        packet=packet,
        reason=codes.DeclineReason.NO_CAPACITY,
        version=packet.referral.version,
    )


def _delivered(cast: _Cast) -> None:
    owner = cast.at("dilnoza", 80)
    incident = Incident(gbv_type="physical_assault", perpetrator_relationship="intimate_partner_or_former")
    _, opened = _open(owner, _card("Gilos", age_band="18-25"), incident)
    referral = _send(
        owner,
        opened,
        "Demo Clinic Anorzor",
        ServiceType.HEALTH_MEDICAL,
        urgency=codes.Urgency.URGENT,
        needs="A doctor who is a woman.",
    )
    accepted = _accept(cast.at("barno", 78), referral)
    desk = cast.at("barno", 70)
    started = actions.start(unlocked=desk, packet=_packet(desk, referral), version=accepted.version)
    desk = cast.at("barno", 28)
    actions.deliver(
        unlocked=desk,
        packet=_packet(desk, referral),
        outcome=codes.Outcome.RECEIVED,
        version=started.version,
    )


def _new(cast: _Cast) -> None:
    owner = cast.at("dilnoza", 0)
    incident = Incident(
        gbv_type="sexual_assault",
        time_window="within_72h",
        clinical_window_ends_at=owner.now + timedelta(hours=51),
    )
    _open(owner, _card("Uzum", age_band="18-25", risk_level="medium"), incident)


def _closed(cast: _Cast) -> None:
    owner = cast.at("dilnoza", 60)
    incident = Incident(gbv_type="psychological_emotional_abuse")
    case, _ = _open(owner, _card("Nok", age_band="41-60"), incident)
    owner = cast.at("dilnoza", 40)
    answers = codes.ClosingAnswer
    checklist = Closing(
        done="She lives with her sister now, and knows where to call.",
        referrals=answers.NONE,
        documents=answers.YES,
        safe_contact=answers.YES,
        follow_up=answers.NO,
        agreed=codes.AgreedToClose.YES,
    )
    opened = access.case_for(owner, case.id, to="edit")
    actions.close_case(unlocked=owner, opened=opened, checklist=checklist)


def _offered(cast: _Cast) -> None:
    """A case that its caseworker offers to a colleague, and that a supervisor wants to open meanwhile."""
    owner = cast.at("malika", 5)
    incident = Incident(gbv_type="denial_of_resources_opportunities_or_services")
    case, opened = _open(owner, _card("Shaftoli"), incident)
    colleague = Person.objects.get(name="dilnoza")
    actions.offer_case(unlocked=owner, opened=opened, person=colleague, ends_shares=True)
    supervisor = cast.at("saida", 1)
    known = access.case_by_reference(supervisor, access.reference_of(case))
    if known is None:
        raise LookupError("A case just opened is not found by its reference.")
    actions.ask_emergency(unlocked=supervisor, known=known, reason=codes.EmergencyReason.OWNER_AWAY)


def _duty(cast: _Cast) -> None:
    supervisor = cast.at("zulfiya", 2)
    for name, weekdays in (("nodira", [0, 1, 2]), ("zulfiya", [3, 4])):
        actions.add_shift(
            unlocked=supervisor,
            person=Person.objects.get(name=name),
            weekdays=weekdays,
            day=None,
            starts=time(9),
            ends=time(18),
        )
