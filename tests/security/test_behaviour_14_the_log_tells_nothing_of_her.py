"""Behaviour 14: the access log holds no word of hers, and who reads the log opens no case."""

import dataclasses
import json

import pytest

from tests.people import Network
from tests.referrals import log, making
from tests.referrals.markers import Marked
from tests.referrals.pages import client_of, page, text
from tests.security.walk import everything_once

pytestmark = pytest.mark.django_db


def test_what_the_auditor_opens_has_no_word_of_hers(network: Network) -> None:
    """Marked words go through every action of casework; then both logs are opened entry by entry."""
    found = everything_once(network, Marked())
    for team in (network.a, network.b):
        bodies = log.newest(team, limit=500)
        assert len(bodies) > 5
        said = json.dumps([dataclasses.asdict(body) for body in bodies], default=str, ensure_ascii=False)
        assert [name for name, word in found.items() if word in said] == []
        shown = text(client_of(team.supervisor), "/log/")
        assert [name for name, word in found.items() if word in shown] == []


def test_who_reads_the_log_opens_no_case(network: Network) -> None:
    case, _, referral = making.make_referral(network)
    supervisor = client_of(network.a.supervisor)
    assert str(case.id) in text(supervisor, "/log/")
    for url in (page("case", case.id), page("referral", referral.id), f"/api/v1/cases/{case.id}/"):
        text(supervisor, url, status=404)
    text(client_of(network.b.supervisor), page("packet", referral.id), status=404)
