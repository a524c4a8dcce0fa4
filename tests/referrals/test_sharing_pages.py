"""The owner sees who holds a case and takes it back; a number never travels without its safe use."""

from uuid import uuid4

import pytest

from referrals import actions, codes
from referrals.errors import Invalid
from tests import people
from tests.people import Network
from tests.referrals import making
from tests.referrals.pages import client_of, filled, page, text

pytestmark = pytest.mark.django_db


def test_the_owner_takes_a_shared_case_back(network: Network) -> None:
    case = making.make_case(people.unlock(network.owner))
    owner, colleague = people.step_up(client_of(network.owner)), client_of(network.colleague)
    html = text(owner, page("case_share", case.id))
    assert 'data-test="unshare"' not in html
    answers = filled(html, person=str(network.colleague.id), to="edit")
    assert owner.post(page("case_share", case.id), answers).status_code == 303
    text(colleague, page("case", case.id))

    html = text(owner, page("case_share", case.id))
    assert network.colleague.display_name in html
    end = page("case_unshare", case.id, network.colleague.id)
    assert end in html
    answers = filled(text(owner, end))
    for _ in range(2):  # the answer was lost, and the same form comes again
        assert owner.post(end, answers).status_code == 303
    assert owner.post(end, answers | {"key": str(uuid4())}).status_code == 404
    text(colleague, page("case", case.id), status=404)
    text(owner, end, status=404)


def test_the_form_that_took_a_case_back_from_one_takes_it_back_from_another_as_well(network: Network) -> None:
    unlocked = people.unlock(network.owner)
    case = making.make_case(unlocked)
    others = (network.colleague, network.a.supervisor)
    for person in others:
        actions.share_case(unlocked=unlocked, opened=making.edit(unlocked, case), person=person, to="view")
    owner, key = client_of(network.owner), str(uuid4())
    for person in others:
        for _ in range(2):  # shared anew in between, it is taken back anew
            assert owner.post(page("case_unshare", case.id, person.id), {"key": key}).status_code == 303
            text(client_of(person), page("case", case.id), status=404)
            opened = making.edit(unlocked, case)
            actions.share_case(unlocked=unlocked, opened=opened, person=person, to="view")


def test_only_the_owner_takes_it_back_and_nobody_from_the_owner(network: Network) -> None:
    case = making.make_case(people.unlock(network.owner))
    owner, colleague = people.step_up(client_of(network.owner)), people.step_up(client_of(network.colleague))
    html = text(owner, page("case_share", case.id))
    owner.post(page("case_share", case.id), filled(html, person=str(network.colleague.id), to="edit"))
    for client in (owner, colleague):
        text(client, page("case_unshare", case.id, network.owner.id), status=404)
    text(colleague, page("case_unshare", case.id, network.colleague.id), status=404)


@pytest.mark.parametrize("number", sorted(codes.NUMBERS))
def test_a_number_goes_only_with_how_to_reach_her_safely(network: Network, number: str) -> None:
    unlocked = people.unlock(network.owner)
    opened = making.edit(unlocked, making.make_case(unlocked))
    service = making.make_service(network.b.agency)
    with pytest.raises(Invalid) as refused:
        making.consent_to(unlocked, opened, service, fields=["alias", number])
    assert set(refused.value.fields) == {"fields"}
    assert making.consent_to(unlocked, opened, service, fields=["alias", number, "safe_contact"])


def test_what_is_read_to_her_names_the_place_in_her_language(network: Network) -> None:
    case = making.make_case(people.unlock(network.owner))
    service = making.make_service(network.b.agency)
    service.translations = {"uz": {"name": "Xayoliy panoh"}}
    service.save(update_fields=["translations"])
    owner = client_of(network.owner)
    owner.cookies["language"] = "uz"
    html = text(owner, page("case_match", case.id))
    answer = owner.post(page("consent_new", case.id), filled(html, service=str(service.id)))
    assert "Xayoliy panoh" in answer.content.decode()
