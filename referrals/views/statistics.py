"""The page of unmet needs: the same suppressed tables of a finished quarter for everybody."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from referrals import codes, directory, statistics, suppression
from referrals.statistics import Tables
from referrals.suppression import Arc
from referrals.views import words
from referrals.views.answers import show
from services.codes import ServiceType

_BAR = 34
_WIDTH = 600
_LABELS = 250


@dataclass(frozen=True)
class Number:
    """One number of a table. ``text`` is what is written; a hidden one says so in words as well."""

    label: str
    text: str
    is_hidden: bool = False


@require_safe
def unmet(request: HttpRequest) -> HttpResponse:
    """Show the unmet needs of one quarter: ``?quarter=2026-07-01``, the newest finished one unless said."""
    quarters = statistics.finished_quarters(timezone.localdate())
    asked = request.GET.get("quarter")
    known = {str(quarter): quarter for quarter in quarters}
    if asked and asked not in known:
        raise Http404
    quarter = known[asked] if asked else quarters[0]
    tables = statistics.unmet_needs(quarter)
    names = directory.district_names(tables.districts)
    context = {
        "quarter": quarter_words(quarter),
        "quarters": [
            {"value": str(one), "label": quarter_words(one), "here": one == quarter} for one in quarters
        ],
        "types": [words.label(ServiceType, one) for one in tables.types],
        "rows": rows_by_district(tables, names),
        "reason_rows": rows_by_reason(tables),
        "bars": _bars(tables),
        "chart_height": _BAR * len(tables.types),
        "chart_width": _WIDTH,
    }
    return show(request, "unmet", context)


def quarter_words(quarter: date) -> str:
    return _("%(year)d, quarter %(number)d") % {
        "year": quarter.year,
        "number": (quarter.month - 1) // 3 + 1,
    }


def number_words(number: int | None) -> str:
    return _("hidden") if number is None else str(number)


def _number(label: Promise | str, tables: Tables, arc: Arc) -> Number:
    number = tables.get(arc)
    return Number(str(label), number_words(number), number is None)


def rows_by_district(tables: Tables, names: Any) -> list[dict[str, Any]]:
    """Return a row a district, and the totals last."""
    rows = [
        {
            "name": names.get(district, district) or _("District not known"),
            "numbers": [
                *(
                    _number(words.label(ServiceType, one), tables, suppression.cell(district, one))
                    for one in tables.types
                ),
                _number(_("Together"), tables, suppression.district_total(district)),
            ],
        }
        for district in tables.districts
    ]
    rows.sort(key=lambda row: row["name"])
    return [*rows, _totals(tables)] if rows else []


def rows_by_reason(tables: Tables) -> list[dict[str, Any]]:
    """Return a row a reason, and the totals last."""
    rows = [
        {
            "name": words.label(codes.UnmetReason, reason),
            "numbers": [
                *(
                    _number(words.label(ServiceType, one), tables, suppression.reason_cell(one, reason))
                    for one in tables.types
                ),
                _number(_("Together"), tables, suppression.reason_total(reason)),
            ],
        }
        for reason in tables.reasons
    ]
    return [*rows, _totals(tables)] if rows else []


def _totals(tables: Tables) -> dict[str, Any]:
    return {
        "name": _("Together"),
        "numbers": [
            *(
                _number(words.label(ServiceType, one), tables, suppression.type_total(one))
                for one in tables.types
            ),
            _number(_("Together"), tables, suppression.TOTAL),
        ],
    }


def _bars(tables: Tables) -> list[dict[str, Any]]:
    """Return a bar a type; one that is hidden has no length."""
    numbers = [tables.get(suppression.type_total(one)) for one in tables.types]
    longest = max((number for number in numbers if number), default=1)
    room = _WIDTH - _LABELS - 80
    return [
        {
            "label": words.label(ServiceType, one),
            "text": number_words(number),
            "y": position * _BAR + 6,
            "text_y": position * _BAR + 23,
            "width": round((number or 0) / longest * room),
            "text_x": _LABELS + round((number or 0) / longest * room) + 8,
        }
        for position, (one, number) in enumerate(zip(tables.types, numbers, strict=True))
    ]
