"""Pages of copies: take one out, where two people allowed it; and the page where they allow it."""

from typing import Any
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import signed_in, stepped_up, with_role
from accounts.roles import RoleName
from accounts.unlocked import Unlocked
from referrals import access, actions, codes, copies, directory, queries, statistics
from referrals.access import exports as door
from referrals.access.common import denied
from referrals.actions.exports import ROLES
from referrals.copies import Sheet, Watermark
from referrals.entries import EXPORT_TAKEN
from referrals.forms.exports import CopyForm, SwitchForm
from referrals.models import ExportSwitch
from referrals.views import words
from referrals.views.answers import send, show, to
from referrals.views.cases import GET_OR_POST
from referrals.views.statistics import quarter_words, rows_by_district, rows_by_reason


@GET_OR_POST
def copy(request: HttpRequest) -> HttpResponse:
    """Say what a copy means, then give it. Denied where nobody switched it on."""
    unlocked = signed_in(request)
    allowed = door.copies_for(unlocked)
    if not allowed:
        raise denied(unlocked, EXPORT_TAKEN, "agency", unlocked.agency.id)
    stepped_up(request)
    form = CopyForm(request.POST or None, copies=allowed)
    if request.method == "POST" and form.is_valid():
        return copy_as_file(unlocked, form.cleaned_data["what"], form.cleaned_data["file_type"])
    return show(request, "copy", {"form": form})


def copy_as_file(unlocked: Unlocked, what: str, file_type: str) -> HttpResponse:
    """Return a copy to keep, marked with who took it. The door logs it before anything is read."""
    door.copy_of(unlocked, what, file_type)
    mark = Watermark(
        person=unlocked.person.display_name,
        agency=unlocked.agency.name,
        at=timezone.localtime(unlocked.now),
    )
    content = copies.file_of(_SHEETS[what](unlocked), mark, file_type)
    name = quote(f"hamroh-{what}-{unlocked.today:%Y-%m-%d}.{file_type}")
    return HttpResponse(
        content,
        content_type=copies.MEDIA_TYPES[file_type],
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _cases(unlocked: Unlocked) -> Sheet:
    rows = list(access.cases_for(unlocked)[: copies.MOST_ROWS + 1])
    cards = access.open_case_cards(unlocked, rows[: copies.MOST_ROWS])
    names = directory.district_names(card.card.district for card in cards if card.card)
    return Sheet(
        title=_("My open cases"),
        heading=[_("Name used here"), _("Risk level"), _("District"), _("Age"), _("Opened")],
        rows=[
            [
                card.card.alias,
                str(words.label(codes.RiskLevel, card.card.risk_level)),
                names.get(card.card.district, card.card.district),
                str(words.label(codes.AgeBand, card.card.age_band)),
                str(words.since(card.month_opened)),
            ]
            if card.card
            else [_("This case does not open"), "", "", "", str(words.since(card.month_opened))]
            for card in cards
        ],
        is_whole=len(rows) <= copies.MOST_ROWS,
    )


def _referrals(unlocked: Unlocked) -> Sheet:
    page = queries.sent_page(unlocked, limit=copies.MOST_ROWS)
    return Sheet(
        title=_("What I have sent"),
        heading=[_("Service"), _("Organisation"), _("State"), _("Sent on")],
        rows=[
            [
                row.note.service_name,
                row.note.organization_name,
                str(words.FOR_SENDER[row.referral.state_at(unlocked.now)].label),
                str(words.day(row.referral.sent_at)),
            ]
            for row in page.rows
            if row.note is not None
        ],
        is_whole=page.next is None,
    )


def _statistics(unlocked: Unlocked) -> Sheet:
    tables = statistics.unmet_needs(statistics.finished_quarters(unlocked.today)[0])
    quarter = quarter_words(tables.quarter)
    both = rows_by_district(tables, directory.district_names(tables.districts)), rows_by_reason(tables)
    return Sheet(
        title=_("Help that was missing"),
        heading=[_("Quarter"), _("District or reason"), _("Kind of help"), _("Number")],
        rows=[
            [quarter, str(row["name"]), str(number.label), number.text]
            for rows in both
            for row in rows
            for number in row["numbers"]
        ],
    )


_SHEETS = {door.CASES: _cases, door.REFERRALS: _referrals, door.STATISTICS: _statistics}


@GET_OR_POST
def exports(request: HttpRequest) -> HttpResponse:
    """Show which roles may take copies out; ask, approve, switch off."""
    unlocked = with_role(request, RoleName.SUPERVISOR, RoleName.ADMINISTRATOR)
    form = SwitchForm(request.POST or None)

    def switch(answers: dict[str, Any]) -> None:
        change = {
            "ask": actions.ask_for_exports,
            "approve": actions.approve_exports,
            "off": actions.switch_exports_off,
        }[answers["do"]]
        change(unlocked=unlocked, role=answers["role"])

    if request.method == "POST":
        stepped_up(request)
        if send(form, switch):
            return to("exports", done="saved")
    known = queries.export_switches(unlocked)
    context = {
        "form": form,
        "problem": form.non_field_errors()[0] if form.non_field_errors() else "",
        "rows": [_row(unlocked, role, known.get(role.value)) for role in ROLES],
        "copy_url": reverse("referrals:copy") if door.copies_for(unlocked) else "",
    }
    return show(request, "exports", context)


def _row(unlocked: Unlocked, role: RoleName, switch: ExportSwitch | None) -> dict[str, Any]:
    if switch is None:
        kind, state = "quiet", _("Off")
    elif switch.approved_by is None:
        kind, state = "wait", _("Waits for a second person")
    else:
        kind, state = "stop", _("On")
    return {
        "role": role.value,
        "label": role.label,
        "kind": kind,
        "state": state,
        "switch": switch,
        "is_mine": switch is not None and switch.asked_by_id == unlocked.person.id,
        "is_on": switch is not None and switch.approved_by is not None,
        "may_approve": switch is not None
        and switch.approved_by is None
        and switch.asked_by_id != unlocked.person.id,
    }
