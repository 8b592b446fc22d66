"""What the OpenAPI document says of organizations, projects, people and keys, beyond what follows from the code."""

from typing import Any

from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema

from projects.members import FOUNDS_NONE
from projects.serializers import (
    ApiKeySerializer,
    MemberSerializer,
    NewApiKeySerializer,
    OrganizationSerializer,
    ProjectSerializer,
    TeamSerializer,
)
from taskapi.rest.schema import describe

ORGANIZATION = {"slug": "acme", "name": "Acme"}
PROJECT = {"number": 7, "slug": "web", "name": "Web shop"}
MEMBER = {"id": 12, "name": "Ada", "email": "ada@example.org", "role": "member"}
TEAM = {"id": 3, "name": "Night shift", "members": [12, 15]}
KEY = {
    "id": 42,
    "name": "worker",
    "prefix": "tak_4fPq",
    "project": "web",
    "scopes": ["access:tasks", "cancel:tasks", "create:tasks", "read:tasks", "update:tasks"],
    "created": "2026-01-31T12:00:00Z",
    "expires": None,
    "last_used": None,
    "revoked": None,
}
NEW_KEY = {**KEY, "key": "YWNtZS93ZWIvdGFrXzRmUHE…"}


def sent(**body: Any) -> list[OpenApiExample]:
    return [OpenApiExample("request", body, request_only=True)]


def answer(serializer: Any, about: str, body: Any) -> OpenApiResponse:
    return OpenApiResponse(serializer, about, [OpenApiExample("answer", body, response_only=True)])


def in_path(name: str, about: str) -> list[OpenApiParameter]:
    return [OpenApiParameter(name, int, OpenApiParameter.PATH, description=about)]


# The view names no scope for it: a person founds organizations by himself, and has scopes only within one.
REFUSAL = {
    "type": "client_error",
    "errors": [{"code": "permission_denied", "detail": FOUNDS_NONE, "attr": None}],
}
MAY_NOT_FOUND = answer({"$ref": "#/components/schemas/ClientErrorResponse"}, "This key founds none.", REFUSAL)

organizations = describe(
    list=extend_schema(
        summary="List organizations",
        description="The organization of the key; for a person who signed in, all that he is a member of.",
        responses={200: answer(OrganizationSerializer(many=True), "Organizations, by slug.", ORGANIZATION)},
    ),
    create=extend_schema(
        summary="Create an organization",
        description=(
            "The person who signed in becomes its owner; with a key, the member who made the key. "
            "The key has to be an organization's, with the scope `admin`."
        ),
        responses={201: answer(OrganizationSerializer, "The organization, created.", ORGANIZATION), 403: MAY_NOT_FOUND},
        examples=sent(**ORGANIZATION),
    ),
    retrieve=extend_schema(
        summary="Get an organization",
        description="One organization.",
        responses={200: answer(OrganizationSerializer, "The organization.", ORGANIZATION)},
    ),
    update=extend_schema(
        summary="Update an organization",
        description="As PATCH, but that `name` is required.",
        responses={200: answer(OrganizationSerializer, "The organization as it is now.", ORGANIZATION)},
        examples=sent(name="Acme"),
    ),
    partial_update=extend_schema(
        summary="Change an organization",
        description="Renames it. The slug stays: it is in every key and path.",
        responses={200: answer(OrganizationSerializer, "The organization as it is now.", ORGANIZATION)},
        examples=sent(name="Acme"),
    ),
    destroy=extend_schema(
        summary="Delete an organization",
        description="With its projects, tasks, people and keys, for good. Only an owner or a key may.",
        responses={204: OpenApiResponse(None, "Deleted.")},
    ),
)

projects = describe(
    list=extend_schema(
        summary="List projects",
        description="The organization's projects; for a project's key, that one alone.",
        responses={200: answer(ProjectSerializer(many=True), "Projects, by slug.", PROJECT)},
    ),
    create=extend_schema(
        summary="Create a project",
        description="A new project of the organization.",
        responses={201: answer(ProjectSerializer, "The project, created.", PROJECT)},
        examples=sent(slug="web", name="Web shop"),
    ),
    retrieve=extend_schema(
        summary="Get a project",
        description="One project.",
        responses={200: answer(ProjectSerializer, "The project.", PROJECT)},
    ),
    update=extend_schema(
        summary="Update a project",
        description="As PATCH, but that `name` is required.",
        responses={200: answer(ProjectSerializer, "The project as it is now.", PROJECT)},
        examples=sent(name="Web shop"),
    ),
    partial_update=extend_schema(
        summary="Change a project",
        description="Renames it. The slug stays: it is in every key and path.",
        responses={200: answer(ProjectSerializer, "The project as it is now.", PROJECT)},
        examples=sent(name="Web shop"),
    ),
    destroy=extend_schema(
        summary="Delete a project",
        description="With its tasks and keys, for good.",
        responses={204: OpenApiResponse(None, "Deleted.")},
    ),
)

MEMBER_ID = in_path("id", "The user's id.")

members = describe(
    list=extend_schema(
        summary="List members",
        description="The people of the organization.",
        responses={200: answer(MemberSerializer(many=True), "Members, as they joined.", MEMBER)},
    ),
    create=extend_schema(
        summary="Add a member",
        description="Whoever has no account on this server gets one, without a password as yet.",
        responses={201: answer(MemberSerializer, "The member, added.", MEMBER)},
        examples=sent(email="ada@example.org", name="Ada", role="member"),
    ),
    retrieve=extend_schema(
        summary="Get a member",
        description="One member.",
        parameters=MEMBER_ID,
        responses={200: answer(MemberSerializer, "The member.", MEMBER)},
    ),
    update=extend_schema(
        summary="Update a member",
        description="The same as PATCH.",
        parameters=MEMBER_ID,
        responses={200: answer(MemberSerializer, "The member as it is now.", MEMBER)},
        examples=sent(name="Ada", role="admin"),
    ),
    partial_update=extend_schema(
        summary="Change a member",
        description="Changes `name` and `role`. Only an owner or a key makes owners or changes them; one always stays.",
        parameters=MEMBER_ID,
        responses={200: answer(MemberSerializer, "The member as it is now.", MEMBER)},
        examples=sent(role="admin"),
    ),
    destroy=extend_schema(
        summary="Remove a member",
        description=(
            "The person leaves the organization and its teams; the account stays. One owner always stays. Keys that "
            "the member created go on working, unless `revoke_keys` is true: then all of them in the organization are "
            "revoked with the removal, also the one that asks for it."
        ),
        parameters=[
            *MEMBER_ID,
            OpenApiParameter(
                "revoke_keys", bool, default=False, description="Revoke the keys that the member created."
            ),
        ],
        responses={204: OpenApiResponse(None, "Removed.")},
    ),
)

TEAM_ID = in_path("id", "The team's id.")

teams = describe(
    list=extend_schema(
        summary="List teams",
        description="The teams of the organization.",
        responses={200: answer(TeamSerializer(many=True), "Teams, by name.", TEAM)},
    ),
    create=extend_schema(
        summary="Create a team",
        description="A team of members of the organization.",
        responses={201: answer(TeamSerializer, "The team, created.", TEAM)},
        examples=sent(name="Night shift", members=[12, 15]),
    ),
    retrieve=extend_schema(
        summary="Get a team",
        description="One team.",
        parameters=TEAM_ID,
        responses={200: answer(TeamSerializer, "The team.", TEAM)},
    ),
    update=extend_schema(
        summary="Update a team",
        description="As PATCH, but that `name` is required.",
        parameters=TEAM_ID,
        responses={200: answer(TeamSerializer, "The team as it is now.", TEAM)},
        examples=sent(name="Night shift", members=[12, 15]),
    ),
    partial_update=extend_schema(
        summary="Change a team",
        description="Changes `name`; `members` replace those that it has.",
        parameters=TEAM_ID,
        responses={200: answer(TeamSerializer, "The team as it is now.", TEAM)},
        examples=sent(members=[12]),
    ),
    destroy=extend_schema(
        summary="Delete a team",
        description="Its members stay in the organization.",
        parameters=TEAM_ID,
        responses={204: OpenApiResponse(None, "Deleted.")},
    ),
)

KEY_ID = in_path("id", "The key's id.")

keys = describe(
    list=extend_schema(
        summary="List API keys",
        description="The keys of the organization and its projects; for a project's key, those of that project.",
        responses={200: answer(ApiKeySerializer(many=True), "Keys, oldest first, the revoked ones too.", KEY)},
    ),
    create=extend_schema(
        summary="Create an API key",
        description="The answer alone shows the whole key: the server keeps no more than a hash of it.",
        responses={201: answer(NewApiKeySerializer, "The key, created.", NEW_KEY)},
        examples=sent(name="worker", project="web"),
    ),
    retrieve=extend_schema(
        summary="Get an API key",
        description="One key, without its secret.",
        parameters=KEY_ID,
        responses={200: answer(ApiKeySerializer, "The key.", KEY)},
    ),
    update=extend_schema(
        summary="Update an API key",
        description="As PATCH, but that `name` is required.",
        parameters=KEY_ID,
        responses={200: answer(ApiKeySerializer, "The key as it is now.", KEY)},
        examples=sent(name="worker"),
    ),
    partial_update=extend_schema(
        summary="Change an API key",
        description="Changes `name`, `scopes` and `expires`. A revoked key stays as it is.",
        parameters=KEY_ID,
        responses={200: answer(ApiKeySerializer, "The key as it is now.", KEY)},
        examples=sent(scopes=["read:tasks"], expires="2030-01-01T00:00:00Z"),
    ),
    destroy=extend_schema(
        summary="Revoke an API key",
        description="It opens nothing any more, and stays listed.",
        parameters=KEY_ID,
        responses={204: OpenApiResponse(None, "Revoked, now or before.")},
    ),
)
