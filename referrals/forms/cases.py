"""Forms of a case: first card, safe contact, what happened, who must never be told, notes.

Every question may be left open, and says why it is asked where that is not plain. What is typed goes
straight into a sealed section (actions/cases.py); nothing is kept between pages.
"""

from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from referrals import codes
from referrals.forms.base import (
    LANGUAGE_CHOICES,
    NEVER_WRITE,
    FreeText,
    Screened,
    VersionedForm,
    WorkForm,
    skippable,
)
from services.codes import ServiceType
from services.forms import WholeNumber

NOT_ASKED = _("Not asked")

# 102 is a number too, and words may stand beside the digits; without any, nobody could ever call her.
CALLABLE = RegexValidator(r"(\d\D*){3}", _("Write a number with digits, as one dials it."))


def _known(choices: list[tuple[str, Any]]) -> list[tuple[str, Any]]:
    """Leave out the codes for an open question: an empty answer says the same."""
    return [choice for choice in choices if choice[0] not in ("unknown", "not_given")]


def _radio(choices: list[tuple[str, Any]], *, left: Any = NOT_ASKED, **kwargs: Any) -> forms.ChoiceField:
    kwargs.setdefault("required", False)
    return forms.ChoiceField(choices=[*_known(choices), ("", left)], widget=forms.RadioSelect, **kwargs)


def _select(choices: list[tuple[str, Any]], **kwargs: Any) -> forms.ChoiceField:
    kwargs.setdefault("required", False)
    return forms.ChoiceField(choices=skippable(_known(choices), NOT_ASKED), **kwargs)


class CardQuestions(forms.Form):
    """Who she is to us: the part of a case that its lists show."""

    alias = FreeText(
        required=True,
        max_length=60,
        label=_("What shall we call her here?"),
        help_text=_(
            "An invented name is best. Why we ask: so that you find the case again, and nobody else "
            "recognises her on your screen."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "words"}),
        error_messages={"required": _("Give the case an invented name, so that you find it again.")},
    )
    age_band = _radio(
        codes.AgeBand.choices,
        label=_("How old is she, about?"),
        help_text=_("Why we ask: some places take only adults or only children. Never a date of birth."),
    )
    sex = _radio(
        codes.Sex.choices,
        label=_("Sex"),
        help_text=_("Why we ask: some shelters take only women, and some have a part for men."),
    )
    language = _select(
        LANGUAGE_CHOICES,
        label=_("Which language does she speak best?"),
        help_text=_("Why we ask: to find people who speak it, and to read the consent to her in it."),
    )
    district = forms.ChoiceField(
        required=False,
        label=_("Where is she now?"),
        help_text=_("Why we ask: to look near her first. The district is enough: never an address."),
    )

    def __init__(self, *args: Any, districts: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["district"]
        field.choices = [("", NOT_ASKED), *districts]


class NewCaseForm(CardQuestions, Screened, WorkForm):
    """The first page of a new case: only the alias is needed."""


class CardForm(CardQuestions, Screened, VersionedForm):
    """The card of a case that exists, with what one learns later."""

    script = _radio(
        codes.Script.choices,
        label=_("Which letters does she read?"),
        help_text=_("Why we ask: what she is given to read must be in letters she reads."),
    )
    children = WholeNumber(
        required=False,
        min_value=0,
        max_value=20,
        label=_("How many children come with her?"),
        help_text=_("Why we ask: a shelter needs room for them. Never their names."),
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    child_bands = forms.MultipleChoiceField(
        required=False,
        choices=[choice for choice in codes.AgeBand.choices if choice[0] in codes.MINORS],
        label=_("How old are the children?"),
        help_text=_("Why we ask: some shelters do not take boys or girls above an age."),
        widget=forms.CheckboxSelectMultiple,
    )
    displacement = _select(
        codes.Displacement.choices,
        label=_("Where does she come from?"),
        help_text=_("Why we ask: it decides which papers a place may ask her for."),
    )
    disability = forms.MultipleChoiceField(
        required=False,
        choices=[choice for choice in codes.Disability.choices if choice[0] != codes.Disability.NONE],
        label=_("Is anything difficult for her?"),
        help_text=_("Why we ask: so that she is not sent where she cannot get in or be understood."),
        widget=forms.CheckboxSelectMultiple,
    )
    access_needs = forms.MultipleChoiceField(
        required=False,
        choices=codes.AccessNeed.choices,
        label=_("What must a place offer her?"),
        help_text=_("Why we ask: a place without it is not suggested first."),
        widget=forms.CheckboxSelectMultiple,
    )
    risk_level = _radio(
        codes.RiskLevel.choices,
        label=_("How dangerous is it for her now?"),
        help_text=_("Why we ask: what is dangerous is seen to first."),
    )
    statistics_consent = forms.BooleanField(
        required=False,
        label=_("She agrees that her case is counted in statistics"),
        help_text=_("Only counted, never told: no number below five is shown."),
    )


class SafeContactForm(Screened, VersionedForm):
    """How she may be reached. *Do not contact* wins over everything else."""

    do_not_contact = forms.BooleanField(
        required=False,
        label=_("Do not contact her at all: she contacts us"),
        help_text=_("When this is ticked nobody sees a number to call."),
    )
    phone = FreeText(
        may_hold_phone=True,
        max_length=30,
        label=_("Phone"),
        help_text=_("Only a number that she says is safe."),
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
        validators=[CALLABLE],
    )
    channel = _radio(
        codes.Channel.choices,
        label=_("How is it safe to reach her?"),
        help_text=_("Why we ask: the wrong way can tell somebody that she has asked for help."),
    )
    safe_days = forms.MultipleChoiceField(
        required=False,
        choices=codes.Weekday.choices,
        label=_("On which days is it safe?"),
        help_text=_("None ticked means every day."),
        widget=forms.CheckboxSelectMultiple,
    )
    safe_from = forms.TimeField(
        required=False,
        label=_("Safe from"),
        help_text=_("Why we ask: outside these hours nobody sees the number without being asked first."),
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        error_messages={"invalid": _("Give a time of day, for example 10:00.")},
    )
    safe_until = forms.TimeField(
        required=False,
        label=_("Safe until"),
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        error_messages={"invalid": _("Give a time of day, for example 10:00.")},
    )
    hours = FreeText(
        max_length=100,
        label=_("When is it safe, in her words?"),
        help_text=_("What days and times do not say: “when she is alone”."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    safe_word = FreeText(
        max_length=40,
        label=_("Safe word"),
        help_text=_("A word by which you both know that it is safe to talk."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    may_leave_message = forms.BooleanField(required=False, label=_("A message may be left, or a text sent"))
    third_party = FreeText(
        may_hold_phone=True,
        max_length=100,
        label=_("Somebody she trusts"),
        help_text=_("Who may be called instead, as she calls them: “my sister”."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    note = FreeText(
        label=_("Anything else about reaching her safely"),
        help_text=NEVER_WRITE,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    forget_numbers = forms.BooleanField(
        required=False, label=_("Forget the phone and the person she trusts that are kept here")
    )
    # The numbers were not on this page when it was made: left open they stay as they are.
    numbers_kept = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self["numbers_kept"].value() in (True, "True", "on"):
            for name in ("phone", "third_party"):
                self.fields[name].help_text = _(
                    "What is kept is not shown now: it is no safe hour, or she wants no contact. "
                    "Leave it open to keep it."
                )
        else:
            del self.fields["forget_numbers"]

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        start, end = data.get("safe_from"), data.get("safe_until")
        if start is not None and start == end:
            self.add_error("safe_until", _("Give a later time than “safe from”, or leave both open."))
        return data


class IncidentForm(VersionedForm):
    """What happened, in codes only. The story is never asked for."""

    gbv_type = _radio(
        codes.GbvType.choices,
        label=_("What kind of harm?"),
        help_text=_("Never ask for the story. One word is enough to find the right help."),
    )
    time_window = _radio(
        codes.TimeWindow.choices,
        label=_("How long ago?"),
        help_text=_(
            "Why we ask: medical care works best within 72 hours (to prevent HIV) and within 120 hours "
            "(to prevent pregnancy). No police report is needed for it."
        ),
    )
    hours_ago = WholeNumber(
        required=False,
        min_value=0,
        max_value=120,
        label=_("About how many hours ago?"),
        help_text=_("Then this page counts the hours that are left for medical care."),
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    perpetrator_relationship = _select(
        codes.PerpetratorRelationship.choices,
        label=_("Who was it, to her?"),
        help_text=_("Never a name. Why we ask: so that nothing is ever sent to people close to them."),
    )
    perpetrator_authority = _select(
        codes.Authority.choices,
        label=_("Do they work in one of these?"),
        help_text=_("Why we ask: so that their colleagues are not told without a second look."),
    )
    referred_from = _select(
        codes.ReferredFrom.choices,
        label=_("Who sent her to us?"),
        help_text=_("Why we ask: so that we know which ways to help are found."),
    )
    reported_elsewhere = forms.BooleanField(
        required=False,
        label=_("She has already told the police or another organisation"),
        help_text=_("Why we ask: so that nobody makes her tell it again. Nothing follows from a no."),
    )

    def clean(self) -> dict[str, Any]:
        """The hours and the choice must say the same: else the time for medical care would not be counted."""
        data: dict[str, Any] = super().clean() or {}
        hours, said = data.get("hours_ago"), data.get("time_window")
        if hours is None:
            return data
        shorter = hours < codes.CLINICAL_WINDOW_HOURS[codes.TimeWindow.WITHIN_72_HOURS]
        meant = codes.TimeWindow.WITHIN_72_HOURS if shorter else codes.TimeWindow.WITHIN_120_HOURS
        if not said:
            data["time_window"] = meant.value
        elif said != meant:
            self.add_error("hours_ago", _("These hours do not go with “How long ago?” above."))
        return data


class NeverTellForm(Screened, VersionedForm):
    """Organisations and people that must never be told anything."""

    excluded_people = FreeText(
        label=_("Which people must never be told?"),
        help_text=_("As she calls them: “my husband’s brother at the clinic”. No full names are needed."),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    excluded_organizations = forms.MultipleChoiceField(
        required=False,
        label=_("Which organisations must never be told?"),
        help_text=_("They are not suggested for her, and nothing can be sent to them."),
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(
        self, *args: Any, near: list[tuple[str, str]], others: list[tuple[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["excluded_organizations"]
        field.choices = [*near, *others]
        self._near = len(near)

    def near_organizations(self) -> Any:
        """Return the boxes of the organisations near her, and of those ticked before."""
        return self["excluded_organizations"][: self._near]

    def other_organizations(self) -> Any:
        return self["excluded_organizations"][self._near :]


class PlanForm(Screened, VersionedForm):
    safety_plan = FreeText(
        label=_("Her safety plan"),
        help_text=NEVER_WRITE,
        widget=forms.Textarea(attrs={"rows": 8}),
    )


class NeedsForm(VersionedForm):
    """What became of each kind of help, also where nothing is sent."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for kind in ServiceType:
            self.fields[kind.value] = _select(codes.Disposition.choices, label=kind.label)


class NameForm(Screened, VersionedForm):
    """The name she has elsewhere, where a service cannot do without it."""

    name = FreeText(
        max_length=120,
        label=_("Her name"),
        help_text=_("Only where a service cannot do without it. Most never need it."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class NoteForm(Screened, WorkForm):
    text = FreeText(
        required=True,
        label=_("New note"),
        help_text=NEVER_WRITE,
        error_messages={"required": _("Write a few words first.")},
    )


_SKIPPED = _("Skip this")
_YES_OR_NO = [choice for choice in codes.ClosingAnswer.choices if choice[0] != codes.ClosingAnswer.NONE]


class CloseCaseForm(Screened, WorkForm):
    """The checklist of closing: each line is answered or left open, and none stands against it."""

    done = FreeText(label=_("What was done?"), help_text=NEVER_WRITE, max_length=1000)
    referrals = _radio(
        codes.ClosingAnswer.choices,
        left=_SKIPPED,
        label=_("Has every referral ended, or was it handed over to somebody?"),
    )
    documents = _radio(
        codes.ClosingAnswer.choices,
        left=_SKIPPED,
        label=_("Does she have the documents she needs?"),
        help_text=_("What stays here is destroyed together with the case."),
    )
    safe_contact = _radio(
        _YES_OR_NO, left=_SKIPPED, label=_("Did you look again at how she is reached safely?")
    )
    follow_up = _radio(_YES_OR_NO, left=_SKIPPED, label=_("Did you agree with her what happens next?"))
    agreed = _radio(
        codes.AgreedToClose.choices,
        left=_SKIPPED,
        label=_("Does she agree that the case is closed?"),
        help_text=_("If she wants it to stay open, leave it open."),
    )


class ReopenForm(Screened, WorkForm):
    """Why a closed case is opened again."""

    reason = forms.ChoiceField(
        choices=codes.ReopenReason.choices,
        label=_("Why is it opened again?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose why it is opened again.")},
    )
    words = FreeText(
        label=_("In a few words"),
        help_text=NEVER_WRITE,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
