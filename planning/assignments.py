"""Who is to do what: the people that plans name."""

from collections import defaultdict
from collections.abc import Collection

from django.db import connection

from tasks.statements import is_numbered


def assignees_of(task_numbers: Collection[int]) -> dict[int, list[int]]:
    """One statement, none for no tasks: the memberships that each plan names, in the order in which they were named."""
    if not task_numbers:
        return {}
    of_plans = is_numbered("plan_id", task_numbers)
    found: dict[int, list[int]] = defaultdict(list)
    with connection.cursor() as cursor:
        # Django's own way to a list of a thousand takes three times as long.
        cursor.execute(f"SELECT plan_id, membership_id FROM planning_planassignee WHERE {of_plans.sql} ORDER BY id")
        for number, membership in cursor.fetchall():
            found[number].append(membership)
    return found
