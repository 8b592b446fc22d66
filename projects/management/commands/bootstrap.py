"""The first start: an organization, a project, an owner and a key to try the server with."""

import secrets
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand
from django.db import IntegrityError, transaction

from projects.models import ApiKey, Organization, User
from projects.tenants import create_organization, create_project

SLUG = "demo"
OWNER = "owner@demo.localhost"

# In ASCII: after the commit, no terminal may fail to show it.
FIRST = """\
The organization "{slug}" is made, with the project "{slug}". What follows is shown this one time.

Sign in at {url}/api/ (administration: {url}/admin/):
  e-mail    {owner}
  password  {password}

The API key of {slug}/{slug}:
{key}

Make a first task:
curl -sS {url}/api/{slug}/{slug}/tasks -H 'Authorization: Bearer {key}' -H 'Content-Type: application/json' -d '{body}'
"""
BODY = '{"name": "hello", "value": 25}'


class Command(BaseCommand):
    help = "Makes a first organization, project, owner and API key, where there is no organization yet."

    def handle(self, *args: Any, **options: Any) -> None:
        made = make_first()
        if made is None:
            self.stdout.write(f"The API is at {settings.BASE_URL}/api/")
            return
        password, key = made
        text = FIRST.format(slug=SLUG, url=settings.BASE_URL, owner=OWNER, password=password, key=key, body=BODY)
        self.stdout.write(text, ending="")


def make_first() -> tuple[str, str] | None:
    """The owner's password and the project's key; None where there is an organization, or another start was faster."""
    password = secrets.token_urlsafe(12)
    try:
        with transaction.atomic():
            if Organization.objects.exists() or User.objects.with_email(OWNER).exists():
                return None
            owner = User.objects.create_superuser(OWNER, password)
            project = create_project(create_organization(SLUG, "Demo", owner), SLUG, "Demo")
            _, key = ApiKey.objects.issue(project.organization, project, name="first key", creator=owner)
    except (IntegrityError, ValidationError):
        return None
    return password, key
