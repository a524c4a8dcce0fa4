"""After a no one tap leads to the consent for another place; attempts are linked inside the case only."""

import pytest
from django.apps import apps

from audit.errors import Denied
from referrals import access, actions
from tests import people
from tests.people import Network
from tests.referrals import making
from tests.referrals.pages import DECISION, HER_ANSWER, SENDING, client_of, filled, hidden, page, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def network(db: None) -> Network:
    return people.get_network()


def test_a_no_leads_to_another_place_with_her_earlier_wishes_and_a_new_consent(network: Network) -> None:
    case, first_consent, sent = making.make_referral(network)
    other = making.make_service(network.b.agency, name="Second shelter")
    desk, owner = people.unlock(network.b.intake), client_of(network.owner)
    claimed = actions.claim(unlocked=desk, packet=making.packet(desk, sent))
    actions.decline(
        unlocked=desk, packet=making.packet(desk, claimed), reason="no_capacity", version=claimed.version
    )
    shown = text(owner, page("referral", sent.pk))
    assert hidden(shown, "after") == str(sent.pk)
    assert 'data-test="attempts"' not in shown
    new = page("consent_new", case.pk)
    asked = {"service": str(other.pk), "after": str(sent.pk)}
    duty = owner.post(new, {**asked, "step": "duty"}).content.decode()
    assert hidden(duty, "after") == str(sent.pk)
    decide = owner.post(new, {**filled(duty), **asked, "step": "decide", "read_aloud": "on"}).content.decode()
    # Her wishes from the first time are there to begin with, and nothing is recorded yet.
    assert 'value="a safe place tonight"' in decide
    for field in ("alias", "phone", "needs"):
        assert _ticked(decide, field)
    assert not _ticked(decide, "name")
    unlocked = people.unlock(network.owner)
    assert len(making.edit(unlocked, case).consents()) == 1
    wishes = {**filled(decide), **asked, **DECISION}
    read = owner.post(new, wishes).content.decode()
    assert hidden(read, "after") == str(sent.pk)
    recorded = owner.post(new, {**wishes, **filled(read), **HER_ANSWER})
    assert recorded.status_code == 303, recorded.content.decode()
    send = recorded["Location"].partition("?")[0]
    sending = text(owner, send)
    assert _ticked(sending, "urgent")
    answer = owner.post(send, filled(sending, **SENDING))
    assert answer.status_code == 303
    [again] = [one for one in apps.get_model("referrals", "Referral").objects.all() if one.pk != sent.pk]
    opened = access.case_for(people.unlock(network.owner), case.id)
    item = opened.sent_referral(again.pk)
    assert item.content.after_referral_id == sent.pk
    assert item.content.consent_id != first_consent
    for here, there in ((sent.pk, again.pk), (again.pk, sent.pk)):
        shown = text(owner, page("referral", here))
        assert 'data-test="attempts"' in shown
        assert f'href="{page("referral", there)}"' in shown


def test_an_attempt_of_another_case_is_not_followed(network: Network) -> None:
    _, _, sent = making.make_referral(network)
    unlocked = people.unlock(network.owner)
    other = making.edit(unlocked, making.make_case(unlocked))
    service = making.make_service(network.b.agency, name="Second shelter")
    with pytest.raises(Denied):
        making.consent_to(unlocked, other, service, after_referral_id=sent.pk)
    owner = client_of(network.owner)
    for step in ("decide", "record"):
        body = {"service": str(service.pk), "after": str(sent.pk), "step": step, "read_aloud": "on"}
        answer = owner.post(page("consent_new", other.id), body)
        assert str(making.FIELDS) not in answer.content.decode()
        assert answer.status_code in (404, 422)


def _ticked(html: str, value: str) -> bool:
    """Say whether a choice of this value is ticked."""
    start = html.index(f'value="{value}"')
    return "checked" in html[start : html.index(">", start)]
