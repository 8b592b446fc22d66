"""People: members of the organization, and the browser sessions of those who signed in."""

from collections.abc import Callable

import pytest

from projects.models import Membership, Organization, User
from projects.scopes import Role
from tests.client import Api


@pytest.fixture
def join(db: None) -> Callable[..., User]:
    """A user of that e-mail, made where there is none, becomes a member."""

    def _join(organization: Organization, email: str, role: Role = Role.MEMBER) -> User:
        user = User.objects.with_email(email).first() or User.objects.create_user(email, "correct horse battery")
        Membership.objects.create(organization=organization, user=user, role=role)
        return user

    return _join


@pytest.fixture
def owner(organization: Organization, join: Callable[..., User]) -> User:
    return join(organization, "olivia@acme.example", Role.OWNER)


@pytest.fixture
def sign_in() -> Callable[[User], Api]:
    """A caller in a browser. Paths that begin with no `/` are of the organization."""

    def _sign_in(user: User) -> Api:
        browser = Api(None, base="/api/acme")
        browser.client.force_login(user)
        return browser

    return _sign_in
