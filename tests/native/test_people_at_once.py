"""What several requests at the same moment may not do to people and teams. On PostgreSQL, where rows are locked."""

import threading

import pytest
from django.db import connection

from projects.models import Membership, Organization, User
from projects.scopes import Role
from tests.client import Api

pytestmark = [
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite in memory has one connection"),
    pytest.mark.django_db(transaction=True),
]


def at_once(*calls):
    """The sorted statuses of requests that begin together, each on a connection of its own."""
    barrier, statuses = threading.Barrier(len(calls)), []

    def run(call):
        barrier.wait()
        try:
            statuses.append(call().status_code)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(statuses)


@pytest.fixture
def callers(admin):
    """Six callers with the organization's key, each to be used by one thread."""
    return [Api(admin.key, base="/api/acme") for _ in range(6)]


def test_two_owners_never_demote_each_other(callers, organization, join):
    owners = [join(organization, f"{index}@acme.example", Role.OWNER) for index in range(6)]
    statuses = at_once(
        *(lambda c=c, o=o: c.patch(f"members/{o.pk}", {"role": "viewer"}) for c, o in zip(callers, owners, strict=True))
    )
    assert statuses == [200, 200, 200, 200, 200, 400]
    assert Membership.objects.filter(role=Role.OWNER).count() == 1


def test_two_owners_never_remove_each_other(callers, organization, join):
    owners = [join(organization, f"{index}@acme.example", Role.OWNER) for index in range(6)]
    statuses = at_once(*(lambda c=c, o=o: c.delete(f"members/{o.pk}") for c, o in zip(callers, owners, strict=True)))
    assert statuses == [204, 204, 204, 204, 204, 400]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("members", {"email": "new@acme.example"}),
        ("teams", {"name": "Night shift"}),
        ("projects", {"slug": "new", "name": "New"}),
        ("/api/organizations", {"slug": "next", "name": "Next"}),
    ],
    ids=["member", "team", "project", "organization"],
)
def test_one_of_many_equal_requests_makes_the_row(callers, owner, path, body):
    statuses = at_once(*(lambda c=c: c.post(path, body) for c in callers))
    assert statuses == [201, 400, 400, 400, 400, 400]


def test_a_user_who_is_new_to_two_organizations_is_made_once(callers, stranger, make_key):
    other = Api(make_key(stranger.organization, "admin"), base="/api/globex")
    body = {"email": "new@acme.example"}
    assert at_once(lambda: callers[0].post("members", body), lambda: other.post("members", body)) == [201, 201]
    assert User.objects.get().memberships.count() == 2


def test_a_project_is_deleted_once(callers, project):
    statuses = at_once(*(lambda c=c: c.delete("projects/web") for c in callers))
    assert statuses == [204, 404, 404, 404, 404, 404]
    assert Organization.objects.exclude(deleted=None).count() == 1


def test_a_member_who_leaves_is_in_no_team(callers, owner, organization, join):
    for index in range(5):
        member = join(organization, f"{index}@acme.example").pk
        team = {"name": f"Team {index}", "members": [member]}
        at_once(
            lambda member=member: callers[0].delete(f"members/{member}"),
            lambda team=team: callers[1].post("teams", team),
        )
    assert all(team["members"] == [] for team in callers[0].get("teams").json())
