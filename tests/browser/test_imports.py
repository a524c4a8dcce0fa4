"""A table of somebody's own: mapped and tried by one editor on a phone, committed by another at a desk."""

from collections.abc import Callable

from django.conf import settings
from django.test import Client
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import Person
from accounts.roles import RoleName
from services import actions
from services.models import Service
from tests.browser.conftest import DESKTOP, PHONE, NewPage
from tests.people import make_team, sign_in
from tests.services.conftest import PLACES
from tests.services.files import MAPPING, ROW, csv_file


def test_two_editors_bring_a_table_in(
    new_page: NewPage, live_server: LiveServer, check_accessible: Callable[[Page], None]
) -> None:
    team = make_team(
        "d",
        people={
            "editor": RoleName.EDITOR,
            "second": RoleName.EDITOR,
            "supervisor": RoleName.SUPERVISOR,
            "custodian": RoleName.CUSTODIAN,
            "administrator": RoleName.ADMINISTRATOR,
        },
    )
    PLACES.get()

    def open_as(person: Person, **options: object) -> Page:
        client, page = sign_in(Client(), person), new_page(**options)
        names = (settings.SESSION_ID_COOKIE, settings.SESSION_HALF_COOKIE)
        page.context.add_cookies(
            [{"name": name, "value": client.cookies[name].value, "url": live_server.url} for name in names]
        )
        page.goto("/directory/import/")
        return page

    phone = open_as(team.editor, size=PHONE)
    new, old = [f"A room with {word}" for word in ("windows", "a door")]
    phone.get_by_label("Where does it come from?").fill("Namuna list")
    content = csv_file([old, *ROW[1:]], encoding="cp1251", delimiter=";")
    phone.get_by_label("File").set_input_files(
        {"name": "list.csv", "mimeType": "text/csv", "buffer": content}
    )
    phone.get_by_role("button", name="Try it").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("What the columns mean")
    expect(phone.get_by_label("Phone", exact=True)).to_have_value(MAPPING["Phone"])
    assert phone.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    check_accessible(phone)
    phone.get_by_role("button", name="Try it").click()
    expect(phone.get_by_text("1 new")).to_be_visible()
    phone.get_by_role("button", name="Import all").click()
    service = Service.objects.get()
    Service.objects.update(service_type="psychosocial")
    actions.publish([service.pk])

    phone.goto("/directory/import/")
    phone.get_by_label("Where does it come from?").fill("Namuna list")
    content = csv_file([old, ROW[1], "+998 00 000 99 02", *ROW[3:]], [new, *ROW[1:]], ["", *ROW[1:]])
    phone.get_by_label("File").set_input_files(
        {"name": "list.csv", "mimeType": "text/csv", "buffer": content}
    )
    phone.get_by_role("button", name="Try it").click()
    expect(phone.get_by_text("1 put aside")).to_be_visible()
    expect(phone.get_by_text("a second editor has to look at it")).to_be_visible()
    expect(phone.get_by_role("button", name="Import all")).to_have_count(0)
    assert phone.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    check_accessible(phone)

    desk = open_as(team.second, size=DESKTOP)
    desk.locator("tbody a").first.click()
    desk.get_by_text("1 changed").click()
    expect(desk.get_by_text("+998 00 000 99 02")).to_be_visible()
    check_accessible(desk)
    desk.get_by_role("button", name="Import all").click()
    expect(desk.get_by_role("heading", level=1)).to_have_text("This was imported")
    assert Service.objects.count() == 2
