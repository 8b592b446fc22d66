"""The made-up company at work: each step creates tasks, moves them on, and ends them, by the verbs that the API calls.

A step is told what time it is, and never waits.
"""

import datetime
import random
import uuid
from dataclasses import dataclass

from dashboard.demo.founding import Company
from dashboard.demo.kinds import KINDS, Kind
from dashboard.demo.past import duration, fate, named
from dashboard.demo.rhythm import times
from dashboard.demo.watching import check_in
from projects.models import Project
from projects.principals import Principal
from tasks import changes
from tasks.models import Task
from tasks.statuses import RUNNING, Status

AT_FIRST = 14  # tasks that are under way when one begins to watch
STALE_TIMEOUT = 45  # seconds: whoever watches should see one go silent
REPORTS = datetime.timedelta(seconds=2)  # between two reports of a task that runs
CHECKS = datetime.timedelta(seconds=15)  # between two looks whether a run is to check in
ACTIVE = [Status.PENDING, *RUNNING]


@dataclass(slots=True)
class Job:
    """A task that is under way, and what will become of it."""

    project: Project
    public_id: uuid.UUID
    kind: Kind
    starts: datetime.datetime
    ends: datetime.datetime
    items: int
    status: Status
    share: float  # of its way, at the end
    reported: datetime.datetime
    is_running: bool = False

    def value(self, now: datetime.datetime) -> int:
        passed = (now - self.starts) / (self.ends - self.starts)
        return min(int(self.items * self.share * max(passed, 0)), self.items)


class Factory:
    def __init__(self, company: Company, chance: random.Random, pace: float = 1.0) -> None:
        self.company = company
        self.actor: Principal = company.principal
        self.chance = chance
        self.pace = pace
        self.jobs: list[Job] = []
        self.last: datetime.datetime | None = None
        self.checked: datetime.datetime | None = None

    def step(self, now: datetime.datetime) -> None:
        """All that has happened since the last step."""
        if self.last is None:
            self.clear_away(now)
            for _ in range(AT_FIRST):
                kinds = [kind for kind in KINDS if kind.a_day and kind.seconds > 20]
                self.begin(self.chance.choice(kinds), now, longer=3)
        else:
            for kind in KINDS:
                share = kind.rhythm.share(now) if kind.a_day else 0
                expected = kind.a_day * share * self.pace * ((now - self.last) / datetime.timedelta(hours=1))
                for _ in range(times(expected, self.chance)):
                    self.begin(kind, now)
        self.jobs = [job for job in self.jobs if not self.advance(job, now)]
        if self.checked is None or now >= self.checked + CHECKS:
            check_in(self.company, now)
            self.checked = now
        self.last = now

    def clear_away(self, now: datetime.datetime) -> None:
        """Cancels what an earlier run, which nobody continues, has left under way."""
        for slug in sorted({kind.project for kind in KINDS}):
            project = self.company.projects[slug]
            left = Task.objects.filter(project=project, status__in=ACTIVE).values_list("public_id", flat=True)
            for public_id in list(left):
                changes.cancel_task(project, public_id, actor=self.actor, now=now)

    def begin(self, kind: Kind, now: datetime.datetime, longer: float = 1) -> None:
        """A new task, with its parts where it has some; it waits a little before it runs."""
        project = self.company.projects[kind.project]
        status, share = fate(kind, self.chance, kind.failing)
        starts = now + datetime.timedelta(seconds=self.chance.expovariate(1 / 4))
        ends = starts + datetime.timedelta(seconds=max(duration(kind, self.chance) * longer * share, 0.5))
        items = self.chance.randint(*kind.items)
        fields = {**named(kind, self.chance), "value": 0, "value_max": items, "stale_timeout": STALE_TIMEOUT}
        if kind.parts:
            fields["actions"] = [self.action()]
        task = changes.create_task(project, fields, now=now)
        self.jobs.append(Job(project, task.public_id, kind, starts, ends, items, status, share, now))
        if kind.parts:
            name, least, most = kind.parts
            for index in range(self.chance.randint(least, most)):
                part = {
                    "name": name,
                    "queue": kind.queue,
                    "parent": task.public_id,
                    "value": 0,
                    "tags": {**fields["tags"], "part": str(index + 1)},
                    "stale_timeout": STALE_TIMEOUT,
                }
                made = changes.create_task(project, part, now=now)
                ended = starts + (ends - starts) * self.chance.uniform(0.5, 0.98)
                self.jobs.append(Job(project, made.public_id, kind, starts, ended, 100, Status.SUCCESS, 1.0, now))

    def action(self) -> dict[str, object]:
        to = f"operations@{self.company.owner.email.partition('@')[2]}"
        return {"trigger": "50%,error", "integration": "email", "config": {"to": to}}

    def advance(self, job: Job, now: datetime.datetime) -> bool:
        """Reports what has become of a task; True once nothing more is to come of it."""
        if now >= job.ends and job.is_running:
            self.end(job, now)
            return True
        if now >= job.starts and not job.is_running:
            self.report(job, now, {"status": Status.PROCESSING.value, "value": job.value(now)})
            job.is_running = True
        elif job.is_running and now >= job.reported + REPORTS:
            self.report(job, now, {"value": job.value(now)})
        return False

    def end(self, job: Job, now: datetime.datetime) -> None:
        if job.status == Status.SUCCESS:
            self.report(job, now, {"status": Status.SUCCESS.value, "value": job.items})
        elif job.status == Status.ERROR:
            data = {"error": self.chance.choice(job.kind.errors)}
            self.report(job, now, {"status": Status.ERROR.value, "data": data})
        elif job.status == Status.CANCELLED:
            changes.cancel_task(job.project, job.public_id, actor=self.actor, now=now)
        # What falls silent says nothing: the server finds that out by itself.

    def report(self, job: Job, now: datetime.datetime, fields: dict[str, object]) -> None:
        changes.update_task(job.project, job.public_id, fields, merge_tags=True, actor=self.actor, now=now)
        job.reported = now
