"""The glossary for translators says what the pages say: where a word is a text of its own, both agree."""

import re

from tools import catalogues

GLOSSARY = catalogues.PROJECT / "docs" / "glossary.md"
COLUMNS = {"uz": 1, "uz_Cyrl": 2, "ru": 3}


def rows() -> list[list[str]]:
    lines = GLOSSARY.read_text(encoding="utf-8").splitlines()
    table = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("| ")]
    return [row for row in table if row[0] != "English"]


def test_each_word_has_its_three_languages() -> None:
    assert len(rows()) > 25
    for row in rows():
        assert len(row) == 5, row[0]
        assert all(row[:4]), row[0]
        assert re.search("[а-яё]", row[2] + row[3]), row[0]


def test_the_catalogues_use_the_same_word() -> None:
    other, looked_at = {}, 0
    for language, column in COLUMNS.items():
        catalogue = catalogues.read(catalogues.po_file(language), language)
        for row in rows():
            message = catalogue.get(row[0][:1].upper() + row[0][1:]) or catalogue.get(row[0])
            if message is None or not message.string:
                continue
            looked_at += 1
            if str(message.string).casefold() != row[column].casefold():
                other[f"{language}: {row[0]}"] = (row[column], message.string)
    assert other == {}
    assert looked_at > 20
