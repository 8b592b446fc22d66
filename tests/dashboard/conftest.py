import pytest
from django.utils import timezone

from monitors.changes import create_monitor
from projects.scopes import Role
from tests.browsers import browser_of


@pytest.fixture
def admin_browser(organization, project):
    return browser_of(organization, Role.ADMIN)


@pytest.fixture
def make_monitor(project):
    """One that is called `backup` and comes each hour, unless something else is said."""

    def made(owner=project, **fields):
        whole = {"name": "backup", **fields}
        if "cron" not in fields:
            whole.setdefault("interval", 3600)
        return create_monitor(owner, whole, now=timezone.now())

    return made
