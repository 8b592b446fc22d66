from planning.models.custom_field import CustomField
from planning.models.plan import Activity, Plan, PlanAssignee, PlanTeam, Recurrence
from planning.models.work import ExtraCost, TimeReport
from planning.models.workflow import WorkflowStatus

__all__ = [
    "Activity",
    "CustomField",
    "ExtraCost",
    "Plan",
    "PlanAssignee",
    "PlanTeam",
    "Recurrence",
    "TimeReport",
    "WorkflowStatus",
]
