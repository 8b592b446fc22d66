"""What the OpenAPI document says of plans and roll-ups, beyond what follows from the code."""

from collections.abc import Mapping
from typing import Any

from drf_spectacular.extensions import OpenApiSerializerExtension
from drf_spectacular.utils import extend_schema
from rest_framework.serializers import Field

from planning import examples
from planning.serializers import PlanInput, PlanOutput, ProjectRollUp, RollUp
from planning.work_serializers import TimeReportOutput
from taskapi.rest.schema import describe
from tasks.documentation import TASK_ID, answer, sent
from tasks.serializers import truncated

plan = describe(
    retrieve=extend_schema(
        tags=["Plans"],
        summary="Get a task's plan",
        description="What is meant with the task. Every task has a plan to read; one that was never written has "
        "the defaults.",
        parameters=[TASK_ID],
        responses={200: answer(PlanOutput, "The plan.", examples.PLAN)},
    ),
    partial_update=extend_schema(
        tags=["Plans"],
        summary="Change a task's plan",
        description=(
            "Changes the fields that are sent. `assignees` and `teams` are replaced as a whole, values of "
            "`custom_fields` are laid over those that there are. Amounts of money are text, `12.50`; numbers are "
            "taken as well. The task itself stays as it is, but for its status where `workflow_status` asks for it."
        ),
        parameters=[TASK_ID],
        request=PlanInput(partial=True),
        responses={200: answer(PlanOutput, "The plan as it is now.", examples.PLAN)},
        examples=sent(
            dates=examples.DATES,
            people=examples.PEOPLE,
            money=examples.MONEY,
            every_month=examples.MONTHLY,
            a_custom_field=examples.VALUES,
        ),
    ),
)

rollup = describe(
    retrieve=extend_schema(
        tags=["Roll-ups"],
        summary="Get what a project comes to",
        description=(
            "Time, cost and price of all tasks of the project, added up. The same of one task with its children: "
            "`?embed=rollup` on the task or on a list."
        ),
        responses={200: answer(ProjectRollUp, "The sums.", examples.ROLLUP)},
    ),
)

# What `?embed=` shows with a task, of the tables in `planning.embeds`.
EMBEDDED: Mapping[str, Field[Any, Any, Any, Any]] = {
    "plan": PlanOutput(help_text="What is meant with it; the defaults where it was never planned."),
    "time_reports": TimeReportOutput(many=True, help_text="The time that was spent on it, oldest first."),
    "time_reports_truncated": truncated("time_reports"),
    "rollup": RollUp(help_text="What all time and money of it and its children comes to."),
}


class TaskWithPlan(OpenApiSerializerExtension):  # type: ignore[no-untyped-call, misc, unused-ignore]
    """Tasks know nothing of plans: what is embedded of these is added to their schema here."""

    target_class = "tasks.serializers.TaskWithEmbeds"

    def map_serializer(self, auto_schema: Any, direction: Any) -> dict[str, Any]:
        schema: dict[str, Any] = auto_schema._map_serializer(self.target, direction, bypass_extensions=True)
        added = {name: auto_schema._map_serializer_field(field, direction) for name, field in EMBEDDED.items()}
        for name, field in EMBEDDED.items():
            added[name] = {**added[name], "description": field.help_text}
        return {**schema, "properties": {**schema["properties"], **added}}
