"""What a caller may do: scopes of keys, roles of people, and the scope that each method of a task needs. Pure."""

from enum import StrEnum


class Scope(StrEnum):
    ACCESS_TASKS = "access:tasks"
    READ_TASKS = "read:tasks"
    CREATE_TASKS = "create:tasks"
    UPDATE_TASKS = "update:tasks"
    CANCEL_TASKS = "cancel:tasks"
    ADMIN = "admin"  # implies all, and everything that is no task


class Role(StrEnum):
    OWNER = "owner"
    ADMIN = "admin"
    MEMBER = "member"
    VIEWER = "viewer"


TASK_SCOPES = frozenset(Scope) - {Scope.ADMIN}
READING = frozenset({Scope.ACCESS_TASKS, Scope.READ_TASKS})
SCOPES_OF_ROLE = {
    Role.OWNER: frozenset({Scope.ADMIN}),
    Role.ADMIN: frozenset({Scope.ADMIN}),
    Role.MEMBER: TASK_SCOPES,
    Role.VIEWER: READING,
}


def allows(held: frozenset[str], needed: Scope) -> bool:
    """Whether `held` scopes permit what `needed` names."""
    return needed in held or Scope.ADMIN in held
