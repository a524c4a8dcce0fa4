"""The parts of a case as pages: which form asks, where its answers are kept, in which order a new case
asks them.

One entry a page. A page may touch two sealed sections (how to reach her is on the card, the number is
with the identity); both change in one transaction or neither.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import uuid5

from django.db import transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.unlocked import Unlocked
from referrals import codes, directory
from referrals.access import OpenCase
from referrals.actions import edit_section
from referrals.errors import SomeoneWasQuicker
from referrals.forms import cases as case_forms
from referrals.forms.base import VersionedForm
from referrals.forms.followup import OrderForm
from referrals.models.cases import Section as Kept
from referrals.payload import Children, Dispositions, Incident
from services.codes import ServiceType
from services.queries.places import grouped_districts

Answers = dict[str, Any]


@dataclass(frozen=True)
class Section:
    """One page that asks. ``change`` returns the payloads to keep, one for each section in ``keeps``."""

    keeps: tuple[Kept, ...]
    step: Promise | str
    title: Promise | str
    lead: Promise | str
    form: type[VersionedForm]
    initial: Callable[[OpenCase], Answers]
    change: Callable[[OpenCase, Answers], dict[Kept, Any]]
    choices: Callable[[OpenCase], dict[str, Any]] = lambda _opened: {}


def version_of(opened: OpenCase, section: Section) -> str:
    """Return the revisions that the page was made from."""
    return "-".join(str(opened.revision(kept)) for kept in section.keeps)


def save(unlocked: Unlocked, opened: OpenCase, section: Section, answers: Answers) -> None:
    """Keep the answers if what was on screen is still what stands: all sections or none."""
    changed = section.change(opened, answers)
    if len(answers["version"]) != len(section.keeps):
        raise SomeoneWasQuicker
    with transaction.atomic():
        for kept, revision in zip(section.keeps, answers["version"], strict=True):
            edit_section(
                unlocked=unlocked,
                opened=opened,
                section=kept,
                content=changed[kept],
                revision=revision,
                once=uuid5(answers["key"], kept.value),
            )


# --- The card ---

_ON_CARD = (
    "alias", "age_band", "sex", "language", "script", "district",
    "displacement", "disability", "access_needs", "risk_level", "statistics_consent",
)  # fmt: skip


def _card_initial(opened: OpenCase) -> Answers:
    card = opened.card()
    known = {name: getattr(card, name) for name in _ON_CARD}
    return {**known, "children": card.children.count, "child_bands": card.children.bands}


def _card_change(opened: OpenCase, answers: Answers) -> dict[Kept, Any]:
    kept = {name: answers[name] for name in _ON_CARD}
    children = Children(count=answers["children"], bands=answers["child_bands"])
    return {Kept.CARD: replace(opened.card(), **kept, children=children)}


# --- How to reach her ---

_CONTACT = (
    "channel", "safe_days", "safe_from", "safe_until", "hours", "safe_word", "may_leave_message",
    "do_not_contact", "note",
)  # fmt: skip
_REACHED_BY = ("phone", "third_party")


def _contact_initial(opened: OpenCase) -> Answers:
    contact, identity = opened.card().safe_contact, opened.identity()
    known = {name: getattr(identity, name) for name in _REACHED_BY}
    kept = any(known.values()) and not contact.is_safe_at(timezone.now())
    return {
        **{name: getattr(contact, name) for name in _CONTACT},
        # A form is a page too: a number in it is a number on screen.
        **({} if kept else known),
        "numbers_kept": kept,
    }


def _contact_change(opened: OpenCase, answers: Answers) -> dict[Kept, Any]:
    card = opened.card()
    contact = replace(
        card.safe_contact,
        **{name: answers[name] for name in _CONTACT},
        time_zone=opened.case.agency.time_zone,
        reviewed_on=timezone.localdate(),
    )
    identity = opened.identity()
    numbers = {name: answers[name] for name in _REACHED_BY}
    if answers["numbers_kept"] and not answers.get("forget_numbers"):
        numbers = {name: given or getattr(identity, name) for name, given in numbers.items()}
    return {
        Kept.CARD: replace(card, safe_contact=contact),
        Kept.IDENTITY: replace(identity, **numbers),
    }


# --- What happened ---

_INCIDENT = (
    "gbv_type", "time_window", "perpetrator_relationship", "perpetrator_authority",
    "referred_from", "reported_elsewhere",
)  # fmt: skip


def _incident_initial(opened: OpenCase) -> Answers:
    incident = opened.incident()
    return {name: getattr(incident, name) for name in _INCIDENT} | {"hours_ago": _hours_ago(incident)}


def _hours_ago(incident: Incident) -> int | None:
    window = codes.CLINICAL_WINDOW_HOURS.get(codes.TimeWindow(incident.time_window or "not_given"))
    ends = incident.clinical_window_ends_at
    if window is None or ends is None:
        return None
    happened = ends - timedelta(hours=window)
    hours = max(int((timezone.now() - happened).total_seconds() // 3600), 0)
    return hours if hours < window else None  # over: nothing is counted any more


def _incident_change(opened: OpenCase, answers: Answers) -> dict[Kept, Any]:
    before = opened.incident()
    kept = {name: answers[name] for name in _INCIDENT}
    ends = before.clinical_window_ends_at
    if (answers["time_window"], answers["hours_ago"]) != (before.time_window, _hours_ago(before)):
        ends = window_end(answers["time_window"], answers["hours_ago"])
    return {Kept.INCIDENT: replace(before, **kept, clinical_window_ends_at=ends)}


def window_end(time_window: str, hours_ago: int | None) -> Any:
    """Return until when medical care works best: 72 or 120 hours after it happened.

    Without the hours we do not know how much is left, and show no number that could be wrong.
    """
    hours = codes.CLINICAL_WINDOW_HOURS.get(codes.TimeWindow(time_window or "not_given"))
    if hours is None or hours_ago is None or hours_ago >= hours:
        return None
    return timezone.now() + timedelta(hours=hours - hours_ago)


# --- Who must never be told, the plan, the name ---


def _never_initial(opened: OpenCase) -> Answers:
    incident = opened.incident()
    return {
        "excluded_organizations": [str(one) for one in incident.excluded_organizations],
        "excluded_people": incident.excluded_people,
    }


def _never_change(opened: OpenCase, answers: Answers) -> dict[Kept, Any]:
    names = ("excluded_organizations", "excluded_people")
    return {Kept.INCIDENT: replace(opened.incident(), **{name: answers[name] for name in names})}


def _near_and_others(opened: OpenCase) -> dict[str, Any]:
    near, others = directory.organization_choices(
        district=opened.card().district, ticked=opened.incident().excluded_organizations
    )
    return {"near": near, "others": others}


SECTIONS: dict[str, Section] = {
    "card": Section(
        keeps=(Kept.CARD,),
        step=_("Who she is"),
        title=_("Who she is"),
        lead=_("Only what helps to find the right place. Everything may stay open."),
        form=case_forms.CardForm,
        initial=_card_initial,
        change=_card_change,
        choices=lambda _opened: {"districts": grouped_districts()},
    ),
    "contact": Section(
        keeps=(Kept.CARD, Kept.IDENTITY),
        step=_("Safe contact"),
        title=_("How can she be reached safely?"),
        lead=_("Ask her first, before anybody calls. Somebody may look at her phone."),
        form=case_forms.SafeContactForm,
        initial=_contact_initial,
        change=_contact_change,
    ),
    "incident": Section(
        keeps=(Kept.INCIDENT,),
        step=_("What happened"),
        title=_("What happened, in a word?"),
        lead=_("She does not have to tell her story. Leave open what she does not want to say."),
        form=case_forms.IncidentForm,
        initial=_incident_initial,
        change=_incident_change,
    ),
    "never-tell": Section(
        keeps=(Kept.INCIDENT,),
        step=_("Whom never to tell"),
        title=_("Who must never be told?"),
        lead=_("Somebody close to the person who hurt her may work there. Ask her."),
        form=case_forms.NeverTellForm,
        initial=_never_initial,
        change=_never_change,
        choices=_near_and_others,
    ),
    "plan": Section(
        keeps=(Kept.PLAN,),
        step=_("Safety plan"),
        title=_("Her safety plan"),
        lead=_("What she will do if it becomes dangerous: where to go, whom to call, what to take."),
        form=case_forms.PlanForm,
        initial=lambda opened: {"safety_plan": opened.plan().safety_plan},
        change=lambda opened, answers: {
            Kept.PLAN: replace(opened.plan(), safety_plan=answers["safety_plan"])
        },
    ),
    "needs": Section(
        keeps=(Kept.PLAN,),
        step=_("What she needs"),
        title=_("What became of each need?"),
        lead=_(
            "Also where nothing is sent. Why we ask: so that no need is forgotten, and so that help which "
            "is missing is seen, if she agreed to statistics."
        ),
        form=case_forms.NeedsForm,
        initial=lambda opened: opened.plan().dispositions.to_json(),
        change=lambda opened, answers: {
            Kept.PLAN: replace(
                opened.plan(),
                dispositions=Dispositions(**{kind: answers[kind] for kind in ServiceType.values}),
            )
        },
    ),
    "name": Section(
        keeps=(Kept.IDENTITY,),
        step=_("Name"),
        title=_("Her name"),
        lead=_("An invented name is enough for most help."),
        form=case_forms.NameForm,
        initial=lambda opened: {"name": opened.identity().name},
        change=lambda opened, answers: {Kept.IDENTITY: replace(opened.identity(), name=answers["name"])},
    ),
    "order": Section(
        keeps=(Kept.FOLLOWUP,),
        step=_("Protection order"),
        title=_("Her protection order"),
        lead=_("A paper that forbids somebody to come near her."),
        form=OrderForm,
        initial=lambda opened: {"protection_order_ends_on": opened.follow_up().protection_order_ends_on},
        change=lambda opened, answers: {
            Kept.FOLLOWUP: replace(
                opened.follow_up(), protection_order_ends_on=answers["protection_order_ends_on"]
            )
        },
    ),
}

# What a new case asks after its first page, each to be skipped.
NEW_STEPS = ("contact", "incident", "never-tell")
