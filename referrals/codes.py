"""Coded words of casework (GBVIMS and product words), as choices that can be shown.

What lives here: codes, their labels, and the few facts that hang on a code (which bands are minors,
which time window leaves how many hours). Service types belong to the directory (``services.codes``).
Mediation and reconciliation are no service and no outcome here, and must not become one.
"""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class GbvType(models.TextChoices):
    """GBVIMS core types, and one for what is not gender-based violence."""

    RAPE = "rape", _("Rape")
    SEXUAL_ASSAULT = "sexual_assault", _("Sexual assault")
    PHYSICAL_ASSAULT = "physical_assault", _("Physical assault")
    FORCED_MARRIAGE = "forced_marriage", _("Forced marriage")
    DENIAL = (
        "denial_of_resources_opportunities_or_services",
        _("Denial of resources, opportunities or services"),
    )
    PSYCHOLOGICAL = "psychological_emotional_abuse", _("Psychological or emotional abuse")
    NON_GBV = "non_gbv", _("Not gender-based violence")


class PerpetratorRelationship(models.TextChoices):
    """Who did it, as a relationship and never as a name."""

    INTIMATE_PARTNER = "intimate_partner_or_former", _("Husband, partner or former partner")
    PRIMARY_CAREGIVER = "primary_caregiver", _("Parent or main carer")
    FAMILY_OTHER = "family_other", _("Other family member")
    SUPERVISOR = "supervisor_employer", _("Supervisor or employer")
    SCHOOLMATE = "schoolmate", _("Schoolmate")
    TEACHER = "teacher_school_official", _("Teacher or school official")
    SERVICE_PROVIDER = "service_provider", _("Somebody who provides services")
    COTENANT = "cotenant_housemate", _("Somebody in the same home")
    FRIEND_NEIGHBOR = "family_friend_neighbor", _("Family friend or neighbour")
    OTHER_DISPLACED = "other_displaced_person", _("Another displaced person")
    OTHER_RESIDENT = "other_resident", _("Another resident")
    OTHER = "other", _("Somebody else")
    NO_RELATION = "no_relation", _("No relation")
    UNKNOWN = "unknown", _("Not known")


class Authority(models.TextChoices):
    """The kind of authority the perpetrator belongs to, where there is one."""

    POLICE = "police", _("Police")
    MAHALLA = "mahalla", _("Mahalla")
    HEALTH = "health", _("Health")
    EDUCATION = "education", _("Education")


class TimeWindow(models.TextChoices):
    """Time since the incident, as far as care depends on it."""

    WITHIN_72_HOURS = "within_72h", _("Within 72 hours")
    WITHIN_120_HOURS = "72_to_120h", _("72 to 120 hours ago")
    LONGER = "over_120h", _("More than 120 hours ago")
    NOT_GIVEN = "not_given", _("Not given")


# Hours after the incident in which care works: HIV prophylaxis, then emergency contraception.
CLINICAL_WINDOW_HOURS = {TimeWindow.WITHIN_72_HOURS: 72, TimeWindow.WITHIN_120_HOURS: 120}


class AgeBand(models.TextChoices):
    """Age in bands: a date of birth is never asked for."""

    CHILD = "0-11", _("0 to 11")
    ADOLESCENT = "12-17", _("12 to 17")
    YOUNG = "18-25", _("18 to 25")
    ADULT = "26-40", _("26 to 40")
    MIDDLE = "41-60", _("41 to 60")
    OLDER = "61+", _("61 and over")
    UNKNOWN = "unknown", _("Not known")


MINORS = frozenset({AgeBand.CHILD.value, AgeBand.ADOLESCENT.value})
# Not asked, or not known: a child may stand behind either.
OPEN_AGES = frozenset({"", AgeBand.UNKNOWN.value})


class Sex(models.TextChoices):
    FEMALE = "female", _("Female")
    MALE = "male", _("Male")
    OTHER = "other", _("Other")
    NOT_GIVEN = "not_given", _("Not given")


class Displacement(models.TextChoices):
    RESIDENT = "resident", _("Resident")
    INTERNALLY_DISPLACED = "internally_displaced", _("Internally displaced")
    REFUGEE = "refugee", _("Refugee or asylum seeker")
    RETURNED_MIGRANT = "returned_migrant", _("Returned from abroad")
    STATELESS = "stateless", _("Without citizenship")


class Disability(models.TextChoices):
    """What makes access harder (Washington Group short set, as one choice)."""

    NONE = "none", _("None")
    MOBILITY = "mobility", _("Walking")
    SEEING = "seeing", _("Seeing")
    HEARING = "hearing", _("Hearing")
    COMMUNICATION = "communication", _("Speaking or understanding")
    REMEMBERING = "remembering", _("Remembering or concentrating")
    SELF_CARE = "self_care", _("Washing or dressing")


class AccessNeed(models.TextChoices):
    """What the place must offer so that she can use it. Codes only: words could name her."""

    # The directory's own words (services.codes.AccessNeed) first, so that a match can ask for them.
    WHEELCHAIR = "wheelchair", _("Wheelchair access")
    STEP_FREE = "step_free", _("No steps")
    LIFT = "lift", _("Lift")
    ACCESSIBLE_TOILET = "accessible_toilet", _("Accessible toilet")
    SIGN_LANGUAGE = "sign_language", _("Sign language")
    EASY_READ = "easy_read", _("Easy-to-read papers")
    FEMALE_STAFF = "female_staff", _("Women on the staff")
    INTERPRETER = "interpreter", _("Interpreter")
    WITH_CHILDREN = "with_children", _("Comes with children")
    ACCOMPANIED = "accompanied", _("Comes with somebody she trusts")


class Script(models.TextChoices):
    LATIN = "latin", _("Latin letters")
    CYRILLIC = "cyrillic", _("Cyrillic letters")
    NONE = "none", _("Does not read")


class Channel(models.TextChoices):
    """How she may be reached. *Do not contact* is a channel of its own and wins."""

    CALL = "call", _("Phone call")
    MESSAGE = "message", _("Text message")
    MESSENGER = "messenger", _("Messenger")
    THIRD_PARTY = "third_party", _("Through somebody she trusts")
    SHE_CALLS = "she_calls", _("She contacts us")


class Weekday(models.TextChoices):
    """Days on which it is safe to reach her, Monday first as Python counts them."""

    MONDAY = "mon", _("Monday")
    TUESDAY = "tue", _("Tuesday")
    WEDNESDAY = "wed", _("Wednesday")
    THURSDAY = "thu", _("Thursday")
    FRIDAY = "fri", _("Friday")
    SATURDAY = "sat", _("Saturday")
    SUNDAY = "sun", _("Sunday")


class RiskLevel(models.TextChoices):
    LOW = "low", _("Low")
    MEDIUM = "medium", _("Medium")
    HIGH = "high", _("High")
    IMMEDIATE = "immediate", _("Immediate danger")


class ReferredFrom(models.TextChoices):
    SELF = "self", _("She came herself")
    FAMILY_OR_FRIEND = "family_or_friend", _("Family or friend")
    HOTLINE = "hotline", _("Hotline")
    HEALTH = "health", _("Health service")
    POLICE = "police", _("Police")
    MAHALLA = "mahalla", _("Mahalla")
    SCHOOL = "school", _("School")
    OTHER_ORGANIZATION = "other_organization", _("Another organisation")
    OTHER = "other", _("Somebody else")


class Urgency(models.TextChoices):
    EMERGENCY = "emergency", _("Emergency")
    URGENT = "urgent", _("Urgent")
    ROUTINE = "routine", _("Routine")


class Field(models.TextChoices):
    """What a consent can name, one tick each. Nothing outside this list ever leaves a case."""

    # Read by the desk before it accepts.
    AGE_BAND = "age_band", _("Age band")
    HOUSEHOLD_SIZE = "household_size", _("How many people come")
    LANGUAGE = "language", _("Language")
    ACCESS_NEEDS = "access_needs", _("Access needs")
    CLINICAL_WINDOW = "clinical_window", _("Until when medical care works best")
    # Read after acceptance only.
    ALIAS = "alias", _("The name she uses here")
    NAME = "name", _("Name")
    PHONE = "phone", _("Phone")
    SAFE_CONTACT = "safe_contact", _("How to reach her safely")
    THIRD_PARTY = "third_party", _("Somebody she trusts")
    SEX = "sex", _("Sex")
    CHILDREN = "children", _("Children with her")
    DISTRICT = "district", _("District")
    DISPLACEMENT = "displacement", _("Displacement status")
    DISABILITY = "disability", _("Disability")
    RISK_LEVEL = "risk_level", _("Risk level")
    NEEDS = "needs", _("What she needs, in a few words")


# What somebody can call; never without SAFE_CONTACT.
NUMBERS = frozenset({Field.PHONE, Field.THIRD_PARTY})
OPAQUE_FIELDS = frozenset(
    {Field.AGE_BAND, Field.HOUSEHOLD_SIZE, Field.LANGUAGE, Field.ACCESS_NEEDS, Field.CLINICAL_WINDOW}
)


class GivenBy(models.TextChoices):
    """Who gave the consent."""

    SURVIVOR = "survivor", _("She herself")
    GUARDIAN = "guardian_with_assent", _("A guardian, and the child agrees")
    BEST_INTEREST = "best_interest", _("A decision in the child’s best interest, by a second person")


class Manner(models.TextChoices):
    WRITTEN = "written", _("In writing")
    SPOKEN = "spoken_with_witness", _("Spoken, with a witness")
    THUMBPRINT = "thumbprint", _("Thumbprint")


class Witness(models.TextChoices):
    """Who heard a spoken yes besides the caseworker. A kind: nobody's name is kept."""

    COLLEAGUE = "colleague", _("A colleague")
    INTERPRETER = "interpreter", _("The interpreter")
    CHOSEN = "chosen", _("Somebody she chose herself")


# Spoken words and a thumbprint can be denied by either side: somebody else was there.
WITNESSED = frozenset({Manner.SPOKEN, Manner.THUMBPRINT})

# What is read to her (referrals.reading): Django's language codes, which say the script too.
TEXTS = ("uz", "uz-cyrl", "ru", "en")


class Point(models.TextChoices):
    """What was explained before she decided."""

    WHAT_IS_SHARED = "what_is_shared", _("What will be shared, and with whom")
    WHY = "why", _("Why it is shared")
    MAY_REFUSE = "may_refuse", _("She may refuse, and every other help stays open")
    MAY_WITHDRAW = "may_withdraw", _("She may withdraw at any time")
    LEGAL_DUTY = "legal_duty", _("What this organisation must do by law")
    LIMITS = "limits", _("The limits of confidentiality")


class Decision(models.TextChoices):
    GIVEN = "given", _("Given")
    REFUSED = "refused", _("Refused")


class EmergencyReason(models.TextChoices):
    """Why two people open a case that was not given to them. A code: free words would be about her."""

    DANGER = "danger", _("She is in danger now, and nobody who has the case can be reached")
    OWNER_AWAY = "owner_away", _("Her caseworker is away or has left, and something must be done")
    KEYS_LOST = "keys_lost", _("Her caseworker has lost password and recovery code")
    HER_WISH = "her_wish", _("She asks for her file, and her caseworker cannot be reached")


class DeclineReason(models.TextChoices):
    """Why a provider says no."""

    NO_CAPACITY = "no_capacity", _("No place free")
    NOT_ELIGIBLE = "not_eligible", _("Not eligible here")
    NOT_OFFERED = "service_not_offered", _("This service is not offered")
    OUTSIDE_AREA = "outside_area", _("Outside our area")
    CONFLICT = "conflict_of_interest", _("Conflict of interest")
    SAFETY = "safety_concern", _("Safety concern")
    DUPLICATE = "duplicate", _("Already referred")
    INSUFFICIENT = "information_insufficient", _("Not enough information")
    OTHER = "other", _("Another reason")


class InquiryAnswer(models.TextChoices):
    """What a provider without an account answers to a question by link."""

    CAN = "can", _("We can take her")
    CANNOT = "cannot", _("We cannot")
    CALL = "call", _("Call me")


# What the clock writes where nobody answered: no answer that a provider could choose.
NOBODY_ANSWERED = "nobody"


class Question(models.TextChoices):
    """What a desk may ask before it answers. A code: words could ask for what nobody agreed to tell."""

    AGE = "age_band", _("How old is she?")
    HOUSEHOLD = "household_size", _("How many people come?")
    LANGUAGE = "language", _("Which language does she speak?")
    ACCESS = "access_needs", _("What must the place offer?")
    WINDOW = "clinical_window", _("Until when does medical care work best?")
    CALL = "call_us", _("Please call us: we cannot decide without speaking with you")


class QuestionAnswer(models.TextChoices):
    """What the caseworker answers to a desk's question."""

    TOLD = "told", _("Here it is")
    BY_PHONE = "by_phone", _("We have spoken")
    NOT_KNOWN = "not_known", _("I do not know")
    NOT_AGREED = "not_agreed", _("She has not agreed that this is told")


class Outcome(models.TextChoices):
    """What came of the service."""

    RECEIVED = "service_received", _("Service received")
    PARTLY = "partly", _("Partly received")
    NOT_RECEIVED = "not_received", _("Not received")


class Wait(models.TextChoices):
    """How long it took from the first attempt until she was helped, in the order of a chart."""

    DAY = "day", _("within a day")
    THREE_DAYS = "three_days", _("2 to 3 days")
    WEEK = "week", _("4 to 7 days")
    MONTH = "month", _("8 to 30 days")
    LONGER = "longer", _("longer than 30 days")


class FailReason(models.TextChoices):
    NO_SAFE_CONTACT = "could_not_contact_safely", _("Could not be reached safely")
    NO_SHOW = "no_show", _("Did not come")
    NO_LONGER_INTERESTED = "no_longer_interested", _("No longer interested")
    MOVED = "moved", _("Moved away")


class Answer(models.TextChoices):
    """What the survivor says when asked whether the service was received."""

    YES = "yes", _("Yes")
    NO = "no", _("No")
    NOT_SAFE_TO_ASK = "not_safe_to_ask", _("It was not safe to ask")


class Disposition(models.TextChoices):
    """What became of a kind of help. The last two are unmet needs (``UnmetReason``)."""

    REFERRED = "referred", _("Referred")
    PROVIDED_BY_US = "provided_by_us", _("We help with it ourselves")
    ALREADY_RECEIVED = "already_received_elsewhere", _("She has it from somebody else")
    NOT_APPLICABLE = "not_applicable", _("She does not need it")
    DECLINED_BY_SURVIVOR = "declined_by_survivor", _("She does not want it")
    UNAVAILABLE = "unavailable", _("There is nothing of the kind for her")


class UnmetReason(models.TextChoices):
    """Why a need stayed unmet."""

    DECLINED_BY_SURVIVOR = "declined_by_survivor", _("She did not want it")
    NO_CAPACITY = "no_capacity", _("No place free")
    NO_ANSWER = "no_answer", _("No answer in time")
    UNAVAILABLE = "unavailable", _("Not available")


class ClosingAnswer(models.TextChoices):
    """The answer to one line of the closing checklist; nothing where it was skipped."""

    YES = "yes", _("Yes")
    NO = "no", _("No")
    NONE = "none", _("There is nothing of the kind")


class AgreedToClose(models.TextChoices):
    """Whether she agrees. There is no "no": a case she wants open stays open."""

    YES = "yes", _("Yes, she agrees")
    NOT_SAFE_TO_ASK = "not_safe_to_ask", _("It was not safe to ask")
    NOT_REACHED = "not_reached", _("She could not be reached")


class ReopenReason(models.TextChoices):
    CAME_BACK = "came_back", _("She came back")
    HAPPENED_AGAIN = "happened_again", _("It happened again")
    PAPERS = "papers", _("Papers or a court need it")
    MISTAKE = "mistake", _("It was closed by mistake")
    OTHER = "other", _("Another reason")


class DocumentKind(models.TextChoices):
    """What a document of a case may be, known by its content and never by its name."""

    PDF = "pdf", _("PDF")
    JPEG = "jpg", _("Picture (JPEG)")
    PNG = "png", _("Picture (PNG)")
    TEXT = "txt", _("Plain text")
    WORD = "docx", _("Word")
    WRITER = "odt", _("OpenDocument text")
    EXCEL = "xlsx", _("Excel")


MOST_DOCUMENT_BYTES = 10 * 1024 * 1024
MOST_DOCUMENTS = 50


class FeedbackQuestion(models.TextChoices):
    """What she is asked about a service after it: yes or no, and no words."""

    REACHED = "reached", _("Did she get what she came for?")
    RESPECTFUL = "respectful", _("Was she treated with respect?")
    SAFE = "safe", _("Did she feel safe there?")
    AGAIN = "again", _("Would she go there again?")


class RetentionClass(models.TextChoices):
    STANDARD = "standard", _("Standard")
    CHILD = "child", _("Child")


# Years a closed case is kept. A child may need her file when she is grown.
# An agency's supervisors decide otherwise within these bounds (models.RetentionPolicy).
RETENTION_YEARS = {RetentionClass.STANDARD: 5, RetentionClass.CHILD: 10}
LEAST_YEARS = {RetentionClass.STANDARD: 1, RetentionClass.CHILD: 3}
MOST_YEARS = {RetentionClass.STANDARD: 10, RetentionClass.CHILD: 25}
# So long before a case is erased who works on it is told, and so long a request to keep it may wait.
TOLD_DAYS = 30
MOST_HOLD_YEARS = 5

CONSENT_DAYS = 30
MOST_CONSENT_DAYS = 90
# Without these four nobody has been asked: a consent that does not name them is not recorded.
REQUIRED_POINTS = frozenset({Point.WHAT_IS_SHARED, Point.MAY_REFUSE, Point.MAY_WITHDRAW, Point.LEGAL_DUTY})


# Where an agency may work: the region's, and whatever the site itself is set to.
TIME_ZONES: tuple[str, ...] = tuple(
    dict.fromkeys(
        (
            str(settings.TIME_ZONE),
            "Asia/Tashkent",
            "Asia/Samarkand",
            "Asia/Almaty",
            "Asia/Ashgabat",
            "Asia/Bishkek",
            "Asia/Dushanbe",
            "UTC",
        )
    )
)
