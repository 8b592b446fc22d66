"""A task's public link: given, and taken back."""

import datetime
import uuid

from django.db import transaction

from projects.models import Project
from tasks import statements
from tasks.changes import locked
from tasks.models.task import make_public_token


def share_task(project: Project, public_id: uuid.UUID, is_shared: bool, now: datetime.datetime) -> None:
    """Gives the task a public link, a new one if it had lost its own, or takes it back; raises `Http404`.

    A link that was taken back never opens anything again.
    """
    with transaction.atomic():
        task = locked(project, public_id).tasks[0]
        if is_shared != bool(task.public_token):
            token = make_public_token() if is_shared else ""
            statements.update(task.number, {"public_token": token, "updated": max(now, task.updated)})
