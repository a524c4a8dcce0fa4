"""What needs a supervisor's look, as on their home page: late, to decide, unusual in the log."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.access import with_role
from accounts.roles import RoleName
from accounts.unlocked import Unlocked
from referrals import queries
from referrals.api import answers
from referrals.api import serializers as shapes
from referrals.views.oversight import HEAD, decisions, of_log


class Oversight(APIView):
    @extend_schema(
        operation_id="oversight",
        responses=shapes.OversightSerializer,
        summary="What needs a supervisor's look; reading the log is written into it first",
    )
    def get(self, request: Request) -> Response:
        unlocked = with_role(request._request, RoleName.SUPERVISOR)
        late = queries.late_page(unlocked, limit=HEAD)
        return Response(
            {
                "cases_locked": not unlocked.may_open_cases,
                "late": [answers.late(unlocked, row) for row in late.rows],
                "more_late": late.next is not None,
                "waiting": [
                    {name: row[name] for name in ("kind", "text", "whom", "mine")}
                    for row in decisions(unlocked)
                ],
                "log": _log(unlocked),
            }
        )


def _log(unlocked: Unlocked) -> dict[str, Any] | None:
    found = of_log(unlocked)
    if not found["has_key"]:
        return None
    check, signed = found["check"], found["signed"]
    return {
        "since": found["looked_since"],
        "unusual": [
            {
                "kind": one["code"],
                "who": one["who"],
                "title": one["label"],
                "text": one["text"],
                "last": one["last"],
            }
            for one in found["unusual"]
        ],
        "more_unusual": found["more_unusual"],
        "checked": {"at": check.at, "fits": check.fits, "entries": check.size} if check else None,
        "check_again": found["check_is_old"],
        "signed": {"at": signed.made_at, "entries": signed.size} if signed else None,
    }
