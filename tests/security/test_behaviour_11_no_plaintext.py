"""Behaviour 11: whoever steals the database, or reads what the server prints, finds no word of hers.

A marker stands in every free-text field of every sealed shape (found from the classes, so a new field
comes along by itself) and goes through every action of casework; then the raw database is searched.
"""

import base64
import logging

import pytest

from referrals.models import CaseItem
from tests import people
from tests.referrals.markers import Marked, marker
from tests.security.thief import dump, hits, spellings
from tests.security.walk import everything_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_no_word_of_hers_in_the_database_or_the_output(
    caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    network = people.get_network()
    caplog.set_level(logging.DEBUG)
    found = everything_once(network, Marked())
    assert len(found) > 20
    stolen = dump()
    # The search itself works: what stands in clear is found.
    assert network.owner.display_name.encode() in stolen
    assert CaseItem.objects.count() > 30
    printed = "\n".join(capfd.readouterr()) + caplog.text
    places = {"database": stolen, "output": printed.encode()}
    assert hits(found, places) == []


def test_search_finds_a_word_in_every_spelling() -> None:
    word = marker("sample")
    raw = word.encode()
    for around in (b"", b"x", b"xy"):
        coded = base64.b64encode(around + raw + b"tail")
        assert any(spelling in coded for spelling in spellings(word))
    assert any(spelling in raw.hex().encode() for spelling in spellings(word))
    assert any(spelling in word.encode("utf-16-le") for spelling in spellings(word))
