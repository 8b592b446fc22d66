"""The cast of every test: `api` has the key of a project, `admin` that of its organization, and there are strangers."""

import os
from collections.abc import Callable
from typing import Any

import pytest

from projects import keyring, last_used
from projects.models import ApiKey, Organization, Project
from projects.scopes import TASK_SCOPES, Scope
from taskapi.rest import limits
from tasks import rules
from tests.client import Api
from tests.live import database_url, live, server  # noqa: F401 - fixtures


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Half as many again as there are processors: a third of the time goes into waiting, for browsers and servers."""
    return (os.cpu_count() or 1) * 3 // 2 or 1


@pytest.fixture(autouse=True)
def _clean_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the process remembers belongs to no test, and no thread writes behind a test's back."""
    keyring.forget()
    rules.forget()
    limits.forget()
    monkeypatch.setattr(last_used, "start_writer", lambda: None)
    last_used._next_write.clear()
    last_used._pending.clear()


@pytest.fixture
def organization(db: Any) -> Organization:
    return Organization.objects.create(slug="acme", name="Acme")


@pytest.fixture
def project(organization: Organization) -> Project:
    return Project.objects.create(organization=organization, slug="web", name="Web")


@pytest.fixture
def other_project(organization: Organization) -> Project:
    """Of the same organization."""
    return Project.objects.create(organization=organization, slug="billing", name="Billing")


@pytest.fixture
def stranger(db: Any) -> Project:
    """A project of another organization."""
    return Project.objects.create(
        organization=Organization.objects.create(slug="globex", name="Globex"), slug="web", name="Their web"
    )


@pytest.fixture
def make_key() -> Callable[..., str]:
    """A key of a project, or of a whole organization; with the scopes for tasks unless others are named."""

    def make(place: Project | Organization, *scopes: Scope, **fields: Any) -> str:
        organization = place.organization if isinstance(place, Project) else place
        project = place if isinstance(place, Project) else None
        fields = {"name": "test", "scopes": sorted(scopes or TASK_SCOPES), **fields}
        return ApiKey.objects.issue(organization, project, **fields)[1]

    return make


@pytest.fixture
def api(project: Project, make_key: Callable[..., str]) -> Api:
    """The project's own key, as a worker holds it. Paths that begin with no `/` are of the project."""
    return Api(make_key(project), base="/api/acme/web")


@pytest.fixture
def admin(organization: Organization, make_key: Callable[..., str]) -> Api:
    """A key for all of the organization. Paths that begin with no `/` are of the organization."""
    return Api(make_key(organization, Scope.ADMIN), base="/api/acme")


@pytest.fixture
def make_task(api: Api) -> Callable[..., dict[str, Any]]:
    """A task made over HTTP, of which only what matters is named."""

    def make(name: str = "export", **fields: Any) -> dict[str, Any]:
        response = api.post("tasks", {"name": name, **fields})
        assert response.status_code == 201, response.content
        return response.json()

    return make
