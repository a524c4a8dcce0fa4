"""The pages of unmet needs and of how long help took: the same suppressed tables of a finished quarter for
everybody, each with a drawing that says no more than its table.
"""

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

# In units of the drawing, of which a phone has some 320: a line of words, and below it the bar.
_WIDTH, _ROW, _ROOM = 400, 46, 300
# A number that is hidden has no length to tell: a dashed bar, always the same.
_HIDDEN = 40


@dataclass(frozen=True)
class Number:
    """One number of a table. ``text`` is what is written; a hidden one says so in words as well."""

    label: str
    text: str
    is_hidden: bool = False


@require_safe
def unmet(request: HttpRequest) -> HttpResponse:
    """Show the unmet needs of one quarter: ``?quarter=2026-07-01``, the newest finished one unless said."""
    quarter, quarters = _asked(request)
    tables = statistics.unmet_needs(quarter)
    names = directory.district_names(tables.districts)
    context = {
        "quarter": quarter_words(quarter),
        "quarters": quarters,
        "types": [words.label(ServiceType, one) for one in tables.types],
        "rows": rows_by_district(tables, names),
        "reason_rows": rows_by_reason(tables),
        "chart": chart(
            [(words.label(ServiceType, one), tables.get(suppression.type_total(one))) for one in tables.types]
        ),
    }
    return show(request, "unmet", context)


@require_safe
def waits(request: HttpRequest) -> HttpResponse:
    """Show how long help took in one quarter: ``?quarter=2026-07-01``, else the newest finished one."""
    quarter, quarters = _asked(request)
    tables = statistics.waits(quarter)
    bands = [one for one in codes.Wait.values if one in tables.reasons]
    context = {
        "quarter": quarter_words(quarter),
        "quarters": quarters,
        "types": [words.label(codes.Wait, one) for one in bands],
        "rows": _rows_by_type(tables, bands),
        # Every band, also an empty one: a gap between two bars is part of what is shown.
        "chart": chart(
            [
                (one.label, tables.get(suppression.reason_total(one)) if one in bands else 0)
                for one in codes.Wait
            ]
        ),
    }
    return show(request, "waits", context)


def _asked(request: HttpRequest) -> tuple[date, list[dict[str, Any]]]:
    """Return the quarter asked for and the choice of quarters; any other is not there."""
    quarters = statistics.finished_quarters(timezone.localdate())
    asked = request.GET.get("quarter")
    known = {str(quarter): quarter for quarter in quarters}
    if asked and asked not in known:
        raise Http404
    quarter = known[asked] if asked else quarters[0]
    choice = [{"value": str(one), "label": quarter_words(one), "here": one == quarter} for one in quarters]
    return quarter, choice


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


def _rows_by_type(tables: Tables, bands: list[str]) -> list[dict[str, Any]]:
    """Return a row a kind of help with how often it took how long, and the totals last."""
    rows = [
        {
            "name": words.label(ServiceType, kind),
            "numbers": [
                *(
                    _number(words.label(codes.Wait, band), tables, suppression.reason_cell(kind, band))
                    for band in bands
                ),
                _number(_("Together"), tables, suppression.type_total(kind)),
            ],
        }
        for kind in tables.types
    ]
    totals = {
        "name": _("Together"),
        "numbers": [
            *(
                _number(words.label(codes.Wait, band), tables, suppression.reason_total(band))
                for band in bands
            ),
            _number(_("Together"), tables, suppression.TOTAL),
        ],
    }
    return [*rows, totals] if rows else []


def chart(numbers: list[tuple[Any, int | None]]) -> dict[str, Any]:
    """Return a bar a number, the longest as long as there is room; a hidden one says only that it is."""
    longest = max((number for _label, number in numbers if number), default=1)
    bars = []
    for position, (label, number) in enumerate(numbers):
        width = _HIDDEN if number is None else round(number / longest * _ROOM)
        bars.append(
            {
                "label": label,
                "text": number_words(number),
                "is_hidden": number is None,
                "text_y": position * _ROW + 15,
                "bar_y": position * _ROW + 21,
                "number_y": position * _ROW + 34,
                "width": width,
                "number_x": width + 8,
            }
        )
    return {"bars": bars, "width": _WIDTH, "height": _ROW * len(bars)}
