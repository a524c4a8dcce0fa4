"""Behaviour 13: each look, list, share and refused attempt is in the access log, also when undone."""

import pytest
from django.test import Client

from audit.entries import Body
from referrals import access
from tests import people
from tests.people import Network, Team
from tests.referrals import log, making
from tests.referrals.asking import Asker
from tests.referrals.pages import client_of, filled, page, text

pytestmark = pytest.mark.django_db(transaction=True)


def last(team: Team, action: str) -> Body:
    """Return the newest entry of an action."""
    return next(body for body in log.newest(team, limit=12) if body.action == action)


def test_every_look_and_list_by_page_and_by_api(network: Network) -> None:
    case, _, referral = making.make_referral(network)
    making.take(people.unlock(network.b.intake), referral)
    owner, desk = client_of(network.owner), client_of(network.b.intake)
    supervisor = client_of(network.a.supervisor)
    for client, url, team, action, object_id in (
        (owner, page("needs_me"), network.a, "case.list", ""),
        (owner, "/api/v1/cases/", network.a, "case.list", ""),
        (owner, page("case", case.id), network.a, "case.view", str(case.id)),
        (owner, f"/api/v1/cases/{case.id}/", network.a, "case.view", str(case.id)),
        (owner, f"/api/v1/cases/{case.id}/reach/", network.a, "case.view", str(case.id)),
        (owner, page("referral", referral.id), network.a, "referral.view_sent", str(referral.id)),
        (owner, "/api/v1/referrals/", network.a, "referral.list_sent", ""),
        (owner, f"/api/v1/referrals/{referral.id}/", network.a, "referral.view_sent", str(referral.id)),
        (desk, "/api/v1/inbox/", network.b, "referral.inbox", ""),
        (supervisor, "/api/v1/supervise/", network.a, "referral.list_supervised", ""),
        (supervisor, "/api/v1/late/", network.a, "referral.list_late", ""),
        (desk, page("inbox"), network.b, "referral.inbox", ""),
        (desk, page("packet", referral.id), network.b, "referral.view_identity", str(referral.id)),
        (desk, f"/api/v1/inbox/{referral.id}/", network.b, "referral.view_identity", str(referral.id)),
    ):
        seen = len(_all(team))
        text(client, url)
        new = [body for body in log.newest(team, limit=len(_all(team)) - seen) if body.action == action]
        assert new, (url, action)
        assert new[0].object == object_id
        assert new[0].outcome == "allowed"
    # Who sent it learns who read it, too.
    assert last(network.a, "referral.view_identity").actor == network.b.intake.id


def test_a_share_is_there_with_whom(network: Network) -> None:
    case = making.make_case(people.unlock(network.owner))
    owner: Client = people.step_up(client_of(network.owner))
    html = text(owner, page("case_share", case.id))
    owner.post(page("case_share", case.id), filled(html, person=str(network.colleague.pk), to="view"))
    assert last(network.a, "case.share").detail["person"] == str(network.colleague.pk)


def test_a_refused_attempt_is_there_though_all_it_did_is_undone(network: Network) -> None:
    case, _, referral = making.make_referral(network)
    colleague = client_of(network.colleague)
    for url in (page("case", case.id), page("case_note", case.id), page("referral_cancel", referral.id)):
        for ask in (colleague.get, colleague.post):
            before = len(_all(network.a))
            if ask(url, {"text": "x"}).status_code == 405:
                continue
            assert len(_all(network.a)) == before + 1, url
            [body] = log.newest(network.a)
            assert (body.outcome, body.actor) == ("denied", network.colleague.id)
            assert body.object in (str(case.id), str(referral.id))


def test_a_change_through_the_api_is_there_as_from_the_page(network: Network) -> None:
    case, consent, referral = making.make_referral(network)
    owner, desk = Asker(network.owner, stepped_up=True), Asker(network.b.intake)
    there = f"cases/{case.id}"
    sharing = {"person": str(network.colleague.pk), "to": "view"}
    for asker, team, path, body, action in (
        (owner, network.a, f"{there}/notes/", {"text": "x"}, "case.change"),
        (owner, network.a, f"{there}/shares/", sharing, "case.share"),
        (owner, network.a, f"{there}/shares/{network.colleague.pk}/end/", {}, "case.unshare"),
        (desk, network.b, f"inbox/{referral.id}/claim/", {"version": 1}, "referral.claim"),
        (owner, network.a, f"{there}/consents/{consent}/withdraw/", {}, "consent.withdraw"),
    ):
        assert asker.ask(path, body).status_code in (200, 204), path
        assert last(team, action).outcome == "allowed"
        assert last(team, action).actor == asker.person.id
    for path in (f"{there}/notes/", f"{there}/shares/", f"referrals/{referral.id}/cancel/"):
        before = len(_all(network.a))
        assert Asker(network.colleague).ask(path, {"text": "x"}).status_code == 404
        assert len(_all(network.a)) == before + 1, path
        assert log.newest(network.a)[0].outcome == "denied"


def _all(team: Team) -> list[Body]:
    return log.newest(team, limit=100)


def test_opening_is_written_down_before_it_is_shown(network: Network) -> None:
    case = making.make_case(people.unlock(network.owner))
    opened = access.case_for(people.unlock(network.owner), case.id)
    [body] = log.newest(network.a)
    assert (body.action, body.object, body.outcome) == ("case.view", str(case.id), "allowed")
    # Kept to the second: of two in the same one the order is chance.
    seen = sorted((item.content.action, item.content.actor) for item in opened.history())
    assert seen == [("case.open", network.owner.id), ("case.view", network.owner.id)]


def test_both_agencies_know_who_read_the_identity(network: Network) -> None:
    _, _, referral = making.make_referral(network)
    desk = people.unlock(network.b.intake)
    making.take(desk, referral)
    access.identity_for(desk, referral.id)
    for team in (network.a, network.b):
        [body] = log.newest(team)
        assert (body.action, body.actor) == ("referral.view_identity", network.b.intake.id)
