"""Free text: every typed answer of casework is looked at for numbers we never ask for, in any script."""

import importlib
import pkgutil
from collections.abc import Iterator

import pytest
from django import forms

from referrals import actions, codes
from referrals import forms as package
from referrals.forms.base import FreeText, Screened
from referrals.models import UnmetNeed
from services.screening import warning_for
from tests import people
from tests.people import Network
from tests.referrals import making
from tests.referrals.pages import client_of, filled, page, text

FOUND = [
    "passport AA1234567",
    "паспорт АА 1234567",
    "паспорти АВ № 123 45 67",
    "pasporti AC-1234567",
    "AD\u00ad1234\u200b567",  # what is not seen hides nothing
    "ＡＡ１２３４５６７",
    "ПИНФЛ 31234567890123",
    "JSHSHIR 3 1234 5678 90123",
    "позвонить +998 00 111 22 33",
    "qoʻngʻiroq 00 111-22-33-44",
    "қўнғироқ (00) 111 22 33 44",
    "home: 123-45-67",
    "+998\u201300\u2013111\u201322\u201333",  # dashes as a word processor writes them
    "pasporti AC\u20141234567",
    "home: 123\u201145\u201167",
]
LEFT_ALONE = [
    "", "after 9, before 11", "в 10:30, дом 12, кв. 345", "2 bolasi bor, 7 va 11 yosh", "room 1203",
    "2026-11-23", "she slept 3 nights", "№ 12",
]  # fmt: skip


@pytest.mark.parametrize("words", FOUND)
def test_numbers_are_seen_in_every_script(words: str) -> None:
    assert warning_for(words) is not None


@pytest.mark.parametrize("words", LEFT_ALONE)
def test_ordinary_words_are_left_alone(words: str) -> None:
    assert warning_for(words) is None


def test_a_field_for_a_phone_still_minds_a_passport() -> None:
    assert warning_for("her aunt, +998 00 111 22 33", may_hold_phone=True) is None
    assert warning_for("AA1234567", may_hold_phone=True) is not None
    assert warning_for("31234567890123", may_hold_phone=True) is not None


def every_form() -> Iterator[type[forms.Form]]:
    """Yield every form of casework: a new module or form comes along by itself."""
    for module in pkgutil.iter_modules(package.__path__):
        for thing in vars(importlib.import_module(f"{package.__name__}.{module.name}")).values():
            if isinstance(thing, type) and issubclass(thing, forms.Form):
                yield thing


def test_every_typed_answer_of_every_form_is_looked_at() -> None:
    typed = {}
    for form in set(every_form()):
        for name, field in form.base_fields.items():
            if type(field) in (forms.CharField, FreeText) and not isinstance(field.widget, forms.HiddenInput):
                typed[(form.__name__, name)] = isinstance(field, FreeText) and issubclass(form, Screened)
    # A mixin's fields are looked at by the forms made of it; what confirms, names a case or
    # is only looked for is not kept.
    parts = {"CardQuestions", "EraseForm", "EmergencyForm", "ReferenceForm", "WhyForm"}
    assert [where for where, seen in typed.items() if not seen and where[0] not in parts] == []
    assert len(typed) > 12, "the forms were found"
    may_hold_phone = {
        name
        for form in every_form()
        for name, field in form.base_fields.items()
        if isinstance(field, FreeText) and field.may_hold_phone
    }
    assert may_hold_phone == {"phone", "third_party", "how_to_reach_worker"}


@pytest.mark.django_db
def test_a_new_case_asks_once_more_before_it_keeps_a_number(network: Network) -> None:
    owner = client_of(network.owner)
    url = page("case_new")
    asked = owner.post(url, filled(text(owner, url), alias="АА1234567"))
    assert asked.status_code == 422
    shown = asked.content.decode()
    assert 'value="АА1234567"' in shown
    assert owner.post(url, filled(shown, alias="АА1234567")).status_code == 303


@pytest.mark.django_db
def test_what_became_of_each_need_is_kept_and_an_unmet_one_counted_once(network: Network) -> None:
    unlocked = people.unlock(network.owner)
    case = making.make_case(unlocked)
    refused = making.make_service(network.b.agency, service_type="legal_assistance", name="Lawyers")
    actions.record_refusal(unlocked=unlocked, opened=making.edit(unlocked, case), service_id=refused.id)
    assert UnmetNeed.objects.count() == 1
    owner = client_of(network.owner)
    url = page("case_edit", case.id, "needs")
    answers = {
        "health_medical": "already_received_elsewhere",
        "safe_house": "unavailable",
        "legal_assistance": "declined_by_survivor",  # counted when she said no
    }
    for _again in range(2):
        assert owner.post(url, filled(text(owner, url)) | answers).status_code == 303
    assert sorted(UnmetNeed.objects.values_list("service_type", "reason")) == [
        ("legal_assistance", "declined_by_survivor"),
        ("safe_house", "unavailable"),
    ]
    plan = making.edit(unlocked, case).plan()
    assert plan.safety_plan == making.PLAN.safety_plan
    assert plan.dispositions.safe_house == codes.Disposition.UNAVAILABLE
    shown = text(owner, page("case", case.id))
    assert "She has it from somebody else" in shown
    assert making.IDENTITY.name not in shown
