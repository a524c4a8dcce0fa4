"""The guides: true to the screen, two pages in every language, and saying nothing to whoever finds one."""

import io
import re
from datetime import date

import pytest
from django.conf import settings
from django.test import Client
from django.urls import NoReverseMatch, reverse
from django.utils import translation
from pypdf import PdfReader

from config import guides
from config.guides import GuideName
from tests.people import Network, sign_in
from tools import guides as written

LANGUAGES = [code for code, _ in settings.LANGUAGES]
LABEL = re.compile(r"\{([^{}|]+)(?:\|([^{}]+))?\}")
# Beginnings of words that would tell a husband, a neighbour or a colleague of his what the paper is for.
TELLING = (
    *(
        "violen",
        "surviv",
        "victim",
        "abus",
        "rape",
        "assault",
        "shelter",
        "safe house",
        "gender",
        "husband",
        "hiv",
    ),
    *("zoʻravon", "qurbon", "jabr", "boshpana", "panoh", "nomus", "насил", "жертв", "приют"),
    *("зўравон", "қурбон", "жабр", "бошпана", "паноҳ", "номус", "hamroh", "http"),
)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_guide_is_two_pages_and_nothing_on_it_tells_what_it_is_for(language: str) -> None:
    with translation.override(language):
        for name in GuideName:
            guide = guides.guide(name)
            reader = PdfReader(io.BytesIO(guides.paper(name, printed=date(2026, 11, 23))))
            assert len(reader.pages) == 2, name
            # A hyphen may end a line: compared without spaces.
            texts = ["".join(page.extract_text().split()) for page in reader.pages]
            assert "".join(guide.title.split()) in texts[0]
            assert "�" not in "".join(texts)
            assert all(len(text) > 800 for text in texts), "both pages are used"
            for page, parts in zip(texts, guide.pages, strict=True):
                for part in parts:
                    assert "".join(part.heading.split()) in page
            assert reader.metadata is not None
            assert reader.metadata.title == guide.title
            seen = " ".join((*texts, *map(str, reader.metadata.values()), name.file_name(language))).lower()
            assert [word for word in TELLING if "".join(word.split()) in seen] == []


def test_a_guide_names_only_what_stands_on_a_page() -> None:
    """A button that is called differently, or a page that is gone, has to change the guides too."""
    rooms = ("templates", "config", "referrals", "services", "accounts", "audit")
    files = [
        path
        for room in rooms
        for path in (settings.BASE_DIR / room).rglob("*")
        if path.suffix in (".html", ".py")
    ]
    marked = " ".join(path.read_text("utf-8") for path in files if path.parent.name != "migrations")
    for name in GuideName:
        labels = {
            language: sorted(set(LABEL.findall(guides.source(name, language)))) for language in LANGUAGES
        }
        assert len(labels["en"]) > 8
        for language in LANGUAGES:
            assert labels[language] == labels["en"], (name, language)
        missing = [label for label, _ in labels["en"] if f'"{label}"' not in marked]
        assert missing == [], name
        for _, route in labels["en"]:
            try:
                assert not route or reverse(route)
            except NoReverseMatch:
                pytest.fail(f"{name} names {route}, which is gone")


def test_uzbek_cyrillic_is_what_uzbek_latin_says() -> None:
    assert written.stale() == []


@pytest.mark.django_db
def test_help_is_open_offers_ones_own_first_and_links_only_what_one_may_open(network: Network) -> None:
    stranger, owner = Client(), sign_in(Client(), network.owner)
    for client in (stranger, owner):
        body = client.get("/help/").content.decode()
        assert all(f"/help/{name}/" in body for name in GuideName)
        assert 'href="/help/"' in client.get("/").content.decode()
    body = sign_in(Client(), network.b.intake).get("/help/").content.decode()
    assert body.index("/help/desk/") < body.index("/help/caseworker/")
    assert 'href="/help/"' in owner.get("/account/").content.decode()
    links = re.compile(r'<a href="(/[^"]+)">What needs me now</a>')
    mine, nobodys, others = (
        client.get("/help/caseworker/").content.decode()
        for client in (owner, stranger, sign_in(Client(), network.b.intake))
    )
    assert links.findall(mine.split("<main")[1]) == [reverse("referrals:needs_me")]
    for page in (nobodys, others):
        assert links.findall(page.split("<main")[1]) == []
        assert "<b>What needs me now</b>" in page
    paper = stranger.get("/help/caseworker/steps.pdf", headers={"Accept-Language": "ru"})
    assert paper["Content-Disposition"] == 'attachment; filename="steps-1-ru.pdf"'
    assert paper["Cache-Control"] == "no-store"
    assert paper.content.startswith(b"%PDF")
    assert {stranger.get(f"/help/{path}").status_code for path in ("nobody/", "nobody/steps.pdf")} == {404}
