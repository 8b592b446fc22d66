"""Whoever a request acts for: an API key, or a member who signed in."""

from dataclasses import dataclass

from projects.models import Organization, Project
from projects.scopes import Role, Scope, allows


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """What one caller may reach and do.

    organization: the tenant; None for a signed-in person on a path of no organization of his.
    only_project: the one project that a project key reaches; None: all of the organization.
    project: the project that the request's path names, where it exists and is within reach.
    key_id, user_id: who it is, for the history; exactly one is set.
    role: a signed-in member's; None for a key.
    """

    organization: Organization | None
    only_project: Project | None = None
    project: Project | None = None
    scopes: frozenset[str] = frozenset()
    key_id: int | None = None
    user_id: int | None = None
    role: Role | None = None

    is_authenticated = True  # what REST framework asks of `request.user`
    is_active = True

    def may(self, scope: Scope) -> bool:
        return allows(self.scopes, scope)

    @property
    def governs_organization(self) -> bool:
        """Everything of the organization is his to administer, not of one project alone."""
        return self.may(Scope.ADMIN) and self.only_project is None

    @property
    def is_below_owner(self) -> bool:
        """An administrator among people: all but the owners is his."""
        return self.role is not None and self.role is not Role.OWNER
