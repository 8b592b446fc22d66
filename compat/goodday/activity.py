"""Activity: time reports summed by day and person."""

import datetime
from collections.abc import Iterable, Sequence
from typing import Any

from planning.models import TimeReport


def activity_reports(reports: Iterable[TimeReport]) -> list[dict[str, Any]]:
    """One item for each day and user, the earliest day first: `time` and `billable_time` in minutes."""
    days: dict[tuple[datetime.date, int], dict[str, Any]] = {}
    for report in reports:
        empty = {"date": report.date, "user_id": report.user_id, "time": 0, "billable_time": 0, "report_ids": []}
        day = days.setdefault((report.date, report.user_id), empty)
        day["time"] += report.minutes
        day["billable_time"] += report.minutes if report.billable else 0
        day["report_ids"].append(report.pk)
    return [days[key] for key in sorted(days)]


def last_activity_report(reports: Sequence[TimeReport]) -> dict[str, Any] | None:
    """Of the latest day, what was reported last; None where nothing was."""
    return max(activity_reports(reports), key=lambda day: (day["date"], max(day["report_ids"])), default=None)
