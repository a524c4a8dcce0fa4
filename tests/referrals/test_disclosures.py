"""What was told to whom, under which decision; and the papers of a consent, filled and empty."""

import pytest

from referrals import access, actions, codes
from referrals.models import Referral
from tests import people
from tests.people import Network
from tests.referrals import log, making
from tests.referrals.pages import client_of, page, text

pytestmark = pytest.mark.django_db


def test_everything_that_left_the_case_stands_in_its_timeline(network: Network) -> None:
    service = making.make_service(network.b.agency)
    case, consent_id, referral = making.make_referral(network, service=service)
    owner, desk = people.unlock(network.owner), people.unlock(network.b.intake)
    opened = making.edit(owner, case)
    actions.record_refusal(
        unlocked=owner, opened=opened, service_id=making.make_service(network.b.agency, name="Lawyers").id
    )
    asked = making.answer(owner, case, making.ask(desk, referral))
    making.appoint(desk, making.take(desk, asked))
    owner = making.later(network.owner, minutes=5)
    actions.narrow_consent(
        unlocked=owner, opened=making.edit(owner, case), consent_id=consent_id, fields=["alias", "age_band"]
    )
    client = client_of(network.owner)
    shown = text(client, page("disclosures", case.id))
    said = [
        "She took a part back",
        "They said yes",
        "A question of theirs was answered",
        "She said no",
        "A referral was sent",
        "She agreed",
    ]
    for words in (*said, "They gave an appointment.", "Invented shelter", "Owner of A", "Lawyers"):
        assert words in shown
    assert "May be told: age band" in shown, "no capital inside a sentence"
    # Newest first; what happened in one second stands in its order.
    assert shown.index("She took a part back") < shown.index("A referral was sent")
    assert shown.index("A referral was sent") < shown.index("She agreed")
    # Nothing of hers but the names of fields, and not the desk's words.
    for secret in ("Nigora", "00 111", "apricot", "Example", "second door"):
        assert secret not in shown

    actions.withdraw_consent(unlocked=owner, opened=making.edit(owner, case), consent_id=consent_id)
    ended = text(client, page("disclosures", case.id))
    for words in (
        "She took it back",
        "From this moment nothing more is read.",
        "They read nothing any more.",
    ):
        assert words in ended
    assert "They said yes" in ended
    assert "They gave an appointment." not in ended, "what was sealed beside the identity is destroyed"
    looked = [entry for entry in opened_history(network, case) if entry.content.action == "case.disclosures"]
    assert len(looked) == 2
    assert page("disclosures", case.id) in text(client, page("case", case.id))


def opened_history(network: Network, case):  # type: ignore[no-untyped-def]
    return access.case_for(people.unlock(network.owner), case.id).history()


def test_a_referral_that_was_never_accepted_says_so(network: Network) -> None:
    case, _, referral = making.make_referral(network)
    late = making.later(network.owner, hours=25)
    assert Referral.objects.get(pk=referral.pk).state_at(late.now) == "expired"
    desk = people.unlock(network.b.intake)
    actions.decline(
        unlocked=desk, packet=making.packet(desk, referral), reason="no_capacity", version=referral.version
    )
    shown = text(client_of(network.owner), page("disclosures", case.id))
    assert "They never read who she is" in shown
    assert shown.index("They never read who she is") < shown.index("A referral was sent")
    assert "They said yes" not in shown


def test_the_filled_form_says_what_she_heard_and_is_logged(network: Network) -> None:
    case, consent_id, _ = making.make_referral(network)
    client = client_of(network.owner)
    shown = text(client, page("consent_paper", case.id, consent_id))
    for words in ('lang="uz-Latn"', "Qaror sizniki", "telefon raqamingiz", "Imzo, belgi yoki barmoq izi"):
        assert words in shown
    # A paper can be found: it names no one.
    for secret in ("Nigora", "Lola", "00 111", "apricot"):
        assert secret not in shown
    assert [entry.content.action for entry in opened_history(network, case)].count("consent.paper") == 1
    assert "consent.paper" in [body.action for body in log.newest(network.a, 20)]
    owner = people.unlock(network.owner)
    refused = actions.record_refusal(
        unlocked=owner,
        opened=making.edit(owner, case),
        service_id=making.make_service(network.b.agency, name="Lawyers").id,
    )
    assert client.get(page("consent_paper", case.id, refused)).status_code == 404


@pytest.mark.parametrize("code", codes.TEXTS)
def test_the_empty_form_is_there_in_every_text(network: Network, code: str) -> None:
    client = client_of(network.owner)
    shown = text(client, page("consent_form", code))
    assert shown.count("☐") >= len(codes.Field.values) + 5
    assert "________" in shown
    assert client.get(page("consent_form", "fr")).status_code == 404
