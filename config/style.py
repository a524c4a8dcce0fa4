"""The page that shows every component in every state, for the people who build pages.

Not served in production. What it shows is the contract: class names and the parameters of the
partials in templates/components/.
"""

import re
from datetime import UTC, datetime
from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from referrals.views.statistics import chart

_CHOICES = [("a", _("Psychosocial support")), ("b", _("Legal assistance")), ("c", _("Health care"))]


class Sample(forms.Form):
    """Every kind of question once."""

    alias = forms.CharField(label=_("Alias"), help_text=_("A name only the two of you know."))
    email = forms.EmailField(label=_("E-mail"), required=False)
    password = forms.CharField(label=_("Password"), widget=forms.PasswordInput)
    notes = forms.CharField(
        label=_("Notes"),
        required=False,
        widget=forms.Textarea,
        help_text=_("No names, numbers or addresses."),
    )
    district = forms.ChoiceField(label=_("District"), choices=[("", "—"), *_CHOICES])
    service = forms.ChoiceField(
        label=_("Service"), choices=_CHOICES, widget=forms.RadioSelect, help_text=_("Choose one.")
    )
    languages = forms.MultipleChoiceField(
        label=_("Languages"), choices=_CHOICES, widget=forms.CheckboxSelectMultiple, required=False
    )
    day = forms.DateField(label=_("Day"), widget=forms.DateInput(attrs={"type": "date"}))
    places = forms.IntegerField(label=_("Places free"), min_value=0)
    read = forms.BooleanField(label=_("I read it aloud to her"), help_text=_("In her language."))
    fixed = forms.CharField(label=_("Set by your organisation"), disabled=True, required=False)


# What `make screenshots --look` knows, and what the stylesheet does for it.
LOOKS = (
    ("light", _("The tokens as they stand.")),
    ("dark", _("The same tokens, dark. Every pair keeps its contrast.")),
    ("contrast", _("Muted text and lines take the colour of the ink; shadows go.")),
    ("forced", _("The system’s own colours. What was a surface gets a border.")),
    ("print", _("Navigation, buttons and the exit go; cards get thin lines.")),
)


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Show all components."""
    wrong = Sample({"alias": "", "email": "not-an-address", "day": "tomorrow", "notes": _("Kept as typed.")})
    wrong.is_valid()
    at = datetime(2026, 3, 8, 10, 30, tzinfo=UTC)
    events: list[dict[str, Any]] = [
        {"label": _("Sent"), "state": "done", "at": at, "by": "Sample Centre"},
        {"label": _("Accepted"), "state": "now", "text": _("An answer is due in 2 hours.")},
        {"label": _("Delivered"), "state": "next"},
    ]
    stopped = [
        {"label": _("Sent"), "state": "done", "at": at},
        {"label": _("Declined"), "state": "stopped", "text": _("No place free.")},
    ]
    facts = [
        {"key": _("Service"), "value": _("Legal assistance"), "url": "#facts"},
        {"key": _("District"), "value": "Sample district"},
        {"key": _("Note"), "value": ""},
    ]
    context = {
        "form": Sample(prefix="ok", initial={"alias": "Lola", "service": "b", "fixed": "Sample Centre"}),
        "wrong": wrong,
        "steps": [_("Needs"), _("Service"), _("Consent"), _("Send")],
        "events": events,
        "stopped": stopped,
        "facts": facts,
        "sample_name": "Lola",
        "looks": LOOKS,
        "hint": {"title": _("An invented name is enough"), "text": _("A name only the two of you know.")},
        "chart": chart(
            [(label, number) for (_code, label), number in zip(_CHOICES, (12, 5, None), strict=True)]
        ),
        "tones": ["ok", "wait", "stop", "info"],
        "icons": re.findall(
            r'<symbol id="(\w+)" viewBox="0 0 24', (settings.BASE_DIR / "static/icons.svg").read_text()
        ),
    }
    return render(request, "style/page.html", context)
