"""The specification's own OpenAPI drives our server: no server error, and nothing it does not allow."""

import json
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from django.test.client import ClientHandler
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import response_schema_conformance

from .conftest import SHARED_HSDS, hsds_service, imported

pytestmark = pytest.mark.django_db
PREFIX = "https://raw.githubusercontent.com/openreferral/specification/3.0/schema/"


def _resolved(value: Any, folder: Path) -> Any:
    """Put the schemas in place of references to them, as deep as the specification's own compiled ones."""
    if isinstance(value, dict):
        name = str(value.get("$ref", ""))
        if name.startswith(PREFIX):
            # The compiled whole schemas are not shipped: the plain ones with all inside say the same.
            local = name.removeprefix(PREFIX)
            path = folder / local if (folder / local).exists() else folder / Path(local).name
            return _resolved(json.loads(path.read_text()), folder)
        if name.endswith(".json"):
            return _resolved(json.loads((folder / name).read_text()), folder)
        return {key: _resolved(item, folder) for key, item in value.items()}
    return [_resolved(item, folder) for item in value] if isinstance(value, list) else value


def the_specification() -> dict[str, Any]:
    folder = SHARED_HSDS / "schema"
    if not folder.exists():
        pytest.skip("the HSDS schemas are not on this machine")
    document: dict[str, Any] = json.loads((folder / "openapi.json").read_text())
    for path, operations in document["paths"].items():
        operations.pop("post", None)  # they declare the address's parameters and no body
        if path == "/service_at_locations/{id}":
            # The specification names the schema of a service here (mended in 3.1.2).
            answer = operations["get"]["responses"]["200"]["content"]["application/json"]
            answer["schema"] = {"$ref": f"{PREFIX}service_at_location.json"}
    return dict(_resolved(document, folder))


def test_the_specification_finds_nothing(places_loaded: None, settings: Any) -> None:
    settings.OPEN_API_PER_MINUTE = 100_000
    service = imported(hsds_service(service_subtypes=["hotline"]))[0]
    link = service.service_at_locations.get()
    there = {
        "services": service.pk,
        "organizations": service.organization_id,
        "service_at_locations": link.pk,
    }
    schema = schemathesis.openapi.from_dict(the_specification())
    schema.app = _application
    schema.config.update(base_url="http://testserver/api/hsds")
    tried = {200: 0, 400: 0, 404: 0}
    for found in schema.get_all_operations():
        operation = found.ok()
        _drive(operation, there.get(operation.path.split("/")[1]), tried)
    assert tried[200] > 25
    assert tried[404] > 5


def _application(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    """Answer through the test client's handler, which leaves the test's transaction open."""
    response = ClientHandler(enforce_csrf_checks=True)(environ)
    start_response(f"{response.status_code} {response.reason_phrase}", list(response.items()))
    return [response.getvalue()]


def _drive(operation: Any, known: Any, tried: dict[int, int]) -> None:
    @hypothesis_settings(
        max_examples=10, phases=[Phase.generate], database=None, derandomize=True,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=operation.as_strategy(), there=st.booleans())
    def drive(case: Any, there: bool) -> None:
        if there and known and "id" in (case.path_parameters or {}):
            case.path_parameters["id"] = str(known)
        if there:  # random words are no page and no id: leave them out, and it finds something
            refused = ("page", "per_page", "format", "modified_after", "proximity", "search", "postcode")
            kept = {name: value for name, value in (case.query or {}).items() if name not in refused}
            case.query = {name: value for name, value in kept.items() if not name.endswith("_id")}
        response = case.call()
        case.validate_response(response, checks=[not_a_server_error])
        if response.status_code == 200 and "ndjson" not in response.headers["content-type"][0]:
            case.validate_response(response, checks=[response_schema_conformance])
        tried[response.status_code] += 1

    drive()
