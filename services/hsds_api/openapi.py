"""The API described for programs (OpenAPI 3.1): the HSDS specification's addresses and parameters on
our server, with what we add. The schemas of records stay where their authors publish them.
"""

from typing import Any

_SCHEMAS = "https://raw.githubusercontent.com/openreferral/specification/3.1/schema/"
_PARAMETERS: dict[str, tuple[str, dict[str, Any]]] = {
    "search": ("Words that the service must have, in any script and spelling.", {"type": "string"}),
    "page": ("Number of the page, from 1.", {"type": "integer", "minimum": 1}),
    "per_page": ("Records on a page.", {"type": "integer", "minimum": 1, "maximum": 100}),
    "format": ("json, or ndjson: everything, one record a line.", {"enum": ["json", "ndjson"]}),
    "full": ("Records with everything in them.", {"type": "boolean"}),
    "full_service": ("Organizations with whole services in them.", {"type": "boolean"}),
    "minimal": ("Only what the schema requires and modified_date; pages of 5,000.", {"type": "boolean"}),
    "modified_after": ("Changed at this moment or later.", {"type": "string", "format": "date-time"}),
    "taxonomy_term_id": ("Records that carry this term.", {"type": "string", "format": "uuid"}),
    "taxonomy_id": ("Records that carry a term of this taxonomy.", {"type": "string", "format": "uuid"}),
    "organization_id": ("Services of this organization.", {"type": "string", "format": "uuid"}),
    "postcode": ("Postal code of a public address.", {"type": "string"}),
    "district": ("A district or region: our code, SOATO or ISO 3166-2.", {"type": "string"}),
    "proximity": (
        "Metres around the middle of `district`; of its region where that middle is not known.",
        {"type": "string"},
    ),
    "top_only": ("Only terms without a parent.", {"type": "boolean"}),
    "parent_id": ("Only terms below this one.", {"type": "string", "format": "uuid"}),
}
_POINT = {
    "latitude": {"type": "number", "description": "Of a point, instead of `district`. Only by POST."},
    "longitude": {"type": "number", "description": "Of a point, instead of `district`. Only by POST."},
}
_PAGING = ("search", "page", "per_page", "format")
_TERMS = ("taxonomy_term_id", "taxonomy_id")
# kind: (schema of a whole record, schema in a list, parameters of the list)
_KINDS: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "services": (
        "service.json",
        "compiled/service_list.json",
        (*_PAGING, *_TERMS, "organization_id", "modified_after", "minimal", "full"),
    ),
    "organizations": (
        "organization.json",
        "compiled/organization_list.json",
        (*_PAGING, *_TERMS, "full", "full_service"),
    ),
    "service_at_locations": (
        "service_at_location.json",
        "compiled/service_at_location_list.json",
        (*_PAGING, *_TERMS, "organization_id", "modified_after", "full", "postcode", "district", "proximity"),
    ),
    "taxonomies": ("taxonomy.json", "taxonomy.json", _PAGING),
    "taxonomy_terms": (
        "taxonomy_term.json",
        "taxonomy_term.json",
        (*_PAGING, "taxonomy_id", "top_only", "parent_id"),
    ),
}
_PAGE = {
    "type": "object",
    "required": ["empty"],
    "properties": {
        "total_items": {"type": "integer"},
        "total_pages": {"type": "integer"},
        "page_number": {"type": "integer"},
        "size": {"type": "integer"},
        "first_page": {"type": "boolean"},
        "last_page": {"type": "boolean"},
        "empty": {"type": "boolean"},
        "contents": {"type": "array"},
    },
}
_PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {"type": "object"},
    },
}


def description(server: str) -> dict[str, Any]:
    """Return the OpenAPI document of the API at ``server`` (an absolute address)."""
    paths: dict[str, Any] = {
        "/": {"get": {"operationId": "about", "responses": {"200": _ok({"type": "object"})} | _failures(429)}}
    }
    for kind, (whole, line, names) in _KINDS.items():
        paths[f"/{kind}"] = _list(kind, line, names)
        paths[f"/{kind}/{{id}}"] = _item(kind, whole)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Hamroh directory, HSDS 3.1",
            "version": "1",
            "description": "Published services for survivors. Open, read only, without a key.",
        },
        "servers": [{"url": server.rstrip("/")}],
        "paths": paths,
        "components": {
            "schemas": {"Page": _PAGE, "Problem": _PROBLEM},
            "parameters": {
                name: {"name": name, "in": "query", "description": text, "schema": schema}
                for name, (text, schema) in _PARAMETERS.items()
            },
        },
    }


def _list(kind: str, line: str, names: tuple[str, ...]) -> dict[str, Any]:
    contents = {"type": "array", "items": {"$ref": _SCHEMAS + line}}
    page = {"allOf": [{"$ref": "#/components/schemas/Page"}, {"properties": {"contents": contents}}]}
    properties = {name: _PARAMETERS[name][1] | {"description": _PARAMETERS[name][0]} for name in names} | (
        _POINT if "proximity" in names else {}
    )
    body = {"schema": {"type": "object", "properties": properties}}
    answers = {"200": _ok(page)} | _failures(400, 404, 429)
    return {
        "get": {
            "operationId": f"list_{kind}",
            "parameters": [{"$ref": f"#/components/parameters/{name}"} for name in names],
            "responses": answers,
        },
        "post": {
            "operationId": f"search_{kind}",
            "description": "The same as GET, without the search standing in an address.",
            "requestBody": {"content": {"application/json": body, "application/x-www-form-urlencoded": body}},
            "responses": answers,
        },
    }


def _item(kind: str, whole: str) -> dict[str, Any]:
    by_id = {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
    more = [{"$ref": "#/components/parameters/full_service"}] if kind == "organizations" else []
    return {
        "get": {
            "operationId": f"read_{kind}",
            "parameters": [by_id, *more],
            "responses": {"200": _ok({"$ref": _SCHEMAS + whole})} | _failures(400, 404, 429),
        }
    }


def _ok(schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": "What was asked for.", "content": {"application/json": {"schema": schema}}}


def _failures(*statuses: int) -> dict[str, Any]:
    words = {
        400: "A parameter cannot be read.",
        404: "There is no such record or page.",
        429: "Too many requests; Retry-After says how many seconds to wait.",
    }
    problem = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {str(status): {"description": words[status], "content": problem} for status in statuses}
