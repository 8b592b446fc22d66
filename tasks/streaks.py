"""Ends in a row: rules that wait for several failures of one task name, or tell when it is well again."""

import datetime
from collections.abc import Mapping, Sequence
from enum import Enum

from tasks.models import Streak
from tasks.rules import Rule
from tasks.statuses import Status


class Verdict(Enum):
    NOTHING = "nothing"
    FIRES = "fires"
    RECOVERED = "recovered"


def count_end(
    rules: Sequence[Rule], project_id: int, name: str, *, old: str | None, new: str, now: datetime.datetime
) -> Mapping[int, Verdict]:
    """Takes note that a task of that name came to an end; says what each rule that counts makes of it, by its id.

    old, new: the statuses that it went between, `new` one of `tasks.rules.ENDS`. In the caller's transaction, which
    holds the task, and its monitor if it has one; streaks are locked after these, in the order of their rules. Three
    statements at most, however many rules there are.
    """
    # One that went stale is silent, but not over: only who waits for that counts it.
    counting = [rule for rule in rules if rule.counts and (new != Status.STALE or new in rule.ends)]
    matching = [rule for rule in counting if new in rule.ends]
    if not counting:
        return {}
    if matching:
        news = (Streak(action_id=rule.id, project_id=project_id, name=name) for rule in matching)
        Streak.objects.bulk_create(news, ignore_conflicts=True)
    held = Streak.objects.filter(action__in=[rule.id for rule in counting], project=project_id, name=name)
    streaks = {streak.action_id: streak for streak in held.select_for_update().order_by("action_id")}
    verdicts, changed = {}, []
    for rule in counting:
        if streak := streaks.get(rule.id):
            before = (streak.length, streak.alerted)
            verdicts[rule.id] = judge(rule, streak, old, new, now)
            if before != (streak.length, streak.alerted):
                changed.append(streak)
    Streak.objects.bulk_update(changed, ["length", "alerted"])
    return verdicts


def judge(rule: Rule, streak: Streak, old: str | None, new: str, now: datetime.datetime) -> Verdict:
    """What the rule makes of an end, of which its streak takes note."""
    is_snoozed = rule.is_snoozed(now)
    if new in rule.ends:
        # A task that went stale and then failed is one failure, not two.
        is_counted = not (old == Status.STALE and Status.STALE in rule.ends)
        streak.length += is_counted
        is_nth = is_counted and streak.length == rule.failures_in_row
        # One message a row, unless each single end is worth one; a row that grew while snoozed is told of afterwards.
        is_worth_it = rule.failures_in_row == 1 or is_nth or not streak.alerted
        if streak.length >= rule.failures_in_row and is_worth_it and not is_snoozed:
            streak.alerted = True
            return Verdict.FIRES
        return Verdict.NOTHING
    streak.length = 0
    was_alerted = streak.alerted
    if new == Status.SUCCESS or not rule.notify_recovery:
        streak.alerted = False
    is_well = new == Status.SUCCESS and was_alerted and rule.notify_recovery and not is_snoozed
    return Verdict.RECOVERED if is_well else Verdict.NOTHING
