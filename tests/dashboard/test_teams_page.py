"""The page of an organization's teams, and that of one of them."""

import pytest
from django.template.loader import render_to_string
from django.test import Client, RequestFactory

from dashboard.visits import visit_of
from projects.models import Membership, Team, User
from projects.scopes import Role

TEAMS = "/a/acme/teams/"


def join(organization, email, role, name=""):
    user = User.objects.create_user(email)
    return Membership.objects.create(organization=organization, user=user, role=role, display_name=name)


def browser_of(membership):
    browser = Client()
    browser.force_login(membership.user)
    return browser


@pytest.fixture
def owner(organization):
    return join(organization, "olivia@acme.example", Role.OWNER, "Olivia")


@pytest.fixture
def mia(organization):
    return join(organization, "mia@acme.example", Role.MEMBER, "Mia")


@pytest.fixture
def browser(owner):
    return browser_of(owner)


@pytest.fixture
def team(organization, mia):
    team = Team.objects.create(organization=organization, name="Night shift")
    team.memberships.add(mia)
    return team


def page_of(team):
    return f"{TEAMS}{team.pk}/"


def in_team(team):
    return list(Team.objects.get(pk=team.pk).memberships.values_list("user_id", flat=True))


def test_a_team_is_made_with_members(browser, mia):
    assert "No team yet" in browser.get(TEAMS).content.decode()
    page = browser.post(TEAMS, {"name": "Night shift", "members": [mia.user_id]}, follow=True).content.decode()
    assert "The team “Night shift” is ready." in page
    assert in_team(Team.objects.get(name="Night shift")) == [mia.user_id]


def test_the_list_names_the_members(browser, organization, team):
    for number in range(9):
        team.memberships.add(join(organization, f"m{number}@acme.example", Role.VIEWER))
    page = browser.get(TEAMS).content.decode()
    assert "Night shift" in page
    assert "and 4 more" in page


def test_a_team_is_renamed_and_its_members_exchanged(browser, owner, team):
    assert 'value="Night shift"' in browser.get(page_of(team)).content.decode()
    response = browser.post(page_of(team), {"name": "Day shift", "members": [owner.user_id]})
    assert (response.status_code, response.url.rstrip("/") + "/") == (302, TEAMS)
    assert Team.objects.get(pk=team.pk).name == "Day shift"
    assert in_team(team) == [owner.user_id]


def test_a_team_may_be_empty(browser, team):
    assert browser.post(page_of(team), {"name": "Night shift"}).status_code == 302
    assert in_team(team) == []


def test_a_team_is_deleted_and_its_members_stay(browser, team, mia):
    assert "is deleted" in browser.post(page_of(team), {"delete": "1"}, follow=True).content.decode()
    assert not Team.objects.exists()
    assert Membership.objects.filter(pk=mia.pk).exists()


@pytest.mark.parametrize("path", [TEAMS, None])
def test_a_name_that_is_taken_is_said_beside_the_field(browser, organization, team, path):
    other = Team.objects.create(organization=organization, name="Day shift")
    response = browser.post(path or page_of(other), {"name": "Night shift"})
    assert response.status_code == 422
    page = response.content.decode()
    assert "There is a team “Night shift” already." in page
    assert 'value="Night shift"' in page


@pytest.mark.parametrize("sent", [{"name": ""}, {"name": "x" * 256}, {"name": "x", "members": ["x"]}])
def test_what_is_wrong_changes_nothing(browser, team, mia, sent):
    assert browser.post(page_of(team), sent).status_code == 422
    assert in_team(team) == [mia.user_id]


def test_only_members_can_be_in_a_team(browser, team, mia, stranger):
    eve = join(stranger.organization, "eve@globex.example", Role.OWNER, "Eve")
    assert "Eve" not in browser.get(page_of(team)).content.decode()
    assert browser.post(page_of(team), {"name": "x", "members": [eve.user_id]}).status_code == 422
    assert in_team(team) == [mia.user_id]


def test_strangers_find_nothing(browser, team, stranger):
    eve = browser_of(join(stranger.organization, "eve@globex.example", Role.OWNER))
    theirs = Team.objects.create(organization=stranger.organization, name="Theirs")
    assert eve.get(TEAMS).status_code == 404
    assert eve.post(page_of(team), {"delete": "1"}).status_code == 404
    assert browser.get(page_of(theirs)).status_code == 404
    assert browser.post(page_of(theirs), {"delete": "1"}).status_code == 404
    assert "Theirs" not in browser.get(TEAMS).content.decode()
    assert Team.objects.count() == 2


@pytest.mark.parametrize("role", [Role.MEMBER, Role.VIEWER])
def test_teams_are_for_administrators(organization, team, role):
    browser = browser_of(join(organization, "pat@acme.example", role))
    assert browser.get(TEAMS).status_code == 403
    assert browser.post(page_of(team), {"delete": "1"}).status_code == 403


def test_hostile_names_are_text(browser, organization, team):
    join(organization, "x@acme.example", Role.MEMBER, "<script>alert(1)</script>")
    Team.objects.update(name='<img src=x onerror="x">')
    for path in (TEAMS, page_of(team)):
        page = browser.get(path).content.decode()
        assert "<script>alert" not in page
        assert "<img" not in page


def test_a_form_without_its_token_is_refused(owner, team):
    careful = Client(enforce_csrf_checks=True)
    careful.force_login(owner.user)
    assert careful.post(page_of(team), {"delete": "1"}).status_code == 403


def test_queries_do_not_grow_with_teams(browser, organization, mia, django_assert_max_num_queries):
    for number in range(20):
        Team.objects.create(organization=organization, name=f"Team {number}").memberships.add(mia)
    with django_assert_max_num_queries(9):
        assert "Team 19" in browser.get(TEAMS).content.decode()


# -- The project switcher --------------------------------------------------------------------------------------------


def switcher(owner, query=""):
    request = RequestFactory().get(f"/a/acme/tasks/{query}")
    request.user = owner.user
    return render_to_string("dashboard/project_switcher.html", {"visit": visit_of(request, "acme")}, request)


def test_the_switcher_keeps_the_page_and_what_is_asked_of_it(owner, project, other_project):
    page = switcher(owner, "?project=web&status=error&status=stale&cursor=abc")
    assert 'href="?project=billing&amp;status=error&amp;status=stale"' in page
    assert 'href="?status=error&amp;status=stale"' in page
    assert '<a href="?project=web&amp;status=error&amp;status=stale" aria-current="true">Web</a>' in page


def test_the_switcher_leads_back_to_all_projects(owner, project):
    assert '<a href="?">All projects</a>' in switcher(owner, "?project=web")
    assert '<a href="?" aria-current="true">All projects</a>' in switcher(owner)


def test_without_a_project_there_is_no_switcher(owner):
    assert switcher(owner).strip() == ""


def test_hostile_filters_are_text(owner, project):
    assert "<script>" not in switcher(owner, '?name="><script>x')
