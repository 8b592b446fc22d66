"""What the made-up company watches: its schedules, one of them late, and what its people want to hear of."""

import datetime

from django.db import transaction

from dashboard.demo.founding import Company
from monitors import checkins
from monitors.changes import create_monitor
from monitors.models import Monitor
from monitors.recording import record, watch_of
from monitors.states import Signal, pass_time
from projects.locks import locked
from tasks.global_actions import create_global_action, global_actions_of, settled

# Project, fields, and how long ago the last run was heard of; None: its last run failed, half an hour ago.
MONITORS = (
    ("warehouse", {"name": "Nightly backup", "cron": "10 2 * * *", "start_grace": 300, "grace": 3600}, None),
    ("warehouse", {"name": "Hourly load of orders", "cron": "5 * * * *", "grace": 900}, 1),
    ("shop", {"name": "Stock levels from the warehouse", "interval": 300, "grace": 120}, 1),
    # Late for as long as somebody may look on, and never down.
    ("shop", {"name": "Price list of Casa Verde", "interval": 1800, "grace": 14 * 86_400}, 65),
    ("billing", {"name": "Account statements from the bank", "interval": 3600, "grace": 1800}, 12),
)
# How often, in seconds.
CHECKING_IN = {
    "Stock levels from the warehouse": 240,
    "Account statements from the bank": 3000,
    "Hourly load of orders": 3000,
}


def watch(company: Company, now: datetime.datetime) -> None:
    """Makes what is missing of monitors and rules."""
    known = set(Monitor.objects.filter(project__organization=company.organization).values_list("name", flat=True))
    for slug, fields, minutes in MONITORS:
        if fields["name"] in known:
            continue
        heard = now - datetime.timedelta(minutes=30 if minutes is None else minutes)
        monitor = create_monitor(company.projects[slug], fields, now=heard - datetime.timedelta(days=30))
        checkins.ping(monitor.pk, Signal.SUCCESS, heard - datetime.timedelta(seconds=1))
        reason = "exit code 12" if minutes is None else ""
        checkins.ping(monitor.pk, Signal.FAILURE if minutes is None else Signal.SUCCESS, heard, reason)
        let_pass(monitor, now)
    if not global_actions_of(company.organization).exists():
        fields = {
            "name": "Three failures in a row",
            "trigger": "error,stale",
            "integration": "email",
            "config": {"to": f"operations@{company.owner.email.partition('@')[2]}"},
            "failures_in_row": 3,
            "notify_recovery": True,
        }
        create_global_action(company.organization, settled(company.organization, fields), now=now)


def let_pass(monitor: Monitor, now: datetime.datetime) -> None:
    """What the worker would find out by itself, but for its patience: it was not there when the run stayed away."""
    with transaction.atomic():
        held = locked(monitor)
        record(held, pass_time(watch_of(held), now), now)


def check_in(company: Company, now: datetime.datetime) -> None:
    """The runs that come on time; the others stay away."""
    own = Monitor.objects.filter(project__organization=company.organization, name__in=list(CHECKING_IN))
    for monitor in own:
        period = datetime.timedelta(seconds=CHECKING_IN[monitor.name])
        if monitor.last_check_in is None or monitor.last_check_in + period <= now:
            checkins.ping(monitor.pk, Signal.SUCCESS, now)
