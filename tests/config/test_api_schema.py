"""The API's description: served as it is committed, so that a change of the API shows in review."""

from pathlib import Path

import pytest
from django.test import Client
from django.utils import translation
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiYamlRenderer

SNAPSHOT = Path(__file__).resolve().parents[2] / "docs" / "api-schema.yaml"
HOW = "HAMROH_MODE=test python manage.py spectacular --validate --fail-on-warn --file docs/api-schema.yaml"


def test_snapshot_is_up_to_date() -> None:
    with translation.override("en"):
        schema = SchemaGenerator().get_schema(public=True)
        now = OpenApiYamlRenderer().render(schema, renderer_context={}).decode()
    assert now == SNAPSHOT.read_text("utf-8"), f"The API changed. Write its description anew:  {HOW}"


@pytest.mark.parametrize("kind", ["application/vnd.oai.openapi+json", "application/vnd.oai.openapi"])
def test_anybody_may_read_it_as_json_or_yaml(kind: str) -> None:
    response = Client().get("/api/schema/", headers={"accept": kind})
    assert response.status_code == 200
    assert response["Content-Type"].startswith(kind)
    assert b"/api/v1/cases/" in response.content
