"""The style page shows every component there is, so that nobody builds a second one."""

from pathlib import Path

from django.conf import settings
from django.test import Client

from config.templatetags.interface import at_slashes

# Parts of others, and what only loads a program.
INSIDE = {"field_error.html", "field_help.html", "field_optional.html", "htmx.html", "nav_updates.html"}


def test_every_component_stands_on_the_style_page(client: Client) -> None:
    folder = Path(settings.BASE_DIR) / "templates" / "components"
    there = {path.name for path in folder.glob("*.html")} - INSIDE
    # The cover belongs to who is signed in; the page shows its look without one.
    response = client.get("/style/")
    used = {str(template.name).removeprefix("components/") for template in response.templates}
    assert there - used == {"cover.html"}
    assert "cover--sample" in response.content.decode()


def test_it_names_every_look_that_pictures_can_be_taken_in(client: Client) -> None:
    from config.style import LOOKS
    from tools.screenshots.__main__ import LOOKS as KNOWN

    assert tuple(look for look, _ in LOOKS) == KNOWN
    body = client.get("/style/").content.decode()
    assert all(f">{look}<" in body for look in KNOWN)


def test_an_address_goes_on_in_the_next_line_behind_a_slash_only() -> None:
    assert at_slashes("https://a.example/one/") == "https://a.example/<wbr>one/<wbr>"
    assert at_slashes("<b>/") == "&lt;b&gt;/<wbr>"
