"""Long lists are cut into parts that lose, repeat and reorder nothing."""

import pytest

from services.chunks import CHUNK, chunks


@pytest.mark.parametrize("many", [0, 1, CHUNK, CHUNK + 1, 2 * CHUNK])
def test_the_parts_together_are_the_whole_and_none_is_too_long_or_empty(many: int) -> None:
    values = range(many)
    parts = list(chunks(one for one in values))  # also of what can be read only once
    assert [one for part in parts for one in part] == list(values)
    assert all(0 < len(part) <= CHUNK for part in parts)
