"""Forms of follow-up: a task with its day, the end of a protection order."""

from django import forms
from django.utils.translation import gettext_lazy as _

from referrals.forms.base import NEVER_WRITE, FreeText, Screened, VersionedForm


class TaskForm(Screened, VersionedForm):
    """What is to be done, and until when."""

    text = FreeText(
        label=_("What is to be done?"),
        help_text=NEVER_WRITE,
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2}),
        required=True,
        error_messages={"required": _("Write what is to be done.")},
    )
    due_on = forms.DateField(
        label=_("By when?"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": _("Choose today or a later day.")},
    )


class OrderForm(VersionedForm):
    """Until when a protection order lasts."""

    protection_order_ends_on = forms.DateField(
        required=False,
        label=_("Until when does her protection order last?"),
        help_text=_("You are reminded seven days before it ends. Leave it open if there is none."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
