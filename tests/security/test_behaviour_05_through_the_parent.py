"""Behaviour 5: what belongs to a case is reached through that case only; through another it is missing."""

from uuid import uuid4

import pytest

from audit.errors import Denied
from referrals import actions
from referrals.models import Referral
from tests import people
from tests.people import Network
from tests.referrals import making
from tests.referrals.pages import SENDING, client_of, page

pytestmark = pytest.mark.django_db


def test_a_consent_through_another_case_of_the_same_owner_is_missing(network: Network) -> None:
    """Also to who may see both: the pair is wrong."""
    case, consent, _ = making.make_referral(network)
    other = making.make_case(people.unlock(network.owner))
    owner = client_of(network.owner)
    assert owner.get(page("consent_send", case.id, consent)).status_code == 303  # sent: back to the case
    for name in ("consent_send", "consent_withdraw", "consent_confirm"):
        assert owner.get(page(name, case.id, consent)).status_code != 404
        for method in (owner.get, owner.post):
            wrong = method(page(name, other.id, consent), {"key": str(uuid4())} | SENDING)
            nowhere = method(page(name, other.id, uuid4()), {"key": str(uuid4())} | SENDING)
            assert wrong.status_code == 404
            assert (wrong.content, wrong.headers) == (nowhere.content, nowhere.headers)
    assert Referral.objects.get().state == "sent"


def test_a_referral_is_acted_on_through_its_own_case_only(network: Network) -> None:
    _, _, referral = making.make_referral(network)
    unlocked = people.unlock(network.owner)
    other = making.edit(unlocked, making.make_case(unlocked))
    for act, answers in (
        (actions.cancel, {}),
        (actions.fail_after_trying, {"reason": "moved"}),
        (actions.close_after_asking, {"answer": "yes"}),
        (actions.reopen_not_received, {}),
    ):
        with pytest.raises(Denied):
            act(unlocked=unlocked, opened=other, referral_id=referral.id, version=1, **answers)
    assert Referral.objects.get().state == "sent"


def test_a_share_of_somebody_who_holds_another_case_is_missing(network: Network) -> None:
    owner = people.unlock(network.owner)
    shared, other = making.make_case(owner), making.make_case(owner)
    actions.share_case(unlocked=owner, opened=making.edit(owner, shared), person=network.colleague, to="view")
    client = people.step_up(client_of(network.owner))
    assert client.get(page("case_unshare", shared.id, network.colleague.id)).status_code == 200
    assert client.get(page("case_unshare", other.id, network.colleague.id)).status_code == 404
