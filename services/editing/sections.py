"""What an editor can change, one section a screen: the facts of each and the records they stand in.

Only names and kinds live here; reading and writing them is in ``records``. A new column of the
directory that people should be able to correct gets a line here, and nothing else.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db.models import Model, TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from services import codes
from services.models import (
    Accessibility,
    Address,
    Contact,
    CostOption,
    Location,
    Organization,
    Phone,
    RequiredDocument,
    ScheduleException,
    Service,
    ServiceAtLocation,
)


class Kind(StrEnum):
    """How one fact is written down. The value in a snapshot is JSON of the type given here."""

    LINE = "line"  # str
    TEXT = "text"  # str, several lines
    PHONE = "phone"  # str
    EMAIL = "email"  # str
    URL = "url"  # str
    NUMBER = "number"  # int or None
    MONEY = "money"  # str such as "12.50", or None
    DEGREES = "degrees"  # float or None
    CHOICE = "choice"  # str, a code
    CHOICES = "choices"  # sorted list of codes
    YES_NO = "yes_no"  # bool, or None where it is not known
    DAY = "day"  # str, an ISO date
    TIME = "time"  # str such as "09:30", or None
    LANGUAGES = "languages"  # sorted list of codes
    AREAS = "areas"  # sorted list of codes of regions and districts
    PLACE = "place"  # str, the code of a region or a district
    HOURS = "hours"  # list of {"weekday", "opens", "closes", "by_appointment"}


# Not looked at for personal numbers: they are numbers, or codes.
UNSCREENED = frozenset(Kind) - {Kind.LINE, Kind.TEXT}


@dataclass(frozen=True)
class Fact:
    """One thing to know: the column it stands in, its label, and how it is written."""

    name: str
    label: Promise
    kind: Kind = Kind.LINE
    is_translated: bool = False
    is_required: bool = False
    choices: type[TextChoices] | None = None
    most: int = 300  # characters, or the highest number
    lowest: int = 0
    help: Promise | str = ""


@dataclass(frozen=True)
class Rows:
    """Smaller records of one kind that hang on the section's record by ``parent``."""

    model: type[Model]
    related: str  # the name under which the parent knows them
    parent: str  # their column that points at the parent
    label: Promise  # of one of them
    facts: tuple[Fact, ...]


@dataclass(frozen=True)
class Section:
    """What is changed on one screen. ``of`` is the model of the record it belongs to."""

    code: str
    of: type[Service | Organization | Location | ServiceAtLocation]
    label: Promise
    facts: tuple[Fact, ...] = ()
    rows: Rows | None = None
    tells_where: bool = False  # not offered, and not shown, for a withheld site


def _phones(parent: str) -> Rows:
    return Rows(
        Phone,
        "phones",
        parent,
        _("Phone"),
        (
            Fact("number", _("Number"), Kind.PHONE, is_required=True, most=60),
            Fact("extension", _("Extension"), most=20),
            Fact("description", _("What it is for, when it is answered"), Kind.TEXT, most=500),
        ),
    )


_HOURS = (
    Fact(
        "hours",
        _("Opening hours"),
        Kind.HOURS,
        help=_(
            "Write 09:00 to 18:00. Leave a day empty when it is closed. The same time twice: round the clock."
        ),
    ),
)
_NO_PERSON = _("A desk or a role, never a person’s name.")

_NAME = pgettext_lazy("of a service or place", "Name")

SERVICE_SECTIONS = (
    Section(
        "service_names",
        Service,
        _NAME,
        (
            Fact("name", _NAME, is_translated=True, is_required=True),
            Fact("alternate_name", _("Also known as")),
        ),
    ),
    Section(
        "service_description",
        Service,
        _("Description"),
        (Fact("description", _("What they do"), Kind.TEXT, is_translated=True, most=4000),),
    ),
    Section(
        "service_kind",
        Service,
        _("Kind of help"),
        (
            Fact("service_type", _("Kind of help"), Kind.CHOICE, choices=codes.ServiceType, is_required=True),
            Fact("subtypes", _("More exactly"), Kind.CHOICES, choices=codes.ServiceSubtype),
            Fact("status", _("State"), Kind.CHOICE, choices=codes.Status, is_required=True),
        ),
    ),
    Section("service_phones", Service, _("Phones"), rows=_phones("service")),
    Section("service_hours", Service, _("Opening hours"), _HOURS),
    Section(
        "service_days",
        Service,
        _("Holidays and other hours"),
        rows=Rows(
            ScheduleException,
            "schedule_exceptions",
            "service",
            _("Days"),
            (
                Fact("date_from", _("First day"), Kind.DAY, is_required=True),
                Fact("date_to", _("Last day"), Kind.DAY, is_required=True),
                Fact("opens", _("Opens (empty: closed)"), Kind.TIME),
                Fact("closes", _("Closes"), Kind.TIME),
                Fact("note", _("Why"), most=200),
            ),
        ),
    ),
    Section(
        "service_who",
        Service,
        _("Who may come"),
        (
            Fact("sex", _("For"), Kind.CHOICE, choices=codes.Sex, is_required=True),
            Fact("minimum_age", _("Youngest age"), Kind.NUMBER, most=150),
            Fact("maximum_age", _("Oldest age"), Kind.NUMBER, most=150),
            Fact("accepts_children", _("May she bring her children?"), Kind.YES_NO),
            Fact(
                "eligibility_description",
                _("In words"),
                Kind.TEXT,
                is_translated=True,
                most=2000,
            ),
        ),
    ),
    Section(
        "service_coming",
        Service,
        _("How to come"),
        (
            Fact("application_process", _("How to come"), Kind.TEXT, is_translated=True, most=2000),
            Fact("wait_time", _("How long one waits")),
            Fact("interpretation_services", _("Interpreting"), Kind.TEXT, most=1000),
        ),
    ),
    Section(
        "service_languages",
        Service,
        _("Languages"),
        (Fact("languages", _("Languages spoken"), Kind.LANGUAGES),),
    ),
    Section(
        "service_areas",
        Service,
        _("Area"),
        (
            Fact(
                "areas",
                _("Where the people live whom they take"),
                Kind.AREAS,
                help=_("One region or district a line, in any script."),
            ),
        ),
    ),
    Section(
        "service_costs",
        Service,
        _("Costs"),
        (Fact("fees_description", _("Costs in words"), Kind.TEXT, is_translated=True, most=1000),),
        Rows(
            CostOption,
            "cost_options",
            "service",
            _("Price"),
            (
                Fact("option", _("For what"), is_translated=True),
                Fact("amount", _("Amount"), Kind.MONEY),
                Fact("currency", _("Currency (three letters)"), most=3),
                Fact("amount_description", _("More about it"), is_translated=True),
            ),
        ),
    ),
    Section(
        "service_documents",
        Service,
        _("Documents"),
        rows=Rows(
            RequiredDocument,
            "required_documents",
            "service",
            _("Document"),
            (Fact("document", _("What to bring"), is_translated=True, is_required=True),),
        ),
    ),
    Section(
        "service_contacts",
        Service,
        _("Desks to ask for"),
        rows=Rows(
            Contact,
            "contacts",
            "service",
            _("Desk"),
            (
                Fact("title", _("Desk or role"), is_required=True, help=_NO_PERSON),
                Fact("department", _("Department")),
                Fact("email", _("E-mail"), Kind.EMAIL, most=254),
            ),
        ),
    ),
    Section(
        "service_online",
        Service,
        _("Website and e-mail"),
        (
            Fact("url", _("Website"), Kind.URL, most=500),
            Fact("email", _("E-mail"), Kind.EMAIL, most=254),
        ),
    ),
    Section(
        "service_alert",
        Service,
        _("A word above the entry"),
        (Fact("alert", _("What everybody must know now"), Kind.TEXT, is_translated=True, most=1000),),
    ),
)

ORGANIZATION_SECTIONS = (
    Section(
        "organization_names",
        Organization,
        _("Name of the organisation"),
        (
            Fact("name", _NAME, is_translated=True, is_required=True),
            Fact("alternate_name", _("Also known as")),
        ),
    ),
    Section(
        "organization_description",
        Organization,
        _("About the organisation"),
        (Fact("description", _("Who they are"), Kind.TEXT, is_translated=True, most=4000),),
    ),
    Section(
        "organization_duty",
        Organization,
        _("What they must do by law"),
        (
            Fact(
                "legal_notification_duty",
                _("Legal duty"),
                Kind.CHOICE,
                choices=codes.LegalDuty,
                is_required=True,
            ),
            Fact("legal_notification_note", _("In words"), Kind.TEXT, is_translated=True, most=2000),
        ),
    ),
    Section(
        "organization_phones", Organization, _("Phones of the organisation"), rows=_phones("organization")
    ),
    Section(
        "organization_online",
        Organization,
        _("Website and e-mail of the organisation"),
        (
            Fact("website", _("Website"), Kind.URL, most=500),
            Fact("email", _("E-mail"), Kind.EMAIL, most=254),
        ),
    ),
)

LINK_SECTIONS = (
    Section(
        "link_phones",
        ServiceAtLocation,
        _("Phones at this site"),
        rows=_phones("service_at_location"),
        tells_where=True,
    ),
    Section("link_hours", ServiceAtLocation, _("Opening hours at this site"), _HOURS, tells_where=True),
)

SITE_SECTIONS = (
    Section(
        "site_place",
        Location,
        _("District"),
        (Fact("place", _("Region or district"), Kind.PLACE),),
    ),
    Section(
        "site_address",
        Location,
        _("Address"),
        rows=Rows(
            Address,
            "addresses",
            "location",
            _("Address"),
            (
                Fact("address_1", _("Street and number"), is_required=True),
                Fact("address_2", _("Floor, entrance")),
                Fact("city", _("Town or village"), most=200),
                Fact("postal_code", _("Postal code"), most=40),
            ),
        ),
        tells_where=True,
    ),
    Section(
        "site_names",
        Location,
        _("Name and way to the site"),
        (
            Fact("name", _("Name of the site"), is_translated=True),
            Fact("description", _("About the site"), Kind.TEXT, is_translated=True, most=2000),
            Fact("transportation", _("How to get there"), Kind.TEXT, most=1000),
        ),
        tells_where=True,
    ),
    Section(
        "site_position",
        Location,
        _("Position on the map"),
        (
            Fact("latitude", _("Latitude"), Kind.DEGREES, lowest=-90, most=90),
            Fact("longitude", _("Longitude"), Kind.DEGREES, lowest=-180, most=180),
        ),
        tells_where=True,
    ),
    Section("site_phones", Location, _("Phones of the site"), rows=_phones("location"), tells_where=True),
    Section("site_hours", Location, _("Opening hours of the site"), _HOURS, tells_where=True),
    Section(
        "site_access",
        Location,
        _("Access"),
        rows=Rows(
            Accessibility,
            "accessibility",
            "location",
            _("Access"),
            (
                Fact(
                    "description",
                    _("Steps, lift, toilet, sign language, women on the staff"),
                    Kind.TEXT,
                    is_translated=True,
                    is_required=True,
                    most=1000,
                ),
            ),
        ),
        tells_where=True,
    ),
)

SECTIONS: dict[str, Section] = {
    section.code: section
    for section in (*SERVICE_SECTIONS, *ORGANIZATION_SECTIONS, *LINK_SECTIONS, *SITE_SECTIONS)
}

# Languages of a translated fact: the key's ending, Django's code, what the language calls itself.
# The column itself is read as English and shown wherever a translation is missing.
TONGUES: tuple[tuple[str, str, str], ...] = (
    ("", "en", "English"),
    ("_uz", "uz", "Oʻzbekcha"),
    ("_uz_cyrl", "uz-cyrl", "Ўзбекча"),
    ("_ru", "ru", "Русский"),
)


def keys(fact: Fact) -> list[tuple[str, str, str]]:
    """Return (key in a snapshot, language code, name of the language) for each writing of a fact."""
    if not fact.is_translated:
        return [(fact.name, "", "")]
    return [(fact.name + ending, code, name) for ending, code, name in TONGUES]


def has_hours(section: Section) -> bool:
    """Say whether a section is about opening hours."""
    return any(fact.kind == Kind.HOURS for fact in section.facts)


Data = dict[str, Any]
