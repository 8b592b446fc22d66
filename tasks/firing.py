"""Which actions hear of a change, and the rows in the outbox for them: in the transaction of the change itself."""

import datetime
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any, NamedTuple

from integrations import outbox
from integrations.outbox import Message
from projects.models import Project
from tasks.models import Action
from tasks.models.action import ActionStatus
from tasks.row import TaskRow
from tasks.rules import ENDS, Book, Rule
from tasks.streaks import Verdict, count_end
from tasks.triggers import Kind, Point, Progress, last_reached, named, parse
from tasks.wire import place_of, task_on_wire

RECOVERED = "recovered"


class Happening(NamedTuple):
    """What happened to a task: a change of its progress, an event that was found out about it, or both.

    before: the progress that the change began from (`NOTHING` for a new task); after a revival from stale by an update
    without a status, one that carries the revived status already. event: an `Event` by name, or "".
    """

    project: Project
    before: Progress
    task: TaskRow
    event: str = ""

    def reaches(self, points: Sequence[Point]) -> Point | None:
        """The one point that fires: the last that the change reached, else the event's."""
        reached = last_reached(points, self.before, self.task.progress())
        return reached or (named(points, self.event) if self.event else None)

    @property
    def moves_nothing(self) -> bool:
        return not self.event and self.before == self.task.progress()

    @property
    def end(self) -> str:
        """The status that the task came to an end in by this; "" where it did not."""
        status = self.task.status
        return status if status in ENDS and status != self.before.status else ""


class Fired(NamedTuple):
    """An action that a happening has reached. kind: the `type` of its message."""

    point: str
    kind: str
    action_type: str
    action: int
    integration: str
    config: Any


def is_heard(happening: Happening, book: Book) -> bool:
    """Whether a rule of the organization may fire, or has an end to count."""
    return any(
        happening.reaches(rule.points) or (rule.counts and happening.end) for rule in rules_about(happening.task, book)
    )


def fire(
    happenings: Sequence[Happening], book: Book, now: datetime.datetime, armed: Sequence[Action] | None = None
) -> None:
    """Owes a message to each action that a happening reaches, of its task or of the organization that all are of.

    Asks for the actions of all tasks at once, and only where there are any and something moved. armed: all actions of
    the only task, where they are known.
    """
    happenings = [happening for happening in happenings if not happening.moves_nothing]
    having = [happening.task.number for happening in happenings if happening.task.has_actions]
    of_task: dict[int, Sequence[Action]] = {}
    if having and armed is not None:
        of_task[having[0]] = armed
    elif having:
        actions = Action.objects.filter(task__in=having, status=ActionStatus.ACTIVE).order_by("task", "id")
        of_task.update((number, list(own)) for number, own in groupby(actions, lambda action: action.task_id))
    messages: list[Message] = []
    for happening in happenings:
        fired = [*of_actions(happening, of_task.get(happening.task.number, ())), *of_rules(happening, book, now)]
        messages += messages_of(happening, fired)
    if messages:
        outbox.enqueue(messages, now)


def rules_about(task: TaskRow, book: Book) -> Iterator[Rule]:
    return book.about(task.project_id, task.monitor_id, task.name)


def of_actions(happening: Happening, actions: Sequence[Action]) -> Iterator[Fired]:
    for action in actions:
        if point := happening.reaches(parse(action.trigger)):
            yield Fired(point.text, "task.triggered", "task", action.pk, action.integration, action.config)


def of_rules(happening: Happening, book: Book, now: datetime.datetime) -> Iterator[Fired]:
    task = happening.task
    rules = list(rules_about(task, book))
    verdicts: Mapping[int, Verdict] = {}
    if happening.end:
        old, new = happening.before.status, happening.end
        verdicts = count_end(rules, task.project_id, task.name, old=old, new=new, now=now)
    for rule in rules:
        point, kind = told(rule, happening, verdicts.get(rule.id))
        if point and not rule.is_snoozed(now):
            yield Fired(point, kind, "global", rule.id, rule.integration, rule.config)


def told(rule: Rule, happening: Happening, verdict: Verdict | None) -> tuple[str, str]:
    """The point that the rule fires for ("" for none), and the type of its message. verdict: if it counted an end."""
    point = happening.reaches(rule.points)
    if verdict is Verdict.RECOVERED:
        return RECOVERED, "task.recovered"
    if verdict is Verdict.NOTHING and point and point.kind is Kind.STATUS:
        point = happening.reaches([point for point in rule.points if point.text not in rule.ends])
    return (point.text if point else ""), "task.triggered"


def messages_of(happening: Happening, fired: Sequence[Fired]) -> list[Message]:
    """One for each; they share the task."""
    task, project = happening.task, happening.project
    shared = {"task": task_on_wire(task, place_of(project))} if fired else {}
    return [
        Message(
            organization_id=project.organization_id,
            project_id=project.pk,
            integration=one.integration,
            config=one.config,
            point=one.point,
            kind=one.kind,
            task_id=task.public_id,
            rule_id=one.action if one.action_type == "global" else None,
            shared=shared,
            data={
                "point": one.point,
                "action": one.action,
                "action_type": one.action_type,
                "integration": one.integration,
            },
        )
        for one in fired
    ]
