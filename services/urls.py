"""Addresses of the services room."""

from django.urls import path

from services.views import desk, imports, provider_links, public

app_name = "services"
urlpatterns = [
    path("", public.search, name="search"),
    path("places/", public.places, name="place"),
    path("services/<uuid:service_id>/", public.service, name="service"),
    path("desk/", desk.desk, name="availability_desk"),
    path("desk/<uuid:service_id>/", desk.report, name="availability_report"),
    path("desk/<uuid:service_id>/undo/", desk.undo, name="availability_undo"),
    path("desk/<uuid:service_id>/history/", desk.history, name="availability_history"),
    path("services/<uuid:service_id>/heard/", desk.heard, name="availability_heard"),
    path("services/<uuid:service_id>/link/", provider_links.make, name="link_make"),
    path("link/<str:token>/", provider_links.provider, name="provider_link"),
    path("import/", imports.imports, name="import"),
    path("import/<uuid:run_id>/", imports.run, name="import_run"),
]
