"""Work that people do: a small project with dates, people, estimates, and the time and money that they spent."""

import datetime
from typing import Any

from dashboard.demo.founding import Company
from planning.plans import create_planned
from planning.work import add_cost, add_report
from projects.models import Project
from tasks.changes import update_task
from tasks.models import Task
from tasks.row import TaskRow
from tasks.statuses import Status

PHOTOS = "Photograph the new articles"
RATE = "65"  # an hour
MORNING = datetime.time(9, 12, tzinfo=datetime.UTC)
# Name, status, in how many days it begins and is due, estimated hours, hours spent.
WORK = (
    ("Choose the autumn range", "success", -15, -12, 16, 14.5),
    (PHOTOS, "success", -11, -6, 24, 29),
    ("Design the landing page", "success", -9, -3, 30, 33.5),
    ("Agree on prices with purchasing", "processing", -4, -1, 8, 6),
    ("Write product texts", "processing", -5, 3, 40, 22),
    ("Build the landing page", "processing", -2, 5, 26, 11),
    ("Translate the texts into four languages", "processing", -1, 6, 20, 3.5),
    ("Set up the newsletter", "pending", 4, 8, 6, 0),
    ("Rehearse the switch-over", "pending", 9, 10, 4, 0),
    ("Go live", "pending", 12, 12, 2, 0),
)
DESCRIPTIONS = {
    PHOTOS: ("All 140 articles, each from the front and in use.\nWhite background; the linen ones by daylight."),
    "Build the landing page": "After the design that was agreed on. Loads within a second on a phone.",
    "Go live": "On a Tuesday morning, with two people at hand for the day.",
}
NOTES = ("Studio, first half", "Studio, second half", "Retouching", "Daylight shots", "Selection with purchasing")
COSTS = {
    PHOTOS: (("Studio, two days", "480"), ("Linen props", "64.90")),
    "Translate the texts into four languages": (("Proofreading, Polish", "120"),),
}


def plan(company: Company, now: datetime.datetime, today: datetime.date) -> None:
    """Makes the planned work, where there is none yet."""
    project = company.projects["launch"]
    if Task.objects.filter(project=project).exists():
        return
    people = company.people
    for index, (name, status, begins, due, estimated, spent) in enumerate(WORK):
        person = people[index % len(people)]
        start, end = today + datetime.timedelta(days=begins), today + datetime.timedelta(days=due)
        made = now - datetime.timedelta(days=20, minutes=-7 * index)
        planned = {
            "description": DESCRIPTIONS.get(name, ""),
            "start_date": start,
            "due_date": end,
            "responsible": person,
            "assignees": [person],
            "estimated_minutes": estimated * 60,
            "hourly_rate": RATE,
            "important": name == "Go live",
            "priority": 9 if due < 0 and status != Status.SUCCESS else 5,
        }
        fields = {"name": name, "value": 0, "tags": {"team": "launch"}}
        task = create_planned(project, fields, planned, actor=company.person, now=made)
        if status != Status.PENDING:
            move(company, project, task, {"status": "processing"}, at(start, now))
            percent = 100 if status == Status.SUCCESS else min(round(100 * spent / estimated), 90)
            done = {"status": status, "value": percent}
            move(company, project, task, done, at(end if status == Status.SUCCESS else today, now))
        for day, minutes in enumerate(portions(int(spent * 60))):
            date = min(start + datetime.timedelta(days=day), today)
            note = NOTES[day % len(NOTES)] if name == PHOTOS else ""
            report = {"user": person, "date": date, "minutes": minutes, "note": note}
            add_report(task.number, report, organization_id=company.organization.pk, now=now)
        for what, amount in COSTS.get(name, ()):
            cost = {"name": what, "amount": amount, "currency": "EUR", "date": min(start, today)}
            add_cost(task.number, cost, now=now)


def move(company: Company, project: Project, task: TaskRow, fields: dict[str, Any], when: datetime.datetime) -> None:
    update_task(project, task.public_id, fields, merge_tags=True, actor=company.person, now=when)


def at(day: datetime.date, now: datetime.datetime) -> datetime.datetime:
    """On the morning of a day, and never later than now."""
    return min(datetime.datetime.combine(day, MORNING), now)


def portions(minutes: int, of_a_day: int = 390) -> list[int]:
    """Time as it is reported, day by day."""
    whole, rest = divmod(minutes, of_a_day)
    return [of_a_day] * whole + [rest] * (rest > 0)
