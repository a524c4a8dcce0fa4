"""What a dry run can say about a row, and what to do: codes are stored, words are found when shown."""

from dataclasses import asdict, dataclass, replace
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# code: (quarantines the row, what is wrong or was done, what to do)
NOTES: dict[str, tuple[bool, Promise, Promise]] = {
    "missing": (True, _("A required value is missing."), _("Fill it in at the source.")),
    "wrong_type": (True, _("The value has the wrong type."), _("Compare with the HSDS schema.")),
    "too_long": (True, _("The text is too long."), _("Shorten it at the source.")),
    "unknown_word": (True, _("The word is not one of those allowed."), _("Use a word of the HSDS schema.")),
    "bad_number": (True, _("The number is out of range."), _("Correct the number at the source.")),
    "ages_reversed": (True, _("The lowest age is above the highest."), _("Correct the ages at the source.")),
    "no_organization": (
        True,
        _("The service belongs to no organisation."),
        _("Put the organisation into the file, or import it first."),
    ),
    "owner_unknown": (
        False,
        _("The organisation that it belongs to is nowhere."),
        _("It is taken without. Put that record into the file if it matters."),
    ),
    "dangling": (True, _("It points to a record that is nowhere."), _("Put that record into the file.")),
    "suspect_confidential": (
        True,
        _("This may be a confidential site, and it comes with an address. The address was not kept."),
        _(
            "Ask the provider. Then decide in the review of imports, or mark the location in the file as "
            "address-withheld and import again."
        ),
    ),
    "suspect_po_box": (
        True,
        _("The site has no address but a post box, so it may be confidential. The address was not kept."),
        _("Ask the provider. Then decide in the review of imports."),
    ),
    "left_out": (
        True,
        _("Two editors have to agree before this site comes in, or an editor has decided to leave it out."),
        _("Nothing to do, unless that decision was wrong: then change it in the review of imports."),
    ),
    "ragged": (
        True,
        _("The row has more cells than the header, so values may stand in wrong columns."),
        _("Put texts that hold the separating sign between quotation marks."),
    ),
    "damaged": (
        True,
        _("A cell that holds JSON cannot be read."),
        _("Leave such columns as they were exported."),
    ),
    "other_source": (
        True,
        _("A record with this id came from another source."),
        _("Import it under the source it first came from, or give it its own id."),
    ),
    # As above, of a word that several records share: only the word is left as it is.
    "others_word": (
        False,
        _("A record with this id came from another source."),
        _("Import it under the source it first came from, or give it its own id."),
    ),
    "formula": (
        True,
        _("A text begins like a spreadsheet formula."),
        _("Remove the sign at its beginning at the source."),
    ),
    "row_short": (
        False,
        _("The row has fewer cells than the header; those at its end count as empty."),
        _("Nothing to do, if nothing is missing."),
    ),
    "holidays_left_out": (
        False,
        _("Holidays were left out."),
        _("Enter them with the service when it is published."),
    ),
    "address_removed": (
        False,
        _("The site is confidential: what tells where it is was left out."),
        _("Nothing to do."),
    ),
    "left_covered": (
        False,
        _("This would show where a confidential site is, so it was left as it is."),
        _("Change it in the directory, where a second editor looks at it."),
    ),
    "coordinates_dropped": (
        False,
        _("The coordinates are not on earth and were left out."),
        _("Correct latitude and longitude at the source."),
    ),
    "date_dropped": (
        False,
        _("A date or time could not be read and was left out."),
        _("Write dates as 2026-01-31 and times as 09:00."),
    ),
    "hours_kept_raw": (
        False,
        _("These opening hours follow a rule that is shown as text only."),
        _("Where it is possible, give the hours by weekday."),
    ),
    "place_unknown": (
        False,
        _("The region or district was not recognised."),
        _("Give its SOATO or ISO 3166-2 code, or its name as in the list of places."),
    ),
    "type_unknown": (
        False,
        _("The service has no type that we know, so it cannot be published yet."),
        _("Give it one of the seven service types."),
    ),
    "conflict": (
        False,
        _("The record stands in the file more than once and differs; the first was kept."),
        _("Make the copies agree at the source."),
    ),
    "name_dropped": (
        False,
        _("A person's name was left out: contacts are roles or desks."),
        _("Nothing to do."),
    ),
}


@dataclass(frozen=True)
class Note:
    """One remark: code, where in the file, and the name of the value (never the value).

    ``line`` and ``column`` are those of a table; ``column`` is the name in its header.
    """

    code: str
    path: str
    detail: str = ""
    line: int | None = None
    column: str = ""

    @property
    def quarantines(self) -> bool:
        return NOTES[self.code][0]

    @property
    def message(self) -> Promise:
        return NOTES[self.code][1]

    @property
    def advice(self) -> Promise:
        return NOTES[self.code][2]

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


# Rows with one of these go to the review queue once their run is committed.
SUSPECT = frozenset({"suspect_confidential", "suspect_po_box"})


@dataclass(frozen=True)
class Origin:
    """Where an object stood in a table: the file, the line, and the header above each of its values."""

    file: str
    line: int
    columns: dict[str, str]


def located(note: Note, origins: dict[str, Origin]) -> Note:
    """Return a note with the line and column of the table that its JSON path came from."""
    path = note.path if note.line is None else ""
    while path and path not in origins:
        path = path[: max(path.rfind("."), path.rfind("["), 0)]
    if not path:
        return note
    origin, value = origins[path], note.path[len(path) :].lstrip(".")
    # A remark on the whole object names the value that it is about in its detail.
    column = origin.columns.get(value or note.detail, value.split(".")[-1])
    return replace(note, path=origin.file or note.path, line=origin.line, column=column[:100])
