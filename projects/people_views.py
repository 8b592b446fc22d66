"""Members and teams: `/api/{org}/members`, `/api/{org}/teams`. All of it needs the scope `admin`."""

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict

from projects import documentation
from projects.members import add_member, change_member, remove_member
from projects.models import Membership, Team
from projects.resource_views import EVERY_ACTION, ResourceViewSet
from projects.serializers import MemberChangeSerializer, MemberSerializer, TeamSerializer
from projects.teams import change_team, create_team, delete_team
from taskapi.rest.params import as_flag, conditions_of


@documentation.members
class MemberViewSet(ResourceViewSet):
    queryset = Membership.objects.none()
    serializer_class = MemberSerializer
    change_serializer_class = MemberChangeSerializer
    lookup_field = "user_id"
    lookup_url_kwarg = "id"
    governed = EVERY_ACTION

    def get_queryset(self) -> QuerySet[Membership]:
        return self.organization.memberships.select_related("user")

    def make(self, fields: Mapping[str, Any]) -> Membership:
        return add_member(self.organization, fields, by=self.principal)

    def change(self, row: Membership, fields: Mapping[str, Any]) -> Membership:
        return change_member(row, fields, by=self.principal)

    def perform_destroy(self, instance: Membership) -> None:
        remove_member(instance, by=self.principal, revoke_keys=asks_to_revoke(self.request.query_params))


def asks_to_revoke(params: QueryDict) -> bool:
    """Raises `ValidationError` by the name of any other parameter: a misspelt one must not leave keys alive."""
    return any(conditions_of(params, {"revoke_keys": as_flag}, beside=frozenset({"format"})))


@documentation.teams
class TeamViewSet(ResourceViewSet):
    queryset = Team.objects.none()
    serializer_class = TeamSerializer
    lookup_url_kwarg = "id"
    governed = EVERY_ACTION

    def get_queryset(self) -> QuerySet[Team]:
        return self.organization.teams.prefetch_related("memberships")

    def make(self, fields: Mapping[str, Any]) -> Team:
        return create_team(self.organization, fields)

    def change(self, row: Team, fields: Mapping[str, Any]) -> Team:
        return change_team(row, fields)

    def perform_destroy(self, instance: Team) -> None:
        delete_team(instance)
