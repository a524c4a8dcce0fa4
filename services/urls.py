"""Addresses of the services room."""

from django.urls import path

from services.views import desk, exports, imports, public, reviews, sheets

app_name = "services"
urlpatterns = [
    path("", public.search, name="search"),
    path("places/", public.places, name="place"),
    path("places/<slug:place_code>/", public.place, name="place_page"),
    path("services/<uuid:service_id>/", public.service, name="service"),
    path("sheets/", sheets.sheets, name="sheets"),
    path("sheets/<slug:place>/numbers.pdf", sheets.sheet, name="sheet"),
    path("sheets/<slug:place>/notes.pdf", sheets.pocket, name="sheet_pocket"),
    path("data/", exports.exports, name="exports"),
    path("data/profile/", exports.profile, name="hsds_profile"),
    path("data/<str:code>/", exports.download, name="export"),
    path("desk/", desk.desk, name="availability_desk"),
    path("desk/<uuid:service_id>/", desk.report, name="availability_report"),
    path("import/", imports.imports, name="import"),
    path("import/map/<uuid:upload_id>/", imports.mapping, name="import_map"),
    path("import/review/", reviews.review, name="import_review"),
    path("import/review/<int:row_id>/", reviews.decide, name="import_decide"),
    path("import/<uuid:run_id>/", imports.run, name="import_run"),
    path("import/<uuid:run_id>/report/", imports.report, name="import_report"),
]
