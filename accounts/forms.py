"""The forms of this room: one a POST. They check shape; whether something opens is for ``actions``."""

from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts import leaving
from accounts.errors import CodeUnknown
from accounts.names import MOST_PASSWORD, NAME_PATTERN, fold
from accounts.notices.gateway import is_ones_own
from accounts.roles import RoleName
from vault import codes
from vault.errors import Refused

_PLAIN = {"autocapitalize": "none", "autocorrect": "off", "spellcheck": "false"}


def _password(label: Any, *, new: bool = False, help_text: Any = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=help_text,
        max_length=MOST_PASSWORD,
        strip=False,
        widget=forms.PasswordInput(
            attrs={"autocomplete": "new-password" if new else "current-password", **_PLAIN}
        ),
    )


class _Draw(forms.CharField):
    """From what the papers are made: the form sent again, because its answer was lost, makes the same."""

    def __init__(self) -> None:
        super().__init__(required=False, initial=codes.new_code, widget=forms.HiddenInput)

    def clean(self, value: Any) -> str:
        try:
            return codes.to_text(codes.parse(str(value or "")))
        except Refused:
            return ""  # nobody types it; without it the papers are made from a draw of their own


def _paper_code(label: Any, *, required: bool = True, help_text: Any = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=help_text,
        required=required,
        max_length=64,
        widget=forms.TextInput(attrs={"autocomplete": "off", **_PLAIN}),
    )


def _phone_code(label: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=7,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )


def _sign_in_name() -> forms.CharField:
    return forms.CharField(
        label=_("Sign-in name"),
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "username", **_PLAIN}),
    )


class SignInForm(forms.Form):
    """Name and password; the card where this device does not remember one."""

    name = _sign_in_name()
    password = _password(_("Password"))
    card = _paper_code(
        _("Code on your card"),
        required=False,
        help_text=_("Only the first time on this device, and only if you were given a card."),
    )
    remember_card = forms.BooleanField(
        label=_("Remember the card on this device"), required=False, initial=True
    )


class PhoneCodeForm(forms.Form):
    """The code from the telephone."""

    code = _phone_code(_("Six digits from your telephone"))


class StepUpForm(forms.Form):
    """The password once more, or the code from the telephone."""

    secret = _password(
        _("Password"), help_text=_("Or the six digits from your telephone, if you have switched that on.")
    )
    card = _paper_code(
        _("Code on your card"), required=False, help_text=_("Only if this device does not remember it.")
    )


class _NewPasswordForm(forms.Form):
    """What every form with a new password has: the password twice."""

    new_password = _password(
        _("New password"),
        new=True,
        help_text=_(
            "At least 12 characters. Four or five words that only you would put together make a good one."
        ),
    )
    again = _password(_("New password once more"), new=True)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("new_password") != cleaned.get("again"):
            self.add_error("again", _("The two passwords are not the same."))
        return cleaned


class ChangePasswordForm(_NewPasswordForm):
    """The old password, and the new one twice."""

    old_password = _password(_("Current password"))
    card = _paper_code(
        _("Code on your card"), required=False, help_text=_("Only if this device does not remember it.")
    )
    field_order = ["old_password", "card", "new_password", "again"]


class RecoveryForm(_NewPasswordForm):
    """The recovery code and a new password."""

    name = _sign_in_name()
    code = _paper_code(_("Recovery code"), help_text=_("From the paper you printed on your first day."))
    draw = _Draw()
    field_order = ["name", "code", "new_password", "again"]


class PapersForm(forms.Form):
    """The password, for new papers."""

    password = _password(_("Password"))
    card = _paper_code(
        _("Code on your card"), required=False, help_text=_("Only if this device does not remember it.")
    )
    with_card = forms.BooleanField(label=_("Make a new card"), required=False, initial=True)
    draw = _Draw()


class InvitationCodeForm(forms.Form):
    """The paper code of an invitation."""

    code = _paper_code(
        _("Invitation code"), help_text=_("The code on the paper your administrator gave you.")
    )


class AcceptForm(_NewPasswordForm):
    """A new colleague's own password."""

    code = forms.CharField(max_length=64, widget=forms.HiddenInput)
    with_card = forms.BooleanField(
        label=_("Print a card for me"),
        help_text=_(
            "A card is a printed code that a new device asks for once. It protects you when somebody "
            "learns your password. Leave it only if you have no safe place for a card."
        ),
        required=False,
        initial=True,
    )
    field_order = ["code", "new_password", "again", "with_card"]


def _day(label: Any) -> forms.DateField:
    return forms.DateField(
        label=label,
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d", "%d.%m.%Y"],
    )


class DatesForm(forms.Form):
    """Until when training and code of conduct are valid."""

    trained_until = _day(_("Confidentiality training valid until"))
    code_signed_until = _day(_("Code of conduct valid until"))


class RolesForm(forms.Form):
    """The roles of a colleague."""

    roles = forms.MultipleChoiceField(
        label=_("Roles"), choices=RoleName.choices, required=False, widget=forms.CheckboxSelectMultiple
    )


class InviteForm(RolesForm, DatesForm):
    """A new colleague: names, roles, dates."""

    display_name = forms.CharField(
        label=_("Name"), max_length=100, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    name = forms.CharField(
        label=_("Sign-in name"),
        help_text=_("Letters, digits, point and hyphen. It cannot be changed later."),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off", **_PLAIN}),
    )
    field_order = ["display_name", "name", "roles", "trained_until", "code_signed_until"]

    def clean_name(self) -> str:
        name = fold(self.cleaned_data["name"])
        if not NAME_PATTERN.fullmatch(name):
            raise forms.ValidationError(_("Use 2 to 60 letters, digits, points or hyphens."))
        return name


class ActivateForm(forms.Form):
    """The administrator says that the numbers are the same."""

    fingerprint = forms.CharField(max_length=64, min_length=64, widget=forms.HiddenInput)
    same = forms.BooleanField(label=_("I heard exactly this number from them, in person or by telephone"))


class AgreementForm(forms.Form):
    """The administrator says that the partner's number is the same."""

    fingerprint = forms.CharField(max_length=64, min_length=64, widget=forms.HiddenInput)
    valid_until = _day(_("Agreement valid until"))
    same = forms.BooleanField(label=_("I compared this number with the partner’s administrator"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["valid_until"].required = True


class NoticesForm(forms.Form):
    """How somebody wants to be told that there is an update."""

    language = forms.ChoiceField(label=_("Language of your notices"), choices=settings.LANGUAGES)
    by_email = forms.BooleanField(
        label=_("By e-mail"), required=False, help_text=_("Only to an address that you confirmed below.")
    )
    by_gateway = forms.BooleanField(
        label=_("By SMS or messenger"),
        required=False,
        help_text=_("Only if your organisation has a gateway that knows your number."),
    )
    emergencies_at_night = forms.BooleanField(
        label=_("Tell me about emergencies at night too"),
        required=False,
        help_text=_("All other notices wait from nine in the evening until eight in the morning."),
    )


class AddressForm(forms.Form):
    """A new address for notices."""

    email = forms.EmailField(
        label=_("Your e-mail address"),
        help_text=_("One that only you read. It gets the words “You have an update.” and nothing else."),
        max_length=200,
        widget=forms.EmailInput(attrs={"autocomplete": "email", **_PLAIN}),
    )


class AddressCodeForm(forms.Form):
    """The code that came by mail."""

    code = forms.RegexField(
        r"^\s*\d{8}\s*$",
        label=_("The eight digits from the mail"),
        error_messages={"invalid": CodeUnknown.message},
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )


class LeavingForm(forms.Form):
    """The pages that an agency's people leave to, one address a line."""

    addresses = forms.CharField(
        label=_("Addresses, one on each line"),
        help_text=_(
            "Between two and eight whole addresses that begin with https://, without a question mark. "
            "Leave it empty to use the usual ones."
        ),
        required=False,
        max_length=leaving.MOST * (leaving.LONGEST + 2),
        widget=forms.Textarea(attrs={"rows": 6, "inputmode": "url", "autocomplete": "off", **_PLAIN}),
    )

    def clean_addresses(self) -> list[str]:
        """Return the addresses as they will be opened, each once; say of each wrong line what is wrong."""
        lines = [line.strip() for line in self.cleaned_data["addresses"].splitlines() if line.strip()]
        found: list[str] = []
        wrong: list[forms.ValidationError] = []
        for line in lines:
            try:
                found.append(leaving.checked(line))
            except leaving.NotNeutral as error:
                shown = {"address": line[:80], "reason": error.reason}
                wrong.append(forms.ValidationError(_("%(address)s: %(reason)s"), params=shown))
        if wrong:
            raise forms.ValidationError(wrong)
        each_once = list(dict.fromkeys(found))
        if each_once and not leaving.FEWEST <= len(each_once) <= leaving.MOST:
            raise forms.ValidationError(
                _("Name between %(fewest)d and %(most)d pages: always the same one would be noticed."),
                params={"fewest": leaving.FEWEST, "most": leaving.MOST},
            )
        return each_once


class GatewayForm(forms.Form):
    """Where an agency's gateway listens."""

    url = forms.URLField(
        label=_("Address of the gateway"),
        help_text=_("Begins with https://. Leave it empty to switch the gateway off."),
        required=False,
        max_length=300,
        assume_scheme="https",
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off", **_PLAIN}),
    )

    def clean_url(self) -> str:
        url = str(self.cleaned_data["url"])
        if url and not url.startswith("https://"):
            raise forms.ValidationError(_("The address must begin with https://."))
        if url and is_ones_own(urlsplit(url).hostname or ""):
            raise forms.ValidationError(
                _("This address lies inside a network and is never called. Give a public one.")
            )
        return url
