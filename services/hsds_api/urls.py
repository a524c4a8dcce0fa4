"""Addresses of the HSDS API, written as in its specification: without a slash at the end."""

from django.urls import path

from services.hsds_api import views

app_name = "hsds"
urlpatterns = [
    path("", views.about, name="about"),
    path("openapi.json", views.openapi, name="openapi"),
    *(path(kind, views.listing, {"kind": kind}, name=kind) for kind in views.KINDS),
    *(
        path(f"{kind}/<str:record_id>", views.item, {"kind": kind}, name=f"{kind}_item")
        for kind in views.KINDS
    ),
]
