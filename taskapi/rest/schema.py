"""How drf-spectacular writes our operations down: names, tags, scopes, headers, key schemes, and every error.

A view adds with `@extend_schema` what only it knows: summary, description, bodies, examples. The rest follows from its
path, its `scopes` and its authentication.
"""

from collections.abc import Callable
from copy import deepcopy
from typing import Any, TypeVar

import inflection
from drf_spectacular import openapi
from drf_spectacular.drainage import isolate_view_method
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.plumbing import ComponentRegistry, ResolvedComponent
from drf_spectacular.utils import Direction

from taskapi.rest.error_responses import ERRORS, SCHEMAS

Schema = dict[str, Any]
View = TypeVar("View")

VERBS = {"retrieve": "get", "destroy": "delete"}  # and for all others, the name of the view's action
STANDARD_VERBS = frozenset({"list", "create", "get", "update", "partial_update", "cancel", "delete"})
PATH_PARAMETERS = {
    "org": ("The organization's slug.", "acme"),
    "project": ("The project's slug.", "web"),
}
REQUEST_ID = "Names the request in the answer and in the server's log. Made by the server where it is left out."
HEADERS: dict[str, Schema] = {
    "X-Request-ID": {"description": "The request's id, as sent or as made.", "schema": {"type": "string"}},
    "Link": {
        "description": 'The neighbouring pages, as in the body: `<https://…>; rel="next"`. Absent where there is none.',
        "schema": {"type": "string"},
    },
}
PARAMETERS: dict[str, Schema] = {
    "XRequestID": {
        "name": "X-Request-ID",
        "in": "header",
        "description": REQUEST_ID,
        "schema": {"type": "string", "pattern": "^[A-Za-z0-9._:/+=-]{1,128}$"},
    },
    "Format": {
        "name": "format",
        "in": "query",
        "description": "The form of the answer, over the `Accept` header: `api` is the page for a browser.",
        "schema": {"type": "string", "enum": ["json", "api"]},
    },
}


class AutoSchema(openapi.AutoSchema):
    """One operation of the document."""

    registry: ComponentRegistry
    path: str
    method: str

    @property
    def verb(self) -> str:
        action: str = getattr(self.view, "action", None) or self.method.lower()
        return VERBS.get(action, action)

    @property
    def collection(self) -> str:
        """The plural word of the path: `keys` for `/api/{org}/keys`, `…/keys/{id}` and `…/keys/{id}/revoke`."""
        words = [part for part in self.path.split("/")[2:] if part and not part.startswith("{")]
        is_extra = self.verb not in STANDARD_VERBS and len(words) > 1
        return words[-2 if is_extra else -1] if words else ""

    def get_operation_id(self) -> str:
        name = f"{inflection.singularize(self.collection).replace('-', '_')}_{self.verb}"
        # Both methods of a detail change it in part; each operation has a name of its own.
        return f"{name}_by_post" if self.verb == "partial_update" and self.method == "POST" else name

    def get_tags(self) -> list[str]:
        return [self.collection.replace("-", " ").capitalize()]

    def get_operation(self, *args: Any) -> Schema | None:
        operation: Schema | None = super().get_operation(*args)
        if operation and (scope := self.scope()):
            described = operation.get("description", "")
            operation["description"] = f"{described}\n\nNeeds the scope `{scope}`.".strip()
        return operation

    def scope(self) -> str | None:
        """What `HasScope` asks for; None where it asks for nothing."""
        scopes = getattr(self.view, "scopes", None)
        if scopes is None or not self.view.get_authenticators():
            return None
        needed = scopes.get(getattr(self.view, "action", None), "admin")
        return str(needed) if needed is not None else None

    # -- Parameters --------------------------------------------------------------------------------------------------

    def _resolve_path_parameters(self, variables: list[str]) -> list[Schema]:
        parameters: list[Schema] = super()._resolve_path_parameters(variables)  # type: ignore[no-untyped-call]
        for parameter in parameters:
            pattern = parameter["schema"].pop("pattern", "")  # "anything but a slash" tells nobody anything
            if pattern.startswith("[0-9]"):
                parameter["schema"] = {"type": "integer", "minimum": 0}
            if parameter["name"] in PATH_PARAMETERS:
                parameter["description"], parameter["example"] = PATH_PARAMETERS[parameter["name"]]
        return parameters

    def _get_parameters(self) -> list[Schema]:
        shared = ["XRequestID", *(["Format"] if self.method == "GET" else [])]
        # Along the path, then as declared, the pages last; spectacular's own order is the alphabet's.
        ranks = {"path": 0, "query": 1, "header": 3}
        parameters: list[Schema] = super()._get_parameters()
        parameters.sort(
            key=lambda parameter: (
                ranks[parameter["in"]] + (parameter["name"] in {"page_size", "cursor"}),
                self.path.find("{" + parameter["name"] + "}"),
            )
        )
        return [*parameters, *(self.component("parameters", name, PARAMETERS[name]) for name in shared)]

    # -- Answers -----------------------------------------------------------------------------------------------------

    def _get_response_bodies(self, direction: Direction = "response") -> Schema:
        responses: Schema = super()._get_response_bodies(direction)
        for status in self.error_statuses():
            responses.setdefault(status, self.error(status))
        return dict(sorted(responses.items()))

    def _get_response_headers_for_code(self, status_code: str, direction: str = "response") -> Schema:
        headers: Schema = super()._get_response_headers_for_code(status_code, direction)
        names = ["X-Request-ID"]
        if self._get_paginator() and self.verb == "list":
            names.insert(0, "Link")
        return {**headers, **{name: self.component("headers", name, HEADERS[name]) for name in names}}

    def error_statuses(self) -> list[str]:
        """The failures that this operation can have."""
        statuses = ["400", "405", "406", "500", "503"]
        if self.view.get_authenticators():
            statuses += ["401", "429"]
        if self.scope():
            statuses.append("403")
        if "{" in self.path:
            statuses.append("404")
        if self._get_request_body():
            statuses += ["408", "413", "415"]
        return statuses

    def error(self, status: str) -> Schema:
        for name, schema in SCHEMAS.items():
            self.component("schemas", name, schema)
        error = ERRORS[status]
        headers = {
            **{name: {"description": text, "schema": {"type": "string"}} for name, text in error.headers.items()},
            "X-Request-ID": self.component("headers", "X-Request-ID", HEADERS["X-Request-ID"]),
        }
        return self.component("responses", error.name, {**error.as_openapi(), "headers": headers})

    def component(self, kind: str, name: str, schema: Schema) -> Schema:
        """Puts a shared part into the document, once, and answers with the reference to it."""
        # A copy: hooks write into what they find, and the next document begins anew.
        component = ResolvedComponent(name=name, type=kind, schema=deepcopy(schema), object=name)
        self.registry.register_on_missing(component)
        return component.ref


class KeyScheme(OpenApiAuthenticationExtension):
    target_class = "projects.authentication.KeyAuthentication"
    name = "bearerAuth"

    def get_security_definition(self, auto_schema: Any) -> Schema:
        return {
            "type": "http",
            "scheme": "bearer",
            "description": "The key of a project, or of an organization: `Authorization: Bearer KEY`.",
        }


class SessionScheme(OpenApiAuthenticationExtension):
    target_class = "projects.authentication.SessionAuthentication"
    name = "cookieAuth"

    def get_security_definition(self, auto_schema: Any) -> Schema:
        return {
            "type": "apiKey",
            "in": "cookie",
            "name": "sessionid",
            "description": "A member who signed in at `/api/auth/login/`. Whatever writes needs `X-CSRFToken` as well.",
        }


def describe(**operations: Any) -> Callable[[type[View]], type[View]]:
    """A class decorator: `@extend_schema` calls for a view's methods, by name; a list of them where methods differ.

    As spectacular's `extend_schema_view`, which knows no `cancel`.
    """

    def decorate(view: type[View]) -> type[View]:
        for name, decorators in operations.items():
            for decorator in decorators if isinstance(decorators, list) else [decorators]:
                decorator(isolate_view_method(view, name))
        return view

    return decorate


# -- Hooks -----------------------------------------------------------------------------------------------------------


def without_trailing_slash(endpoints: list[tuple[str, str, str, Any]]) -> list[tuple[str, str, str, Any]]:
    """Every path is served with and without its slash; the document shows it without."""
    return [(path.rstrip("/"), regex, method, view) for path, regex, method, view in endpoints]


def allow_any_json(result: Any, **kwargs: Any) -> Any:
    """Any JSON, or null: spectacular writes "exactly one of anything and null", of which null is both."""
    if isinstance(result, dict):
        if result.get("oneOf") == [{}, {"type": "null"}]:
            del result["oneOf"]
        for value in result.values():
            allow_any_json(value)
    elif isinstance(result, list):
        for value in result:
            allow_any_json(value)
    return result
