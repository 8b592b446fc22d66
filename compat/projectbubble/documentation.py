"""What the OpenAPI document says of this dialect: its own errors and key headers, and samples that work."""

from collections.abc import Mapping
from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema

from compat.projectbubble import examples
from compat.projectbubble.filters import MOST, ORDERS, STATUSES
from compat.projectbubble.schemas import COMPONENTS, LIST, NOTHING, ONE, SENT
from taskapi.rest import schema
from taskapi.rest.documented_params import TEXT, query
from taskapi.rest.error_responses import RETRY_AFTER
from taskapi.rest.schema import HEADERS, describe

ERROR: schema.Schema = {
    "type": "object",
    "description": "Why the request was not served, in one text.",
    "required": ["error"],
    "properties": {"error": {"type": "string", "description": "Each parameter that is refused, with the reason."}},
}
# Status: name of the response, what it is about, its text, its headers.
ERRORS: Mapping[str, tuple[str, str, str, Mapping[str, str]]] = {
    "400": (
        "BadRequest",
        "Parameters are refused, or the body can't be read.",
        "due_date: A date is expected: yyyymmdd.",
        {},
    ),
    "401": (
        "Unauthorized",
        "The key is missing, unknown or revoked, of another organization, or lacks the scope.",
        "Permission error. Your user account (API Key) does not have permission to access tasks.",
        {"WWW-Authenticate": "`Key`"},
    ),
    "404": ("NotFound", "There is no such task or project within reach of the key.", "Task not found.", {}),
    "405": (
        "MethodNotAllowed",
        "The path knows other methods.",
        "Method “patch” not allowed.",
        {"Allow": "The methods that the path knows."},
    ),
    "413": ("RequestTooLarge", "The body is larger than the server takes.", "The request body is too large.", {}),
    "415": (
        "UnsupportedMediaType",
        "The body is compressed.",
        "Send the body without a Content-Encoding.",
        {"Accept-Encoding": "`identity`"},
    ),
    "429": (
        "TooManyRequests",
        "Too many keys from this address have failed.",
        "Request was throttled. Expected available in 12 seconds.",
        RETRY_AFTER,
    ),
    "500": (
        "ServerError",
        "A fault of the server; its log has more under the request id.",
        "A server error occurred.",
        {},
    ),
    "503": (
        "ServiceUnavailable",
        "The database did not answer.",
        "The database did not answer. Try again.",
        RETRY_AFTER,
    ),
}


class Schema(schema.AutoSchema):
    """One operation of this dialect."""

    def get_operation_id(self) -> str:
        verb = "post" if self.verb == "create_or_finish" else self.verb
        return f"projectbubble_task_{verb}"

    def get_operation(self, *args: Any) -> schema.Schema | None:
        operation = super().get_operation(*args)
        for name, component in COMPONENTS.items():
            self.component("schemas", name, component)
        return operation

    def get_tags(self) -> list[str]:
        return ["ProjectBubble"]

    def scope(self) -> str | None:
        view: Any = self.view
        return "` or `".join(view.scopes.get(view.action, ())) or None

    def _is_list_view(self, serializer: Any = None) -> bool:
        """Its list is an object, and written down as it is."""
        return False

    def _get_parameters(self) -> list[schema.Schema]:
        form = {"$ref": "#/components/parameters/Format"}  # there is one form of answers
        return [parameter for parameter in super()._get_parameters() if parameter != form]

    def error_statuses(self) -> list[str]:
        statuses = ["400", "401", "405", "429", "500", "503"]
        if "{" in self.path:
            statuses.append("404")
        if self.method in {"POST", "PUT"}:
            statuses += ["408", "413", "415"]
        return statuses

    def error(self, status: str) -> schema.Schema:
        if status not in ERRORS:  # before the dialect is known
            return super().error(status)
        name, about, text, more = ERRORS[status]
        self.component("schemas", "ProjectBubbleError", ERROR)
        headers = {
            **{header: {"description": told, "schema": {"type": "string"}} for header, told in more.items()},
            "X-Request-ID": self.component("headers", "X-Request-ID", HEADERS["X-Request-ID"]),
        }
        body = {
            "schema": {"$ref": "#/components/schemas/ProjectBubbleError"},
            "examples": {"error": {"value": {"error": text}}},
        }
        response = {"description": about, "content": {"application/json": body}, "headers": headers}
        return self.component("responses", f"ProjectBubble{name}", response)


class KeyScheme(OpenApiAuthenticationExtension):
    target_class = "compat.projectbubble.authentication.DomainAuthentication"
    name = ["projectBubbleDomain", "projectBubbleKey"]

    def get_security_definition(self, auto_schema: Any) -> list[schema.Schema]:
        return [
            {
                "type": "apiKey",
                "in": "header",
                "name": "domain",
                "description": "The organization's slug; what follows its first dot is passed over.",
            },
            {
                "type": "apiKey",
                "in": "header",
                "name": "key",
                "description": "An API key of the organization or a project.",
            },
        ]


def sent(**bodies: Any) -> dict[str, Any]:
    """A body in each of its forms, with request examples, each under its name as a title."""
    shown = [
        OpenApiExample(name, value, summary=name.replace("_", " "), request_only=True, media_type="application/json")
        for name, value in bodies.items()
    ]
    forms = ("application/json", "application/x-www-form-urlencoded", "multipart/form-data")
    return {"request": dict.fromkeys(forms, SENT), "examples": shown}


def answer(body_schema: Any, about: str, body: Any) -> OpenApiResponse:
    return OpenApiResponse(body_schema, about, [OpenApiExample("answer", body, response_only=True)])


def in_path(about: str) -> list[OpenApiParameter]:
    return [OpenApiParameter("id", {"type": "integer", "minimum": 1}, "path", description=about)]


NUMBER = {"type": "integer", "minimum": 1}
DAY = {"type": "string", "pattern": "^[0-9]{4}-?[0-9]{2}-?[0-9]{2}"}
FILTERS = [
    query("project_id", "Tasks of this project.", NUMBER, 35),
    query("due_from", "Due on this day or later: yyyymmdd.", DAY, "20140901"),
    query("due_to", "Due on this day or earlier.", DAY, "20140930"),
    query("created_from", "Created on this day or later, in UTC.", DAY, "20140901"),
    query("created_to", "Created on this day or earlier, in UTC.", DAY, "20140930"),
    query("completed_from", "Completed on this day or later, in UTC.", DAY, "20140901"),
    query("completed_to", "Completed on this day or earlier, in UTC.", DAY, "20140930"),
    query("tag", "`a`, or `name:value`; of several colons any may be the one between.", TEXT, "env:production"),
    query(
        "status",
        "`open`: not completed. `active`, `inactive`, `onhold`: `active` is 1, 0, 2. Archived ones are listed by "
        "`archived` alone.",
        {"type": "string", "enum": list(STATUSES)},
        "open",
    ),
    query(
        "order",
        "Ascending, tasks without a due date last; `latest`, the default, has the newest first.",
        {"type": "string", "enum": list(ORDERS)},
        "duedate",
    ),
    query("limit", f"Number of records; {MOST} by default and at most.", {"type": "integer", "minimum": 1}, 10),
    query("offset", "Records to pass over.", {"type": "integer", "minimum": 0}, 0),
]
SHOWN_BACK = (
    "Numbers may be sent as text. A task may be sent back as it is shown: what is only ever shown is passed over. "
    "Unknown parameters are refused."
)
FINISH = (
    "`completed` (or `complete`) 1 completes the task and all of its subtasks, and a recurring one gets its next "
    "occurrence. `resume` 1 makes the task pending again, and leaves its subtasks as they are. Either ignores all else."
)

tasks = describe(
    list=extend_schema(
        summary="List tasks",
        description="The tasks of all projects that the key reaches. Filters are combined.",
        parameters=FILTERS,
        responses={200: answer(LIST, "Tasks; an empty list where none match.", examples.LIST)},
    ),
    create=extend_schema(
        summary="Create a task in a project of the body",
        description=f"As POST to the project's id. {SHOWN_BACK}",
        responses={201: answer(ONE, "The task, created.", examples.ONE)},
        **sent(in_a_project=examples.NEW_IN_PROJECT),
    ),
    retrieve=extend_schema(
        summary="Get a task",
        description="One task, archived or not.",
        parameters=in_path("The task's `number`."),
        responses={200: answer(ONE, "The task.", examples.ONE)},
    ),
    create_or_finish=extend_schema(
        summary="Create a task in a project, or complete or resume a task",
        description=(
            "The id is a project's, unless the body asks to complete or resume: then it is a task's. "
            f"{FINISH} {SHOWN_BACK}"
        ),
        parameters=in_path("The `number` of a project, or of the task to complete or resume."),
        responses={
            200: answer(ONE, "The task, completed or resumed.", examples.DONE),
            201: answer(ONE, "The task, created.", examples.ONE),
        },
        **sent(
            create=examples.NEW,
            create_with_much=examples.NEW_WITH_MUCH,
            complete=examples.COMPLETE,
            resume=examples.RESUME,
        ),
    ),
    update=extend_schema(
        summary="Update a task",
        description=(
            "Changes what is sent. `project_id` moves the task with its subtasks; `minutes`, `hours` or `days` set the "
            f"total time by one correcting report. {FINISH} {SHOWN_BACK}"
        ),
        parameters=in_path("The task's `number`."),
        responses={200: answer(ONE, "The task as it is now.", examples.ONE)},
        **sent(describe=examples.UPDATE, progress=examples.PROGRESS, complete=examples.COMPLETED),
    ),
    destroy=extend_schema(
        summary="Delete a task",
        description="The task and its subtasks are gone here, and cancelled natively.",
        parameters=in_path("The task's `number`."),
        responses={200: answer(NOTHING, "Deleted.", [])},
    ),
)
