"""What the views of organizations, projects, people and keys have in common."""

from collections.abc import Mapping, Set
from typing import Any, ClassVar

from rest_framework.request import Request
from rest_framework.serializers import BaseSerializer
from rest_framework.viewsets import ModelViewSet

from projects.access import governed_organization_for, organization_for, principal_of
from projects.models import Organization
from projects.principals import Principal
from projects.scopes import Scope

EVERY_ACTION = frozenset({"list", "retrieve", "create", "update", "partial_update", "destroy"})


class ResourceViewSet(ModelViewSet[Any]):
    """A plain resource, its lists arrays. A subclass hands on to the verbs in `make`, `change` and `perform_destroy`.

    scopes: the scope of each action; `admin` unless named, none where it is None.
    governed: the actions that concern all of the organization: 403 for a key of one project.
    change_serializer_class: reads PUT and PATCH, where these take other fields than POST.
    """

    pagination_class = None
    scopes: ClassVar[Mapping[str, Scope | None]] = {}
    governed: ClassVar[Set[str]] = frozenset()
    change_serializer_class: ClassVar[type[BaseSerializer[Any]] | None] = None

    @property
    def principal(self) -> Principal:
        return principal_of(self.request)

    @property
    def organization(self) -> Organization:
        return organization_for(self.principal, self.kwargs["org"])

    def check_permissions(self, request: Request) -> None:
        super().check_permissions(request)
        if self.action in self.governed:
            governed_organization_for(self.principal, self.kwargs["org"])

    def get_serializer_class(self) -> type[BaseSerializer[Any]]:
        if self.action in {"update", "partial_update"} and self.change_serializer_class is not None:
            return self.change_serializer_class
        return super().get_serializer_class()

    def make(self, fields: Mapping[str, Any]) -> Any:
        """The new row, of a body that was checked."""
        raise NotImplementedError

    def change(self, row: Any, fields: Mapping[str, Any]) -> Any:
        """The row as it is after PUT or PATCH."""
        raise NotImplementedError

    def perform_create(self, serializer: BaseSerializer[Any]) -> None:
        serializer.instance = self.make(serializer.validated_data)

    def perform_update(self, serializer: BaseSerializer[Any]) -> None:
        serializer.instance = self.change(serializer.instance, serializer.validated_data)
