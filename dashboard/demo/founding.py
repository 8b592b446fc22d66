"""The made-up company itself: its organization, its people, its projects, and the key that its programs have."""

import secrets
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from dashboard.demo.kinds import PROJECTS
from projects.issuing import issue_key
from projects.members import add_member
from projects.models import ApiKey, Organization, Project, User
from projects.principals import Principal
from projects.scopes import SCOPES_OF_ROLE, Role
from projects.teams import create_team
from projects.tenants import create_organization, create_project

NAME = "Demo Factory"
COLLEAGUES = (("Mara Lindqvist", Role.ADMIN), ("Tomás Ferreira", Role.MEMBER), ("Aiko Watanabe", Role.MEMBER))
KEY = "the factory's programs"


class NotOurs(Exception):
    """There is an organization of that slug, and it is not one that this made."""


@dataclass(frozen=True, slots=True)
class Company:
    """password: of the owner, where he was made just now. principal: as which the programs act."""

    organization: Organization
    projects: dict[str, Project]
    owner: User
    password: str | None
    principal: Principal

    @property
    def people(self) -> list[int]:
        """The ids of its members."""
        return list(self.organization.memberships.order_by("pk").values_list("user_id", flat=True))

    @property
    def person(self) -> Principal:
        """As which its owner acts."""
        return owner_principal(self.organization, self.owner)


def found(slug: str) -> Company:
    """The company of that slug, made with all that it lacks; raises `NotOurs`, and `ValidationError` for a bad slug."""
    email = owner_email(slug)
    with transaction.atomic():
        organization = Organization.objects.filter(slug=slug, deleted=None).first()
        owner = User.objects.with_email(email).first()
        password = None
        if organization is None:
            if owner is None:
                password = secrets.token_urlsafe(12)
                owner = User.objects.create_user(email, password)
            organization = create_organization(slug, NAME, owner, owner_name="Robin Okafor")
            add_colleagues(organization, owner)
        elif owner is None or not organization.memberships.filter(user=owner, role=Role.OWNER).exists():
            raise NotOurs(f"The organization “{slug}” is not one that this command made. Name another.")
        known = {project.slug: project for project in organization.projects.all()}
        projects = {
            name: known.get(name) or create_project(organization, name, title) for name, title in PROJECTS.items()
        }
        return Company(organization, projects, owner, password, programs(organization, owner))


def owner_email(slug: str) -> str:
    return f"owner@{slug.replace('_', '-')}.localhost"


def owner_principal(organization: Organization, owner: User) -> Principal:
    return Principal(organization=organization, user_id=owner.pk, role=Role.OWNER, scopes=SCOPES_OF_ROLE[Role.OWNER])


def add_colleagues(organization: Organization, owner: User) -> None:
    """Nobody can sign in as one of them: they have no password."""
    by, members = owner_principal(organization, owner), []
    for name, role in COLLEAGUES:
        email = f"{name.split()[0].lower().replace('á', 'a')}@{owner.email.partition('@')[2]}"
        members.append(add_member(organization, {"email": email, "name": name, "role": role}, by=by).user_id)
    create_team(organization, {"name": "Operations", "members": members[:2]})


def programs(organization: Organization, owner: User) -> Principal:
    """As which the programs report; their key is known to nobody."""
    key = ApiKey.objects.live(timezone.now()).filter(organization=organization, name=KEY).first()
    if key is None:
        key, _ = issue_key(organization, {"name": KEY}, by=owner_principal(organization, owner))
    return Principal(organization=organization, key_id=key.pk, scopes=frozenset(key.scopes))
