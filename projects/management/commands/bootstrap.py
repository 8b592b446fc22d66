"""The first start: an organization, a project, an owner and a key to try the server with."""

from typing import Any

from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from projects.models import ApiKey, Organization, User
from projects.tenants import create_organization, create_project

SLUG = "demo"
OWNER = "owner@demo.localhost"

# In ASCII: after the commit, no terminal may fail to show it.
MADE = """\
The organization "{slug}" is made, with the project "{slug}". Its API key is shown this one time:
{key}

Make a first task:
curl -sS {url}/api/{slug}/{slug}/tasks -H 'Authorization: Bearer {key}' -H 'Content-Type: application/json' -d '{body}'

"""
# No password is printed, which a terminal or a log would keep: only a way to choose one, which ends with its use.
CHOOSE = """\
Its owner is {owner}. Choose the password here (the link is good once, for {hours} hours):
  {link}

"""
PLACES = """\
The pages are at {url}/a/, the API is at {url}/api/
"""
BODY = '{"name": "hello", "value": 25}'


class Command(BaseCommand):
    help = "Makes a first organization, project, owner and API key, where there is no organization yet."

    def handle(self, *args: Any, **options: Any) -> None:
        key = make_first()
        text = MADE.format(slug=SLUG, url=settings.BASE_URL, key=key, body=BODY) if key else ""
        # On later starts, too, until it is done: the link may have been lost or too old.
        owner = User.objects.with_email(OWNER).filter(is_active=True).first()
        if owner is not None and not owner.has_usable_password():
            text += CHOOSE.format(owner=OWNER, link=link_of(owner), hours=settings.PASSWORD_RESET_TIMEOUT // 3600)
        self.stdout.write(text + PLACES.format(url=settings.BASE_URL), ending="")


def make_first() -> str | None:
    """The project's key; None where there is an organization, or another start was faster."""
    try:
        with transaction.atomic():
            if Organization.objects.exists() or User.objects.with_email(OWNER).exists():
                return None
            owner = User.objects.create_superuser(OWNER)
            project = create_project(create_organization(SLUG, "Demo", owner), SLUG, "Demo")
            _, key = ApiKey.objects.issue(project.organization, project, name="first key", creator=owner)
    except (IntegrityError, ValidationError):
        return None
    return key


def link_of(owner: User) -> str:
    """The same as comes by mail to who has forgotten his password."""
    place = {"uidb64": urlsafe_base64_encode(force_bytes(owner.pk)), "token": default_token_generator.make_token(owner)}
    return f"{settings.BASE_URL}{reverse('password-reset-confirm', kwargs=place)}"
