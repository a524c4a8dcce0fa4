"""Addresses. Each room brings its own; this file only says where they hang."""

from django.urls import include, path

from config import views

urlpatterns = [
    path("", views.home, name="home"),
    path("", include("accounts.urls")),
    path("log/", include("audit.urls")),
    path("directory/", include("services.urls")),
    path("work/", include("referrals.urls")),
    path("api/v1/", include("config.api_urls")),
]
