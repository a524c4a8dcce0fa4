"""Forms of a consent, one page each: the legal duty read aloud, then what she lets us tell.

Between the pages only hidden fields travel, in the body of the POST; nothing is stored before she has
decided.
"""

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from referrals import codes
from referrals.forms.base import LANGUAGE_CHOICES, FreeText, Screened, WorkForm
from services.forms import WholeNumber

# The action speaks of what is kept, the form of what is asked.
ASKED_AS = {"fields": "told", "expires_at": "days", "points_explained": "points"}


class DutyForm(forms.Form):
    """Page 1: what the organisation must do by law was read to her."""

    use_required_attribute = False

    service = forms.UUIDField(widget=forms.HiddenInput)
    after = forms.UUIDField(required=False, widget=forms.HiddenInput)
    renews = forms.UUIDField(required=False, widget=forms.HiddenInput)
    read_aloud = forms.BooleanField(
        label=_("I have read this to her, in words she understands"),
        error_messages={"required": _("Read it to her first, then tick this. She decides knowing it.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)


class RefuseForm(WorkForm):
    """The other button of each page: she does not want this place."""

    service = forms.UUIDField(widget=forms.HiddenInput)


class DecisionForm(Screened, WorkForm):
    """Page 2: what may be told, what for, who decides, until when, and in which words it is read to her."""

    service = forms.UUIDField(widget=forms.HiddenInput)
    # The attempt that came to nothing before this one, of the same case.
    after = forms.UUIDField(required=False, widget=forms.HiddenInput)
    # The consent to the same service that is about to end.
    renews = forms.UUIDField(required=False, widget=forms.HiddenInput)
    # Stands for the words of the legal duty that were read to her.
    duty_read = forms.CharField(max_length=64, widget=forms.HiddenInput)
    told = forms.MultipleChoiceField(
        label=_("She agrees that they are told"),
        help_text=_("Tick only what she agrees to, one by one. Everything else stays here."),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": _("Tick at least one thing she agrees to. If there is none, that is a no.")
        },
    )
    purpose = FreeText(
        required=True,
        max_length=300,
        widget=forms.TextInput(),
        label=_("What for?"),
        help_text=_("In a few words and in her language: it is read to her. Never names or numbers."),
        error_messages={"required": _("Say in a few words what they are told it for.")},
    )
    given_by = forms.ChoiceField(
        choices=codes.GivenBy.choices,
        label=_("Who decides?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose who decides.")},
    )
    said_adult = forms.BooleanField(
        required=False,
        label=_("I asked her: she is 18 or older"),
        help_text=_("Her age is not in the case. Leave this empty when she is younger or does not say."),
    )
    guardian_is_safe = forms.BooleanField(
        required=False,
        label=_("The guardian did not harm her, and does not protect who did"),
        help_text=_("Only where a guardian decides. If you are not sure, do not ask the guardian."),
    )
    language = forms.ChoiceField(choices=LANGUAGE_CHOICES, label=_("In which language does she hear it?"))
    script = forms.ChoiceField(
        required=False,
        choices=codes.Script.choices,
        label=_("Which letters does she read?"),
        widget=forms.RadioSelect,
    )
    days = WholeNumber(
        min_value=1,
        max_value=codes.MOST_CONSENT_DAYS,
        initial=codes.CONSENT_DAYS,
        label=_("For how many days?"),
        help_text=_("Then it ends by itself. She can end it earlier at any time."),
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )

    def __init__(
        self,
        *args: Any,
        offered: Iterable[tuple[str, Any]],
        givers: Iterable[tuple[str, Any]],
        age_is_open: bool,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        told: Any = self.fields["told"]
        told.choices = list(offered)
        given_by: Any = self.fields["given_by"]
        given_by.choices = list(givers)
        if not age_is_open:
            del self.fields["said_adult"]
        if codes.GivenBy.GUARDIAN not in [code for code, _label in given_by.choices]:
            del self.fields["guardian_is_safe"]

    def ends_at(self) -> datetime:
        """Return when the consent ends: so many days from now."""
        return timezone.now() + timedelta(days=self.cleaned_data["days"])


class AnswerForm(DecisionForm):
    """Page 3: the text was read to her, and what she said. What page 2 asked travels along, hidden."""

    # Stands for the words on the page.
    text_read = forms.CharField(max_length=64, widget=forms.HiddenInput)
    points = forms.MultipleChoiceField(
        choices=codes.Point.choices,
        label=_("She has heard and understood"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Explain these to her first, then tick them.")},
    )
    how = forms.ChoiceField(
        choices=codes.Manner.choices,
        label=_("How does she say it?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose how she said it.")},
    )
    witness = forms.ChoiceField(
        required=False,
        choices=codes.Witness.choices,
        label=_("Who else was there?"),
        help_text=_(
            "For spoken words and for a thumbprint. Never somebody close to the person who hurt her, and no "
            "name: only who it is to her."
        ),
        widget=forms.RadioSelect,
    )

    asked_before = (
        "told",
        "purpose",
        "given_by",
        "said_adult",
        "guardian_is_safe",
        "language",
        "script",
        "days",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in self.asked_before:
            if name in self.fields:
                self.fields[name].widget = self._hidden(name)

    def _hidden(self, name: str) -> forms.Widget:
        field = self.fields[name]
        hidden: forms.Widget = field.hidden_widget()
        return hidden

    def asks_again(self) -> bool:
        """Say whether something that page 2 asked has to be looked at again."""
        return any(name in self.errors for name in (*self.asked_before, "after", "renews"))


class ConfirmConsentForm(WorkForm):
    """The second person's look at a colleague's record."""


class SendForm(Screened, WorkForm):
    """Say how soon and how to be reached, then check and send. What no consent names is not asked."""

    urgency = forms.ChoiceField(
        choices=[
            (codes.Urgency.EMERGENCY.value, _("Emergency: an answer within 1 hour")),
            (codes.Urgency.URGENT.value, _("Urgent: an answer within 4 hours")),
            (codes.Urgency.ROUTINE.value, _("Not urgent: an answer within 1 working day")),
        ],
        label=_("How soon do they have to answer?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose how soon you need an answer.")},
    )
    how_to_reach_worker = FreeText(
        required=True,
        may_hold_phone=True,
        max_length=200,
        label=_("How can they reach you?"),
        help_text=_("Your own work phone or desk. Never hers: they read this before they accept."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Say how they can reach you, so that they can ask.")},
    )
    household_size = WholeNumber(
        required=False,
        min_value=1,
        max_value=30,
        label=_("How many people come?"),
        help_text=_("She and who comes with her."),
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    needs = FreeText(
        label=_("What she needs, in a few words"),
        help_text=_("They read this only after they have accepted. Never names or numbers."),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    duty_known = forms.BooleanField(
        label=_("She knows what they must do by law"),
        error_messages={"required": _("Read it to her once more, then tick this.")},
    )

    def __init__(self, *args: Any, told: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for code in (codes.Field.HOUSEHOLD_SIZE, codes.Field.NEEDS):
            if code not in told:
                del self.fields[code.value]

    def hide(self) -> None:
        """Keep the answers in hidden fields, to be looked at once more."""
        for field in self.fields.values():
            field.widget = forms.HiddenInput()


class NarrowForm(WorkForm):
    """What of a consent stays, and until when: only less than before."""

    left = forms.MultipleChoiceField(
        required=False,
        label=_("They may still read"),
        help_text=_("Take out what she no longer wants them to read."),
        widget=forms.CheckboxSelectMultiple,
    )
    last_day = forms.DateField(
        required=False,
        label=_("Last day, if she wants it to end earlier"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": _("Choose a day.")},
    )

    def __init__(self, *args: Any, had: Iterable[tuple[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        left: Any = self.fields["left"]
        left.choices = list(had)

    def ends_at(self) -> datetime | None:
        """Return the last moment of the chosen day; None when the end stays."""
        chosen = self.cleaned_data.get("last_day")
        if chosen is None:
            return None
        return timezone.make_aware(datetime.combine(chosen, time(23, 59)))


class WithdrawForm(WorkForm):
    """A second tap for what cannot be taken back. The page says what will happen."""
