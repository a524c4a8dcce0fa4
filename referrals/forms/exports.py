"""Forms of copies: what is taken out and as which file; switching a role on and off."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from referrals.access.exports import CASES, REFERRALS, STATISTICS
from referrals.actions.exports import ROLES
from referrals.copies import CSV, XLSX
from referrals.forms.base import WorkForm

WHAT = {
    CASES: _("My open cases, as my list shows them"),
    REFERRALS: _("What I have sent, and where it stands"),
    STATISTICS: _("Help that was missing, the last quarter"),
}


class CopyForm(WorkForm):
    """What to take out."""

    what = forms.ChoiceField(
        label=_("What do you take out?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one of the answers.")},
    )
    file_type = forms.ChoiceField(
        choices=[(XLSX, _("Spreadsheet (XLSX)")), (CSV, _("Plain table (CSV)"))],
        initial=XLSX,
        label=_("As which file?"),
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, copies: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["what"]
        field.choices = [(code, WHAT[code]) for code in copies]


class SwitchForm(WorkForm):
    """What is decided about a role."""

    role = forms.ChoiceField(choices=[(role.value, role.label) for role in ROLES])
    do = forms.ChoiceField(choices=[(one, one) for one in ("ask", "approve", "off")])
