"""Addresses of the accounts room."""

from django.urls import URLPattern, URLResolver, include, path

app_name = "accounts"
urlpatterns: list[URLPattern | URLResolver] = [
    path("log/", include("accounts.log_urls")),
]
