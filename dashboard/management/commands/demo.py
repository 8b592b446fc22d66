"""A living factory of tasks, to look at: thirty days of history, and then work until Ctrl-C."""

import argparse
import random
import time
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, close_old_connections
from django.http import Http404
from django.utils import timezone

from dashboard.demo.factory import Factory
from dashboard.demo.founding import Company, NotOurs, found
from dashboard.demo.past import DAYS, lives
from dashboard.demo.planned import plan
from dashboard.demo.watching import watch
from tasks.history import bring_in
from tasks.models import Task

OWN_HOSTS = {"127.0.0.1", "localhost", "::1"}
STEP = 1.0  # seconds
BATCH = 2000  # tasks of the history in one transaction: whoever else writes meanwhile waits for no more
NOT_HERE = (
    "{url} is no server of one's own machine, and this makes tasks without end and mails to addresses that do not "
    "exist. If that is what you want, add --yes."
)


class Command(BaseCommand):
    help = "Fills an organization of its own with made-up tasks, and keeps them moving until Ctrl-C."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--organization", metavar="SLUG", default="demo-factory", help="default: %(default)s")
        parser.add_argument("--once", action="store_true", help="the history alone: ends when that is made")
        parser.add_argument(
            "--pace", type=float, default=2.0, metavar="N", help="how much faster than in the history tasks come in"
        )
        parser.add_argument("--yes", action="store_true", help="also on a server that is not of one's own machine")
        parser.add_argument("--seed", type=int, help="for the same chances once more")

    def handle(self, *args: Any, **options: Any) -> None:
        is_own = settings.DEBUG or urlsplit(settings.BASE_URL).hostname in OWN_HOSTS
        if not (is_own or options["yes"]):
            raise CommandError(NOT_HERE.format(url=settings.BASE_URL))
        if not 0 < options["pace"] <= 100:
            raise CommandError("--pace is a number above 0, 100 at most.")
        chance = random.Random(options["seed"])  # noqa: S311 - for play, not for secrets
        slug = options["organization"]
        try:
            company = found(slug)
        except NotOurs as error:
            raise CommandError(str(error)) from None
        except ValidationError as error:
            raise CommandError(f"“{slug}” can't be an organization's slug: {' '.join(error.messages)}") from None
        self.introduce(company)
        self.remember(company, chance)
        if not options["once"]:
            self.work(Factory(company, chance, options["pace"]))

    def introduce(self, company: Company) -> None:
        """The password is shown this one time."""
        self.say(f"{company.organization.name}: {settings.BASE_URL}/a/{company.organization.slug}/")
        self.say(f"  e-mail    {company.owner.email}")
        if company.password is not None:
            self.say(f"  password  {company.password}")

    def remember(self, company: Company, chance: random.Random) -> None:
        """The history, for the projects that have none."""
        now = timezone.now()
        watch(company, now)
        plan(company, now, now.date())
        for slug, project in company.projects.items():
            if Task.objects.filter(project=project).exists():
                continue
            own = lives(slug, now, chance)
            for start in range(0, len(own), BATCH):
                bring_in(project, own[start : start + BATCH], actor=company.principal, now=now)
            self.say(f"{project.name}: {len(own)} tasks of the last {DAYS} days.")

    def work(self, factory: Factory) -> None:
        self.say("At work. Ctrl-C ends it.")
        try:
            while True:
                try:
                    factory.step(timezone.now())
                except (DatabaseError, Http404) as error:  # away for a moment, or somebody deleted what is under way
                    self.stderr.write(f"This step failed, the next will come: {error}")
                    close_old_connections()
                time.sleep(STEP)
        except KeyboardInterrupt:
            self.say("Stopped. What is under way stays as it is until the next start.")

    def say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()
