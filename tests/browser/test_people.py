"""Members and teams, set up by hand."""

import pytest
from playwright.sync_api import Browser, expect

from projects.models import Membership, Team, User
from projects.scopes import Role
from tests.browser.looks import too_narrow, violations
from tests.browser.signing_in import PASSWORD, sign_in

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def people(project) -> dict[str, User]:
    made = {}
    for name, role in (("Ada", Role.OWNER), ("Grace", Role.ADMIN), ("Mia", Role.MEMBER), ("Vic", Role.VIEWER)):
        user = User.objects.create_user(f"{name.lower()}@acme.example", PASSWORD)
        Membership.objects.create(organization=project.organization, user=user, role=role, display_name=name)
        made[name] = user
    return made


def test_a_member_is_added_changed_and_removed(page, people):
    sign_in(page, "/a/acme/members/")
    page.get_by_label("E-mail").fill("nina@acme.example")
    page.get_by_label("Name").fill("Nina")
    page.get_by_label("Role").select_option("viewer")
    page.get_by_role("button", name="Add and invite").click()
    expect(page.get_by_text("The invitation is on its way to nina@acme.example.")).to_be_visible()

    page.get_by_role("link", name="Nina").click()
    page.get_by_label("Role").select_option("member")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("row", name="Nina")).to_contain_text("member")

    page.get_by_role("link", name="Nina").click()
    page.once("dialog", lambda dialog: dialog.dismiss())
    page.get_by_role("button", name="Remove the member").click()
    assert Membership.objects.filter(user__email="nina@acme.example").exists()
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Remove the member").click()
    expect(page.get_by_text("Nina is no member any more.")).to_be_visible()
    expect(page.get_by_role("link", name="Nina")).to_have_count(0)


def test_a_team_is_made_by_keyboard_alone(page, people):
    sign_in(page, "/a/acme/teams/")
    page.get_by_label("Name").focus()
    page.keyboard.type("Night shift")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.get_by_role("button", name="Make the team").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("row", name="Night shift")).to_contain_text("Ada, Grace")


def test_teams_are_changed_without_a_script(chromium: Browser, context, live_server, organization, people):
    team = Team.objects.create(organization=organization, name="Night shift")
    plain = chromium.new_context(base_url=live_server.url, java_script_enabled=False)
    page = plain.new_page()
    sign_in(page, f"/a/acme/teams/{team.pk}/")
    page.get_by_label("Mia").check()
    page.get_by_label("Name", exact=True).fill("Day shift")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("row", name="Day shift")).to_contain_text("Mia")
    page.get_by_role("link", name="Day shift").click()
    page.get_by_role("button", name="Delete the team").click()
    expect(page.get_by_text("No team yet.")).to_be_visible()
    plain.close()


def test_every_page_is_accessible_and_fits_each_window(page, organization, people):
    team = Team.objects.create(organization=organization, name="The night shift with a long name of its own")
    team.memberships.set(organization.memberships.all())
    sign_in(page, "/a/acme/members/")
    found = []
    for path in (
        "members/",
        f"members/{people['Mia'].pk}/",
        f"members/{people['Ada'].pk}/",
        "teams/",
        f"teams/{team.pk}/",
    ):
        page.goto(f"/a/acme/{path}")
        assert too_narrow(page) == [], path
        found += violations(page)
    assert found == []
