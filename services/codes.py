"""Coded words of the directory and their translatable labels.

Service types, subtypes, availability (FHIR SDOHCC words), legal duties and what a place offers
to people with needs. Codes are stored and travel in HSDS attributes; labels are only for
screens. Casework codes live in referrals/codes.py.
"""

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class ServiceType(TextChoices):
    HEALTH_MEDICAL = "health_medical", _("Health care")
    PSYCHOSOCIAL = "psychosocial", _("Counselling and support")
    SAFE_HOUSE = "safe_house", _("Safe place to stay")
    LEGAL_ASSISTANCE = "legal_assistance", _("Legal help")
    POLICE_SECURITY = "police_security", _("Police and safety")
    LIVELIHOODS = "livelihoods", _("Work and income")
    CHILD_PROTECTION = "child_protection", _("Help for children")


class ServiceSubtype(TextChoices):
    CLINICAL_MANAGEMENT_OF_RAPE = "clinical_management_of_rape", _("Medical care after sexual violence")
    EMERGENCY_ROOM_PRIMARY_CARE = "emergency_room_primary_care", _("Emergency room and primary care")
    INJURY_DOCUMENTATION = "injury_documentation", _("Documentation of injuries")
    REPRODUCTIVE_HEALTH = "reproductive_health", _("Reproductive health")
    MENTAL_HEALTH_CARE = "mental_health_care", _("Mental health care")
    INDIVIDUAL_COUNSELLING = "individual_counselling", _("Counselling")
    GROUP_SUPPORT = "group_support", _("Support group")
    HOTLINE = "hotline", _("Phone line")
    EMERGENCY_SHELTER = "emergency_shelter", _("Emergency shelter")
    MOTHER_AND_CHILD_SHELTER = "mother_and_child_shelter", _("Shelter for mothers with children")
    TRANSITIONAL_HOUSING = "transitional_housing", _("Housing for a longer time")
    LEGAL_ADVICE = "legal_advice", _("Legal advice")
    COURT_REPRESENTATION = "court_representation", _("Representation in court")
    PROTECTION_ORDER_SUPPORT = "protection_order_support", _("Help with a protection order")
    DOCUMENTS_RESTORATION = "documents_restoration", _("Help to get documents back")
    POLICE_POST = "police_post", _("Police post")
    WOMENS_DESK = "womens_desk", _("Women’s desk")
    VOCATIONAL_TRAINING = "vocational_training", _("Vocational training")
    JOB_PLACEMENT = "job_placement", _("Help to find work")
    SMALL_GRANTS = "small_grants", _("Small grants")
    CHILD_COUNSELLING = "child_counselling", _("Counselling for children")
    CHILD_HELPLINE = "child_helpline", _("Phone line for children")
    DAY_CARE = "day_care", _("Day care")
    GUARDIANSHIP_DESK = "guardianship_desk", _("Guardianship desk")
    INTERPRETER = "interpreter", _("Interpreter")
    ACCOMPANIMENT = "accompaniment", _("Someone who comes along")


class Status(TextChoices):
    """HSDS 3.1 ``service.status``."""

    ACTIVE = "active", _("Active")
    INACTIVE = "inactive", _("Not active")
    DEFUNCT = "defunct", _("Closed for good")
    TEMPORARILY_CLOSED = "temporarily closed", _("Temporarily closed")


class Publication(TextChoices):
    PUBLISHED = "published", _("Published")
    HIDDEN = "hidden", _("Hidden")


class LegalDuty(TextChoices):
    """What an organisation must by law do with what it hears; shown before consent."""

    NONE = "none", _("No legal duty to notify anybody")
    SERIOUS_INJURY = (
        "notifies_police_of_serious_injury",
        _("Must tell the police about serious injuries"),
    )
    MINORS = "notifies_guardianship_for_minors", _("Must tell the guardianship authority about children")
    POLICE = "must_register_and_notify_police", _("Must register every case and tell the police")
    UNKNOWN = "unknown", _("Legal duty not known: ask before anything is shared")


class Sex(TextChoices):
    ANY = "any", _("Everyone")
    FEMALE = "female", _("Women and girls")
    MALE = "male", _("Men and boys")


class AvailabilityStatus(TextChoices):
    CAPACITY = "capacity", _("Has room")
    NO_CAPACITY = "no-capacity", _("Full")
    WAITLIST = "waitlist", _("Waiting list")
    ASSESSMENT = "additional-assessment-required", _("Call first")
    CLOSED = "temporarily-closed", _("Temporarily closed")


class AvailabilitySource(TextChoices):
    PROVIDER_PAGE = "provider_page", _("The provider")
    PROVIDER_LINK = "provider_link", _("The provider, by link")
    PHONE_CALL = "phone_call", _("A caseworker's phone call")
    IMPORT = "import", _("Imported")


class HoldKind(TextChoices):
    """Why a place is spoken for: a caseworker asked, or the provider accepted somebody."""

    ASKED = "asked"
    ACCEPTED = "accepted"


class LinkKind(TextChoices):
    """What a one-time link lets its holder do (services.links)."""

    PROVIDER = "provider", _("Report places")
    STILL_CORRECT = "still_correct", _("Say that an entry is still correct")


class NoticeKind(TextChoices):
    """Why a provider is told that there is an update to give (services.notices)."""

    AVAILABILITY = "availability"
    STILL_CORRECT = "still_correct"


class Freshness(TextChoices):
    FRESH = "fresh", _("Fresh")
    AGEING = "ageing", _("Getting old")
    STALE = "stale", _("Too old to rely on")
    UNKNOWN = "unknown", _("Never reported")


class CheckMethod(TextChoices):
    """How somebody made sure that an entry is right."""

    PHONE_CALL = "phone_call", _("Phone call")
    VISIT = "visit", _("Visit")
    EMAIL = "email", _("E-mail")
    DESK_REVIEW = "desk_review", _("Looked it up")
    PROVIDER_LINK = "provider_link", _("The provider’s own word, by link")


class Disposition(TextChoices):
    """What came of a check. Only the first two say that the entry is right (``WARRANTS``)."""

    CORRECT = "correct", _("All correct")
    CORRECTED = "corrected", _("Corrected, and now right")
    NOT_REACHED = "not_reached", _("Could not reach anybody")
    MOVED = "moved", _("Moved, or something else is wrong")
    CLOSED = "closed", _("Closed for good")
    REPORTED = "reported", _("The provider says that something changed")


WARRANTS = (Disposition.CORRECT, Disposition.CORRECTED)


class CheckAge(TextChoices):
    """How long ago somebody checked an entry (services.freshness)."""

    FRESH = "fresh", _("Checked lately")
    AGEING = "ageing", _("Checked some time ago")
    STALE = "stale", _("Not checked for more than a year")
    UNCHECKED = "unchecked", _("Not checked yet")


class GroupMember(TextChoices):
    """Kinds of members of a working group; never a person. Membership opens nothing."""

    CIVIL_SOCIETY = "civil_society", _("Civil society")
    LOCAL_AUTHORITY = "local_authority", _("Local authority")
    MAHALLA = "mahalla", _("Mahalla")
    WOMEN = "women", _("Women")
    YOUTH = "youth", _("Young people")
    RELIGIOUS_LEADER = "religious_leader", _("Religious leaders")
    MINORITY = "minority", _("Minorities")
    POLICE = "police", _("Police")


class AccessNeed(TextChoices):
    """Found in what a place says about itself (services.actions.indexing)."""

    WHEELCHAIR = "wheelchair", _("Wheelchair access")
    STEP_FREE = "step_free", _("No steps")
    LIFT = "lift", _("Lift")
    ACCESSIBLE_TOILET = "accessible_toilet", _("Accessible toilet")
    SIGN_LANGUAGE = "sign_language", _("Sign language")
    EASY_READ = "easy_read", _("Easy-to-read papers")
    FEMALE_STAFF = "female_staff", _("Women on the staff")


LANGUAGES: dict[str, Promise] = {
    "uz": _("Uzbek"),
    "ru": _("Russian"),
    "kaa": _("Karakalpak"),
    "tg": _("Tajik"),
    "kk": _("Kazakh"),
    "ky": _("Kyrgyz"),
    "tk": _("Turkmen"),
    "tt": _("Tatar"),
    "ko": _("Korean"),
    "tr": _("Turkish"),
    "en": _("English"),
    "sgn": _("Sign language"),
}

# HSDS files name languages by 639-1, 639-2 or 639-3 code; these are the ones of the region.
LANGUAGE_ALIASES = {
    "uzb": "uz",
    "uz-latn": "uz",
    "uz-cyrl": "uz",
    "rus": "ru",
    "tgk": "tg",
    "kaz": "kk",
    "kir": "ky",
    "tuk": "tk",
    "tat": "tt",
    "kor": "ko",
    "tur": "tr",
    "eng": "en",
    "rsl": "sgn",
}

# Hours after which news of availability is ageing, then stale (directory.md).
FRESH_HOURS = {"shelter": (2, 8), "office": (24, 72)}


def fresh_hours(service_type: str) -> tuple[int, int]:
    """Return (fresh below, stale from) in hours for a service type."""
    return FRESH_HOURS["shelter" if service_type == ServiceType.SAFE_HOUSE else "office"]
