"""One service as one row: exactly back again, safe in a spreadsheet, and friendly to other people's rows."""

from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.hsds import flat

from .conftest import hsds_service

texts = st.text(min_size=1, max_size=20).filter(lambda text: text.strip() == text)
words = st.sampled_from(["=1+1", "＝1+1", "-x", "'=y", "''+z", "+998 00", "@a", "plain", "ў қ ғ ҳ"])


@st.composite
def services(draw: Any) -> dict[str, Any]:
    def maybe(strategy: Any) -> dict[str, Any]:
        return draw(st.fixed_dictionaries({}, optional=strategy))

    text = st.one_of(words, texts)
    part = {"id": str(uuid4())}
    return {
        "id": str(uuid4()),
        "name": draw(text),
        "organization": part | {"name": draw(text)} | maybe({"email": text}),
        "phones": [part | maybe({"number": text, "type": text}) for _ in range(draw(st.integers(0, 5)))],
        "languages": [part | maybe({"code": text, "note": text}) for _ in range(draw(st.integers(0, 5)))],
        "service_at_locations": [
            part | {"location": part | maybe({"latitude": st.floats(-90, 90), "name": text})}
            for _ in range(draw(st.integers(0, 2)))
        ],
    } | maybe(
        {
            "description": text,
            "minimum_age": st.integers(0, 150),
            "accepts_children": st.booleans(),
            "service_subtypes": st.lists(st.sampled_from(["hotline", "a;b"]), min_size=1),
            "translations": st.fixed_dictionaries({"uz": st.fixed_dictionaries({"name": text})}),
            "attributes": st.lists(st.fixed_dictionaries({"id": st.just("9"), "value": text}), max_size=2),
        }
    )


@settings(max_examples=100)
@given(services())
def test_a_row_becomes_exactly_the_service_it_was(service: dict[str, Any]) -> None:
    row = flat.row_of(service)
    as_read = dict.fromkeys(flat.HEADER, "") | {name: str(cell) for name, cell in row.items()}
    assert flat.service_of(as_read) == service
    for cell in row.values():
        assert not isinstance(cell, str) or not cell.startswith(("=", "＝", "+", "-", "@", "\t", "\r", "\n"))


def test_what_is_changed_or_deleted_in_the_spreadsheet_comes_back_so() -> None:
    service = hsds_service(phones=[{"id": "1", "number": "+998 00 1"}, {"id": "2", "number": "+998 00 2"}])
    row: dict[str, Any] = dict.fromkeys(flat.HEADER, "") | flat.row_of(service)
    row |= {"phone_1": "", "name": "Another name", "minimum_age": "12"}
    back = flat.service_of(row)
    assert back["phones"] == [{"id": "2", "number": "+998 00 2"}]
    assert (back["name"], back["minimum_age"]) == ("Another name", 12)


def test_a_row_of_somebody_else_gets_the_same_ids_each_time() -> None:
    row = {"id": "7", "name": "Room", "organization_name": "Namuna", "phone_1": "102", "city": "Zomin"}
    assert flat.service_of(row) == flat.service_of(row)
    assert flat.service_of(row)["phones"] == [{"number": "102", "id": "7/phones/1"}]
    assert flat.service_of(row)["organization"] == {"name": "Namuna", "id": "organization: Namuna"}


def test_what_is_too_long_for_one_cell_goes_on_in_the_next() -> None:
    service = hsds_service(attributes=[{"id": "9", "value": "=x" * flat.MORE_LENGTH}])
    row = flat.row_of(service)
    assert max(len(str(cell)) for cell in row.values()) <= flat.MORE_LENGTH + 1
    assert flat.service_of(row) == service
    spaced = hsds_service(attributes=[{"id": "9", "value": "a b  c " * flat.MORE_LENGTH}])
    assert flat.service_of({name: str(cell).strip() for name, cell in flat.row_of(spaced).items()}) == spaced
    with pytest.raises(flat.RowTooLong):
        flat.row_of(hsds_service(attributes=[{"id": "9", "value": "x" * flat.MORE_LENGTH * 20}]))


def test_damaged_columns_are_said_to_be() -> None:
    for text in ("{", "[]"):
        with pytest.raises(ValueError):  # noqa: PT011  (json's own, or ours)
            flat.service_of({"id": "1", "more_1": text})
