"""Role × route: who reaches which page, for every address the resolver knows.

A route that is not in ``WHO`` fails here until somebody decided who may open it. Whoever is not in a
route's list gets, for a thing that exists, exactly what they get for a thing that does not: the same
status, body and headers, by GET and by POST, and nothing changes.
"""

from uuid import uuid4

import pytest
from django.apps import apps
from django.http import HttpResponse
from django.test import Client

from accounts.models import Person
from referrals import actions
from referrals.views.sections import SECTIONS
from tests import people
from tests.referrals import making
from tests.security.routes import Door, doors
from tests.security.scene import Scene, get_scene

pytestmark = pytest.mark.django_db

EVERYBODY = {
    "stranger", "owner", "colleague", "outsider", "intake", "supervisor", "custodian", "administrator",
    "analyst", "lapsed", "removed",
}  # fmt: skip
SIGNED_IN = EVERYBODY - {"stranger", "removed"}
CASEWORKERS = {"owner", "colleague", "outsider"}
OWNER, DESK, SUPERVISOR, ADMINISTRATOR = {"owner"}, {"intake"}, {"supervisor"}, {"administrator"}

# The route's name (its path where it has none): who may open it.
WHO: dict[str, set[str]] = {
    "home": EVERYBODY,
    "exit": EVERYBODY,
    "exit_about": EVERYBODY,
    "set_language": EVERYBODY,
    "lock": EVERYBODY,
    "show_names": EVERYBODY,
    "hints": SIGNED_IN,
    "hints_again": SIGNED_IN,
    "hint_put_away": SIGNED_IN,
    "privacy": EVERYBODY,
    "accessibility": EVERYBODY,
    "help": EVERYBODY,
    "guide": EVERYBODY,
    "guide_paper": EVERYBODY,
    "style": EVERYBODY,
    "accounts:sign_in": EVERYBODY,
    "accounts:sign_in_code": EVERYBODY,
    "accounts:recover": EVERYBODY,
    "accounts:join": EVERYBODY,
    "accounts:sign_out": EVERYBODY,
    "accounts:step_up": SIGNED_IN,
    "accounts:account": SIGNED_IN,
    "accounts:sign_out_everywhere": SIGNED_IN,
    "accounts:password": SIGNED_IN,
    "accounts:papers": SIGNED_IN,
    "accounts:phone_code": SIGNED_IN,
    "accounts:phone_code_off": SIGNED_IN,
    "accounts:hand_over": SIGNED_IN,
    "accounts:notices": SIGNED_IN,
    "accounts:address": SIGNED_IN,
    "accounts:address_code": SIGNED_IN,
    "accounts:address_forget": SIGNED_IN,
    "accounts:gateway": ADMINISTRATOR,
    "accounts:leaving": ADMINISTRATOR,
    "accounts:people": ADMINISTRATOR,
    "accounts:invite": ADMINISTRATOR,
    "accounts:person": ADMINISTRATOR,
    "accounts:person_roles": ADMINISTRATOR,
    "accounts:person_dates": ADMINISTRATOR,
    "accounts:activate": ADMINISTRATOR,
    "accounts:remove": ADMINISTRATOR,
    "accounts:partners": ADMINISTRATOR,
    "accounts:partner": ADMINISTRATOR,
    "accounts:log": SUPERVISOR,
    "accounts:log_rewritten": SUPERVISOR,
    "accounts:log_verify": SUPERVISOR,
    "accounts:log_export": SUPERVISOR,
    "accounts:log_checkpoint": SUPERVISOR,
    "accounts:log_verifier": SUPERVISOR,
    "services:search": EVERYBODY,
    "services:place": EVERYBODY,
    "services:place_page": EVERYBODY,
    "services:service": EVERYBODY,
    "services:exports": EVERYBODY,
    "services:export": EVERYBODY,
    "services:hsds_profile": EVERYBODY,
    "services:sheets": EVERYBODY,
    "services:sheet": EVERYBODY,
    "services:sheet_pocket": EVERYBODY,
    "services:availability_desk": DESK,
    "services:availability_report": DESK,
    "services:wrong": EVERYBODY,
    # Editors, and who answers for a provider's entries; administrators without any see an empty list.
    "services:edit": DESK | ADMINISTRATOR,
    "services:edit_waiting": DESK | ADMINISTRATOR,
    "services:edit_entry": DESK,
    "services:edit_section": DESK,
    "services:edit_proposal": DESK,
    "services:edit_publication": set(),  # hiding is an editor's; nobody in this network is one
    "services:edit_new_site": DESK,
    "services:edit_site": set(),
    "services:edit_remove_site": set(),
    "services:edit_new": set(),
    "services:told": set(),
    "services:told_one": set(),
    "services:availability_undo": DESK,
    "services:availability_history": DESK,
    "services:availability_heard": CASEWORKERS | {"lapsed"},  # the directory stays open to who is locked
    "services:link_make": DESK,  # and editors: nobody in this network is one
    # Whoever holds the link: tests/services/test_availability.py, tests/referrals/test_inquiries.py.
    "services:provider_link": set(),
    "referrals:inquiry": set(),
    "referrals:inquiry_answered": EVERYBODY,
    "services:still_correct": EVERYBODY,  # who holds the link
    "services:groups": EVERYBODY,
    "services:group": EVERYBODY,
    # Editors: tests/services/test_{verification,duplicates,groups}.py.
    "services:verify": set(),
    "services:verify_entry": set(),
    "services:duplicates": set(),
    "services:duplicate": set(),
    "services:merges": set(),
    "services:merge_undo": set(),
    "services:group_new": set(),
    "services:group_edit": set(),
    "services:import": set(),  # editors; nobody in this network is one
    "services:import_run": set(),
    "services:import_map": set(),
    "services:import_report": set(),
    "services:import_review": set(),
    "services:import_decide": set(),
    "referrals:oversight": SUPERVISOR,
    "referrals:agency": ADMINISTRATOR,
    "referrals:waits": EVERYBODY,
    "referrals:case_check": OWNER,
    "referrals:needs_me": SIGNED_IN - {"lapsed"},
    "referrals:case_new": CASEWORKERS,
    "referrals:case": OWNER,
    "referrals:case_edit": OWNER,
    "referrals:case_reach": OWNER,
    "referrals:case_note": OWNER,
    "referrals:case_documents": OWNER,
    "referrals:case_document": OWNER,
    "referrals:case_document_delete": OWNER,
    "referrals:case_share": OWNER,
    "referrals:case_unshare": OWNER,
    "referrals:case_transfer": OWNER,
    # Cases without a caseworker, and a referral without a worker: tests/referrals/test_left.py.
    "referrals:left": SUPERVISOR,
    "referrals:left_case": set(),
    "referrals:case_successor": set(),
    "referrals:offer": set(),  # who is offered a case: tests/referrals/test_transfer.py
    "referrals:case_close": OWNER,
    "referrals:case_reopen": OWNER,
    "referrals:cases_closed": SIGNED_IN - {"lapsed"},
    "referrals:case_asked": OWNER,
    "referrals:case_task_new": OWNER,
    "referrals:case_task": OWNER,
    "referrals:case_contact": OWNER,
    "referrals:case_match": OWNER,
    "referrals:case_why": OWNER,
    "referrals:consent_new": OWNER,
    "referrals:consent_send": OWNER,
    "referrals:consent_withdraw": OWNER,
    "referrals:consent_confirm": OWNER,
    "referrals:consent_paper": OWNER,
    "referrals:consent_narrow": OWNER,
    "referrals:disclosures": OWNER,
    "referrals:consent_form": SIGNED_IN - {"lapsed"},  # without anybody's data
    "referrals:referral": OWNER,
    "referrals:referral_cancel": OWNER,
    "referrals:referral_withdraw": OWNER,
    "referrals:referral_fail": OWNER,
    "referrals:referral_mistake": OWNER,
    "referrals:retention": SUPERVISOR,
    "referrals:retention_years": SUPERVISOR,
    "referrals:retention_hold": SUPERVISOR,
    "referrals:case_keep": OWNER,
    "referrals:case_erase": OWNER,
    "referrals:case_erase_now": OWNER,
    "referrals:supervise": SUPERVISOR,
    "referrals:supervise_cancel": SUPERVISOR,
    "referrals:supervise_mistake": SUPERVISOR,
    "referrals:referral_answer": OWNER,
    "referrals:referral_asked": OWNER,
    "referrals:referral_key": OWNER,
    "referrals:emergencies": SUPERVISOR | {"custodian"},
    "referrals:emergency_ask": SUPERVISOR,
    "referrals:emergency": set(),  # who may: tests/security/test_behaviour_16_emergency_opening.py
    "referrals:referral_feedback": OWNER,
    "referrals:quality": set(),  # editors; nobody in this network is one: tests/referrals/test_feedback.py
    "referrals:unmet": EVERYBODY,
    "referrals:exports": SUPERVISOR | ADMINISTRATOR,
    "referrals:copy": set(),  # off until two people switch it on: test_behaviour_27
    "referrals:late": SUPERVISOR,
    "referrals:timers": SUPERVISOR,
    "referrals:inbox": DESK,
    "referrals:inbox_mine": DESK | CASEWORKERS,  # one's own; most have none
    "referrals:duty": DESK | SUPERVISOR | ADMINISTRATOR,
    "referrals:duty_drop": SUPERVISOR | ADMINISTRATOR,
    "referrals:packet_assign": DESK,
    "referrals:packet": DESK,
    "referrals:packet_full": DESK,
    "referrals:packet_claim": DESK,
    "referrals:packet_release": DESK,
    "referrals:packet_accept": DESK,
    "referrals:packet_start": DESK,
    "referrals:packet_take_up": DESK,
    "referrals:packet_decline": DESK,
    "referrals:packet_reach": set(),  # who accepted: test_behaviour_10_safe_contact.py
    "referrals:packet_appoint": DESK,
    "referrals:packet_ask": DESK,
    "referrals:packet_deliver": DESK,
    "referrals:packet_fail": DESK,
    "/api/v1/services/": EVERYBODY,
    "/api/v1/services/<uuid:service_id>/": EVERYBODY,
    "/api/v1/organizations/": EVERYBODY,
    "/api/v1/organizations/<uuid:organization_id>/": EVERYBODY,
    "/api/v1/availability/": EVERYBODY,
    "hsds:about": EVERYBODY,
    "hsds:openapi": EVERYBODY,
    "hsds:services": EVERYBODY,
    "hsds:services_item": EVERYBODY,
    "hsds:organizations": EVERYBODY,
    "hsds:organizations_item": EVERYBODY,
    "hsds:service_at_locations": EVERYBODY,
    "hsds:service_at_locations_item": EVERYBODY,
    "hsds:taxonomies": EVERYBODY,
    "hsds:taxonomies_item": EVERYBODY,
    "hsds:taxonomy_terms": EVERYBODY,
    "hsds:taxonomy_terms_item": EVERYBODY,
    # One's own: the list of somebody without any is empty.
    "/api/v1/cases/": SIGNED_IN,
    "/api/v1/referrals/": SIGNED_IN,
    "/api/v1/inbox/": SIGNED_IN,
    "/api/v1/cases/<uuid:case_id>/": OWNER,
    "/api/v1/referrals/<uuid:referral_id>/": OWNER,
    "/api/v1/inbox/<uuid:referral_id>/": DESK,
    **{
        f"/api/v1/cases/<uuid:case_id>/{rest}/": OWNER
        for rest in (
            *(f"sections/{code}" for code in SECTIONS),
            "reach",
            "notes",
            "shares",
            "shares/<uuid:person>/end",
            "inquiries/take-back",
            "close",
            "places",
            "places/why",
            "places/none",
            "offer",
            "reading",
            "consents",
            "refusals",
            "reopen",
            "erase",
            "keep",
            "let-go",
            "tasks",
            "tasks/<uuid:task_id>",
            "tasks/<uuid:task_id>/done",
            "tasks/<uuid:task_id>/delete",
            "contact",
            "documents",
            "documents/<uuid:document_id>",
            "documents/<uuid:document_id>/delete",
            "transfer",
            "transfer/take-back",
            "disclosures",
            "consents/<uuid:consent_id>/narrow",
            "consents/<uuid:consent_id>/confirm",
            "consents/<uuid:consent_id>/withdraw",
            "consents/<uuid:consent_id>/send",
            "consents/<uuid:consent_id>/ask",
        )
    },
    # Cases without a caseworker: tests/referrals/test_left.py.
    "/api/v1/left/": SUPERVISOR,
    "/api/v1/left/<uuid:case_id>/": set(),
    "/api/v1/cases/<uuid:case_id>/successor/hand-over/": set(),
    "/api/v1/cases/<uuid:case_id>/successor/take/": set(),
    "/api/v1/cases/closed/": SIGNED_IN,
    "/api/v1/needs-me/": SIGNED_IN - {"lapsed"},
    "/api/v1/offers/": SIGNED_IN - {"lapsed"},
    # Who is offered a case: tests/referrals/test_api_more.py.
    "/api/v1/offers/<uuid:transfer_id>/take/": set(),
    "/api/v1/offers/<uuid:transfer_id>/decline/": set(),
    "/api/v1/desk/": DESK,
    **{
        f"/api/v1/services/<uuid:service_id>/availability/{rest}": DESK
        for rest in ("", "undo/", "history/", "links/", "links/<uuid:link_id>/take-back/")
    },
    "/api/v1/services/<uuid:service_id>/availability/heard/": CASEWORKERS | {"lapsed"},
    "/api/v1/services/<uuid:service_id>/quality/": set(),  # editors; nobody in this network is one
    "/api/v1/unmet/": EVERYBODY,
    "/api/v1/waits/": EVERYBODY,
    "/api/v1/places/hold/": CASEWORKERS,
    "/api/v1/places/release/": CASEWORKERS,
    **{
        f"/api/v1/referrals/<uuid:referral_id>/{step}/": OWNER
        for step in (
            "cancel",
            "withdraw",
            "fail",
            "answer",
            "key",
            "asked",
            "feedback",
            "mistake",
        )
    },
    **{
        f"/api/v1/inbox/<uuid:referral_id>/{step}/": DESK
        for step in (
            "claim",
            "release",
            "accept",
            "decline",
            "ask",
            "start",
            "take-up",
            "appoint",
            "deliver",
            "fail",
            "assign",
        )
    },
    "/api/v1/oversight/": SUPERVISOR,
    "/api/v1/supervise/": SUPERVISOR,
    **{
        f"/api/v1/supervise/<uuid:referral_id>/{step}/": SUPERVISOR
        for step in (
            "cancel",
            "report",
            "decide",
        )
    },
    "/api/v1/late/": SUPERVISOR,
    "/api/v1/timers/": SUPERVISOR,
    "/api/v1/kept/": SUPERVISOR,
    "/api/v1/kept/years/": SUPERVISOR,
    "/api/v1/kept/<uuid:case_id>/": SUPERVISOR,
    "/api/v1/duty/": DESK | SUPERVISOR | ADMINISTRATOR,
    "/api/v1/duty/<uuid:shift_id>/drop/": SUPERVISOR | ADMINISTRATOR,
    "/api/v1/emergencies/": SUPERVISOR | {"custodian"},
    "/api/v1/emergencies/look/": SUPERVISOR,
    # Who may: tests/security/test_behaviour_16_emergency_opening.py.
    **{
        f"/api/v1/emergencies/<uuid:opening_id>/{step}/": set()
        for step in ("release", "refuse", "open", "end")
    },
    "/api/v1/copies/": set(),  # off until two people switch it on: test_behaviour_27
    "/api/v1/copies/switches/": SUPERVISOR | ADMINISTRATOR,
    "schema": EVERYBODY,
}
# Right person, but nothing to do in this scene: nobody waits, and the colleague does not hold the case.
# The scene's directory has one service: no format is called "contact", no record "sample".
NOTHING_TO_DO = {
    "accounts:activate",
    "referrals:case_unshare",
    "referrals:referral_feedback",  # nobody has asked her yet
    "services:export",
    "hsds:services_item",
    "hsds:organizations_item",
    "hsds:service_at_locations_item",
    "hsds:taxonomies_item",
    "hsds:taxonomy_terms_item",
}
# 401, 403: the API has no sign-in page to lead a stranger to. 405: nobody may ask so.
REFUSED = (401, 404, 405)


@pytest.fixture
def scene() -> Scene:
    return get_scene()


def told(response: HttpResponse, path: str) -> tuple[object, ...]:
    """Return all that an answer tells: status, body, headers; not the address it was asked by."""
    body = b"" if response.streaming else response.content.replace(path.encode(), b"")
    return response.status_code, body, sorted(response.headers.items()), sorted(response.cookies)


def rows() -> dict[str, list[object]]:
    """Return everything in the tables of work: what a refused request must leave as it is."""
    left_out = {"accounts.session", "accounts.throttle", "accounts.quickwrap"}
    return {
        model._meta.label_lower: list(model._default_manager.order_by("pk").values_list())
        for app in ("accounts", "services", "referrals")
        for model in apps.get_app_config(app).get_models(include_auto_created=True)
        if model._meta.label_lower not in left_out
    }


def test_somebody_decided_about_every_route() -> None:
    assert {door.name for door in doors()} == set(WHO)


@pytest.mark.parametrize("name", sorted(EVERYBODY))
def test_who_may_open_it_can(scene: Scene, name: str) -> None:
    # Leaving ends the session, so it comes last.
    for door in sorted(doors(), key=lambda door: door.name == "exit"):
        if name not in WHO[door.name]:
            continue
        answer = scene.clients[name].get(door.path(scene.there))
        status = answer.status_code
        # 400: an address that needs more than its path; 405: a form's address, asked for as a page.
        is_open = status in (200, 302, 303, 400, 405) or door.name in NOTHING_TO_DO
        assert is_open, f"{name} gets {status} at {door.name}"
        _is_kept_nowhere(answer, name, door)


@pytest.mark.parametrize("name", sorted(EVERYBODY))
def test_everybody_else_learns_and_changes_nothing(scene: Scene, name: str) -> None:
    before = rows()
    for door in doors():
        if name not in WHO[door.name]:
            _is_refused(scene, name, door)
    assert rows() == before


def _is_refused(scene: Scene, name: str, door: Door) -> None:
    """By GET and by POST: what is there is answered as what is not."""
    path, nowhere = door.path(scene.there), door.path(scene.missing)
    for method in ("get", "post"):
        ask = getattr(scene.clients[name], method)
        there = ask(path)
        what = f"{name} {method} {door.name}: {there.status_code}"
        _is_kept_nowhere(there, name, door)
        if name in ("stranger", "removed") and there.status_code == 302:
            assert there["Location"].startswith("/sign-in/"), what
            continue
        known = name not in ("stranger", "removed", "lapsed")
        assert there.status_code in (REFUSED if known else (*REFUSED, 403)), what
        if nowhere != path:
            assert told(there, path) == told(ask(nowhere), nowhere), what


def _is_kept_nowhere(answer: HttpResponse, name: str, door: Door) -> None:
    """No answer to somebody who is signed in stays in a browser or on the way."""
    if name in SIGNED_IN:
        assert answer.headers["Cache-Control"] == "no-store", f"{name} {door.name}"
    assert "unsafe" not in answer.headers["Content-Security-Policy"], f"{name} {door.name}"


ENDINGS = ["sent", "accepted", "delivered", "declined", "cancelled", "consent_withdrawn"]


@pytest.mark.parametrize("state", ENDINGS)
def test_identity_is_read_after_acceptance_by_who_accepted_and_no_longer_than_consent(
    scene: Scene, state: str
) -> None:
    network, referral_id = scene.network, scene.there["referral_id"]
    _bring_to(scene, state)
    path = f"/work/inbox/{referral_id}/"
    markers = (making.IDENTITY.phone, making.CARD.alias)
    page = scene.clients["intake"].get(path).content.decode()
    reads = state in ("accepted", "delivered")
    assert [marker in page for marker in markers] == [reads, reads]
    assert making.IDENTITY.name not in page  # not among the fields consented to
    assert str(scene.there["case_id"]) not in page
    second = people.sign_in(Client(), _back(network.b.intake2))
    colleague_at_desk = second.get(path).content.decode()
    assert not any(marker in colleague_at_desk for marker in markers)


def _back(person: Person) -> Person:
    Person.objects.filter(pk=person.pk).update(is_active=True)
    person.is_active = True
    return person


def _bring_to(scene: Scene, state: str) -> None:
    """Bring the referral of the scene to a state through the real actions."""
    owner, desk = scene.network.owner, scene.network.b.intake
    referral_id = scene.there["referral_id"]
    referral = _referral(referral_id)
    if state in ("accepted", "delivered"):
        making.take(people.unlock(desk), referral)
    if state == "delivered":
        unlocked = people.unlock(desk)
        started = actions.start(
            unlocked=unlocked,
            packet=making.packet(unlocked, referral),
            version=_referral(referral_id).version,
        )
        actions.deliver(
            unlocked=unlocked,
            packet=making.packet(unlocked, referral),
            outcome="service_received",
            version=started.version,
        )
    if state == "declined":
        unlocked = people.unlock(desk)
        claimed = actions.claim(unlocked=unlocked, packet=making.packet(unlocked, referral))
        actions.decline(
            unlocked=unlocked,
            packet=making.packet(unlocked, claimed),
            reason="no_capacity",
            version=claimed.version,
            once=uuid4(),
        )
    unlocked = people.unlock(owner)
    opened = making.edit(unlocked, _case(scene.there["case_id"]))
    if state == "cancelled":
        actions.cancel(
            unlocked=unlocked, opened=opened, referral_id=referral_id, version=referral.version, once=uuid4()
        )
    if state == "consent_withdrawn":
        actions.withdraw_consent(unlocked=unlocked, opened=opened, consent_id=scene.there["consent_id"])
    assert _referral(referral_id).state == state


def _referral(referral_id: object):  # type: ignore[no-untyped-def]
    return apps.get_model("referrals", "Referral").objects.get(pk=referral_id)


def _case(case_id: object):  # type: ignore[no-untyped-def]
    return apps.get_model("referrals", "Case").objects.get(pk=case_id)
