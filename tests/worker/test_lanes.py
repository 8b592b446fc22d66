"""A look at what is due costs the same however many wait: so many at a time, and then the next ones."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from integrations import lanes, leasing
from integrations.lanes import Walk
from integrations.leasing import lease
from integrations.models import Channel, Delivery
from integrations.shares import Destination, Shares
from projects.models import Organization, Project
from tests.worker.conftest import NOON, let_be_prompt, make_channel, owe_for

LATER = NOON + timedelta(hours=1)
HANGS = 15.0


def make_projects(count):
    found = [Organization.objects.create(slug=f"tenant{number}", name="Tenant") for number in range(count)]
    return [Project.objects.create(organization=organization, slug="web", name="Web") for organization in found]


def small(monkeypatch, **sizes):
    """As if so few were looked at: the statements are made once, from the sizes."""
    for name, size in sizes.items():
        for sql in ("OF_ALL", "OF_ONE"):
            text = getattr(lanes, sql)
            monkeypatch.setattr(lanes, sql, text.replace(f" {getattr(lanes, name)}\n", f" {size}\n"))
        monkeypatch.setattr(lanes, name, size)


def test_organizations_are_looked_at_so_many_at_a_time(monkeypatch, project):
    small(monkeypatch, ORGANIZATIONS=3)
    projects = make_projects(7)
    for one in projects:
        owe_for(one)
    owe_for(projects[0], now=LATER)
    walk, ids = Walk(), [one.organization_id for one in projects]
    assert [sorted(walk.due_organizations(NOON)) for _ in range(4)] == [ids[:3], ids[3:6], ids[6:], ids[:3]]


def test_those_that_only_wait_are_none(project, stranger):
    owe_for(project, now=LATER)
    owe_for(stranger)
    assert Walk().due_organizations(NOON) == [stranger.organization_id]


def test_channels_are_looked_at_so_many_at_a_time_and_what_is_due_for_longest_each_time(monkeypatch, project):
    small(monkeypatch, LANES=3, OLDEST=2)
    channels = [make_channel(project.organization, f"c{number}") for number in range(7)]
    for number, channel in enumerate(channels):
        owe_for(project, channel.integration, now=NOON - timedelta(seconds=number), count=2)
    owe_for(project, now=NOON - timedelta(days=1))
    walk, ids = Walk(), [channel.pk for channel in channels]
    looks = [walk.due_lanes(project.organization_id, NOON) for _ in range(4)]
    assert [look[0] for look in looks] == [None] * 4
    assert [look[1] for look in looks] == [ids[6]] * 4
    assert [set(look) - {None} for look in looks] == [
        {*ids[:3], ids[6]},
        {*ids[3:6], ids[6]},
        {ids[6]},
        {*ids[:3], ids[6]},
    ]


def test_the_one_channel_that_answers_is_found_among_those_that_do_not(monkeypatch, project):
    small(monkeypatch, LANES=3, OLDEST=2)
    dead = [make_channel(project.organization, f"c{number}") for number in range(8)]
    alive = make_channel(project.organization, "alive")
    shares, walk = Shares(16), Walk()
    for channel in dead:
        owe_for(project, channel.integration, count=3)
        destination = Destination(project.organization_id, channel.pk)
        shares.take(destination)
        shares.give_back(destination, is_delivered=False, seconds=HANGS)
    let_be_prompt(shares, project.organization, [alive])
    owe_for(project, alive.integration, now=NOON + timedelta(seconds=1))
    found = [delivery.channel for _ in range(4) for delivery in lease(16, LATER, shares, walk)]
    assert alive in found
    assert len(found) == 3  # of those that are slow, an organization has two in hand


def test_a_million_that_wait_in_one_lane_hide_no_other(project, channel):
    (other,) = owe_for(project, now=NOON + timedelta(seconds=1))
    owe_for(project, "webhook:ops", count=lanes.OLDEST + 10)
    leased = lease(16, LATER, Shares(16), Walk())
    assert other.pk in [delivery.pk for delivery in leased]


def test_what_is_due_without_a_thread_costs_few_statements_and_no_transaction(monkeypatch, project):
    monkeypatch.setattr(leasing, "LOOKS", 4)
    shares, walk = Shares(16), Walk()
    for one in make_projects(8):
        owe_for(one)
        for _ in range(2):
            destination = Destination(one.organization_id, 0)
            shares.take(destination)
            shares.give_back(destination, is_delivered=False, seconds=HANGS)
    for destination in [Destination(-number, 0) for number in range(shares.quarter)]:
        shares.take(destination)
        shares.give_back(destination, is_delivered=False, seconds=HANGS)
        shares.take(destination)
    with CaptureQueriesContext(connection) as asked:
        assert lease(12, LATER, shares, walk) == []
    assert len(asked) == 1 + 4
    owe_for(project)
    assert [delivery.project_id for delivery in lease(12, LATER, shares, walk)] == [project.pk]  # the new one is first


@pytest.mark.slow
def test_ten_thousand_channels_cost_no_more(project):
    """Counted in steps of SQLite's machine, which do not depend on how fast this one is."""
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL's plan depends on what is in the table.")

    def steps():
        count = []
        connection.connection.set_progress_handler(lambda: count.append(1) and None, 100)
        walk = Walk()
        assert walk.due_organizations(NOON) == [project.organization_id]
        assert len(walk.due_lanes(project.organization_id, NOON)) >= lanes.LANES
        connection.connection.set_progress_handler(None, 0)
        return len(count)

    def fill(begin, end):
        owner, kind = project.organization, {"kind": "webhook", "name": "x", "created": NOON, "updated": NOON}
        channels = [Channel(organization=owner, slug=f"c{number}", **kind) for number in range(begin, end)]
        Channel.objects.bulk_create(channels)
        owed = {"organization": owner, "project": project, "point": "success", "body": "{}"}
        Delivery.objects.bulk_create(
            Delivery(channel=channel, integration=channel.integration, due_at=NOON, created=NOON, **owed)
            for channel in channels
            for _ in range(2)
        )

    fill(0, 200)
    few = steps()
    fill(200, 10_000)
    assert steps() <= few * 1.2
