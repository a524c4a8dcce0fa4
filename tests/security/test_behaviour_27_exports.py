"""Behaviour 27: copies are off by default, two people switch a role on, and each says whose it is."""

import csv
import io
import re
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4
from zipfile import ZipFile

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone
from openpyxl import load_workbook

from accounts.models import Person
from referrals import actions, copies, errors
from referrals.models import ExportSwitch
from tests import people
from tests.people import Network
from tests.referrals import log, making
from tests.referrals.pages import page

pytestmark = pytest.mark.django_db

FORMULA = '=HYPERLINK("x")'


def client(person: Person) -> Client:
    return people.step_up(people.sign_in(Client(), person))


def take(who: Client, what: str = "cases", file_type: str = "csv") -> Any:
    return who.post(page("copy"), {"key": str(uuid4()), "what": what, "file_type": file_type})


def switch(who: Client, do: str, role: str = "caseworker") -> Any:
    return who.post(page("exports"), {"key": str(uuid4()), "role": role, "do": do})


def lines(response: Any) -> list[list[str]]:
    return list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))


def test_off_until_two_people_say_so_and_off_again_by_one(network: Network) -> None:
    owner, colleague = client(network.owner), client(network.colleague)
    first, second = client(network.a.supervisor), client(network.a.administrator)
    making.make_case(people.unlock(network.owner))
    assert owner.get(page("copy")).status_code == 404
    assert take(owner).status_code == 404
    [body] = log.newest(network.a)
    assert (body.action, body.outcome, body.actor) == ("export.take", "denied", network.owner.id)
    for nobody in (owner, client(network.a.analyst), client(network.a.custodian)):
        assert switch(nobody, "ask").status_code == 404
    assert not ExportSwitch.objects.exists()
    assert switch(first, "ask").status_code == 303
    assert take(owner).status_code == 404, "asked for is not allowed"
    for who, may in ((first, "Take it back"), (second, "Turn down")):
        assert may in who.get(page("exports")).content.decode()
    own = switch(first, "approve")
    assert own.status_code == 422
    assert "you asked for it yourself" in own.content.decode()
    assert take(owner).status_code == 404
    assert switch(second, "approve").status_code == 303
    assert take(owner).status_code == 200
    # For this role, of this agency, and for nothing else.
    assert take(owner, "statistics").status_code == 422
    assert client(network.b.intake).get(page("copy")).status_code == 404
    assert client(network.a.analyst).get(page("copy")).status_code == 404
    assert making.CARD.alias not in take(colleague).content.decode(), "one's own list only"
    assert switch(first, "off").status_code == 303
    assert take(owner).status_code == 404
    switch(first, "ask")
    assert take(owner).status_code == 404, "on again takes two again"


def test_the_database_takes_no_switch_by_one_person(network: Network) -> None:
    row = {
        "agency": network.a.agency,
        "role": "analyst",
        "asked_by": network.a.supervisor,
        "approved_by": network.a.supervisor,
        "asked_on": "2026-01-01",
    }
    with pytest.raises(IntegrityError), transaction.atomic():
        ExportSwitch.objects.create(**row)


def on(network: Network, *roles: str) -> None:
    asks, approves = people.unlock(network.a.supervisor), people.unlock(network.a.administrator)
    for role in roles:
        actions.ask_for_exports(unlocked=asks, role=role)
        with pytest.raises(errors.WrongState):
            actions.approve_exports(unlocked=asks, role=role)
        actions.approve_exports(unlocked=approves, role=role)


def test_a_copy_is_safe_to_open_says_whose_it_is_and_was_logged_first(network: Network) -> None:
    on(network, "caseworker")
    card = replace(making.CARD, alias=FORMULA)
    case = making.make_case(people.unlock(network.owner), card=card)
    opened = making.edit(people.unlock(network.owner), case)
    service = making.make_service(network.b.agency)
    making.send_under(
        people.unlock(network.owner), opened, making.consent_to(people.unlock(network.owner), opened, service)
    )
    who = client(network.owner)
    before = {one.name for one in Path(tempfile.gettempdir()).iterdir()}
    plain, book = take(who), take(who, file_type="xlsx")
    assert {one.name for one in Path(tempfile.gettempdir()).iterdir()} - before == set()
    taken = lines(plain)
    sheet = load_workbook(io.BytesIO(book.content)).active
    assert sheet is not None
    cells = [[str(cell.value or "") for cell in row] for row in sheet.iter_rows()]
    for table in (taken, cells):
        assert [line[0] for line in table if FORMULA in line[0]] == ["'" + FORMULA]
        # Who, of which agency: above, below and in each line of it.
        for line in (table[0], table[2], table[-1]):
            mark = " ".join(line)
            assert network.owner.display_name in mark
            assert network.a.agency.name in mark
            assert str(people.unlock(network.owner).today.year) in mark
    assert all(cell.data_type in ("s", "inlineStr", "n") for row in sheet.iter_rows() for cell in row)
    with ZipFile(io.BytesIO(book.content)) as parts:
        assert network.owner.display_name in parts.read("docProps/core.xml").decode()
        assert "<f>" not in parts.read("xl/worksheets/sheet1.xml").decode()
    # Nothing that the list itself does not show.
    sent = take(who, "referrals")
    for response in (plain, sent):
        text = response.content.decode()
        for never in (making.IDENTITY.name, making.IDENTITY.phone, making.PLAN.safety_plan, str(case.id)):
            assert never not in text
    assert "Invented shelter" in sent.content.decode()
    assert plain["Cache-Control"] == "no-store"


@pytest.mark.parametrize("before", [";", '; "', "a;b;", ";\u00a0", "a\n", "a\r\n", '"\n', "a\t"])
def test_no_formula_begins_where_a_spreadsheet_parts_cells_by_other_signs(before: str) -> None:
    mark = copies.Watermark(person="Owner", agency=f"A{before}{FORMULA}", at=timezone.now())
    sheet = copies.Sheet(title="Cases", heading=["Name", "Age"], rows=[["Lola", f"Lola{before}{FORMULA}"]])
    text = copies.file_of(sheet, mark, copies.CSV).decode("utf-8-sig")
    for cell in re.split(r"[;\t\r\n]", text):
        assert not cell.strip('" \u00a0').startswith("=")
    assert text.count("HYPERLINK") == 4


def test_a_copy_that_cannot_be_logged_does_not_leave(network: Network) -> None:
    on(network, "caseworker")
    making.make_case(people.unlock(network.owner))
    who = client(network.owner)
    take(who)
    # The list itself is logged too, after: what is taken comes first.
    assert [body.action for body in log.newest(network.a, limit=2)] == ["case.list", "export.take"]
    assert log.newest(network.a, limit=2)[1].detail["what"] == "cases"
    with connection.cursor() as cursor:
        cursor.execute("UPDATE audit_log SET size = size + 1")
    refused = take(who)
    assert refused.status_code == 503
    assert making.CARD.alias.encode() not in refused.content


def test_statistics_go_out_as_they_are_shown(network: Network) -> None:
    on(network, "analyst")
    analyst = client(network.a.analyst)
    assert analyst.get(page("copy")).status_code == 200
    assert take(analyst, "cases").status_code == 422
    assert lines(take(analyst, "statistics"))[1][:4] == [
        "Quarter", "District or reason", "Kind of help", "Number",
    ]  # fmt: skip


def test_it_asks_for_the_password_again(network: Network) -> None:
    on(network, "caseworker")
    without = people.sign_in(Client(), network.owner)
    assert take(without).status_code in (302, 303)
    asks = people.sign_in(Client(), network.a.supervisor)
    assert switch(asks, "off").status_code in (302, 303)
    assert ExportSwitch.objects.filter(role="caseworker").exists()
