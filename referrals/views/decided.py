"""What can be done with a decision she made: read it again, print it, make it less, ask her anew in time."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import may_open_cases
from referrals import access, actions, codes, entries, reading
from referrals.access import Item, OpenCase
from referrals.codes import Field
from referrals.forms.consent import NarrowForm
from referrals.payload import Consent
from referrals.views import words
from referrals.views.answers import send, show, to

ASKED_AS = {"fields": "left", "ends_at": "last_day"}


def decision_links(opened: OpenCase, item: Item[Consent]) -> dict[str, Any]:
    """Return where a consent on the case's page leads: its paper, making it less, asking her anew."""
    args = [opened.id, item.id]
    consent = item.content
    given = consent.decision == codes.Decision.GIVEN
    return {
        "consent_id": item.id,
        "service_id": consent.service_id,
        "taken_out": words.fields_in_words(
            tuple(field for step in consent.narrowed for field in step.taken_out)
        ),
        "paper_url": reverse("referrals:consent_paper", args=args) if given else "",
        "narrow_url": reverse("referrals:consent_narrow", args=args),
    }


@require_safe
def consent_paper(request: HttpRequest, case_id: UUID, consent_id: UUID) -> HttpResponse:
    """Show what was read to her, as it was read, to read again or to sign on paper."""
    unlocked = may_open_cases(request)
    opened = access.case_for(unlocked, case_id, action=entries.CONSENT_PAPER)
    consent = opened.consent(consent_id).content
    if consent.decision != codes.Decision.GIVEN:
        raise Http404
    read = reading.as_it_was_read(consent)
    context = {
        "back_url": reverse("referrals:case", args=[case_id]),
        "reading": read,
        "facts": [
            {"key": key, "value": value}
            for key, value in (
                (_("Given on"), words.day(consent.decided_at)),
                (_("Given by"), words.label(codes.GivenBy, consent.given_by)),
                (_("How"), words.label(codes.Manner, consent.how)),
                (_("Who else was there"), words.label(codes.Witness, consent.witness)),
                (_("Heard in"), words.language(consent.language)),
                (
                    _("Text"),
                    _("%(language)s, version %(number)s")
                    % {"language": read.paper["language"], "number": consent.heard.version}
                    if read
                    else "",
                ),
                (_("Its fingerprint"), consent.heard.hash[:16]),
                (_("Explained"), words.labels(codes.Point, consent.points_explained, between="; ")),
                (_("Ends on"), words.day(consent.expires_at)),
                (_("Taken back on"), words.day(consent.withdrawn_at)),
            )
            if value
        ],
        "narrowed": [
            {
                "day": words.day(step.at),
                "fields": words.fields_in_words(step.taken_out),
                "ends": words.day(step.ends_at),
            }
            for step in consent.narrowed
        ],
    }
    return show(request, "consent_paper", context)


@require_safe
def consent_form(request: HttpRequest, text: str) -> HttpResponse:
    """Show the form without anybody's data, to print and to fill in by hand."""
    may_open_cases(request)
    if text not in codes.TEXTS:
        raise Http404
    context = {
        "back_url": reverse("referrals:needs_me"),
        "reading": reading.blank_form(text),
        "text": text,
        "others": blank_forms(),
    }
    return show(request, "consent_form", context)


def blank_forms() -> list[dict[str, str]]:
    """Return the empty form in each text: its address, its name in its own words, and its ``lang``."""
    return [
        {
            "code": code,
            "url": reverse("referrals:consent_form", args=[code]),
            "name": form.paper["language"],
            "tag": form.tag,
        }
        for code in codes.TEXTS
        for form in (reading.blank_form(code),)
    ]


def own_form() -> str:
    """Return the address of the empty form in the reader's language."""
    language = get_language() or "en"
    return reverse("referrals:consent_form", args=[language if language in codes.TEXTS else "en"])


@require_http_methods(["GET", "HEAD", "POST"])
def consent_narrow(request: HttpRequest, case_id: UUID, consent_id: UUID) -> HttpResponse:
    """Ask what stays and until when, say what that does, and cut what was sent."""
    unlocked = may_open_cases(request)
    opened = access.case_for(unlocked, case_id, to="edit")
    consent = opened.consent(consent_id).content
    back = reverse("referrals:case", args=[case_id])
    had = [(field, words.label(Field, field)) for field in consent.fields]
    form = NarrowForm(request.POST or None, initial={"left": list(consent.fields)}, had=had)

    def narrow(answers: dict[str, Any]) -> None:
        actions.narrow_consent(
            unlocked=unlocked,
            opened=opened,
            consent_id=consent_id,
            fields=answers["left"],
            ends_at=form.ends_at(),
            once=answers["key"],
        )

    if request.method == "POST" and send(form, narrow, ASKED_AS):
        return to("case", case_id, done="consent-narrowed")
    context = {
        "form": form,
        "title": _("What may they still read?"),
        "service_name": consent.service_name,
        "organization_name": consent.organization_name,
        "until": consent.expires_at,
        "withdraw_url": reverse("referrals:consent_withdraw", args=[case_id, consent_id]),
        "back_url": back,
    }
    return show(request, "consent_narrow", context)
