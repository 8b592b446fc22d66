"""The door for moves: a task and its parts go to another project of the organization."""

import datetime

from django.core.exceptions import ValidationError

from projects.models import Project
from tasks import statements
from tasks.parents import Family


def move_family(family: Family, to: Project, now: datetime.datetime) -> None:
    """In the caller's transaction, which holds the family and the project.

    Numbers and ids stay, and so do actions, history and monitor. Raises `ValidationError` on `project` for a part,
    which stays with the whole.
    """
    if family.task.parent_id is not None:
        text = "It is part of another task, and moves together with that."
        raise ValidationError({"project": ValidationError(text, "has_parent")})
    rows = [(to.pk, max(now, task.updated), task.number) for task in (family.task, *family.children)]
    statements.update_many(["project_id", "updated"], rows)
