"""By what right somebody listens, and whether he still has it: a stream may outlive a key, a session, a membership."""

from collections.abc import Collection, Iterable
from typing import Any, NamedTuple, TypeVar

from django.contrib.sessions.models import Session
from django.db.models import Model, QuerySet
from django.utils import timezone

from projects.models import ApiKey, Membership, Project
from projects.principals import Principal
from projects.scopes import SCOPES_OF_ROLE, Role, Scope, allows

NEEDED = Scope.ACCESS_TASKS
CHUNK = 1000
Row = TypeVar("Row", bound=Model)


class Grant(NamedTuple):
    """A key, or a member with his session; password: as it is stored, for a new one ends all sessions."""

    project: tuple[int, str, int, str]  # number, slug, and those of its organization
    key_id: int | None
    user_id: int | None
    session_key: str
    password: str


def grant_of(principal: Principal, project: Project, user: Any, session_key: str) -> Grant:
    place = (project.pk, project.slug, project.organization_id, project.organization.slug)
    return Grant(place, principal.key_id, principal.user_id, session_key, user.password if principal.user_id else "")


def lapsed(grants: Collection[Grant]) -> set[Grant]:
    """Those that hold no more: one statement each for projects, keys, members and sessions, as far as there are any."""
    now = timezone.now()
    projects, api_keys = Project.objects.all(), ApiKey.objects.live(now)
    memberships = Membership.objects.filter(user__is_active=True)
    numbers = {grant.project[0] for grant in grants}
    key_ids, user_ids = {grant.key_id for grant in grants}, {grant.user_id for grant in grants}
    places = set(rows(projects, "pk", numbers, "slug", "organization_id", "organization__slug"))
    keys = {
        tuple(key)
        for *key, scopes in rows(api_keys, "pk", key_ids, "organization_id", "project_id", "scopes")
        if allows(frozenset(scopes), NEEDED)
    }
    members = {
        tuple(member)
        for *member, role in rows(memberships, "user_id", user_ids, "organization_id", "user__password", "role")
        if allows(SCOPES_OF_ROLE[Role(role)], NEEDED)
    }
    sessions = set(
        rows(Session.objects.filter(expire_date__gt=now), "session_key", {grant.session_key for grant in grants})
    )

    def holds(grant: Grant) -> bool:
        number, _, organization_id, _ = grant.project
        if grant.project not in places:
            return False
        if grant.key_id is not None:
            return bool({(grant.key_id, organization_id, number), (grant.key_id, organization_id, None)} & keys)
        return (grant.user_id, organization_id, grant.password) in members and (grant.session_key,) in sessions

    return {grant for grant in grants if not holds(grant)}


def rows(found: QuerySet[Row], name: str, known: Iterable[Any], *columns: str) -> list[tuple[Any, ...]]:
    """The values of `name` and of the columns where `name` is one of the known, which may be blank."""
    wanted = sorted(value for value in known if value)
    return [
        row
        for start in range(0, len(wanted), CHUNK)
        for row in found.filter(**{f"{name}__in": wanted[start : start + CHUNK]}).values_list(name, *columns)
    ]
