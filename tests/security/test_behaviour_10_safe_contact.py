"""Behaviour 10: her number comes after the rules of reaching her, and never where she wants no contact.

Outside her hours a page asks first; who goes on stands in the log. The hours are laid around the server's
clock, so that every test runs at any time of day.
"""

import dataclasses
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from referrals import access, codes
from referrals.payload import Card, SafeContact
from tests import people
from tests.people import Network
from tests.referrals import log, making
from tests.referrals.pages import client_of, filled, page, text

pytestmark = pytest.mark.django_db

SILENT = dataclasses.replace(
    making.CARD, safe_contact=dataclasses.replace(making.CARD.safe_contact, do_not_contact=True)
)


def test_do_not_contact_wins_over_every_tick(network: Network) -> None:
    """A number that was ticked does not leave, also where the safe contact itself was not ticked."""
    card = dataclasses.replace(
        making.CARD, safe_contact=dataclasses.replace(making.CARD.safe_contact, do_not_contact=True)
    )
    _, _, referral = making.make_referral(
        network, fields=["alias", "phone", "third_party", "safe_contact"], card=card
    )
    desk = people.unlock(network.b.intake)
    making.take(desk, referral)
    identity = access.identity_for(desk, referral.id)
    assert (identity.alias, identity.phone, identity.third_party) == (making.CARD.alias, "", "")


def test_the_page_says_the_rules_before_the_number(network: Network) -> None:
    case = making.make_case(people.unlock(network.owner))
    reach = text(client_of(network.owner), page("case_reach", case.id))
    contact, number = making.CARD.safe_contact, making.IDENTITY.phone
    for rule in (contact.safe_word, contact.hours, contact.note):
        assert reach.index(rule) < reach.index(number)
    # Nowhere else on the way there.
    for url in (page("case", case.id), page("needs_me"), f"/api/v1/cases/{case.id}/"):
        assert number not in text(client_of(network.owner), url)


def test_whoever_wants_no_contact_has_no_number_on_any_page(network: Network) -> None:
    case = making.make_case(people.unlock(network.owner), card=SILENT)
    owner = client_of(network.owner)
    edit = page("case_edit", case.id, "contact")
    for url in (page("case", case.id), page("case_reach", case.id), edit):
        shown = text(owner, url)
        assert making.IDENTITY.phone not in shown
        assert "444 55 66" not in shown  # of who may be reached instead of her
    # Going on is not offered, and forcing it helps nobody.
    forced = owner.post(page("case_reach", case.id)).content.decode()
    assert making.IDENTITY.phone not in forced
    assert "contact.outside_hours" not in {body.action for body in log.newest(network.a, 9)}
    # Saved without a number on the page, the number that is kept stays.
    html = text(owner, edit)
    answers = filled(html, do_not_contact="on", numbers_kept="True")
    assert owner.post(edit, answers).status_code == 303
    assert making.edit(people.unlock(network.owner), case).identity().phone == making.IDENTITY.phone
    forget = filled(text(owner, edit), numbers_kept="True", forget_numbers="on")
    assert owner.post(edit, forget).status_code == 303
    assert making.edit(people.unlock(network.owner), case).identity().phone == ""


def card_with(**hours: object) -> Card:
    return dataclasses.replace(
        making.CARD,
        safe_contact=dataclasses.replace(making.CARD.safe_contact, **hours),  # type: ignore[arg-type]
    )


def not_now(zone: str = "Asia/Tashkent") -> Card:
    """Return a card whose one safe hour of the day is six hours away from now."""
    start = datetime.now(ZoneInfo(zone)) + timedelta(hours=6)
    return card_with(
        safe_from=f"{start:%H:%M}", safe_until=f"{start + timedelta(hours=1):%H:%M}", time_zone=zone
    )


ASKS = "This is not a safe hour. Show anyway?"


def test_outside_her_hours_the_case_asks_first_and_going_on_is_logged(network: Network) -> None:
    case = making.make_case(people.unlock(network.owner), card=not_now())
    owner = client_of(network.owner)
    url = page("case_reach", case.id)
    asked = text(owner, url)
    assert ASKS in asked
    assert making.CARD.safe_contact.safe_word in asked
    for shown in (asked, text(owner, page("case_edit", case.id, "contact"))):
        assert making.IDENTITY.phone not in shown
        assert "444 55 66" not in shown
    assert "contact.outside_hours" not in {body.action for body in log.newest(network.a, 20)}
    going_on = owner.post(url).content.decode()
    assert making.IDENTITY.phone in going_on
    assert going_on.index(making.CARD.safe_contact.safe_word) < going_on.index(making.IDENTITY.phone)
    [body] = log.newest(network.a)
    assert (body.action, body.object) == ("contact.outside_hours", str(case.id))
    history = making.edit(people.unlock(network.owner), case).history()
    assert "contact.outside_hours" in {one.content.action for one in history}


def test_outside_her_hours_the_provider_is_asked_first_on_page_and_api(network: Network) -> None:
    fields = ["alias", "phone", "third_party", "safe_contact"]
    _, _, referral = making.make_referral(network, fields=fields, card=not_now())
    making.take(people.unlock(network.b.intake), referral)
    desk = client_of(network.b.intake)
    packet, reach = page("packet", referral.pk), page("packet_reach", referral.pk)
    api = f"/api/v1/inbox/{referral.pk}/"
    for url in (packet, reach, api, page("inbox"), "/api/v1/inbox/"):
        shown = text(desk, url)
        assert making.IDENTITY.phone not in shown, url
        assert "444 55 66" not in shown, url
    assert reach in text(desk, packet)
    assert ASKS in text(desk, reach)
    assert desk.get(api).json()["numbers_wait"] is True
    for team in (network.a, network.b):
        assert "contact.outside_hours" not in {body.action for body in log.newest(team, 20)}
    going_on = desk.post(reach).content.decode()
    assert going_on.index(making.CARD.safe_contact.safe_word) < going_on.index(making.IDENTITY.phone)
    for team in (network.a, network.b):
        assert "contact.outside_hours" in {body.action for body in log.newest(team, 3)}
    answer = desk.get(api, {"outside_hours": "show"}).json()
    assert (answer["identity"]["phone"], answer["numbers_wait"]) == (making.IDENTITY.phone, False)
    [body] = log.newest(network.b)
    assert body.action == "contact.outside_hours"
    assert desk.get(api, {"outside_hours": "please"}).status_code == 400
    # Whoever did not accept learns nothing by asking so.
    second = client_of(network.b.intake2)
    assert second.post(reach).status_code == second.get(page("packet_reach", case_id())).status_code == 404


def case_id() -> object:
    return "00000000-0000-0000-0000-000000000007"


def test_within_her_hours_nobody_is_asked(network: Network) -> None:
    start = datetime.now(ZoneInfo("Asia/Tashkent")) - timedelta(hours=3)
    card = card_with(safe_from=f"{start:%H:%M}", safe_until=f"{start + timedelta(hours=6):%H:%M}")
    case, _, referral = making.make_referral(network, fields=["phone", "safe_contact"], card=card)
    making.take(people.unlock(network.b.intake), referral)
    assert making.IDENTITY.phone in text(client_of(network.owner), page("case_reach", case.id))
    shown = text(client_of(network.b.intake), page("packet", referral.pk))
    assert shown.index(making.CARD.safe_contact.safe_word) < shown.index(making.IDENTITY.phone)


# 2026-11-23 is a Monday; Tashkent is five hours ahead.
@pytest.mark.parametrize(
    ("hours", "moment", "safe"),
    [
        ({}, "2026-11-23T20:00", True),
        ({"safe_from": "10:00", "safe_until": "12:00"}, "2026-11-23T05:00", True),
        ({"safe_from": "10:00", "safe_until": "12:00"}, "2026-11-23T04:59", False),
        ({"safe_from": "10:00", "safe_until": "12:00"}, "2026-11-23T07:00", False),
        ({"safe_from": "10:00"}, "2026-11-23T18:59", True),
        ({"safe_from": "10:00"}, "2026-11-23T19:00", False),
        ({"safe_until": "12:00"}, "2026-11-23T06:59", True),
        ({"safe_days": ["mon"]}, "2026-11-22T18:59", False),
        ({"safe_days": ["mon"]}, "2026-11-22T19:00", True),
        ({"safe_days": ["mon"]}, "2026-11-23T19:00", False),
        # Over midnight: Monday's hours go on into Tuesday, and Monday's first hours are Sunday's.
        ({"safe_days": ["mon"], "safe_from": "22:00", "safe_until": "02:00"}, "2026-11-23T20:59", True),
        ({"safe_days": ["mon"], "safe_from": "22:00", "safe_until": "02:00"}, "2026-11-23T21:00", False),
        ({"safe_days": ["mon"], "safe_from": "22:00", "safe_until": "02:00"}, "2026-11-22T20:00", False),
        ({"safe_from": "10:00", "safe_until": "12:00", "time_zone": "UTC"}, "2026-11-23T05:00", False),
        ({"do_not_contact": True}, "2026-11-23T05:00", False),
    ],
)
def test_safe_hours(hours: dict[str, object], moment: str, safe: bool) -> None:
    contact = SafeContact(**({"time_zone": "Asia/Tashkent"} | hours))  # type: ignore[arg-type]
    assert contact.is_safe_at(datetime.fromisoformat(moment).replace(tzinfo=UTC)) is safe
    assert len(codes.Weekday.values) == 7
