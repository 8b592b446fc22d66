"""What the OpenAPI document says of time reports and extra costs, beyond what follows from the code."""

from collections.abc import Mapping
from typing import Any

from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema

from planning import examples
from planning.work_serializers import ExtraCostInput, ExtraCostOutput, TimeReportInput, TimeReportOutput
from taskapi.rest.schema import describe
from tasks.documentation import TASK_ID, answer, sent

REPORT_ID = OpenApiParameter("report_id", int, OpenApiParameter.PATH, description="The time report's id.")
COST_ID = OpenApiParameter("cost_id", int, OpenApiParameter.PATH, description="The extra cost's id.")
CHANGE_REPORT: Mapping[str, Any] = {
    "parameters": [TASK_ID, REPORT_ID],
    "request": TimeReportInput,
    "responses": {200: answer(TimeReportOutput, "The time report as it is now.", examples.REPORT)},
}
CHANGE_COST: Mapping[str, Any] = {
    "parameters": [TASK_ID, COST_ID],
    "request": ExtraCostInput,
    "responses": {200: answer(ExtraCostOutput, "The extra cost as it is now.", examples.COST)},
}

time_reports = describe(
    list=extend_schema(
        summary="List a task's time reports",
        description="The time that was reported of the task: the newest 1000 reports.",
        parameters=[TASK_ID],
        responses={200: OpenApiResponse(TimeReportOutput(many=True), "Time reports, oldest first.")},
        examples=[OpenApiExample("answer", examples.REPORT, response_only=True)],
    ),
    create=extend_schema(
        summary="Report time",
        description="Adds time that a member has spent on the task on a day.",
        parameters=[TASK_ID],
        request=TimeReportInput,
        responses={201: answer(TimeReportOutput, "The time report, created.", examples.REPORT)},
        examples=sent(an_hour_and_a_half=examples.NEW_REPORT),
    ),
    retrieve=extend_schema(
        summary="Get a time report",
        description="One time report of the task.",
        parameters=[TASK_ID, REPORT_ID],
        responses={200: answer(TimeReportOutput, "The time report.", examples.REPORT)},
    ),
    update=extend_schema(
        summary="Update a time report",
        description="As PATCH, but that `user`, `date` and `minutes` are required.",
        examples=sent(an_hour_and_a_half=examples.NEW_REPORT),
        **CHANGE_REPORT,
    ),
    partial_update=extend_schema(
        summary="Change a time report",
        description="Changes the fields that are sent.",
        examples=sent(not_billable=examples.NOT_BILLABLE),
        **CHANGE_REPORT,
    ),
    destroy=extend_schema(
        summary="Delete a time report",
        description="For good: it counts no more.",
        parameters=[TASK_ID, REPORT_ID],
        responses={204: OpenApiResponse(None, "Deleted.")},
    ),
)

extra_costs = describe(
    list=extend_schema(
        summary="List a task's extra costs",
        description="The money that was spent on the task beside time: the newest 1000 costs.",
        parameters=[TASK_ID],
        responses={200: OpenApiResponse(ExtraCostOutput(many=True), "Extra costs, oldest first.")},
        examples=[OpenApiExample("answer", examples.COST, response_only=True)],
    ),
    create=extend_schema(
        summary="Add an extra cost",
        description="Adds money that was spent on the task.",
        parameters=[TASK_ID],
        request=ExtraCostInput,
        responses={201: answer(ExtraCostOutput, "The extra cost, created.", examples.COST)},
        examples=sent(a_certificate=examples.NEW_COST),
    ),
    retrieve=extend_schema(
        summary="Get an extra cost",
        description="One extra cost of the task.",
        parameters=[TASK_ID, COST_ID],
        responses={200: answer(ExtraCostOutput, "The extra cost.", examples.COST)},
    ),
    update=extend_schema(
        summary="Update an extra cost",
        description="As PATCH, but that all fields are required.",
        examples=sent(a_certificate=examples.NEW_COST),
        **CHANGE_COST,
    ),
    partial_update=extend_schema(
        summary="Change an extra cost",
        description="Changes the fields that are sent.",
        examples=sent(another_amount=examples.OTHER_AMOUNT),
        **CHANGE_COST,
    ),
    destroy=extend_schema(
        summary="Delete an extra cost",
        description="For good: it counts no more.",
        parameters=[TASK_ID, COST_ID],
        responses={204: OpenApiResponse(None, "Deleted.")},
    ),
)
