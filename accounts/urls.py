"""Addresses of the accounts room."""

from django.urls import URLPattern, URLResolver, path

from accounts.views import log

app_name = "accounts"
urlpatterns: list[URLPattern | URLResolver] = [
    path("log/", log.page, name="log"),
    path("log/verify/", log.verify, name="log_verify"),
    path("log/export/", log.export, name="log_export"),
    path("log/checkpoint/", log.checkpoint, name="log_checkpoint"),
    path("log/verifier/", log.verifier, name="log_verifier"),
]
