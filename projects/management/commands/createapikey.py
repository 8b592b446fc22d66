"""An API key for scripts and for the first steps: prints it and nothing else."""

import argparse
import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.http import Http404
from django.utils import timezone

from projects.locks import locked_organization
from projects.models import ApiKey, Organization, Project, User
from projects.models.api_key import task_scopes
from projects.scopes import Scope
from projects.tenants import create_organization, create_project


class Command(BaseCommand):
    help = "Makes an API key of a project or of a whole organization, and prints it. It is shown this one time."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("target", metavar="ORG[/PROJECT]", help="their slugs; without a project: all of them")
        parser.add_argument(
            "--create",
            action="store_true",
            help="make what is missing of organization and project; a new organization is owned by "
            "ORG@owner.invalid, who can't sign in until his password is set in the admin",
        )
        parser.add_argument("--name", default="command line", help="what the key is for (default: %(default)s)")
        parser.add_argument("--scopes", metavar="A,B", help="default: the five for tasks")
        parser.add_argument("--admin", action="store_true", help="the scope admin, which implies all others")
        parser.add_argument("--expires", metavar="DAYS", type=int, help="days until it expires (default: never)")

    def handle(self, *args: Any, **options: Any) -> None:
        org, slash, project_slug = options["target"].partition("/")
        if slash and not project_slug:
            raise CommandError("Name a project after the slash, or leave the slash out for an organization's key.")
        scopes = scopes_of(options["scopes"], admin=options["admin"])
        expires = expiry_of(options["expires"])
        if not options["name"] or len(options["name"]) > 255:
            raise CommandError("A name has 1 to 255 characters.")
        with transaction.atomic():
            organization = locked(organization_of(org, create=options["create"]))
            project = project_of(organization, project_slug, create=options["create"]) if slash else None
            _, key = ApiKey.objects.issue(organization, project, name=options["name"], scopes=scopes, expires=expires)
        self.stdout.write(key)


def scopes_of(text: str | None, *, admin: bool) -> list[str]:
    named = [scope.strip() for scope in text.split(",")] if text is not None else []
    for scope in named:
        if scope not in list(Scope):
            raise CommandError(f"There is no scope “{scope}”. Scopes: {', '.join(Scope)}.")
    if admin:
        named.append(Scope.ADMIN)
    return list(dict.fromkeys(named)) or task_scopes()


def expiry_of(days: int | None) -> datetime.datetime | None:
    if days is None:
        return None
    if days < 1:
        raise CommandError("--expires is a number of days from 1 upward.")
    try:
        return timezone.now() + datetime.timedelta(days=days)
    except OverflowError:
        raise CommandError(
            f"{days} days are more than a calendar has. Leave --expires out for a lasting key."
        ) from None


def organization_of(slug: str, *, create: bool) -> Organization:
    organization = Organization.objects.filter(slug=slug, deleted=None).first()
    if organization is not None:
        return organization
    if not create:
        raise CommandError(f"There is no organization “{slug}”. With --create it is made.")
    try:
        return create_organization(slug, slug, placeholder_owner(slug), owner_name="owner")
    except ValidationError as error:
        raise CommandError(f"“{slug}” can't be an organization's slug: {' '.join(error.messages)}") from None


def locked(organization: Organization) -> Organization:
    try:
        return locked_organization(organization)
    except Http404:
        raise CommandError(f"The organization “{organization.slug}” has just been deleted.") from None


def project_of(organization: Organization, slug: str, *, create: bool) -> Project:
    project = organization.projects.filter(slug=slug).first()
    if project is not None:
        return project
    if not create:
        raise CommandError(f"There is no project “{slug}” in “{organization.slug}”. With --create it is made.")
    try:
        return create_project(organization, slug, slug)
    except ValidationError as error:
        raise CommandError(f"“{slug}” can't be a project's slug: {' '.join(error.messages)}") from None


def placeholder_owner(slug: str) -> User:
    """Every organization has an owner; this one gets no mail (`.invalid` never resolves) and has no password."""
    email = f"{slug}@owner.invalid"
    return User.objects.with_email(email).first() or User.objects.create_user(email)
