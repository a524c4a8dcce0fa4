"""Behaviour 8: before somebody has accepted, nothing they read says who she is or how to find her."""

import json
from dataclasses import replace

import pytest

from referrals import access, codes, errors
from tests import people
from tests.people import Network
from tests.referrals import making
from tests.referrals.markers import Marked
from tests.referrals.pages import client_of, page, text
from tests.referrals.sending import Ready, nothing_leaves

pytestmark = pytest.mark.django_db


def test_desk_reads_no_word_of_hers_before_accepting(network: Network) -> None:
    """Every text of the case is marked, everything is consented, and the desk's part has none of it."""
    marked = Marked()
    case, consent, referral = making.make_referral(
        network, fields=list(codes.Field.values), **marked.sections()
    )
    opaque = access.packet_for(people.unlock(network.b.intake), referral.id).opaque
    text = json.dumps(opaque.to_json(), ensure_ascii=False)
    assert [name for name, word in marked.found.items() if word in text] == []
    for hidden in (case.id, consent, network.owner.id, referral.id):
        assert str(hidden) not in text


def test_no_page_or_api_of_the_desk_tells_it_either(network: Network) -> None:
    marked = Marked()
    _, _, referral = making.make_referral(network, fields=list(codes.Field.values), **marked.sections())
    desk = client_of(network.b.intake)
    for url in (
        page("inbox"),
        page("packet", referral.pk),
        "/api/v1/inbox/",
        f"/api/v1/inbox/{referral.pk}/",
    ):
        shown = text(desk, url)
        assert [name for name, word in marked.found.items() if word in shown] == []


@pytest.mark.parametrize(
    "words",
    [
        "call me, or her on 998001112233",
        "ask for Nigora",
        "LOLA waits",
        "the word is apricot",
        "444 55 66 0",
        "спросите Нигору или Нигора",
        "Лола ждёт",
        "Nigоra",
    ],
)
def test_her_name_or_phone_in_the_words_for_the_desk(network: Network, words: str) -> None:
    ready = Ready(network)
    if words.startswith("444"):
        words = "call +998 00 444-55-66"
    with nothing_leaves(errors.NotSafe):
        ready.send(request=replace(making.REQUEST, how_to_reach_worker=words))
