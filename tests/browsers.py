"""Django's test client, as a person uses a browser."""

from typing import Any

from django.test import Client

from projects.models import Membership, Organization, User


class Browser(Client):
    """Whoever sits before it is signed in."""

    def __init__(self, user: User) -> None:
        super().__init__()
        self.user = user
        self.force_login(user)


def browser_of(organization: Organization, role: str, email: str = "", **fields: Any) -> Browser:
    """Of a new member; fields: of the membership."""
    user = User.objects.create_user(email or f"{role}@{organization.slug}.example")
    Membership.objects.create(organization=organization, user=user, role=role, **fields)
    return Browser(user)
