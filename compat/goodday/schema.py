"""How the OpenAPI document shows this dialect: names of its own, and its own form of failure."""

from collections.abc import Mapping
from typing import Any

from compat.goodday.errors import INVALID, NOT_FOUND, TYPES
from taskapi.rest import schema
from taskapi.rest.error_responses import ERRORS, ErrorResponse
from taskapi.rest.schema import HEADERS, Schema

TAG = "GoodDay"
EXAMPLE_ID = "0cd85449-05fe-4866-9802-8192e6785fc7"
REQUEST_ID: Schema = {
    "type": "string",
    "format": "uuid",
    "description": "The request's id, as in `X-Request-ID` and in the server's log.",
}
REFUSED: Schema = {
    "type": "object",
    "required": ["field", "message"],
    "properties": {
        "field": {"type": "string", "description": "The field or parameter; `body` for all of the body."},
        "message": {"type": "string"},
    },
}
SCHEMAS: Mapping[str, Schema] = {
    "GoodDayError": {
        "type": "object",
        "description": "The request can't be served.",
        "required": ["type", "message", "id"],
        "properties": {
            "type": {"type": "string", "enum": [name for name in TYPES.values() if name != "ValidationError"]},
            "message": {"type": "string", "description": "For people: it may be reworded."},
            "id": REQUEST_ID,
        },
    },
    "GoodDayValidationError": {
        "type": "object",
        "description": "Fields or parameters are refused.",
        "required": ["type", "message", "id", "errors"],
        "properties": {
            "type": {"type": "string", "const": "ValidationError"},
            "message": {"type": "string"},
            "id": REQUEST_ID,
            "errors": {"type": "array", "minItems": 1, "items": REFUSED},
        },
    },
}
BAD_REQUEST = ErrorResponse(
    name="BadRequest",
    about="The request can't be read.",
    cases={"bad_request": "JSON parse error - Expecting value: line 1 column 10 (char 9)"},
)
UNPROCESSABLE = ErrorResponse(
    name="ValidationError", about="Fields or parameters are refused, each by its name.", cases={"invalid": INVALID}
)
NO_SUCH_TASK = ErrorResponse(
    name="NotFound", about="There is no such task, or it is out of the key's reach.", cases={"not_found": NOT_FOUND}
)
OWN: Mapping[str, ErrorResponse] = {**ERRORS, "400": BAD_REQUEST, "404": NO_SUCH_TASK, "422": UNPROCESSABLE}


class AutoSchema(schema.AutoSchema):
    def get_operation_id(self) -> str:
        return f"goodday_task_{self.verb}"

    def get_tags(self) -> list[str]:
        return [TAG]

    def _is_list_view(self, serializer: Any = None) -> bool:
        return False  # a list is an object here, with an array in it

    def _resolve_path_parameters(self, variables: list[str]) -> list[Schema]:
        parameters = super()._resolve_path_parameters(variables)
        for parameter in parameters:
            parameter["schema"] = {"type": "integer", "minimum": 0}
            parameter["description"] = "The task's id: its `number` in the native API."
        return parameters

    def _get_parameters(self) -> list[Schema]:
        """Without `format`, by which other answers become pages."""
        return [
            parameter for parameter in super()._get_parameters() if not parameter.get("$ref", "").endswith("/Format")
        ]

    def error_statuses(self) -> list[str]:
        return [*super().error_statuses(), "422"]

    def error(self, status: str) -> Schema:
        error = OWN[status]
        kind = TYPES[int(status)]
        name = "GoodDayValidationError" if kind == "ValidationError" else "GoodDayError"
        reference = self.component("schemas", name, SCHEMAS[name])
        content = {"schema": reference, "examples": {kind: {"value": example(kind, next(iter(error.cases.values())))}}}
        headers = {
            **{name: {"description": text, "schema": {"type": "string"}} for name, text in error.headers.items()},
            "X-Request-ID": self.component("headers", "X-Request-ID", HEADERS["X-Request-ID"]),
        }
        response = {"description": error.about, "content": {"application/json": content}, "headers": headers}
        return self.component("responses", f"GoodDay{error.name}", response)


def example(kind: str, message: str) -> Schema:
    body: Schema = {"type": kind, "message": message, "id": EXAMPLE_ID}
    if kind != "ValidationError":
        return body
    refused: Any = {"field": "billable", "message": "The billable field is required."}
    return {**body, "errors": [refused]}
