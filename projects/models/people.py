"""People: a user of the server, what he may do in an organization, and named groups of members."""

import secrets
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import IntegrityError, models, transaction
from django.db.models.functions import Lower

from projects.models.organization import Organization
from projects.scopes import Role

USER_IDS = 2**53  # that JSON's numbers carry exactly, also where they are read as floats


def draw_user_id() -> int:
    """Return a random id: one that counts would tell each organization how many users the others have."""
    return secrets.randbelow(USER_IDS - 1) + 1


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Creates a user who signs in by `email`; without a password, not before one is set.

        Raises `IntegrityError` for an address that is taken; for an id that is, another is drawn.
        """
        user = self.model(email=self.normalize_email(email), **fields)
        user.set_password(password)
        while True:
            try:
                with transaction.atomic(using=self._db):
                    user.save(using=self._db, force_insert=True)
            except IntegrityError:
                if not self.filter(pk=user.pk).exists():
                    raise
                user.pk = draw_user_id()
            else:
                return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    @classmethod
    def normalize_email(cls, email: str | None) -> str:
        """In lower case as a whole: what one tenant typed is not to be seen from another."""
        return (email or "").lower()

    def with_email(self, email: str | None) -> "models.QuerySet[User]":
        """The user of that address, however it is capitalized; asks the index of `one_user_of_an_email`."""
        return self.alias(lower=Lower("email")).filter(lower=self.normalize_email(email))

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.with_email(username).get()


class User(AbstractBaseUser, PermissionsMixin):
    """Somebody who can sign in. His name belongs to each membership, so that no tenant sees another's."""

    # Of this type because it was counted once; the sequence is not used any more.
    id = models.BigAutoField(primary_key=True, default=draw_user_id)
    email = models.EmailField(unique=True, error_messages={"unique": "A user with this e-mail address exists."})
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField("may use the admin", default=False)
    date_joined = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[UserManager] = UserManager()
    EMAIL_FIELD = USERNAME_FIELD = "email"

    class Meta:
        constraints = (models.UniqueConstraint(Lower("email"), name="one_user_of_an_email"),)

    def __str__(self) -> str:
        return self.email


class Membership(models.Model):
    """A user in an organization, with a role."""

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=16, choices=[(role, role) for role in Role], default=Role.MEMBER)
    display_name = models.CharField(max_length=255, default="", blank=True)
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("id",)  # as they came: the ids of users are random
        constraints = (
            models.UniqueConstraint(fields=("organization", "user"), name="one_membership_of_a_user"),
            models.CheckConstraint(condition=models.Q(role__in=list(Role)), name="membership_role_is_known"),
        )

    def __str__(self) -> str:
        return f"{self.name} ({self.role})"

    @property
    def name(self) -> str:
        return self.display_name or self.email.partition("@")[0]

    @property
    def email(self) -> str:
        return self.user.email


class Team(models.Model):
    """A named group of an organization's members."""

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="teams", db_index=False)
    name = models.CharField(max_length=255)
    memberships = models.ManyToManyField(Membership, related_name="teams", blank=True)

    class Meta:
        ordering = ("name",)
        constraints = (models.UniqueConstraint(fields=("organization", "name"), name="one_team_of_a_name"),)

    def __str__(self) -> str:
        return self.name
