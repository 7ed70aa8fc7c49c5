"""Builds the OpenAPI 3.1 document from the operations themselves."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Mapping, Sequence
from http import HTTPStatus
from typing import Any, TypeAlias

from pydantic import TypeAdapter
from pydantic.json_schema import JsonSchemaMode

from hub.api import HubError
from hub.web.bodies import FILE_FIELD
from hub.web.errors import ErrorAnswer, RangeNotSatisfiable, status_of
from hub.web.fields import LARGEST_ID
from hub.web.routing import JSON, Operation

Schema: TypeAlias = dict[str, Any]
REF = "#/components/schemas/{model}"
ID = {"type": "integer", "minimum": 1, "maximum": LARGEST_ID}
SECURITY = {
    "bearer": {"type": "http", "scheme": "bearer", "description": "The token of POST /login, or an API token."},
}


def document(operations: Sequence[Operation], version: str) -> Schema:
    """The whole document; paths are below /api/v1."""
    schemas = _Schemas(operations)
    paths: dict[str, Schema] = {}
    for operation in operations:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _operation(operation, schemas)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Contact Hub", "version": version},
        "servers": [{"url": "/api/v1"}],
        "paths": paths,
        "components": {"schemas": schemas.definitions, "securitySchemes": SECURITY},
    }


class _Schemas:
    """The JSON schemas of every model in use, under unique names."""

    def __init__(self, operations: Iterable[Operation]) -> None:
        wanted: list[tuple[object, JsonSchemaMode, TypeAdapter[Any]]] = [
            ("error", "serialization", TypeAdapter(ErrorAnswer))
        ]
        for operation in operations:
            wanted += _adapters(operation)
        found, extra = TypeAdapter.json_schemas(wanted, ref_template=REF)
        self._found: Mapping[tuple[object, str], Schema] = {(key, mode): one for (key, mode), one in found.items()}
        self.definitions: dict[str, Schema] = extra.get("$defs", {})

    def of(self, key: object, mode: JsonSchemaMode) -> Schema:
        return self._found[key, mode]

    def properties(self, key: object) -> Schema:
        """The fields of a query model, which stands nowhere as a whole."""
        schema = self.of(key, "validation")
        name = schema.get("$ref", "").rpartition("/")[2]
        fields: Schema = self.definitions[name]["properties"] if name else schema["properties"]
        return fields


def _adapters(operation: Operation) -> list[tuple[object, JsonSchemaMode, TypeAdapter[Any]]]:
    signature = operation.signature
    found: list[tuple[object, JsonSchemaMode, TypeAdapter[Any]]] = []
    if signature.query:
        found.append(((id(operation), "query"), "validation", TypeAdapter(signature.query.model)))
    if signature.body:
        found.append(((id(operation), "body"), "validation", signature.body))
    if signature.result is not None:
        found.append(((id(operation), "result"), "serialization", TypeAdapter(signature.result)))
    return found


def _operation(operation: Operation, schemas: _Schemas) -> Schema:
    summary, _, description = inspect.cleandoc(operation.handler.__doc__ or "").partition("\n")
    described: Schema = {
        "operationId": operation.handler.__name__,
        "summary": summary,
        "tags": [operation.tag],
        "parameters": [*_ids(operation), *_query(operation, schemas)],
        "responses": {**_success(operation, schemas), **_failures(operation, schemas)},
    }
    if description.strip():
        described["description"] = description.strip()
    if operation.reads_body:
        described["requestBody"] = _body(operation, schemas)
    if not operation.public:
        described["security"] = [{"bearer": []}]
    if operation.permission:
        described["x-permission"] = str(operation.permission)
    return described


def _ids(operation: Operation) -> list[Schema]:
    return [{"name": name, "in": "path", "required": True, "schema": ID} for name in operation.names]


def _query(operation: Operation, schemas: _Schemas) -> list[Schema]:
    if operation.signature.query is None:
        return []
    required = {name for name, field in operation.signature.query.model.model_fields.items() if field.is_required()}
    fields = schemas.properties((id(operation), "query"))
    return [
        {"name": name, "in": "query", "required": name in required, "schema": _not_null(schema)}
        for name, schema in fields.items()
    ]


def _not_null(schema: Schema) -> Schema:
    """A query has no null: what may be left out is simply not required."""
    kept = {key: value for key, value in schema.items() if key not in ("anyOf", "title") and value is not None}
    options = [option for option in schema.get("anyOf", []) if option.get("type") != "null"]
    if len(options) == 1:
        return {**kept, **options[0]}
    return {**kept, "anyOf": options} if options else kept


def _body(operation: Operation, schemas: _Schemas) -> Schema:
    if operation.signature.file:
        form = {
            "type": "object",
            "properties": {FILE_FIELD: {"type": "string", "format": "binary"}},
            "required": [FILE_FIELD],
        }
        return {"required": True, "content": {"multipart/form-data": {"schema": form}}}
    schema = schemas.of((id(operation), "body"), "validation")
    return {"required": operation.signature.body_required, "content": {JSON: {"schema": schema}}}


def _success(operation: Operation, schemas: _Schemas) -> Schema:
    if operation.signature.raw:
        schema: Schema = {"type": "string"} if operation.produces.startswith("text/") else {}
        content = {operation.produces: {"schema": schema}}
        done = {str(operation.status): {"description": "Done.", "content": content}}
        ranged = RangeNotSatisfiable in operation.raises
        return done | ({"206": {"description": "The part asked for.", "content": content}} if ranged else {})
    if operation.signature.result is None:
        return {str(HTTPStatus.NO_CONTENT.value): {"description": "Done."}}
    schema = schemas.of((id(operation), "result"), "serialization")
    return {str(operation.status): {"description": "Done.", "content": {JSON: {"schema": schema}}}}


def _failures(operation: Operation, schemas: _Schemas) -> Schema:
    by_status: dict[str, list[type[HubError]]] = {}
    for kind in operation.errors:
        by_status.setdefault(str(status_of(kind).value), []).append(kind)
    schema = schemas.of("error", "serialization")
    return {
        status: {
            "description": " ".join(f"`{kind.code}`: {kind.line}" for kind in kinds),
            "content": {JSON: {"schema": schema}},
        }
        for status, kinds in sorted(by_status.items())
    }
