"""The table of safety behaviours in docs/security.md says what is there: no more and no less."""

import re
from pathlib import Path

HERE = Path(__file__).parent
DOCS = HERE.parents[1] / "docs" / "security.md"
_ROW = re.compile(r"^\| (\d+) \| [^|]+ \| `(test_behaviour_(\d\d)_\w+\.py)` \|$", re.MULTILINE)


def test_every_file_is_in_the_table_and_every_row_has_its_file() -> None:
    rows = _ROW.findall(DOCS.read_text(encoding="utf-8"))
    assert sorted(name for _, name, _ in rows) == sorted(one.name for one in HERE.glob("test_behaviour_*.py"))
    for number, name, in_name in rows:
        assert int(number) == int(in_name)
        says = (HERE / name).read_text(encoding="utf-8").partition("\n")[0]
        assert says.startswith(f'"""Behaviour {number}: '), name


def test_each_behaviour_is_proven_or_said_to_be_missing() -> None:
    text = DOCS.read_text(encoding="utf-8")
    missing = {
        int(one) for one in re.findall(r"^\| (\d+) \|", text.partition("Not yet built")[2], re.MULTILINE)
    }
    assert {int(number) for number, _, _ in _ROW.findall(text)} | missing == set(range(1, 28))
