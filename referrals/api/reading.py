"""What every address that is read shares: who asks, and which page of a list."""

from typing import Any

from rest_framework.request import Request

from referrals.api.serializers import PageSerializer, SafeHoursSerializer


def page_of(request: Request) -> dict[str, Any]:
    """Return which page of a list is asked for; a strange number is a 400."""
    asked = PageSerializer(data=request.query_params)
    asked.is_valid(raise_exception=True)
    return {"after": asked.validated_data["after"] or None, "limit": asked.validated_data["limit"]}


def goes_on(request: Request) -> bool:
    """Say whether somebody who was told that it is no safe hour goes on."""
    asked = SafeHoursSerializer(data=request.query_params)
    asked.is_valid(raise_exception=True)
    return bool(asked.validated_data.get("outside_hours") == "show")
