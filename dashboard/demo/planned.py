"""Work that people do: a small project with dates, people, estimates, and the time that they spent."""

import datetime

from dashboard.demo.founding import Company
from planning.plans import create_planned
from planning.work import add_report
from tasks.models import Task

# Name, status, days until it is due, estimated hours, hours spent.
WORK = (
    ("Choose the autumn range", "success", -12, 16, 14.5),
    ("Photograph the new articles", "success", -6, 24, 29),
    ("Write product texts", "processing", 3, 40, 22),
    ("Translate the texts into four languages", "processing", 6, 20, 3.5),
    ("Agree on prices with purchasing", "processing", -1, 8, 6),
    ("Design the landing page", "success", -3, 30, 33.5),
    ("Build the landing page", "processing", 5, 26, 11),
    ("Set up the newsletter", "pending", 8, 6, 0),
    ("Rehearse the switch-over", "pending", 10, 4, 0),
    ("Go live", "pending", 12, 2, 0),
)


def plan(company: Company, now: datetime.datetime, today: datetime.date) -> None:
    """Makes the planned work, where there is none yet."""
    project = company.projects["launch"]
    if Task.objects.filter(project=project).exists():
        return
    people = company.people
    for index, (name, status, due, estimated, spent) in enumerate(WORK):
        person = people[index % len(people)]
        length = datetime.timedelta(days=max(estimated // 6, 1))
        due_date = today + datetime.timedelta(days=due)
        percent = 100 if status == "success" else min(round(100 * spent / estimated), 90)
        made = now - datetime.timedelta(days=20 - index)
        fields = {"name": name, "status": status, "value": percent, "tags": {"team": "launch"}}
        planned = {
            "start_date": due_date - length,
            "due_date": due_date,
            "responsible": person,
            "assignees": [person],
            "estimated_minutes": estimated * 60,
            "important": name == "Go live",
            "priority": 9 if due < 0 else 5,
        }
        task = create_planned(project, fields, planned, actor=company.person, now=made)
        for day, minutes in enumerate(portions(int(spent * 60))):
            report = {"user": person, "date": due_date - length + datetime.timedelta(days=day), "minutes": minutes}
            add_report(task.number, report, organization_id=company.organization.pk, now=made)


def portions(minutes: int, of_a_day: int = 390) -> list[int]:
    """Time as it is reported, day by day."""
    whole, rest = divmod(minutes, of_a_day)
    return [of_a_day] * whole + [rest] * (rest > 0)
