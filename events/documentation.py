"""What the OpenAPI document says of the events."""

from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema

from taskapi.rest.documented_params import TEXT, query
from taskapi.rest.schema import describe
from tasks import examples
from tasks.documentation import FILTERS

MEDIA_TYPE = "text/event-stream"
TOKEN = "q0dYw1bUe0aFMTIwNy4zMS4xMjA3LjE3Njk4NjA4MDAwMDA"  # noqa: S105 - an id of the documentation
STREAM = f"""retry: 2000

id: {TOKEN}
event: status
data: {{"task":{{"id":"{examples.ID}","name":"account.export","status":"success"}},\
"from":"processing","to":"success","at":"2026-01-31T12:04:10.117000Z"}}

event: progress
data: {{"task":{{"id":"{examples.ID}","name":"account.export","status":"processing","value":250}}}}

"""
ABOUT = (
    "A stream of server-sent events, one for each change of a task. `created`: a new task. `status`: its status moved "
    "`from`, `to`, `at`; these come in one order, none is lost, and whoever comes back with the last `id` that he saw "
    "gets each of them once. `progress`: the latest state of a task that is not over, a few times a second at most, "
    "and again after a reconnect. `reset`: the place is too old, or none: load the list anew. `data` is one line of "
    "JSON: `task` as it is now, and what the event adds. A comment every 15 seconds is a sign of life.\n\n"
    "The filters are those of the list; with `status`, a change is sent where the task enters or leaves it. Here "
    "`task` is shortened in the example: it is the whole task."
)
LAST = "The `id` of the last event that was seen: the stream goes on after it."

events = describe(
    events=extend_schema(
        summary="Listen to tasks",
        description=ABOUT,
        parameters=[
            *FILTERS,
            query("last_event_id", f"{LAST} For clients that can't send the header, which counts first.", TEXT, TOKEN),
            OpenApiParameter("Last-Event-ID", str, OpenApiParameter.HEADER, description=LAST),
        ],
        responses={
            (200, MEDIA_TYPE): OpenApiResponse(
                str, "The events, as they happen.", [OpenApiExample("answer", STREAM, response_only=True)]
            )
        },
    )
)
