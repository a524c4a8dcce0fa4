"""What is read, as JSON: from what the doors opened, and nothing more than the page of it shows."""

from typing import Any

from accounts.unlocked import Unlocked
from referrals import access, actions, queries
from referrals.access import CaseCard, InboxRow, LeftCase, OpenCase, OpenSent, SentRow, Succession
from referrals.attention import Attention
from referrals.directory import Found
from referrals.leaving_out import Why
from referrals.models import Referral
from referrals.models.cases import Section
from referrals.models.referrals import Told
from referrals.payload import Card, IdentityPart, MeetingPart, SafeContact
from referrals.views.custody import holding
from referrals.views.referral import nobody_works
from referrals.views.retention import retention_of
from referrals.views.sections import SECTIONS, version_of

Json = dict[str, Any]


def contact(value: SafeContact) -> Json:
    """Return how she may be reached; *do not contact* hides everything else, as on the page."""
    return {"do_not_contact": True} if value.do_not_contact else {"do_not_contact": False, **value.to_json()}


def case_row(card: CaseCard) -> Json:
    known = card.card
    return {
        "id": card.case_id,
        "is_open": card.is_open,
        "month_opened": card.month_opened,
        "opens": known is not None,
        "alias": known.alias if known else "",
        "district": known.district if known else "",
        "age_band": known.age_band if known else "",
        "risk_level": known.risk_level if known else "",
    }


def case(unlocked: Unlocked, opened: OpenCase) -> Json:
    """Return a case without who she is: name and numbers are read where the rules of reaching her stand."""
    known = queries.states_of(unlocked, opened)
    items = opened.inquiries()
    asked = queries.inquiries_of(unlocked, opened) if items else {}
    return {
        "contact": contact(opened.card().safe_contact),
        "id": opened.id,
        "is_open": opened.case.is_open,
        "is_owner": any(
            one.is_owner and one.person.pk == unlocked.person.pk
            for one in queries.holders_of(unlocked, opened)
        ),
        "may_edit": opened.case.is_open and queries.may_edit(unlocked, opened),
        "month_opened": opened.case.month_opened,
        "holding": _holding(unlocked, opened),
        "retention": _retention(unlocked, opened),
        "card": _card(opened.card()),
        "incident": opened.incident().to_json(),
        "plan": opened.plan().to_json(),
        "versions": {code: version_of(opened, section) for code, section in SECTIONS.items()},
        "follow_up": _follow_up(opened),
        "documents": [
            {
                "id": item.id,
                "name": item.content.name,
                "kind": item.content.kind,
                "size": item.content.size,
                "added_at": item.content.added_at,
            }
            for item in opened.documents()
        ],
        "closings": [{"id": item.id, **item.content.to_json()} for item in opened.closings()],
        "notes": [{"id": item.id, **item.content.to_json()} for item in opened.notes()],
        "consents": [
            {
                "id": item.id,
                "active": item.content.is_active_at(unlocked.now),
                **item.content.to_json(),
            }
            for item in opened.consents()
        ],
        "referrals": [
            {"state": known[one].state_at(unlocked.now).value, **item.content.to_json()}
            for item in opened.referrals()
            if (one := item.content.referral_id) in known and one is not None
        ],
        "inquiries": [
            {
                "answer": asked[one].answer,
                "reason_code": asked[one].reason_code,
                "waits": asked[one].waits_at(unlocked.now),
                **item.content.to_json(),
            }
            for item in items
            if (one := item.content.inquiry_id) in asked and one is not None
        ],
    }


def _follow_up(opened: OpenCase) -> Json:
    kept = opened.follow_up()
    return {
        "version": str(opened.revision(Section.FOLLOWUP)),
        "tasks": [one.to_json() for one in kept.tasks],
        "last_contact_on": kept.last_contact_on,
        "protection_order_ends_on": kept.protection_order_ends_on,
    }


def _holding(unlocked: Unlocked, opened: OpenCase) -> Json:
    """Return who holds it, as far as the reader is told: its owner everybody, a colleague their own share."""
    held = holding(unlocked, opened)
    others = [{"name": one.person.display_name, "expires_at": one.expires_at} for one in held["others"]]
    told = ("reference", "emergency", "owner", "until", "offered_to")
    return {name: held[name] for name in told} | {"others": others}


def _retention(unlocked: Unlocked, opened: OpenCase) -> Json:
    kept = retention_of(unlocked, opened)
    return {name: kept[name] for name in ("erased_on", "asked_until", "is_held", "lift_asked")}


def _card(card: Card) -> Json:
    kept = card.to_json()
    if "safe_contact" in kept:
        kept["safe_contact"] = contact(card.safe_contact)
    return kept


def place(found: Found) -> Json:
    return {
        "service": found.service_id,
        "name": str(found.name),
        "organization": str(found.organization),
        "place": found.place,
        "availability": str(found.availability),
        "available": found.available,
        "can_refer": found.can_refer,
        "can_ask": found.can_ask,
        "can_hold": found.can_hold,
        "held_until": found.held_until,
        "phones": found.phones,
        "reasons": [str(reason.text) for reason in found.reasons],
    }


def why(one: Why) -> Json:
    return {
        "service": one.service_id,
        "name": str(one.name),
        "organization": str(one.organization),
        "place": one.place,
        "place_in_list": one.place_in_list,
        "because": [str(said.text) for said in one.because],
        "against": [str(said.text) for said in one.against],
        "besides": [str(said.text) for said in one.besides],
    }


def sent(unlocked: Unlocked, row: SentRow) -> Json:
    referral, note = row.referral, row.note
    return {
        "id": referral.id,
        "case_id": note.case_id if note else None,
        "state": referral.state_at(unlocked.now).value,
        "reason_code": referral.reason_code,
        "version": referral.version,
        "sent_at": referral.sent_at,
        "respond_by": referral.respond_by,
        "is_overdue": referral.is_overdue_at(unlocked.now),
        "service_name": note.service_name if note else "",
        "organization_name": note.organization_name if note else "",
        "service_type": note.service_type if note else "",
        "urgency": note.urgency if note else "",
    }


def sent_item(unlocked: Unlocked, found: OpenSent, opened: OpenCase, alternatives: list[Found]) -> Json:
    """Return one referral as its sender's page shows it. ``opened`` is the case it belongs to."""
    row, about = found.referral, opened.sent_referral(found.id).content
    answer = found.answer() if row.sealed_answer else None
    meeting = found.meeting() if row.sealed_meeting else None
    return {
        **sent(unlocked, SentRow(referral=row, note=found.note)),
        "fields_told": list(about.fields),
        "after_referral_id": about.after_referral_id,
        "paused_until": row.paused_until,
        "consent_expires_at": row.consent_expires_at,
        "accepted_at": row.accepted_at,
        "delivered_at": row.delivered_at,
        "ended_at": row.ended_at,
        "may_give_feedback": actions.may_give_feedback(opened, about),
        "mistake_reported": row.error_asked_by_id is not None,
        "nobody_works": nobody_works(row, unlocked.now),
        "key_waits": nobody_works(row, unlocked.now) and bool(row.handover),
        "answer": answer.to_json() if answer else None,
        "contact": contact(opened.card().safe_contact) if meeting else None,
        "meeting": meeting.to_json() if meeting else None,
        "alternatives": [place(one) for one in alternatives],
    }


def inbox_row(unlocked: Unlocked, row: InboxRow) -> Json:
    opaque = row.opaque.to_json() if row.opaque else None
    return packet(unlocked, row.referral, opaque)


def left_at_desk(row: Referral) -> Json:
    """Return what stands still at the desk because its only worker has left: from whom, since when."""
    return {"sender": row.sender_agency.name, "accepted_at": row.accepted_at}


def packet(unlocked: Unlocked, row: Referral, opaque: Json | None) -> Json:
    """Return a referral at the desk: the opaque part, and nothing of who she is."""
    state = row.state_at(unlocked.now)
    mine = row.is_claimed_at(unlocked.now) and row.claimed_by_id == unlocked.person.id
    # Whose place is held is for the answer to know, and for nobody to see.
    shown = {name: value for name, value in opaque.items() if name != "hold_id"} if opaque else None
    return _packet(
        id=row.id,
        state=state.value,
        version=row.version,
        respond_by=row.respond_by,
        claimed_until=row.claimed_until,
        claimed_by_me=mine,
        opaque=shown,
        question=row.reason_code if state == state.NEEDS_INFO else "",
    )


def told(identity: IdentityPart, meeting: MeetingPart | None, *, waits: bool) -> Json:
    """Return the consented fields for the worker who accepted, the rules of reaching her first."""
    kept = identity.to_json()
    rules = contact(identity.safe_contact) if "safe_contact" in kept else None
    if rules is not None:
        kept["safe_contact"] = rules
    return {
        "contact": rules,
        "identity": kept,
        "numbers_wait": waits,
        "meeting": meeting.to_json() if meeting else None,
    }


def ended(referral_id: Any, how: str) -> Json:
    return _packet(id=referral_id, state=how)


def handed(referral_id: Any, state: str, by: str) -> Json:
    """Return what the desk is told of a referral that a colleague has taken: who, and nothing else."""
    return _packet(id=referral_id, state=state, handed=by)


def _packet(**known: Any) -> Json:
    nothing: Json = {
        "id": None,
        "state": "",
        "version": None,
        "respond_by": None,
        "claimed_until": None,
        "claimed_by_me": False,
        "opaque": None,
        "contact": None,
        "identity": None,
        "numbers_wait": False,
        "meeting": None,
        "question": "",
        "answer": None,
        "handed": "",
    }
    return nothing | known


def left(one: LeftCase) -> Json:
    """Return a case without a caseworker, as a supervisor sees it: nothing of what it holds."""
    return {
        "id": one.id,
        "reference": access.reference_of(one.case),
        "month_opened": one.case.month_opened,
        "holders": [{"name": name, "expires_at": until} for name, until in one.holders],
        "successor": one.successor.person.display_name if one.successor else "",
        "until": one.successor.until if one.successor else None,
    }


def succession(unlocked: Unlocked, one: Succession) -> Json:
    """Return what waits for who is named, or who opens the case: its id only to who goes on with it."""
    mine = one.successor.person_id == unlocked.person.id
    return {
        "case_id": one.case.pk if one.holds and (mine or not one.is_offered) else None,
        "reference": access.reference_of(one.case),
        "named": one.successor.person.display_name,
        "is_me": mine,
        "is_offered": one.is_offered,
        "until": one.successor.until,
    }


def supervised(unlocked: Unlocked, row: Referral) -> Json:
    """Return what a supervisor sees of what the agency sent: to whom, by whom, since when."""
    return {
        "id": row.id,
        "recipient": row.recipient_agency.name,
        "sent_by": row.sent_by.display_name,
        "sent_at": row.sent_at,
        "state": row.state_at(unlocked.now).value,
        "version": row.version,
        "respond_by": row.respond_by,
        "mistake_reported_by": row.error_asked_by.display_name if row.error_asked_by else "",
        "may_decide": actions.may_decide(unlocked, row),
    }


def late(unlocked: Unlocked, row: Referral) -> Json:
    return {
        "sender": row.sender_agency.name,
        "recipient": row.recipient_agency.name,
        "is_ours": row.sender_agency_id == unlocked.agency.id,
        "respond_by": row.respond_by,
        "expires_at": row.expires_at,
        "supervisors_told": row.told == Told.SUPERVISORS,
    }


def attention(one: Attention, said: Json) -> Json:
    """Return one thing that waits, with the words of its row on the home page."""
    return {
        "kind": one.kind,
        "case_id": one.case_id,
        "referral_id": one.referral_id,
        "alias": said["alias"],
        "title": str(said["label"]),
        "text": said["text"],
        "until": one.until,
        "on": one.on,
        "count": one.count,
    }


def emergency(said: Json) -> Json:
    """Return what a case's owner is told of somebody who asked for it in an emergency, or opened it."""
    named = ("reference", "state", "reason", "asked_by", "released_by")
    return {name: str(said[name]) for name in named} | {"asked_on": said["asked_on"], "until": said["until"]}
