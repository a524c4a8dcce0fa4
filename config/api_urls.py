"""The API's addresses: each room's router under /api/v1/."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("services.api_urls")),
    path("", include("referrals.api_urls")),
]
