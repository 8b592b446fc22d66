"""Organizations and projects, made and renamed. How they go is in `projects.deleting`."""

from collections.abc import Mapping
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from projects import keyring
from projects.capacity import refuse_beyond
from projects.locks import locked, locked_organization
from projects.models import Membership, Organization, Project, User
from projects.scopes import Role

Named = TypeVar("Named", Organization, Project)


def create_organization(slug: str, name: str, owner: User, *, owner_name: str = "") -> Organization:
    """A new organization, owned by `owner`, whom its members see as `owner_name`.

    Raises `ValidationError` on `slug` or `name`, also where the slug is taken.
    """
    organization = Organization(slug=slug, name=name)
    organization.clean_fields()
    with transaction.atomic():
        refuse_beyond(locked(owner).memberships, "slug")
        save_new(organization, "slug", f"There is an organization “{slug}” already.")
        Membership.objects.create(organization=organization, user=owner, role=Role.OWNER, display_name=owner_name)
    return organization


def change_organization(organization: Organization, fields: Mapping[str, Any]) -> Organization:
    """Renames it; raises `ValidationError` on `slug`, which is in every key and URL, when another is sent."""
    with transaction.atomic():
        return rename(locked_organization(organization), fields)


def create_project(organization: Organization, slug: str, name: str) -> Project:
    """A new project; raises `ValidationError` on `slug` or `name`, also where the organization has that slug."""
    project = Project(organization=organization, slug=slug, name=name)
    project.clean_fields(exclude={"organization"})
    with transaction.atomic():
        refuse_beyond(locked_organization(organization).projects, "slug")
        save_new(project, "slug", f"There is a project “{slug}” already.")
        transaction.on_commit(keyring.forget)
    return project


def change_project(project: Project, fields: Mapping[str, Any]) -> Project:
    """Renames it; raises `ValidationError` on `slug` when another is sent."""
    with transaction.atomic():
        return rename(locked(project), fields)


def rename(row: Named, fields: Mapping[str, Any]) -> Named:
    """The locked row under its new name, inside the caller's transaction."""
    keep("slug", row.slug, fields)
    row.name = fields.get("name", row.name)
    row.save(update_fields=["name"])
    transaction.on_commit(keyring.forget)
    return row


def save_new(row: Organization | Project, field: str, taken: str) -> None:
    """Saves a row that a unique constraint may refuse: no look beforehand could tell what others are writing."""
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        raise ValidationError({field: ValidationError(taken, "unique")}) from None


def keep(field: str, stored: Any, fields: Mapping[str, Any]) -> None:
    """Raises `ValidationError` on a field that never changes; what is stored may be sent again."""
    if fields.get(field, stored) != stored:
        raise ValidationError({field: ValidationError(f"The {field} can't be changed.", "fixed")})
