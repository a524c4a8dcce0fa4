"""How sealed answers and states are said on a page: rows of question and answer, kinds of tags.

Takes what the doors opened and returns plain values for templates. Nothing is read from the database
here, and nothing of it is kept.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from django.db.models import TextChoices
from django.utils import formats, timezone
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from referrals import codes
from referrals.codes import Field
from referrals.models import Inquiry, Referral
from referrals.models.referrals import State
from referrals.payload import (
    AnswerPart,
    Card,
    Children,
    Closing,
    Consent,
    Identity,
    IdentityPart,
    Incident,
    MeetingPart,
    OpaquePart,
    Plan,
    SafeContact,
)
from services.codes import LANGUAGES, ServiceType
from services.saying import from_to, inside, listed

Words = str | Promise
Row = dict[str, Any]

RISK_KINDS = {"immediate": "stop", "high": "stop", "medium": "wait", "low": "quiet"}


def label(choices: type[TextChoices], value: str) -> Words:
    """Return the label of a code; a code of a newer version is shown as it is."""
    return _labels(choices).get(value, value)


@cache
def _labels(choices: type[TextChoices]) -> dict[str, Words]:
    return {str(value): words for value, words in choices.choices}


def labels(choices: type[TextChoices], values: tuple[str, ...], *, between: str = ", ") -> str:
    said = (label(choices, value) for value in values)
    return listed(said, are_names=choices is codes.Weekday, between=between)


def language(value: str) -> Words:
    return _("Another language") if value == "other" else LANGUAGES.get(value, value)


def named_once(sentence: str, service: str, organization: str) -> str:
    """Return a sentence on a service and its organisation, which often have one name: then it stands once."""
    return sentence.replace(f"{service}, {organization}", service) if service == organization else sentence


def yes(value: bool) -> str:
    return _("Yes") if value else ""


def day(value: datetime | None) -> str:
    return formats.date_format(timezone.localtime(value), "DATE_FORMAT") if value else ""


def date_of(value: date | None) -> str:
    return formats.date_format(value, "DATE_FORMAT") if value else ""


def since(month: date) -> str:
    return _("opened in %(month)s") % {"month": month_of(month)}


def month_of(month: date) -> str:
    """Return a month inside a sentence: Django writes it with a capital, as only English does there."""
    said = formats.date_format(month, "YEAR_MONTH_FORMAT")
    return said if get_language() == "en" else said.lower()


def moment(value: datetime | None) -> str:
    return formats.date_format(timezone.localtime(value), "DATETIME_FORMAT") if value else ""


def _answered(*pairs: tuple[Words, Words]) -> list[Row]:
    """Return the rows that hold an answer: what was not asked takes no room."""
    return [{"key": key, "value": value} for key, value in pairs if value]


def children(value: Children) -> str:
    if not value.count:
        return ""
    bands = labels(codes.AgeBand, value.bands)
    return f"{value.count} ({bands})" if bands else str(value.count)


def contact(value: SafeContact, *, has_number: bool = False) -> dict[str, Any]:
    """Return the safe-contact card: ``do_not_contact`` hides every other row."""
    rows = [] if value.do_not_contact else _contact_rows(value)
    return {
        "do_not_contact": value.do_not_contact,
        "rows": rows,
        "has_number": has_number,
        "kind": "urgent" if value.do_not_contact else "soon",
    }


def _contact_rows(value: SafeContact) -> list[Row]:
    hours = safe_hours(value)
    answered = any((value.channel, hours, value.safe_word, value.note, value.may_leave_message))
    if not answered:
        return []
    return _answered(
        (_("Way"), label(codes.Channel, value.channel)),
        (_("When"), hours),
        (_("Safe word"), value.safe_word),
        (_("Leave a message?"), _("Yes") if value.may_leave_message else _("No, never")),
        (_("Also"), value.note),
        (_("Last asked"), formats.date_format(value.reviewed_on) if value.reviewed_on else ""),
    )


def safe_hours(value: SafeContact) -> str:
    """Return when it is safe: the days and times that the pages keep to, then what she said in words."""
    times = ""
    if value.safe_from or value.safe_until:
        times = from_to(value.safe_from or "00:00", value.safe_until or "24:00")
    kept_to = ", ".join(one for one in (labels(codes.Weekday, value.safe_days), times) if one)
    return "; ".join(one for one in (kept_to, value.hours) if one)


def card_rows(card: Card, *, district: str) -> list[Row]:
    return _answered(
        (_("Age"), label(codes.AgeBand, card.age_band)),
        (_("Sex"), label(codes.Sex, card.sex)),
        (_("Language"), language(card.language)),
        (_("Reads"), label(codes.Script, card.script)),
        (_("District"), district),
        (_("Children with her"), children(card.children)),
        (_("Comes from"), label(codes.Displacement, card.displacement)),
        (_("Difficulties"), labels(codes.Disability, card.disability)),
        (_("The place must offer"), labels(codes.AccessNeed, card.access_needs)),
        (_("Danger"), label(codes.RiskLevel, card.risk_level)),
        (_("Counted in statistics"), yes(card.statistics_consent)),
    )


def incident_rows(incident: Incident) -> list[Row]:
    return _answered(
        (_("Kind of harm"), label(codes.GbvType, incident.gbv_type)),
        (_("How long ago"), label(codes.TimeWindow, incident.time_window)),
        (_("Who it was"), label(codes.PerpetratorRelationship, incident.perpetrator_relationship)),
        (_("Works for"), label(codes.Authority, incident.perpetrator_authority)),
        (_("Sent by"), label(codes.ReferredFrom, incident.referred_from)),
        (_("Told others already"), yes(incident.reported_elsewhere)),
    )


def never_tell_rows(incident: Incident, *, organizations: Mapping[Any, str]) -> list[Row]:
    names = [
        organizations.get(one, _("An organisation that is not listed any more"))
        for one in incident.excluded_organizations
    ]
    return _answered((_("Organisations"), "\n".join(names)), (_("People"), incident.excluded_people))


def plan_rows(plan: Plan) -> list[Row]:
    return _answered((_("What she will do"), plan.safety_plan))


def needs_rows(plan: Plan) -> list[Row]:
    """Return what became of each kind of help, in the directory's order."""
    became = plan.dispositions
    return _answered(
        *((kind.label, label(codes.Disposition, getattr(became, kind.value))) for kind in ServiceType)
    )


def has_name_rows(identity: Identity) -> list[Row]:
    return _answered((_("Her name"), _("Kept; it stands beside her number") if identity.name else ""))


def closing_rows(closing: Closing, *, reopened_by: str) -> list[Row]:
    """Return a closing's checklist, a skipped line as such, and why it was opened again."""
    skipped = _("Skipped")
    answers = codes.ClosingAnswer
    again = label(codes.ReopenReason, closing.reopen_reason)
    return [
        {"key": _("What was done"), "value": closing.done or skipped},
        {"key": _("Referrals ended or handed over"), "value": label(answers, closing.referrals) or skipped},
        {"key": _("She has the documents she needs"), "value": label(answers, closing.documents) or skipped},
        {"key": _("Safe contact looked at again"), "value": label(answers, closing.safe_contact) or skipped},
        {"key": _("Agreed what happens next"), "value": label(answers, closing.follow_up) or skipped},
        {"key": _("She agrees"), "value": label(codes.AgreedToClose, closing.agreed) or skipped},
        *_answered(
            (_("Opened again because"), ": ".join(str(one) for one in (again, closing.reopen_words) if one)),
            (_("Opened again by"), reopened_by),
            (_("Opened again on"), day(closing.reopened_at)),
        ),
    ]


def number_rows(identity: Identity | IdentityPart) -> list[Row]:
    return _answered(
        (_("Phone"), identity.phone),
        (_("Somebody she trusts"), identity.third_party),
        (_("Her name"), identity.name),
    )


def consent_state(consent: Consent, now: datetime) -> tuple[str, Words]:
    """Return the tag of a decision: kind and words."""
    if consent.decision == codes.Decision.REFUSED:
        return "quiet", _("She said no")
    if consent.withdrawn_at is not None:
        return "quiet", _("Taken back")
    if consent.is_active_at(now):
        return "ok", _("She agreed")
    return "quiet", _("Over")


def inquiry_state(inquiry: Inquiry, now: datetime) -> tuple[str, Words]:
    """Return the tag of a question by link: its colour and what the provider said, if anything."""
    if inquiry.answer == codes.NOBODY_ANSWERED:
        return "quiet", _("No answer in time")
    if inquiry.answer:
        kind = {codes.InquiryAnswer.CAN: "ok", codes.InquiryAnswer.CALL: "wait"}.get(
            codes.InquiryAnswer(inquiry.answer), "stop"
        )
        said = {
            codes.InquiryAnswer.CAN: _("They can take her"),
            codes.InquiryAnswer.CANNOT: _("They cannot"),
            codes.InquiryAnswer.CALL: _("Call them"),
        }
        return kind, said[codes.InquiryAnswer(inquiry.answer)]
    if inquiry.waits_at(now):
        return "wait", _("Waits for their answer")
    return "quiet", _("Taken back") if inquiry.ended_at else _("No answer in time")


def opaque_rows(part: OpaquePart) -> list[Row]:
    """Return what the desk reads before it accepts. Nothing here finds her."""
    return _answered(
        (_("Service"), part.service_name),
        (_("Kind"), label(ServiceType, part.service_type)),
        (_("How soon"), label(codes.Urgency, part.urgency)),
        (_("Age"), label(codes.AgeBand, part.age_band)),
        (_("How many people"), str(part.household_size or "")),
        (_("Language"), language(part.language)),
        (_("They need"), labels(codes.AccessNeed, part.access_needs)),
        (_("The caseworker"), part.how_to_reach_worker),
    )


def answer_rows(part: AnswerPart) -> list[Row]:
    """Return the desk's question and what was answered, for either side."""
    return _answered(
        (_("The question"), label(codes.Question, part.question)),
        (_("The answer"), answer_value(part) or label(codes.QuestionAnswer, part.answer)),
        (_("Answered"), moment(part.answered_at)),
    )


def answer_value(part: AnswerPart) -> str:
    """Return the one value that was told, in words; empty where none was."""
    return str(
        label(codes.AgeBand, part.age_band)
        or part.household_size
        or language(part.language)
        or labels(codes.AccessNeed, part.access_needs)
        or moment(part.clinical_window_ends_at)
        or ""
    )


def meeting_rows(part: MeetingPart | None) -> list[Row]:
    """Return the appointment, for either side; nothing while there is none."""
    if part is None:
        return []
    return _answered((_("When"), moment(part.starts_at)), (_("Where, and whom to ask for"), part.ask_for))


def told_rows(part: IdentityPart, *, district: str, waits: bool = False) -> list[Row]:
    """Return the consented fields and nothing else; a field without an answer says so.

    ``waits``: it is not a safe hour, and the door has left the numbers out.
    """
    not_now = _("Not a safe hour now") if waits else ""
    shown: dict[str, Words] = {
        Field.ALIAS: part.alias,
        Field.NAME: part.name,
        Field.PHONE: _("Not to be called") if part.safe_contact.do_not_contact else part.phone or not_now,
        Field.THIRD_PARTY: part.third_party or not_now,
        Field.AGE_BAND: label(codes.AgeBand, part.age_band),
        Field.SEX: label(codes.Sex, part.sex),
        Field.LANGUAGE: language(part.language),
        Field.CHILDREN: children(part.children),
        Field.DISTRICT: district,
        Field.DISPLACEMENT: label(codes.Displacement, part.displacement),
        Field.DISABILITY: labels(codes.Disability, part.disability),
        Field.RISK_LEVEL: label(codes.RiskLevel, part.risk_level),
        Field.NEEDS: part.needs,
    }
    return [
        {"code": code, "key": label(Field, code), "value": shown[code]}
        for code in part.fields
        if shown.get(code)
    ]


def fields_in_words(values: tuple[str, ...]) -> str:
    """Return what may be told as it stands inside a sentence."""
    return inside(labels(Field, values))


def reason(referral: Referral) -> Words:
    """Return why it was declined or failed, or what came of it, in words; empty where nothing is said."""
    for choices in (codes.DeclineReason, codes.FailReason, codes.Outcome, codes.Question):
        if referral.reason_code in choices.values:
            return label(choices, referral.reason_code)
    return ""


# What is wise before she is asked about another place; the other reasons lead there straight away.
_TELL_EDITORS = gettext_lazy("If the directory says otherwise, tell its editors.")
_AFTER_NO: dict[str, Words] = {
    codes.DeclineReason.NOT_ELIGIBLE: _TELL_EDITORS,
    codes.DeclineReason.NOT_OFFERED: _TELL_EDITORS,
    codes.DeclineReason.OUTSIDE_AREA: _TELL_EDITORS,
    codes.DeclineReason.CONFLICT: gettext_lazy(
        "Somebody there may know her, or who harmed her. Ask her whether she wants nothing more sent to them."
    ),
    codes.DeclineReason.SAFETY: gettext_lazy(
        "They see a danger. Call them first, then look at the safety plan with her."
    ),
    codes.DeclineReason.DUPLICATE: gettext_lazy(
        "Somebody may have referred her already. Ask her before you send it anywhere else."
    ),
    codes.DeclineReason.INSUFFICIENT: gettext_lazy(
        "Ask her whether more may be told. With a new consent you can send it to them again."
    ),
}


def after_no(referral: Referral, state: State) -> Words:
    """Return what the sender does next, where the reason of a declined referral asks for it."""
    return _AFTER_NO.get(referral.reason_code, "") if state == State.DECLINED else ""


def pressing(referral: Referral, now: datetime) -> str:
    """Return how a card is marked: stop (something is due), wait (soon, or an answer came), or nothing."""
    state = referral.state_at(now)
    if referral.is_overdue_at(now) or state in (State.DECLINED, State.EXPIRED):
        return "stop"
    return "wait" if state in (State.SENT, State.NEEDS_INFO, State.DELIVERED) else ""


def notice(kind: str) -> str:
    """Return the kind of notice that goes with a state's tag."""
    return {"quiet": "info"}.get(kind, kind)


@dataclass(frozen=True)
class StateWords:
    """A state as a tag (``kind`` and ``label``) and as a sentence for one side."""

    kind: str
    label: Words
    text: Words


FOR_SENDER: dict[str, StateWords] = {
    State.SENT: StateWords(
        "wait", gettext_lazy("Waiting for an answer"), gettext_lazy("They have not answered yet.")
    ),
    State.NEEDS_INFO: StateWords(
        "wait",
        gettext_lazy("They ask you"),
        gettext_lazy("They need to know one thing before they can answer."),
    ),
    State.ACCEPTED: StateWords(
        "ok", gettext_lazy("Accepted"), gettext_lazy("They said yes, and now read what she agreed to.")
    ),
    State.IN_PROGRESS: StateWords(
        "ok", gettext_lazy("Under way"), gettext_lazy("They have begun to help her.")
    ),
    State.DELIVERED: StateWords(
        "wait", gettext_lazy("To confirm"), gettext_lazy("They say that they have helped her. Ask her too.")
    ),
    State.CLOSED: StateWords("quiet", gettext_lazy("Closed"), gettext_lazy("You asked her, and closed it.")),
    State.DECLINED: StateWords("stop", gettext_lazy("Declined"), gettext_lazy("They cannot take her.")),
    State.EXPIRED: StateWords(
        "stop",
        gettext_lazy("No answer"),
        gettext_lazy("They did not answer in time. They read nothing any more."),
    ),
    State.CANCELLED: StateWords(
        "quiet", gettext_lazy("Cancelled"), gettext_lazy("It was cancelled. They read nothing any more.")
    ),
    State.CONSENT_WITHDRAWN: StateWords(
        "quiet",
        gettext_lazy("Consent ended"),
        gettext_lazy("Her consent ended. They read nothing any more, and were not told why."),
    ),
    State.ENTERED_IN_ERROR: StateWords(
        "quiet", gettext_lazy("Entered by mistake"), gettext_lazy("This was entered by mistake.")
    ),
    State.FAILED: StateWords("stop", gettext_lazy("Not possible"), gettext_lazy("It did not come about.")),
}

# The desk never learns whether a person took her consent back or the caseworker cancelled.
CLOSED_BY_REFERRER = StateWords("quiet", gettext_lazy("Closed"), gettext_lazy("Closed by the referrer."))
FOR_DESK: dict[str, StateWords] = {
    State.SENT: StateWords("wait", gettext_lazy("Needs an answer"), ""),
    State.NEEDS_INFO: StateWords("info", gettext_lazy("You asked"), ""),
    State.ACCEPTED: StateWords("ok", gettext_lazy("Accepted"), ""),
    State.IN_PROGRESS: StateWords("ok", gettext_lazy("Under way"), ""),
    State.DELIVERED: StateWords("info", gettext_lazy("Delivered"), ""),
    State.CLOSED: CLOSED_BY_REFERRER,
    State.DECLINED: StateWords(
        "quiet", gettext_lazy("Declined"), gettext_lazy("You declined this referral.")
    ),
    State.EXPIRED: StateWords("quiet", gettext_lazy("Too late"), gettext_lazy("The time to answer is over.")),
    State.CANCELLED: CLOSED_BY_REFERRER,
    State.CONSENT_WITHDRAWN: CLOSED_BY_REFERRER,
    State.ENTERED_IN_ERROR: CLOSED_BY_REFERRER,
    State.FAILED: StateWords("quiet", gettext_lazy("Not possible"), gettext_lazy("This referral ended.")),
}
