"""A real browser before a real server: Debian's chromium, driven by playwright."""

import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, sync_playwright

from projects.models import Membership, Project, User
from projects.scopes import Role
from taskapi.rest import document
from tests.browser.signing_in import PASSWORD

# As root, on a machine without a network: no sandbox, and nothing that a browser does of its own accord.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="module")
def chromium(django_db_setup: None) -> Iterator[Browser]:
    path = shutil.which("chromium")
    if path is None:
        pytest.skip("No chromium on PATH: apt-get install chromium")
    # Playwright's synchronous interface runs an event loop in this thread, which Django takes for asynchronous code.
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def context(chromium: Browser, live_server: Any, settings: Any) -> Iterator[BrowserContext]:
    settings.BASE_URL = live_server.url
    forget_document()  # it names BASE_URL
    context = chromium.new_context(base_url=live_server.url, viewport={"width": 1280, "height": 800})
    context.set_default_timeout(15_000)
    yield context
    context.close()
    forget_document()


@pytest.fixture
def ada(project: Project) -> User:
    """An owner, who can sign in."""
    user = User.objects.create_user("ada@acme.example", PASSWORD)
    Membership.objects.create(organization=project.organization, user=user, role=Role.OWNER, display_name="Ada")
    return user


def forget_document() -> None:
    for written in (document.written_once, document.as_json, document.as_yaml):
        written.cache_clear()


@pytest.fixture
def page(context: BrowserContext, live_server: Any) -> Iterator[Page]:
    """A page that has nothing to complain of at the end, and asked this server alone."""
    page = context.new_page()
    complaints: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        # That a page is a 4xx is no complaint; that an asset is one, is.
        is_page = "/static/" not in message.location["url"] and message.text.startswith("Failed to load resource")
        if message.type in {"error", "warning"} and not is_page:
            complaints.append(message.text)

    def see(request: Request) -> None:
        if not request.url.startswith((live_server.url, "data:", "blob:")):
            complaints.append(request.url)

    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", hear)
    page.on("request", see)
    yield page
    assert complaints == []
