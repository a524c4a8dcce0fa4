"""The text that is read to her: in her language and letters, with her answers in it, kept as it was read."""

import dataclasses
import re
from typing import Any

import pytest

from referrals import actions, codes, errors, reading
from referrals.destination import destination_of
from services.codes import LegalDuty
from services.models import Organization, Service
from tests import people
from tests.people import Network
from tests.referrals import making
from tests.referrals.pages import DECISION, HER_ANSWER, client_of, decide, filled, page
from tools.transliteration import to_cyrillic

# Once a version was used it stays: whoever changes a word writes a new version beside it.
FROZEN = {
    (1, "uz"): "b0f21aec558ffe5149a4173612bf9c9e9d49a64a6cc9267e6993c6a2e1419ae7",
    (1, "uz-cyrl"): "ddccd43f26dc219a753e18608483e828abbb543567007abcf7a5e0ff7c943aa6",
    (1, "ru"): "bf137942db08942428c505b6e0fb5b78fc2072ea9beae8c13db246fb52780425",
    (1, "en"): "942e62fd80afab7db8dc5c633365f8073cf03deb83c118f2b1690f38942205a4",
}


@pytest.mark.parametrize(("version", "text"), FROZEN, ids=str)
def test_a_text_that_was_used_is_never_edited(version: int, text: str) -> None:
    assert reading.hash_of_text(text, version) == FROZEN[version, text]


def test_every_version_is_frozen_in_every_text() -> None:
    assert set(FROZEN) == {
        (version, text) for version in range(1, reading.VERSION + 1) for text in codes.TEXTS
    }


def leaves(words: dict[str, Any], path: str = "") -> dict[str, str]:
    found = {}
    for name, value in words.items():
        found |= leaves(value, f"{path}.{name}") if isinstance(value, dict) else {f"{path}.{name}": value}
    return found


@pytest.mark.parametrize("text", codes.TEXTS)
def test_each_text_says_everything(text: str) -> None:
    words, english = reading.words_of(text, reading.VERSION), reading.words_of("en", reading.VERSION)
    said, asked = leaves(words), leaves(english)
    assert list(said) == list(asked)
    for path, sentence in said.items():
        assert sentence
        assert re.findall(r"{\w+}", sentence) == re.findall(r"{\w+}", asked[path])
    assert set(words["fields"]) == set(codes.Field.values)
    assert set(words["law"]["duties"]) == set(LegalDuty.values)
    assert set(words["who"]) - {"heading"} == set(codes.GivenBy.values)


def test_uzbek_in_cyrillic_letters_says_what_the_latin_text_says() -> None:
    latin, cyrillic = (leaves(reading.words_of(text, reading.VERSION)) for text in ("uz", "uz-cyrl"))
    assert {path: to_cyrillic(sentence) for path, sentence in latin.items()} == cyrillic


@pytest.mark.parametrize(
    ("language", "script", "reader", "text"),
    [
        ("uz", "latin", "ru", "uz"),
        ("uz", "cyrillic", "en", "uz-cyrl"),
        ("uz", "none", "uz-cyrl", "uz-cyrl"),
        ("uz", "", "ru", "uz"),
        ("ru", "none", "uz", "ru"),
        ("en", "", "uz", "en"),
        ("tg", "cyrillic", "ru", "ru"),
        ("sgn", "", "uz", "uz"),
    ],
)
def test_which_text_is_read(language: str, script: str, reader: str, text: str) -> None:
    assert reading.text_for(language, script, reader=reader) == text
    assert reading.is_spoken_in(language, text) == (language not in ("tg", "sgn"))


@pytest.mark.django_db
def test_what_was_read_stays_whatever_the_directory_says_later(network: Network) -> None:
    unlocked = people.unlock(network.owner)
    opened = making.edit(unlocked, making.make_case(unlocked))
    service = making.make_service(network.b.agency, duty=LegalDuty.POLICE)
    Organization.objects.filter(pk=service.organization_id).update(
        translations={"ru": {"legal_notification_note": "Они скажут вам об этом сами."}}
    )
    wishes: Any = {
        "service_id": service.id,
        "fields": ["alias", "phone", "safe_contact", "language"],
        "purpose": "тёплая комната",
        "given_by": "survivor",
        "language": "ru",
        "script": "cyrillic",
    }
    draft = actions.draft_consent(unlocked=unlocked, opened=opened, **wishes)
    shown = reading.reading_of(draft)
    assert shown is not None
    said = "\n".join(f"{part.heading} {part.text} {part.items}" for part in shown.parts)
    for words in ("Invented shelter", "тёплая комната", "Они скажут вам", "ваш номер телефона", "органы"):
        assert words in said
    assert network.b.agency.name in said
    assert "ваше имя'" not in said
    kept = opened.consent(making.consent_to(unlocked, opened, service, **wishes)).content
    assert reading.as_it_was_read(kept) == shown
    assert (kept.heard.wording, kept.heard.version, kept.heard.hash) == ("ru", 1, shown.hash)

    Service.objects.filter(pk=service.id).update(name="Another name")
    Organization.objects.filter(pk=service.organization_id).update(legal_notification_note="Other words.")
    assert reading.as_it_was_read(kept) == shown
    # What somebody changed in what was kept is not shown as what she heard.
    assert reading.as_it_was_read(dataclasses.replace(kept, purpose="something else")) is None
    # Who read the old page does not record a yes to the new words.
    duty = destination_of(service.id).legal_duty_hash
    with pytest.raises(errors.NotReadToHer):
        making.consent_to(unlocked, opened, service, **wishes, text_read=shown.hash, legal_duty_hash=duty)


@pytest.mark.django_db
def test_the_page_shows_the_text_and_records_only_a_yes_to_it(network: Network) -> None:
    owner = client_of(network.owner)
    unlocked = people.unlock(network.owner)
    case, service = making.make_case(unlocked), making.make_service(network.b.agency)
    url = page("consent_new", case.id)
    html = owner.post(url, {"service": service.pk, "step": "decide", "read_aloud": "on"}).content.decode()
    assert "Leave a message? No, never" in html  # a label that asks takes no colon behind it
    wishes = filled(html) | DECISION | {"script": "cyrillic", "purpose": "иссиқ хона"}
    shown = owner.post(url, wishes).content.decode()
    for words in ('lang="uz-Cyrl"', "Қарор сизники", "иссиқ хона", "телефон рақамингиз", "Invented shelter"):
        assert words in shown
    assert "туғилган сана" in shown
    assert not making.edit(unlocked, case).consents()

    said = wishes | filled(shown) | HER_ANSWER
    changed = owner.post(url, said | {"text_read": "0" * 64})
    assert changed.status_code == 422
    assert "Read it to her again" in changed.content.decode()
    # Nobody else was there: her spoken word is not recorded, and what was ticked is still there.
    alone = owner.post(url, said | {"how": "spoken_with_witness"})
    assert alone.status_code == 422
    assert "id_witness" in alone.content.decode()
    assert 'data-test="reading"' in alone.content.decode()
    assert owner.post(url, said).status_code == 303
    [kept] = making.edit(people.unlock(network.owner), case).consents()
    assert kept.content.heard.wording == "uz-cyrl"
    assert kept.content.purpose == "иссиқ хона"

    # A no after the text was read is as good, and records nothing else.
    no = decide(owner, case, making.make_service(network.b.agency, name="Lawyers"), decision="refused")
    assert no.status_code == 303
    # In a language without a text she hears it through who reads it.
    told = owner.post(url, wishes | {"language": "tg"}).content.decode()
    assert "There is no text in this language yet: Tajik" in told


@pytest.mark.parametrize("decision", ["", "maybe"])
def test_only_the_button_that_says_so_records_her_yes(network: Network, decision: str) -> None:
    """The Enter key alone, or a form without an answer: nothing is recorded, and what was ticked stays."""
    owner, case = client_of(network.owner), making.make_case(people.unlock(network.owner))
    answer = decide(owner, case, making.make_service(network.b.agency), decision=decision)
    assert answer.status_code == 422
    html = answer.content.decode()
    assert "Choose one of the answers." in html
    assert re.search(r'value="may_refuse"[^>]*checked', html)
    assert not list(making.edit(people.unlock(network.owner), case).consents())
