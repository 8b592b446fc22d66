"""Tenants: an organization, and the projects in it."""

import re

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models

# First path segments under /api/ that are no organization, and second ones that are no project.
RESERVED_ORGANIZATIONS = frozenset({"auth", "docs", "organizations", "redoc", "schema", "v0"})
# Also those under which `/api/{org}/projects/{project}` would be read as `/api/{org}/{project}/…`.
RESERVED_PROJECTS = frozenset(
    {
        "actions",
        "audit",
        "custom-fields",
        "deliveries",
        "integrations",
        "keys",
        "members",
        "monitors",
        "projects",
        "rollup",
        "tasks",
        "teams",
        "workflow-statuses",
    }
)

SLUG_MAX = 63
SLUG = re.compile(rf"[a-z0-9][a-z0-9_-]{{0,{SLUG_MAX - 1}}}")
is_slug = RegexValidator(
    rf"\A{SLUG.pattern}\Z",
    f"Use lower-case letters, digits, hyphens and underscores, {SLUG_MAX} at most, beginning with a letter or digit.",
)


def is_no_path_of_organizations(slug: str) -> None:
    if slug in RESERVED_ORGANIZATIONS:
        raise ValidationError("“%(slug)s” is a path of the API.", code="reserved", params={"slug": slug})


def is_no_path_of_projects(slug: str) -> None:
    if slug in RESERVED_PROJECTS:
        raise ValidationError("“%(slug)s” is a path of the API.", code="reserved", params={"slug": slug})


class Organization(models.Model):
    """A tenant. Nothing of it is ever seen from another."""

    slug = models.CharField(max_length=SLUG_MAX, unique=True, validators=[is_slug, is_no_path_of_organizations])
    name = models.CharField(max_length=255)
    created = models.DateTimeField(auto_now_add=True)
    # Then nobody reaches it, its slug is free for others, and a sweep deletes its rows: `projects.deleting`.
    deleted = models.DateTimeField(null=True, blank=True)
    # Moved by each change of its global actions: what a process remembers of them is then out of date.
    rules_version = models.BigIntegerField(default=0, db_default=0, editable=False)

    class Meta:
        ordering = ("slug",)

    def __str__(self) -> str:
        return self.slug


class Project(models.Model):
    """One system within an organization: what its tasks belong to."""

    number = models.BigAutoField(primary_key=True)
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="projects", db_index=False)
    slug = models.CharField(max_length=SLUG_MAX, validators=[is_slug, is_no_path_of_projects])
    name = models.CharField(max_length=255)
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("slug",)
        constraints = (
            # Serves the look-up by both slugs as well.
            models.UniqueConstraint(fields=("organization", "slug"), name="one_project_of_a_slug"),
        )

    def __str__(self) -> str:
        return self.slug
