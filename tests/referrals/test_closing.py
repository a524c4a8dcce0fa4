"""Closing a case with its checklist, what stands against it, and opening it again."""

import pytest

from referrals import actions, errors
from referrals.models import Case, CaseHalf
from referrals.payload import Closing
from tests import people
from tests.people import Network
from tests.referrals import log, making
from tests.referrals.pages import client_of, filled, page, text

pytestmark = pytest.mark.django_db


def test_a_case_is_closed_with_its_checklist_and_opened_again(network: Network) -> None:
    unlocked = people.unlock(network.owner)
    case = making.make_case(unlocked)
    half = bytes(CaseHalf.objects.get(case=case).half)
    owner = client_of(network.owner)
    url = page("case_close", case.id)
    answers = {"done": "shelter found", "safe_contact": "yes", "follow_up": "no", "agreed": "not_reached"}
    form = filled(text(owner, url)) | answers
    for _again in range(2):
        assert owner.post(url, form).status_code == 303
    case.refresh_from_db()
    assert not case.is_open
    assert case.destroy_after is not None
    assert "Lola" in text(owner, page("cases_closed"))
    shown = text(owner, page("case", case.id))
    for words in ("shelter found", "She could not be reached", "Skipped", "Open it again"):
        assert words in shown
    assert owner.post(page("case_note", case.id), {"text": "x"}).status_code == 422  # nothing changes in it
    # Opened again: a reason, the same keys, the closing kept.
    again = page("case_reopen", case.id)
    assert owner.post(again, filled(text(owner, again))).status_code == 422
    form = filled(text(owner, again)) | {"reason": "came_back", "words": "she rang the bell"}
    for _again in range(2):
        assert owner.post(again, form).status_code == 303
    [body] = [one for one in log.newest(network.a, 3) if one.action == "case.reopen"]
    assert body.object == str(case.id)
    case.refresh_from_db()
    assert (case.is_open, case.month_closed, case.destroy_after) == (True, None, None)
    assert (case.key_epoch, bytes(CaseHalf.objects.get(case=case).half)) == (1, half)
    shown = text(owner, page("case", case.id))
    for words in ("shelter found", "She came back: she rang the bell", "Find a service for her"):
        assert words in shown
    assert "Lola" not in text(owner, page("cases_closed"))
    # And closed once more: the first closing stays beside the second.
    actions.close_case(
        unlocked=unlocked, opened=making.edit(unlocked, case), checklist=Closing(done="found a job")
    )
    closings = [item.content for item in making.edit(unlocked, case).closings()]
    assert {one.done for one in closings} == {"shelter found", "found a job"}
    assert {one.closed_by for one in closings} == {network.owner.pk}


def test_a_live_referral_stands_against_it_and_the_page_says_what_to_do(network: Network) -> None:
    case, _, referral = making.make_referral(network)
    owner = client_of(network.owner)
    url = page("case_close", case.id)
    shown = text(owner, url)
    assert page("referral", referral.pk) in shown
    assert "They have not answered. Wait for it, or cancel the referral." in shown
    assert 'data-test="confirm"' not in shown
    unlocked = people.unlock(network.owner)
    with pytest.raises(errors.WrongState):
        actions.close_case(unlocked=unlocked, opened=making.edit(unlocked, case))
    making.take(people.unlock(network.b.intake), referral)
    assert "They are helping her." in text(owner, url)
    referral.refresh_from_db()
    actions.cancel(
        unlocked=unlocked,
        opened=making.edit(unlocked, case),
        referral_id=referral.id,
        version=referral.version,
    )
    assert 'data-test="confirm"' in text(owner, url)


def test_what_is_written_on_closing_is_screened(network: Network) -> None:
    case = making.make_case(people.unlock(network.owner))
    owner = client_of(network.owner)
    for name, field in (("case_close", "done"), ("case_reopen", "words")):
        url = page(name, case.id)
        asked = owner.post(url, filled(text(owner, url)) | {"reason": "other", field: "AB 1234567"})
        assert asked.status_code == 422
        assert "looks like a passport number" in asked.content.decode()
    assert Case.objects.get(pk=case.pk).is_open


def test_only_who_may_change_it_opens_it_again(network: Network) -> None:
    unlocked = people.unlock(network.owner)
    case = making.make_case(unlocked)
    opened = making.edit(unlocked, case)
    actions.share_case(unlocked=unlocked, opened=opened, person=network.colleague, to="view")
    with pytest.raises(errors.WrongState):
        actions.reopen_case(unlocked=unlocked, opened=opened, reason="mistake")
    actions.close_case(unlocked=unlocked, opened=making.edit(unlocked, case))
    colleague = client_of(network.colleague)
    assert "Open it again" not in text(colleague, page("case", case.id))
    assert colleague.post(page("case_reopen", case.id), {"reason": "other"}).status_code == 404
    assert not Case.objects.get(pk=case.pk).is_open
