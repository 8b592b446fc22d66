"""What may be written through this dialect: `billable`, and nothing else."""

import datetime
from collections.abc import Mapping, Sequence
from typing import Any

from compat.field import Field
from compat.goodday.reach import find
from planning.plans import update_plan
from planning.rows import Planned
from projects.models import Project
from projects.principals import Principal

INPUTS: Sequence[Field] = (Field("billable", "`plan.billable`", "", bool),)


def change_task(principal: Principal, planned: Planned, fields: Mapping[str, Any], now: datetime.datetime) -> Planned:
    """The task as it is after `fields`; without any, nothing happens to it. Raises `Http404` where it is gone."""
    if not fields:
        return planned
    task = planned.task
    project = Project.objects.select_related("organization").get(pk=task.project_id)
    update_plan(project, task.public_id, fields, actor=principal, now=now)
    return find(principal, task.number)
