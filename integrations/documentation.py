"""What the OpenAPI document says of channels and deliveries, beyond what follows from the code."""

from typing import Any

from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema

from integrations.models import DeliveryStatus
from integrations.serializers import (
    ChannelSerializer,
    ChannelWithSecretSerializer,
    DeliverySerializer,
    TestResultSerializer,
)
from projects.documentation import answer, in_path
from taskapi.rest.documented_params import DAY, LAST, MOMENT, TEXT, UUID, query, several
from taskapi.rest.schema import describe

TASK_ID = "019b46e2-7a31-7c4f-9d8a-2f6b1c0e5d43"
WEBHOOK = {"kind": "webhook", "slug": "ops", "name": "On call", "config": {"url": "https://hooks.example.org/tasks"}}
EMAIL = {"kind": "email", "slug": "night", "config": {"to": "night@example.org, ops@example.org"}}
CHANNEL = {
    "id": 5,
    "kind": "webhook",
    "slug": "ops",
    "integration": "webhook:ops",
    "name": "On call",
    "config": {"url": "https://hooks.example.org/tasks"},
    "enabled": True,
    "created": "2026-01-31T12:00:00Z",
    "updated": "2026-01-31T12:00:00Z",
}
WITH_SECRET = {**CHANNEL, "secret": "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"}
TEST_RESULT = {"delivered": False, "status": 500, "response": "Oops", "error": "The answer was 500.", "duration_ms": 87}
DELIVERY = {
    "id": "019b46e3-02c4-7d11-8a35-6e0f9b7c4a28",
    "integration": "webhook:ops",
    "task": TASK_ID,
    "monitor": None,
    "project": "web",
    "point": "error",
    "status": "pending",
    "attempts": [
        {
            "at": "2026-01-31T12:00:00.2Z",
            "status": 500,
            "duration_ms": 87,
            "response": "Oops",
            "error": "The answer was 500.",
        }
    ],
    "next_attempt": "2026-01-31T12:00:05.1Z",
    "created": "2026-01-31T12:00:00Z",
}


def sent(**bodies: Any) -> list[OpenApiExample]:
    """Request examples by their names."""
    return [OpenApiExample(name, body, request_only=True) for name, body in bodies.items()]


CHANNEL_ID = in_path("id", "The integration's id.")

channels = describe(
    list=extend_schema(
        summary="List integrations",
        description="The channels of the organization. `email`, which actions may name as well, is built in.",
        responses={200: answer(ChannelSerializer(many=True), "Integrations, oldest first.", CHANNEL)},
    ),
    create=extend_schema(
        summary="Create an integration",
        description=(
            "A channel that actions can name: `webhook:ops`. For a webhook, the answer alone shows the secret that "
            "signs its messages, by Standard Webhooks: the server keeps it encrypted."
        ),
        responses={201: answer(ChannelWithSecretSerializer, "The integration, created.", WITH_SECRET)},
        examples=sent(webhook=WEBHOOK, email=EMAIL),
    ),
    retrieve=extend_schema(
        summary="Get an integration",
        description="One channel, without its secret.",
        parameters=CHANNEL_ID,
        responses={200: answer(ChannelSerializer, "The integration.", CHANNEL)},
    ),
    update=extend_schema(
        summary="Update an integration",
        description="The same as PATCH.",
        parameters=CHANNEL_ID,
        responses={200: answer(ChannelSerializer, "The integration as it is now.", CHANNEL)},
        examples=sent(request={"name": "On call", "enabled": True}),
    ),
    partial_update=extend_schema(
        summary="Change an integration",
        description=(
            "Changes `name`, `enabled`, and `config` as a whole. While it is not enabled, no message is owed to it: "
            "what happens meanwhile is not sent later."
        ),
        parameters=CHANNEL_ID,
        responses={200: answer(ChannelSerializer, "The integration as it is now.", CHANNEL)},
        examples=sent(request={"enabled": False}),
    ),
    destroy=extend_schema(
        summary="Delete an integration",
        description="Actions that name it stay. What is owed to it, or comes to be owed, fails for all to see.",
        parameters=CHANNEL_ID,
        responses={204: OpenApiResponse(None, "Deleted.")},
    ),
    test=extend_schema(
        summary="Test an integration",
        description=(
            "Sends a test message now, also where the integration is not enabled, and answers with what the other "
            "side said. It has four seconds, and one try. The answer is a 200 whatever came of it."
        ),
        parameters=CHANNEL_ID,
        request=None,
        responses={200: answer(TestResultSerializer, "What became of it.", TEST_RESULT)},
    ),
    rotate_secret=extend_schema(
        summary="Rotate the secret of a webhook",
        description=(
            "Makes a new secret, which the answer alone shows. For 24 hours messages carry a signature by the one "
            "before as well, so that receivers can change theirs; rotated again meanwhile, the oldest ends at once."
        ),
        parameters=CHANNEL_ID,
        request=None,
        responses={200: answer(ChannelWithSecretSerializer, "The integration, with its new secret.", WITH_SECRET)},
    ),
)

STATUS = several({"type": "string", "enum": DeliveryStatus.values})
DELIVERY_ID = [OpenApiParameter("id", UUID, OpenApiParameter.PATH, description="The delivery's id.")]

# The parameters of `integrations.filters`, each with a value that works.
FILTERS = [
    query("status", "Deliveries of one of these statuses; may be repeated.", STATUS, ["pending", "failed"]),
    query("integration", "To this channel, as the action called it.", TEXT, "webhook:ops"),
    query("task", "About this task: its id.", UUID, TASK_ID),
    query("monitor", "About this monitor: its id.", UUID, TASK_ID),
    query("point", "For this point of a trigger.", TEXT, "error"),
    query("project", "Of this project: its slug.", TEXT, "web"),
    query("created_after", f"Owed since this moment or later. {DAY}", MOMENT, "2026-01-31T12:00:00Z"),
    query("created_before", f"Owed since this moment or earlier. {LAST}", MOMENT, "2026-01-31"),
]

deliveries = describe(
    list=extend_schema(
        summary="List deliveries",
        description=(
            "What is, or was, owed to channels, newest first, each with its attempts; for a project's key, those of "
            "that project. What is delivered or given up is kept for 30 days, unless the server is set otherwise."
        ),
        parameters=FILTERS,
        responses={200: answer(DeliverySerializer(many=True), "A page of deliveries.", DELIVERY)},
    ),
    retrieve=extend_schema(
        summary="Get a delivery",
        description="One delivery with its attempts.",
        parameters=DELIVERY_ID,
        responses={200: answer(DeliverySerializer, "The delivery.", DELIVERY)},
    ),
    redeliver=extend_schema(
        summary="Deliver again",
        description=(
            "The same message under the same id, due at once and with all attempts anew, whatever became of it before. "
            "One that is pending is tried now. Attempts that were made stay listed."
        ),
        parameters=DELIVERY_ID,
        request=None,
        responses={200: answer(DeliverySerializer, "The delivery, pending.", DELIVERY)},
    ),
)
