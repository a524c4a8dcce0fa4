"""Marked words go through every action of casework: for tests that look where they stand afterwards."""

from dataclasses import replace
from datetime import timedelta

from referrals import access, actions, codes, queries
from referrals.disclosure import Request
from referrals.models.cases import Section
from tests import people
from tests.people import Network
from tests.referrals import making
from tests.referrals.markers import Marked, marker


def everything_once(network: Network, marked: Marked) -> dict[str, str]:
    """Take the marked words through every action; return all markers by where they were typed."""
    found = dict(marked.found)

    def word(name: str) -> str:
        found[name] = marker(name)
        return found[name]

    owner, desk = people.unlock(network.owner), people.unlock(network.b.intake)
    case = actions.open_case(unlocked=owner, **marked.sections())  # type: ignore[arg-type]
    opened = making.edit(owner, case)
    for section, content in (
        (Section.CARD, replace(marked.card, alias=word("changed.alias"))),
        (Section.IDENTITY, replace(marked.identity, name=word("changed.name"))),
        (Section.INCIDENT, replace(marked.incident, excluded_people=word("changed.excluded"))),
        (Section.PLAN, replace(marked.plan, safety_plan=word("changed.plan"))),
    ):
        actions.edit_section(
            unlocked=owner,
            opened=opened,
            section=section,
            content=content,
            revision=opened.revision(section),
        )
    actions.add_note(unlocked=owner, opened=opened, text=word("note"))
    making.add_document(owner, case, name=word("document.name"), content=word("document.file").encode() * 40)
    request = Request(how_to_reach_worker=word("reach.worker"), household_size=3, needs=word("request.needs"))
    every = list(codes.Field.values)
    for number, end in enumerate(("withdraw", "cancel", "decline", "fail", "close", "live")):
        service = making.make_service(network.b.agency, name=f"Listed {number}")
        consent = making.consent_to(owner, opened, service, fields=every, purpose=word(f"purpose.{end}"))
        referral = making.send_under(owner, opened, consent, request=request)
        access.open_inbox_rows(desk, list(access.inbox_for(desk)))
        packet = making.packet(desk, referral)
        if end == "decline":
            actions.decline(unlocked=desk, packet=packet, reason="no_capacity", version=referral.version)
            actions.count_unmet_need(unlocked=owner, opened=opened, referral_id=referral.id)
            continue
        referral = making.take(desk, referral)
        access.identity_for(desk, referral.id)
        packet = making.packet(desk, referral)
        if end == "fail":
            actions.fail(unlocked=desk, packet=packet, reason="moved", version=referral.version)
        if end == "close":
            referral = actions.start(unlocked=desk, packet=packet, version=referral.version)
            referral = actions.deliver(
                unlocked=desk, packet=packet, outcome="partly", version=referral.version
            )
            actions.close_after_asking(
                unlocked=owner,
                opened=opened,
                referral_id=referral.id,
                answer="yes",
                version=referral.version,
            )
        if end == "cancel":
            actions.cancel(unlocked=owner, opened=opened, referral_id=referral.id, version=referral.version)
        if end == "withdraw":
            actions.withdraw_consent(unlocked=owner, opened=opened, consent_id=consent)
    unlisted = making.make_service(None, name="No account")
    for number in range(2):
        _, token = making.ask_under(
            owner,
            opened,
            making.consent_to(owner, opened, unlisted, fields=every, purpose=word(f"purpose.ask.{number}")),
            request=Request(how_to_reach_worker=word(f"reach.ask.{number}"), household_size=3),
        )
        found[f"token.{number}"] = token
        asked = access.inquiry_for(token)
        if number == 0:
            actions.answer_inquiry(found=asked, answer="cannot", reason="no_capacity")
    actions.record_refusal(
        unlocked=owner, opened=opened, service_id=service.id, purpose=word("refusal.purpose")
    )
    actions.share_case(
        unlocked=owner,
        opened=opened,
        person=network.colleague,
        to="edit",
        expires_at=owner.now + timedelta(days=3),
    )
    queries.case_page(people.unlock(network.colleague))
    queries.case_page(owner)
    access.open_sent_rows(owner, list(access.sent_for(owner)))
    owner.finish()
    desk.finish()
    return found
