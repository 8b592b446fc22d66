"""The failures of the API as the OpenAPI document shows them: one response for each status, one schema for each type.

The codes and texts are those of `taskapi.rest.errors`; a test holds every answer that it sees against them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from taskapi.rest.errors import FAULTS_MAX

Schema = dict[str, Any]

ERROR: Schema = {
    "type": "object",
    "description": "One thing that is wrong.",
    "required": ["code", "detail", "attr"],
    "properties": {
        "code": {"type": "string", "description": "For programs: it stays as it is."},
        "detail": {"type": "string", "description": "For people: it may be reworded."},
        "attr": {
            "type": ["string", "null"],
            "description": "The field, parameter or header that it is about: `name`, `actions.0.trigger`.",
        },
    },
}


def envelope_schema(kind: str, about: str) -> Schema:
    return {
        "type": "object",
        "description": about,
        "required": ["type", "errors"],
        "properties": {
            "type": {"type": "string", "const": kind},
            "errors": {
                "type": "array",
                "minItems": 1,
                "maxItems": FAULTS_MAX,
                "items": {"$ref": "#/components/schemas/Error"},
            },
        },
    }


SCHEMAS: Mapping[str, Schema] = {
    "Error": ERROR,
    "ClientErrorResponse": envelope_schema("client_error", "The request can't be served as it is."),
    "ServerErrorResponse": envelope_schema("server_error", "The request may be right, the server could not serve it."),
    "ValidationErrorResponse": envelope_schema(
        "validation_error", "Fields or parameters that are refused, each named in `attr`; `code` says in what way."
    ),
}


@dataclass(frozen=True, kw_only=True)
class ErrorResponse:
    """How one status looks. `cases`: each code with a text of it; `headers`: each header with what it says."""

    name: str
    about: str
    cases: Mapping[str, str]
    headers: Mapping[str, str] = field(default_factory=dict)
    schema: str = "ClientErrorResponse"

    def as_openapi(self) -> Schema:
        kind = SCHEMAS[self.schema]["properties"]["type"]["const"]
        examples = {code: {"value": example(kind, code, text)} for code, text in self.cases.items()}
        return {
            "description": self.about,
            "content": {"application/json": {"schema": self.body(), "examples": examples}},
        }

    def body(self) -> Schema:
        codes = {"items": {"properties": {"code": {"enum": list(self.cases)}}}}
        return {"allOf": [{"$ref": f"#/components/schemas/{self.schema}"}, {"properties": {"errors": codes}}]}


class BadRequest(ErrorResponse):
    """The one status of two types: what fails to validate has many codes, what can't be read has few."""

    def body(self) -> Schema:
        return {"oneOf": [{"$ref": "#/components/schemas/ValidationErrorResponse"}, super().body()]}

    def as_openapi(self) -> Schema:
        response = super().as_openapi()
        field_error = example("validation_error", "required", "This field is required.", "name")
        examples = response["content"]["application/json"]["examples"]
        response["content"]["application/json"]["examples"] = {"validation_error": {"value": field_error}, **examples}
        return response


def example(kind: str, code: str, text: str, attr: str | None = None) -> Schema:
    return {"type": kind, "errors": [{"code": code, "detail": text, "attr": attr}]}


RETRY_AFTER = {"Retry-After": "Seconds to wait before the next try."}

ERRORS: Mapping[str, ErrorResponse] = {
    "400": BadRequest(
        name="BadRequest",
        about="Fields or parameters are refused, or the request can't be read.",
        cases={
            "parse_error": "JSON parse error - Expecting value: line 1 column 10 (char 9)",
            "bad_request": "The request could not be understood.",
        },
    ),
    "401": ErrorResponse(
        name="Unauthorized",
        about="There is no key, or it is unknown, expired or revoked.",
        cases={
            "authentication_failed": "Incorrect authentication credentials.",
            "not_authenticated": "Authentication credentials were not provided.",
        },
        headers={"WWW-Authenticate": "`Bearer`"},
    ),
    "403": ErrorResponse(
        name="Forbidden",
        about="The caller lacks the scope, or a signed-in browser the CSRF token.",
        cases={"permission_denied": "This key or member lacks the scope that the request needs."},
    ),
    "404": ErrorResponse(
        name="NotFound",
        about="There is no such thing, or it is out of the caller's reach.",
        cases={"not_found": "Not found."},
    ),
    "405": ErrorResponse(
        name="MethodNotAllowed",
        about="The path knows other methods.",
        cases={"method_not_allowed": "Method “patch” not allowed."},
        headers={"Allow": "The methods that the path knows."},
    ),
    "406": ErrorResponse(
        name="NotAcceptable",
        about="The `Accept` header asks for what the server can't write.",
        cases={"not_acceptable": "Could not satisfy the request Accept header."},
    ),
    "408": ErrorResponse(
        name="RequestTimeout",
        about="The body came too slowly: 10 seconds for the first MB, then 100 kB a second.",
        cases={"request_timeout": "The request body came too slowly."},
    ),
    "413": ErrorResponse(
        name="RequestTooLarge",
        about="The body is larger than the server takes: 4 MB, unless it is set otherwise.",
        cases={"request_too_large": "The request body is too large."},
    ),
    "415": ErrorResponse(
        name="UnsupportedMediaType",
        about="The body is not sent as JSON, or is compressed.",
        cases={"not_acceptable": "Unsupported media type “application/xml” in request."},
        headers={"Accept-Encoding": "`identity`, where the body came with another `Content-Encoding`."},
    ),
    "429": ErrorResponse(
        name="TooManyRequests",
        about="Too many keys from this address have failed.",
        cases={"throttled": "Request was throttled. Expected available in 12 seconds."},
        headers=RETRY_AFTER,
    ),
    "500": ErrorResponse(
        name="ServerError",
        about="A fault of the server; its log has more under the request id.",
        cases={"error": "A server error occurred."},
        schema="ServerErrorResponse",
    ),
    "503": ErrorResponse(
        name="ServiceUnavailable",
        about="The database did not answer.",
        cases={"service_unavailable": "The database did not answer. Try again."},
        headers=RETRY_AFTER,
        schema="ServerErrorResponse",
    ),
}
