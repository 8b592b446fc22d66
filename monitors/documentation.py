"""What the OpenAPI document says of monitors, beyond what follows from the code."""

from typing import Any

from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema

from monitors.serializers import MonitorSerializer
from taskapi.rest.schema import describe

ID = "7d0f6c1e-52a4-4b3d-9a63-1f0c8e2b4d95"
MONITOR = {
    "id": ID,
    "name": "Nightly backup",
    "interval": None,
    "cron": "30 2 * * *",
    "timezone": "Europe/Berlin",
    "start_grace": 60,
    "grace": 600,
    "max_runtime": 3600,
    "enabled": True,
    "status": "up",
    "last_check_in": "2026-01-31T01:30:02Z",
    "next_due": "2026-02-01T01:30:00Z",
    "ping_url": f"https://tasks.example.org/ping/{ID}",
}
NIGHTLY = {
    "name": "Nightly backup",
    "cron": "30 2 * * *",
    "timezone": "Europe/Berlin",
    "grace": 600,
    "max_runtime": 3600,
}
SCHEDULE = (
    "Either `interval` or `cron` is set: to send one replaces the other, to send both is refused. "
    "Another schedule, or being enabled again, makes the monitor wait anew: a `late` one, or one that is `down` for a "
    "run that did not come, is `up` again."
)
MONITOR_ID = [OpenApiParameter("id", {"type": "string", "format": "uuid"}, "path", description="The monitor's id.")]


def sent(**bodies: Any) -> list[OpenApiExample]:
    """Request examples, each under its name as a title."""
    return [
        OpenApiExample(name, value, summary=name.replace("_", " "), request_only=True) for name, value in bodies.items()
    ]


def answer(serializer: Any, about: str) -> OpenApiResponse:
    return OpenApiResponse(serializer, about, [OpenApiExample("answer", MONITOR, response_only=True)])


monitors = describe(
    list=extend_schema(
        summary="List monitors",
        description="The monitors of the project.",
        responses={200: answer(MonitorSerializer(many=True), "Monitors, oldest first.")},
    ),
    create=extend_schema(
        summary="Create a monitor",
        description=(
            "A schedule by which runs are expected. A run checks in by `ping_url`, or as a task that is created with "
            "the header `X-TASKBADGER-MONITOR`. The monitor is `new` until the first does, then `up`; `late` when a "
            "run was due `start_grace` ago and did not come, `down` when it was due `grace` ago, when a run fails, or "
            "when it takes longer than `max_runtime`. While a run is under way, no other counts as missed until "
            "`max_runtime` (or `grace`, if that is null) has passed. "
            "After a failure only a run that succeeds brings it up, else any. "
            "Global actions hear of it by the points `monitor_late`, `monitor_down` and `monitor_up`."
        ),
        responses={201: answer(MonitorSerializer, "The monitor, created.")},
        examples=sent(by_a_cron=NIGHTLY, by_an_interval={"name": "Queue worker", "interval": 60, "grace": 30}),
    ),
    retrieve=extend_schema(
        summary="Get a monitor",
        description="One monitor.",
        parameters=MONITOR_ID,
        responses={200: answer(MonitorSerializer, "The monitor.")},
    ),
    update=extend_schema(
        summary="Update a monitor",
        description=f"As PATCH, but that `name` is required. {SCHEDULE}",
        parameters=MONITOR_ID,
        responses={200: answer(MonitorSerializer, "The monitor as it is now.")},
        examples=sent(a_whole_monitor=NIGHTLY),
    ),
    partial_update=extend_schema(
        summary="Change a monitor",
        description=f"Changes the fields that are sent. {SCHEDULE}",
        parameters=MONITOR_ID,
        responses={200: answer(MonitorSerializer, "The monitor as it is now.")},
        examples=sent(another_schedule={"interval": 86400}, disable={"enabled": False}),
    ),
    destroy=extend_schema(
        summary="Delete a monitor",
        description="Its tasks stay, and keep its id; global actions that are about it alone go with it.",
        parameters=MONITOR_ID,
        responses={204: OpenApiResponse(None, "Deleted.")},
    ),
)
