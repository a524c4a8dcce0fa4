"""What to try in the demo, for its front page. Loaded where ``make demo`` runs, never on a real site."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from referrals.demo.network import PASSWORD
from referrals.demo.tour import WAYS


def tour(request: HttpRequest) -> dict[str, Any]:
    """Return ``ways`` and ``password``; a page that needs somebody signed in leads by way of signing in."""
    unlocked = getattr(request, "unlocked", None)
    ways = [
        {
            "title": way.title,
            "person": way.person,
            "is_me": unlocked is not None and unlocked.person.name == way.person,
            "stops": [{"url": reverse(stop.route), "text": stop.text} for stop in way.stops],
        }
        for way in WAYS
    ]
    return {"ways": ways, "password": PASSWORD}
