"""Addresses of the access log's pages, in the accounts room's namespace."""

from django.urls import path

from accounts.views import log

urlpatterns = [
    path("", log.page, name="log"),
    path("verify/", log.verify, name="log_verify"),
    path("rewritten/", log.rewritten, name="log_rewritten"),
    path("export/", log.export, name="log_export"),
    path("checkpoint/", log.checkpoint, name="log_checkpoint"),
    path("verifier/", log.verifier, name="log_verifier"),
]
