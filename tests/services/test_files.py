"""Files of any kind are read, or refused with a word that helps: dirty ones and hostile ones."""

import contextlib
import io
import json
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.errors import ImportRefused
from services.files import archives, tables
from services.files.tables import Table
from services.hsds import columns, values, written
from services.hsds.opening import opened
from services.hsds.reading import Root

from .files import HEADER, MAPPING, ROW, csv_file, with_part, xlsx_file, zip_file


def table(content: bytes, name: str = "services.csv") -> Table:
    found = opened(content, name).table
    assert found is not None
    return found


def services(content: bytes) -> list[Root]:
    return columns.roots_of(table(content), MAPPING)


# --- dirty files ---


@pytest.mark.parametrize(
    ("encoding", "name"),
    [
        ("utf-8", "Xona ʻOʻzbekʼ"),
        ("utf-8-sig", "Комната"),
        ("utf-16", "Комната"),
        ("utf-16-le", "Listening room"),
        ("utf-16-be", "Listening room"),
        ("cp1251", "Комната доверия для женщин"),
        ("latin-1", "Café Société"),
    ],
)
def test_text_comes_in_whatever_its_encoding(encoding: str, name: str) -> None:
    found = table(csv_file([name, *ROW[1:]], encoding=encoding))
    assert found.header == HEADER
    assert found.rows[0].cells[0] == name


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_separator_is_found(delimiter: str) -> None:
    row = ["Room, second floor", *ROW[1:]]
    assert table(csv_file(row, delimiter=delimiter)).rows[0].cells == row


def test_lines_are_counted_through_quoted_line_breaks() -> None:
    found = table(csv_file(["One\ntwo", *ROW[1:]], ["Three", *ROW[1:]]))
    assert [row.line for row in found.rows] == [2, 4]
    assert found.rows[0].cells[0] == "One\ntwo"


def test_ragged_rows_are_told() -> None:
    content = csv_file([*ROW, "more"], ROW[:3], ["", "", ""])
    assert [(row.more, row.fewer) for row in table(content).rows] == [(True, False), (False, True)]
    codes = [{note.code for note in root.notes} for root in services(content)]
    assert codes == [{"ragged"}, {"row_short"}]


def test_what_people_write_becomes_hsds() -> None:
    (root,) = services(csv_file(ROW))
    value = root.value
    assert value["schedules"][0] | {"id": ""} == {
        "id": "",
        "byday": "MO,TU,WE,TH,FR",
        "opens_at": "09:00:00",
        "closes_at": "18:00:00",
    }
    assert value["organization"]["name"] == "Namuna"
    assert value["service_at_locations"][0]["location"]["addresses"][0]["city"] == "Zomin"
    assert value["status"] == "active"
    assert services(csv_file(ROW))[0].value == value, "the same row has the same ids each time"


def test_rows_that_look_alike_stay_two() -> None:
    assert len({root.value["id"] for root in services(csv_file(ROW, ROW))}) == 2


def test_one_service_at_two_sites_is_one_record() -> None:
    content = csv_file(["7", *ROW], ["7", *ROW[:3], "Namuna street 2", *ROW[4:]], header=["Id", *HEADER])
    (root,) = columns.roots_of(table(content), MAPPING | {"Id": "id"})
    sites = root.value["service_at_locations"]
    assert [site["location"]["addresses"][0]["address_1"][-1] for site in sites] == ["1", "2"]
    assert len({site["location"]["id"] for site in sites}) == 2


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Mon-Fri", "MO,TU,WE,TH,FR"),
        ("Du, Se", "MO,TU"),
        ("пн–вт", "MO,TU"),
        ("душанба-жума", "MO,TU,WE,TH,FR"),
        ("суббота и воскресенье", "SA,SU"),
        ("6-1", "SA,SU,MO"),
        ("daily", "MO,TU,WE,TH,FR,SA,SU"),
        ("by appointment", None),
        ("9999999999", None),
    ],
)
def test_days_in_four_languages(text: str, code: str | None) -> None:
    assert written.days(text) == code


@pytest.mark.parametrize(
    ("text", "clock"),
    [
        ("9:00am", "09:00:00"),
        ("12 a.m.", "00:00:00"),
        ("9.30", "09:30:00"),
        ("1730", "17:30:00"),
        ("noon", None),
    ],
)
def test_times_as_people_write_them(text: str, clock: str | None) -> None:
    assert written.clock(text) == clock


@pytest.mark.parametrize(
    ("text", "number", "extension"),
    [
        ("+998 00 000 99 01 ext. 5", "+998 00 000 99 01", "5"),
        ("+998 00 000 99 01 (доб. 12)", "+998 00 000 99 01", "12"),
        ("+998 00 000 99 01 x7", "+998 00 000 99 01", "7"),
        ("102", "102", ""),
    ],
)
def test_extensions_are_split_off(text: str, number: str, extension: str) -> None:
    assert values.extension(text) == (number, extension)


@pytest.mark.parametrize(
    ("header", "fields"),
    [
        (["Name", "Organisation", "Telephone", "Website"], ["name", "organization_name", "phones", "url"]),
        (["Xizmat nomi", "Tashkilot", "Manzil"], ["name", "organization_name", "address_1"]),
        (["Хизмат номи", "Ташкилот", "Туман"], ["name", "organization_name", "district"]),
        (["Название услуги", "Телефоны", "Режим работы"], ["name", "phones", "hours_text"]),
        (["Strange", "Name", "name "], [None, "name", None]),
    ],
)  # fmt: skip
def test_columns_are_guessed_in_four_languages(header: list[str], fields: list[str | None]) -> None:
    guessed = columns.guess(header)
    assert [guessed.get(name) for name in header] == fields


def test_a_workbook_is_read_like_a_csv_file() -> None:
    assert table(xlsx_file(ROW)).rows[0].cells == ROW
    assert table(zip_file({"in/services.xlsx": xlsx_file(ROW)})).rows[0].cells == ROW
    assert table(zip_file({"services.csv": csv_file(ROW)})).rows[0].cells == ROW


def test_a_formula_cell_stays_text() -> None:
    """It is put aside as text that begins like a formula; it is never worked out."""
    found = table(xlsx_file(["=1+1", *ROW[1:]]))
    assert found.rows[0].cells[0] == "=1+1"


# --- hostile files ---


def _xml(text: bytes) -> Callable[[bytes], bytes]:
    return lambda part: text + part.split(b"?>", 1)[-1]


_ENTITIES = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'
_OUTSIDE = b'<?xml version="1.0"?><!DOCTYPE x SYSTEM "file:///etc/hostname">'
_SHEET = "xl/worksheets/sheet1.xml"


@pytest.mark.parametrize(
    "content",
    [
        zip_file({"a.csv": b"0" * 5_000_000}),
        zip_file({f"{number}.csv": b"" for number in range(201)}),
        zip_file({"../a.csv": csv_file(ROW)}),
        zip_file({"/etc/a.csv": csv_file(ROW)}),
        zip_file({"C:/a.csv": csv_file(ROW)}),
        zip_file({"a\\..\\b.csv": csv_file(ROW)}),
        zip_file({"a.csv": csv_file(ROW)}, link="b.csv"),
        zip_file({"a.zip": zip_file({"a.csv": csv_file(ROW)})}),
        zip_file({"a.txt": zip_file({"a.csv": csv_file(ROW)})}),
        zip_file({"readme.txt": b"nothing"}),
        zip_file({"a.csv": csv_file(ROW)})[:-30],
        zip_file({"a.json": b"[{}]", "b.csv": csv_file(ROW)}),
        with_part(xlsx_file(ROW), _SHEET, _xml(_ENTITIES)),
        with_part(xlsx_file(ROW), _SHEET, _xml(_OUTSIDE)),
        with_part(xlsx_file(ROW), "xl/workbook.xml", _xml(_ENTITIES)),
        with_part(xlsx_file(ROW), _SHEET, lambda part: part[:200]),
        with_part(xlsx_file(ROW), _SHEET, lambda _part: b""),
        csv_file(ROW).replace(b"Namuna", b"Na\x00muna", 1),
        b"a,b\n" + b"x" * 1_200_000,
        b'a,b\n"' + b"x\n" * 600_000,
        b",".join(b"a%d" % number for number in range(400)) + b"\n",
        b"a,b\n" + b"," * 900_000,
        b"name,name\n1,2\n",
        b"name\nListening room\n",
        b"\x89PNG\r\n\x1a\n,,,\n",
        b"name,organization\n",
    ],
    ids=range(26),
)
def test_a_hostile_file_is_refused(content: bytes) -> None:
    with pytest.raises(ImportRefused) as refused:
        opened(content, "file.csv")
    assert str(refused.value.message)
    assert str(refused.value.advice)


def test_two_files_of_one_name_in_a_zip_are_refused() -> None:
    with pytest.warns(UserWarning, match="Duplicate name"):
        content = zip_file([("a.csv", csv_file(ROW)), ("a.csv", csv_file(ROW))])
    with pytest.raises(ImportRefused, match="same name"):
        opened(content)


def test_a_zip_that_lies_about_its_size_is_refused() -> None:
    content = bytearray(zip_file({"a.csv": csv_file(*[ROW] * 50)}))
    with zipfile.ZipFile(io.BytesIO(bytes(content))) as archive:
        size = archive.infolist()[0].file_size
    lie = bytes(content).replace(size.to_bytes(4, "little"), (10).to_bytes(4, "little"))
    with pytest.raises(ImportRefused):
        opened(lie)


def test_what_unpacks_to_too_much_is_refused_before_it_is_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MAX_UNPACKED", 1000)
    with pytest.raises(ImportRefused, match="Unpacked"):
        opened(zip_file({"a.csv": b"abc" * 200, "b.csv": b"abd" * 200}))


def test_more_rows_than_may_be_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "MAX_ROWS", 3)
    for content in (csv_file(*[ROW] * 4), xlsx_file(*[ROW] * 4)):
        with pytest.raises(ImportRefused, match="more than 3 records"):
            opened(content, "a.csv")


@pytest.mark.parametrize("text", ["[" * 50_000, '{"a":1,"a":2}', '{"a":NaN}', "[1]"])
def test_a_damaged_more_column_puts_the_row_aside(text: str) -> None:
    content = csv_file([*ROW, text], header=[*HEADER, "more_1"])
    (root,) = columns.roots_of(table(content), MAPPING | {"more_1": "more_1"})
    assert "damaged" in {note.code for note in root.notes}


def test_half_a_letter_in_a_more_column_is_refused() -> None:
    content = csv_file([*ROW, '{"x":"\\ud800"}'], header=[*HEADER, "more_1"])
    with pytest.raises(ImportRefused, match="surrogate"):
        columns.roots_of(table(content), MAPPING | {"more_1": "more_1"})


# --- whatever comes ---

_cells = st.lists(st.lists(st.text(max_size=12), max_size=6), max_size=6)


def _take(content: bytes, name: str) -> None:
    with contextlib.suppress(ImportRefused):
        found = opened(content, name)
        if found.table is not None:
            mapping = columns.guess(found.table.header)
            columns.roots_of(found.table, mapping)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=120), st.sampled_from(["a.csv", "a.json", "a.zip", "a"]))
def test_bytes_raise_nothing_but_a_refusal(content: bytes, name: str) -> None:
    _take(content, name)
    _take(b"PK\x03\x04" + content, name)


@settings(max_examples=200, deadline=None)
@given(
    rows=_cells,
    encoding=st.sampled_from(["utf-8", "utf-16", "utf-8-sig"]),
    known=st.lists(st.sampled_from([choice.name for choice in columns.choices()]), max_size=4, unique=True),
)
def test_tables_raise_nothing_but_a_refusal(rows: Any, encoding: str, known: list[str]) -> None:
    header = ["name", "organization_name", *known]
    content = csv_file(*rows, header=header).decode().encode(encoding, "surrogatepass")
    _take(content, "a.csv")


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["services", "phones", "locations", "attributes", "schedules", "taxonomy"]),
            st.lists(
                st.sampled_from(
                    ["id", "name", "service_id", "location_id", "link_id", "weekday", "translations"]
                ),
                unique=True,
                min_size=1,
            ),
            st.lists(st.lists(st.sampled_from(["1", "", "x", "{", "[1]", "Mon"]), max_size=5), max_size=3),
        ),
        max_size=4,
        unique_by=lambda one: one[0],
    )
)  # fmt: skip
def test_packages_raise_nothing_but_a_refusal(files: Any) -> None:
    _take(zip_file({f"{name}.csv": csv_file(*rows, header=header) for name, header, rows in files}), "a.zip")


def test_ndjson_named_json_and_a_page_are_json() -> None:
    one = {"id": "a", "name": "b", "status": "active"}
    assert len(opened(b"\n".join([json.dumps(one).encode()] * 2), "a.json").roots) == 2
    assert [root.line for root in opened(json.dumps([one, one], indent=1).encode()).roots] == [2, 7]
