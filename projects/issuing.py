"""API keys, made, changed and revoked."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from projects import keyring
from projects.capacity import refuse_beyond
from projects.locks import locked, locked_organization
from projects.members import person_behind
from projects.models import ApiKey, Organization, Project
from projects.principals import Principal
from projects.scopes import Scope
from projects.tenants import keep


def issue_key(organization: Organization, fields: Mapping[str, Any], *, by: Principal) -> tuple[ApiKey, str]:
    """A new key, and its text in whole: the only time that it is known.

    fields: `name`, and perhaps `project` (a slug; none: the whole organization), `scopes`, `expires`.
    Raises `ValidationError` on `project` or `expires`; `PermissionDenied` for a key that could do more than its maker,
    and where the maker was removed, or revoked, while the organization was waited for.
    """
    with transaction.atomic():
        organization = locked_organization(organization)
        refuse_removed(organization, by)
        project = project_of(organization, fields.get("project"), by)
        refuse_beyond(organization.api_keys.filter(revoked=None), "name")
        settings = {name: fields[name] for name in ("name", "scopes", "expires") if name in fields}
        key, text = ApiKey.objects.issue(organization, project, creator=person_behind(by), **settings)
        refuse_expired(key, fields)
        refuse_more_than_own(key, by)
    return key, text


def change_key(key: ApiKey, fields: Mapping[str, Any], *, by: Principal) -> ApiKey:
    """Changes `name`, `scopes` and `expires`.

    Raises `ValidationError` on `project` when another is sent, on `expires`, on `revoked` for a revoked key;
    `PermissionDenied` for a key that could do more than the caller.
    """
    with transaction.atomic():
        key = locked(key)
        if key.revoked is not None:
            raise ValidationError({"revoked": ValidationError("A revoked key stays as it is.", "revoked")})
        keep("project", key.project.slug if key.project else None, fields)
        for name in ("name", "scopes", "expires"):
            setattr(key, name, fields.get(name, getattr(key, name)))
        refuse_expired(key, fields)
        if {"scopes", "expires"} & fields.keys():
            refuse_more_than_own(key, by)
        key.save(update_fields=["name", "scopes", "expires"])
        transaction.on_commit(keyring.forget)
    return key


def revoke_key(key: ApiKey) -> None:
    """It opens nothing any more, and stays to be seen; a key that is revoked already keeps its date."""
    with transaction.atomic():
        ApiKey.objects.filter(pk=key.pk, revoked=None).update(revoked=timezone.now())
        transaction.on_commit(keyring.forget)


def refuse_removed(organization: Organization, by: Principal) -> None:
    """Raise `PermissionDenied` if the caller has lost its right: no key may outlive a removal that revokes keys."""
    if by.user_id is not None:
        is_here = organization.memberships.filter(user=by.user_id, role=by.role).exists()
    else:
        is_here = ApiKey.objects.live(timezone.now()).filter(pk=by.key_id).exists()  # type: ignore[misc] # then a key
    if not is_here:
        raise PermissionDenied("You may not make keys here any more.")


def project_of(organization: Organization, slug: str | None, by: Principal) -> Project | None:
    """The project that a new key is for; raises `ValidationError` on `project` where it is out of the maker's reach."""
    if by.only_project is not None and slug != by.only_project.slug:
        text = f"A project key makes keys of its own project alone: “{by.only_project.slug}”."
        raise ValidationError({"project": ValidationError(text, "invalid")})
    if slug is None:
        return None
    project = organization.projects.filter(slug=slug).first()
    if project is None:
        raise ValidationError({"project": ValidationError(f"There is no project “{slug}”.", "does_not_exist")})
    return project


def refuse_expired(key: ApiKey, fields: Mapping[str, Any]) -> None:
    if "expires" in fields and key.expires is not None and key.expires <= timezone.now():
        raise ValidationError({"expires": ValidationError("This moment has passed.", "min_value")})


def refuse_more_than_own(key: ApiKey, by: Principal) -> None:
    """A key of the whole organization with the admin scope may do what an owner may."""
    if by.is_below_owner and key.project_id is None and Scope.ADMIN in key.scopes:
        raise PermissionDenied("Only an owner may give out the admin scope for the whole organization.")
