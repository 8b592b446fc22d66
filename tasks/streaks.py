"""Ends in a row: rules that wait for several failures of one task name, or tell when it is well again."""

from enum import Enum

from tasks.models import Streak
from tasks.rules import Rule
from tasks.statuses import Status


class Verdict(Enum):
    NOTHING = "nothing"
    FIRES = "fires"
    RECOVERED = "recovered"


def count_end(rule: Rule, project_id: int, name: str, *, old: str | None, new: str, is_snoozed: bool) -> Verdict:
    """Takes note that a task of that name came to an end, and says what the rule makes of it.

    old, new: the statuses that it went between, `new` one of `tasks.rules.ENDS`. In the caller's transaction, which
    holds the task; streaks are locked after tasks.
    """
    is_match = new in rule.ends
    if new == Status.STALE and not is_match:
        return Verdict.NOTHING  # silent, but not over
    if is_match:
        Streak.objects.bulk_create([Streak(action_id=rule.id, project_id=project_id, name=name)], ignore_conflicts=True)
    streak = Streak.objects.select_for_update().filter(action=rule.id, project=project_id, name=name).first()
    if streak is None:
        return Verdict.NOTHING
    length, alerted = streak.length, streak.alerted
    verdict = Verdict.NOTHING
    if is_match:
        # A task that went stale and then failed is one failure, not two.
        length += not (old == Status.STALE and Status.STALE in rule.ends)
        # One message for a row, unless each single end is worth one.
        if length >= rule.failures_in_row and not is_snoozed and (rule.failures_in_row == 1 or not alerted):
            verdict, alerted = Verdict.FIRES, True
    else:
        length = 0
        if new == Status.SUCCESS:
            verdict = Verdict.RECOVERED if alerted and rule.notify_recovery and not is_snoozed else Verdict.NOTHING
            alerted = False
    if (length, alerted) != (streak.length, streak.alerted):
        Streak.objects.filter(pk=streak.pk).update(length=length, alerted=alerted)
    return verdict
