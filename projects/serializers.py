"""Organizations, projects, people and keys at the door of the API: what is taken, by field, and what is shown."""

from typing import Any

from django.core.validators import EmailValidator
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from projects.capacity import ROWS_MAX
from projects.models import ApiKey, Team
from projects.models.organization import SLUG_MAX, is_no_path_of_organizations, is_no_path_of_projects, is_slug
from projects.scopes import Role, Scope
from taskapi.rest.fields import INT64_MAX, Choice, Integer, Items, Moment, Text

NAME_MAX = 255
SCOPES_MAX = 50  # in one body, which may name one twice


@extend_schema_field(OpenApiTypes.EMAIL)
class Email(Text):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=254, validators=[EmailValidator()], **kwargs)


class OrganizationSerializer(serializers.Serializer[Any]):
    """A tenant: projects and people, seen from no other."""

    slug = Text(
        validators=[is_slug, is_no_path_of_organizations],
        help_text="Its name in paths and keys; can't be changed.",
    )
    name = Text(max_length=NAME_MAX, help_text="For people to read.")


class OrganizationChangeSerializer(OrganizationSerializer):
    slug = Text(max_length=SLUG_MAX, required=False, help_text="As it is.")


class ProjectSerializer(serializers.Serializer[Any]):
    """One system within an organization: what its tasks belong to."""

    number = serializers.IntegerField(read_only=True, help_text="The key of the integer-keyed dialects.")
    slug = Text(
        validators=[is_slug, is_no_path_of_projects],
        help_text="Its name in paths and keys, unique in the organization; can't be changed.",
    )
    name = Text(max_length=NAME_MAX, help_text="For people to read.")


class ProjectChangeSerializer(ProjectSerializer):
    slug = Text(max_length=SLUG_MAX, required=False, help_text="As it is.")


class MemberSerializer(serializers.Serializer[Any]):
    """A user in an organization, with a role."""

    id = serializers.IntegerField(source="user_id", read_only=True, help_text="The user's.")
    name = Text(
        max_length=NAME_MAX,
        allow_blank=True,
        required=False,
        help_text="How this organization calls him; the part of the e-mail before the @ unless set.",
    )
    email = Email(help_text="What he signs in with, in lower case; can't be changed here.")
    role = Choice(choices=[str(role) for role in Role], required=False, help_text="`member` by default.")


class MemberChangeSerializer(MemberSerializer):
    email = Email(required=False, help_text="As it is.")


class MemberIds(Items):
    """The users of a team's memberships."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(child=Integer(min_value=1, max_value=INT64_MAX), max_length=ROWS_MAX, **kwargs)

    def get_attribute(self, team: Team) -> list[int]:
        return sorted(membership.user_id for membership in team.memberships.all())


class TeamSerializer(serializers.Serializer[Any]):
    """A named group of an organization's members."""

    id = serializers.IntegerField(read_only=True)
    name = Text(max_length=NAME_MAX, help_text="Unique in the organization.")
    members = MemberIds(required=False, help_text="The ids of its members; none by default.")


class ProjectSlug(Text):
    def get_attribute(self, key: ApiKey) -> str | None:
        return key.project.slug if key.project else None


class ApiKeySerializer(serializers.Serializer[Any]):
    """The secret of a project or of a whole organization."""

    id = serializers.IntegerField(read_only=True)
    name = Text(max_length=NAME_MAX, help_text="What it is for.")
    prefix = serializers.CharField(read_only=True, help_text="How the secret begins, to tell keys apart.")
    project = ProjectSlug(
        max_length=SLUG_MAX,
        allow_null=True,
        required=False,
        help_text="The slug of the one project that it reaches; null: all of the organization. Can't be changed.",
    )
    scopes = Items(
        child=Choice(choices=[str(scope) for scope in Scope]),
        max_length=SCOPES_MAX,
        allow_empty=False,
        required=False,
        help_text="What it may do: the five scopes for tasks by default.",
    )
    created = serializers.DateTimeField(read_only=True)
    expires = Moment(required=False, allow_null=True, help_text="When it ends by itself; never by default.")
    last_used = serializers.DateTimeField(read_only=True, allow_null=True)
    revoked = serializers.DateTimeField(read_only=True, allow_null=True)

    def validate_scopes(self, scopes: list[str]) -> list[str]:
        return list(dict.fromkeys(scopes))


class NewApiKeySerializer(ApiKeySerializer):
    """A key that was just made."""

    key = serializers.CharField(read_only=True, help_text="The whole key, shown this one time.")
