"""What she can be asked: which fields there are to tell, who decides, and the words for both. No page."""

from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from referrals import codes, disclosure
from referrals.access import OpenCase
from referrals.actions.consent import Wishes
from referrals.codes import Field
from referrals.directory import district_name
from referrals.payload import Card, Consent, Identity, Incident
from referrals.views import words


def step_names(*, by_link: bool = False) -> list[str]:
    """Return what the pages of a decision are called, in their order: one less for a question by link."""
    decided = [_("The law"), _("What may be told"), _("Read it to her")]
    return [*decided, *([] if by_link else [_("How soon")]), _("Check and send")]


def wishes_of(answers: dict[str, Any], ends_at: datetime) -> Wishes:
    """Return what the action is asked with, from the answers of a form."""
    return {
        "service_id": answers["service"],
        "fields": answers["told"],
        "purpose": answers["purpose"],
        "given_by": answers["given_by"],
        "said_adult": answers.get("said_adult", False),
        "guardian_is_safe": answers.get("guardian_is_safe", False),
        "language": answers["language"],
        "script": answers["script"],
        "expires_at": ends_at,
        "after_referral_id": answers["after"],
        "renews": answers["renews"],
    }


def offer_of(opened: OpenCase, card: Card, incident: Incident) -> dict[str, Any]:
    """Return which fields can be ticked (only what the case knows), who may decide for her, and whether
    she must be asked if she is an adult."""
    return {
        "offered": offered_fields(opened, card, incident),
        "givers": _givers(card, incident),
        "age_is_open": card.age_band in codes.OPEN_AGES,
    }


def offered_fields(opened: OpenCase, card: Card, incident: Incident) -> list[tuple[str, Any]]:
    """Return the fields that have something to tell; each with the value, so that she can hear it."""
    identity = opened.identity()
    shown = known_values(card, identity, incident)
    # Asked anew for each referral.
    shown |= {Field.HOUSEHOLD_SIZE.value: "", Field.NEEDS.value: ""}
    return [
        (field.value, f"{field.label}: {shown[field.value]}" if shown[field.value] else field.label)
        for field in Field
        if field.value in shown
    ]


def known_values(card: Card, identity: Identity, incident: Incident) -> dict[str, str]:
    """Return what the case could tell, in words, by field code."""
    said = disclosure.identity_part(
        consent=Consent(fields=tuple(Field.values)),
        card=card,
        identity=identity,
        request=disclosure.Request(how_to_reach_worker=""),
    )
    values = {
        row["code"]: str(row["value"]) for row in words.told_rows(said, district=district_name(card.district))
    }
    contact = words.contact(card.safe_contact)
    if contact["rows"] or contact["do_not_contact"]:
        values[Field.SAFE_CONTACT.value] = (
            _("do not contact")
            if contact["do_not_contact"]
            else "; ".join(_answer(row) for row in contact["rows"])
        )
    if not card.safe_contact.is_safe_at(timezone.now()):
        # She hears which number it is when it is safe; here it says only that there is one.
        for number in codes.NUMBERS:
            if values.get(number) and not card.safe_contact.do_not_contact:
                values[number.value] = _("as it stands in the case (no safe hour now)")
    needs = words.labels(codes.AccessNeed, card.access_needs)
    if needs:
        values[Field.ACCESS_NEEDS.value] = needs
    if incident.clinical_window_ends_at is not None:
        values[Field.CLINICAL_WINDOW.value] = words.moment(incident.clinical_window_ends_at)
    return values


def _answer(row: words.Row) -> str:
    """Return a label and what was said; one that asks already ends in its own sign."""
    key = str(row["key"])
    return f"{key}{'' if key.endswith('?') else ':'} {row['value']}"


def _givers(card: Card, incident: Incident) -> list[tuple[str, Any]]:
    """Return who may decide: she herself; for a child a guardian who did no harm, or two colleagues."""
    asked = set(codes.GivenBy.values)
    if card.age_band in codes.MINORS:
        asked -= {codes.GivenBy.SURVIVOR.value}
    elif card.age_band not in codes.OPEN_AGES:
        asked = {codes.GivenBy.SURVIVOR.value}
    if incident.perpetrator_relationship == codes.PerpetratorRelationship.PRIMARY_CAREGIVER:
        asked -= {codes.GivenBy.GUARDIAN.value}
    return [(one.value, one.label) for one in codes.GivenBy if one.value in asked]


def minor_words(card: Card, incident: Incident) -> str:
    if card.age_band not in codes.MINORS:
        return ""
    if incident.perpetrator_relationship == codes.PerpetratorRelationship.PRIMARY_CAREGIVER:
        return _(
            "The person who cares for her is the one who hurt her: do not ask that person. A second "
            "colleague decides with you what is best for her."
        )
    return _(
        "A guardian decides, and she herself agrees; or a second colleague decides with you what is best "
        "for her. Never ask a guardian who hurt her."
    )
