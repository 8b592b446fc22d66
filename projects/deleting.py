"""How projects and organizations go: out of reach at once, their rows bit by bit.

A project may have millions of tasks, more than one request or one transaction should delete. What is deleted belongs to
an organization with `deleted` set, without people or live keys, of a slug that no path can have; every look-up begins
at the caller's own organization, so that nobody can reach it. The worker's sweep deletes the rows in batches.

A verb that creates something waits for the deletion, or the deletion for it: keys, people and what an organization has
are created under the lock of the organization, monitors and workflow statuses under that of the project. The statement
that inserts a task looks by itself whether the project is there, and whatever hangs on a task locks the task by such a
statement.
"""

import datetime
from collections.abc import Iterator

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.utils import timezone

from projects import keyring
from projects.locks import locked_organization, locked_project
from projects.models import ApiKey, Organization, Project
from projects.principals import Principal

# Once no process remembers a key of it any more, and for what is under way: nobody writes to what the sweep deletes.
GRACE = datetime.timedelta(minutes=1, seconds=settings.TASKAPI_KEY_CACHE_SECONDS)


def delete_organization(organization: Organization, *, by: Principal) -> None:
    """Deletes it with all that it has; raises `PermissionDenied` for a member who is no owner."""
    if by.is_below_owner:
        raise PermissionDenied("Only an owner may delete the organization.")
    now = timezone.now()
    with transaction.atomic():
        organization = locked_organization(organization)
        organization.memberships.all().delete()
        organization.api_keys.filter(revoked=None).update(revoked=now)
        organization.slug, organization.deleted = f"/organization/{organization.pk}", now
        organization.save(update_fields=["slug", "deleted"])
        transaction.on_commit(keyring.forget)


def delete_project(project: Project) -> None:
    """Deletes it with its tasks and keys; raises `Http404` where another request was faster."""
    now = timezone.now()
    with transaction.atomic():
        locked_organization(project.organization)
        project = locked_project(project)
        slug = f"/project/{project.number}"
        grave = Organization.objects.create(slug=slug, name=project.name, deleted=now)
        ApiKey.objects.filter(project=project, revoked=None).update(revoked=now)
        ApiKey.objects.filter(project=project).update(organization=grave)
        project.organization = grave
        project.save(update_fields=["organization"])
        transaction.on_commit(keyring.forget)


def purge_deleted(now: datetime.datetime, limit: int) -> int:
    """A sweep: deletes at most `limit` rows of deleted organizations, and what hangs on those; returns how many."""
    done = 0
    with transaction.atomic():
        due = Organization.objects.filter(deleted__lt=now - GRACE).order_by("deleted", "pk")
        for organization in due.select_for_update(skip_locked=True)[:limit]:
            owners: list[Project | Organization] = [*organization.projects.all(), organization]
            for owner in owners:
                done += delete_dependants(owner, limit - done)
                if done >= limit:
                    return done
                owner.delete()
                done += 1
    return done


def delete_dependants(owner: Project | Organization, limit: int) -> int:
    """Deletes at most `limit` of the rows that would go with `owner`, whichever room they are of.

    Newest first: a task's subtasks, which go with it, are mostly younger than it.
    """
    done = 0
    for relation in cascades(type(owner)):
        rows = relation.related_model._base_manager.filter(**{relation.field.name: owner})
        while done < limit and (batch := list(rows.order_by("-pk").values_list("pk", flat=True)[: limit - done])):
            rows.filter(pk__in=batch).delete()
            done += len(batch)
    return done


def cascades(model: type[models.Model]) -> Iterator[models.ForeignObjectRel]:
    for field in model._meta.get_fields(include_hidden=True):
        if isinstance(field, models.ManyToOneRel) and field.on_delete is models.CASCADE:
            yield field
