"""What a dry run can say about a row, and what to do: codes are stored, words are found when shown."""

from dataclasses import asdict, dataclass
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
        _("The service belongs to no organization."),
        _("Put the organization into the file, or import it first."),
    ),
    "dangling": (True, _("It points to a record that is nowhere."), _("Put that record into the file.")),
    "suspect_confidential": (
        True,
        _("This may be a confidential site, and it comes with an address. The address was not kept."),
        _(
            "Ask the provider. Then mark the location in the file as address-withheld, or as public, "
            "and import again."
        ),
    ),
    "other_source": (
        True,
        _("A record with this id came from another source."),
        _("Import it under the source it first came from, or give it its own id."),
    ),
    "formula": (
        True,
        _("A text begins like a spreadsheet formula."),
        _("Remove the sign at its beginning at the source."),
    ),
    "address_removed": (
        False,
        _("The site is confidential: what tells where it is was left out."),
        _("Nothing to do."),
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
    """One remark: code, where in the file, and the name of the value (never the value)."""

    code: str
    path: str
    detail: str = ""

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
