"""From a key's digest to its principal: one indexed query, remembered in the process for a few seconds.

A revoked key therefore stops within `TASKAPI_KEY_CACHE_SECONDS`, and at once in the process that revoked it.
"""

import datetime
import threading
import time

from django.conf import settings
from django.db.models import F, FilteredRelation, Q
from django.utils import timezone

from projects.models import ApiKey
from projects.principals import Principal

MAX_REMEMBERED = 10_000

# (digest, the path's project) -> (when to forget, when the key expires, principal). Written by any thread: each entry
# is replaced whole, and the lock guards the sweep alone.
_remembered: dict[tuple[bytes, str], tuple[float, datetime.datetime | None, Principal]] = {}
_lock = threading.Lock()
_changes = 0  # how often `forget` was called


def principal_of(digest: bytes, project_slug: str) -> Principal | None:
    """The principal of a live key, with the project of that slug where it is within the key's reach.

    digest: the key's SHA-256. project_slug: from the request's path, "" where it names none. None: no such live key.
    """
    clock = time.monotonic()
    entry = _remembered.get((digest, project_slug))
    if entry and entry[0] > clock:
        _, expires, principal = entry
        return principal if expires is None or expires > timezone.now() else None
    changes = _changes
    key = find(digest, project_slug)
    if key is None:
        _remembered.pop((digest, project_slug), None)
        return None
    principal = as_principal(key)
    make_room(clock)
    if changes == _changes:  # what was read before a change is good for this request alone
        _remembered[digest, project_slug] = (clock + settings.TASKAPI_KEY_CACHE_SECONDS, key.expires, principal)
    return principal


def find(digest: bytes, project_slug: str) -> ApiKey | None:
    """Return the live key, with the project of the path as `wanted`.

    A key of a deleted project or organization is none, also where it was not revoked with that.
    """
    wanted = Q(organization__projects__slug=project_slug)
    reaches = Q(project=None) | Q(project__organization=F("organization"))
    return (
        ApiKey.objects.live(timezone.now())
        .filter(reaches, digest=digest, organization__deleted=None)
        .annotate(wanted=FilteredRelation("organization__projects", condition=wanted))
        .select_related("organization", "project", "wanted")  # type: ignore[misc] # annotated above
        .first()
    )


def as_principal(key: ApiKey) -> Principal:
    project = getattr(key, "wanted", None)
    if project is not None:
        project.organization = key.organization
    if key.project is not None:
        key.project.organization = key.organization
    if key.project_id is not None and (project is None or project.pk != key.project_id):
        project = None
    return Principal(
        organization=key.organization,
        only_project=key.project,
        project=project,
        scopes=frozenset(key.scopes),
        key_id=key.pk,
    )


def make_room(clock: float) -> None:
    """Forgets what is out of date once the memory is full, and everything if that frees nothing."""
    if len(_remembered) < MAX_REMEMBERED:
        return
    with _lock:
        for entry in [entry for entry, (until, _, _) in list(_remembered.items()) if until <= clock]:
            _remembered.pop(entry, None)
        if len(_remembered) >= MAX_REMEMBERED:
            _remembered.clear()


def forget() -> None:
    """After a change of keys, projects or organizations: this process looks them up anew."""
    global _changes
    _changes += 1
    _remembered.clear()
