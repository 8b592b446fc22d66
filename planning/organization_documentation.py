"""What the OpenAPI document says of workflow statuses and custom fields, beyond what follows from the code."""

from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema

from planning import examples
from planning.organization_serializers import CustomFieldSerializer, WorkflowStatusSerializer
from taskapi.rest.schema import describe
from tasks.documentation import answer, sent

STATUS_ID = [OpenApiParameter("id", int, OpenApiParameter.PATH, description="The workflow status's id.")]
FIELD_ID = [OpenApiParameter("id", int, OpenApiParameter.PATH, description="The custom field's id.")]
OWN_PROJECT = "A key of one project has those of its project alone."

workflow_statuses = describe(
    list=extend_schema(
        summary="List workflow statuses",
        description=(
            "Of all projects within reach. Every project has one at least for each status of a task: the server makes "
            f"them. {OWN_PROJECT}"
        ),
        responses={200: OpenApiResponse(WorkflowStatusSerializer(many=True), "By project, in their order.")},
        examples=[OpenApiExample("answer", examples.WORKFLOW_STATUS, response_only=True)],
    ),
    create=extend_schema(
        summary="Create a workflow status",
        description=(
            "Several may stand for the same status of a task. A task shows the one that was chosen in its plan while "
            f"that stands for its status, else the first that does. {OWN_PROJECT}"
        ),
        responses={201: answer(WorkflowStatusSerializer, "The workflow status, created.", examples.WORKFLOW_STATUS)},
        examples=sent(in_review=examples.NEW_WORKFLOW_STATUS),
    ),
    retrieve=extend_schema(
        summary="Get a workflow status",
        description="One workflow status.",
        parameters=STATUS_ID,
        responses={200: answer(WorkflowStatusSerializer, "The workflow status.", examples.WORKFLOW_STATUS)},
    ),
    update=extend_schema(
        summary="Update a workflow status",
        description="As PATCH, but that `name` and `status` are required.",
        parameters=STATUS_ID,
        responses={200: answer(WorkflowStatusSerializer, "The workflow status as it is.", examples.WORKFLOW_STATUS)},
        examples=sent(a_whole_workflow_status=examples.WHOLE_WORKFLOW_STATUS),
    ),
    partial_update=extend_schema(
        summary="Change a workflow status",
        description="Changes the fields that are sent. The last that stands for a status can't be given another one.",
        parameters=STATUS_ID,
        responses={200: answer(WorkflowStatusSerializer, "The workflow status as it is.", examples.WORKFLOW_STATUS)},
        examples=sent(another_name=examples.RENAMED),
    ),
    destroy=extend_schema(
        summary="Delete a workflow status",
        description="The last that stands for a status can't be deleted: a 400 on `status`.",
        parameters=STATUS_ID,
        responses={204: OpenApiResponse(None, "Deleted.")},
    ),
)

custom_fields = describe(
    list=extend_schema(
        summary="List custom fields",
        description="The fields that the organization has added to its plans.",
        responses={200: OpenApiResponse(CustomFieldSerializer(many=True), "Custom fields, oldest first.")},
        examples=[OpenApiExample("answer", examples.CUSTOM_FIELD, response_only=True)],
    ),
    create=extend_schema(
        summary="Create a custom field",
        description=(
            "From now on every plan has it. What a value is depends on the type: `text`, `number`, `date` "
            "(`2026-01-31`), `boolean`, `choice` (one of `choices`), `multi-choice` (a list of some), `person` (a "
            'member\'s user id), `currency` (`{"amount": "12.50", "currency": "EUR"}`).'
        ),
        responses={201: answer(CustomFieldSerializer, "The custom field, created.", examples.CUSTOM_FIELD)},
        examples=sent(a_choice=examples.NEW_CHOICE, a_text=examples.NEW_TEXT),
    ),
    retrieve=extend_schema(
        summary="Get a custom field",
        description="One custom field.",
        parameters=FIELD_ID,
        responses={200: answer(CustomFieldSerializer, "The custom field.", examples.CUSTOM_FIELD)},
    ),
    update=extend_schema(
        summary="Update a custom field",
        description="As PATCH, but that `name` and `type` are required.",
        parameters=FIELD_ID,
        responses={200: answer(CustomFieldSerializer, "The custom field as it is now.", examples.CUSTOM_FIELD)},
        examples=sent(a_whole_custom_field=examples.WHOLE_CUSTOM_FIELD),
    ),
    partial_update=extend_schema(
        summary="Change a custom field",
        description="Changes the fields that are sent. The type stays what it is, and so do values that there are.",
        parameters=FIELD_ID,
        responses={200: answer(CustomFieldSerializer, "The custom field as it is now.", examples.CUSTOM_FIELD)},
        examples=sent(another_name=examples.OTHER_NAME),
    ),
    destroy=extend_schema(
        summary="Delete a custom field",
        description="Plans have it no more.",
        parameters=FIELD_ID,
        responses={204: OpenApiResponse(None, "Deleted.")},
    ),
)
