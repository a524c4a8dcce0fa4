"""Addresses of the services room."""

from django.urls import path

from services.views import desk, imports, public

app_name = "services"
urlpatterns = [
    path("", public.search, name="search"),
    path("places/", public.places, name="place"),
    path("places/<slug:place_code>/", public.place, name="place_page"),
    path("services/<uuid:service_id>/", public.service, name="service"),
    path("desk/", desk.desk, name="availability_desk"),
    path("desk/<uuid:service_id>/", desk.report, name="availability_report"),
    path("import/", imports.imports, name="import"),
    path("import/<uuid:run_id>/", imports.run, name="import_run"),
]
