"""Who belongs to an organization, and as what. An organization always has an owner."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from projects import keyring
from projects.capacity import refuse_beyond
from projects.locks import locked, locked_organization
from projects.models import ApiKey, Membership, Organization, User
from projects.principals import Principal
from projects.scopes import Role
from projects.tenants import keep

FOUNDS_NONE = "A key needs the admin scope for an organization to make another one."


def add_member(organization: Organization, fields: Mapping[str, Any], *, by: Principal) -> Membership:
    """A user of the server becomes a member; whoever is none yet is made one, without a password.

    fields: `email`, and perhaps `name` and `role`. Nothing in the answer tells whether the user was known.
    Raises `ValidationError` on `email` for a member, `PermissionDenied` for an owner made by who is none.
    """
    role = Role(fields.get("role", Role.MEMBER))
    if by.is_below_owner and role is Role.OWNER:
        raise PermissionDenied("Only an owner may make an owner.")
    with transaction.atomic():
        organization = locked_organization(organization)
        user = user_of(fields["email"])
        if organization.memberships.filter(user=user).exists():
            raise ValidationError({"email": ValidationError("This person is a member already.", "unique")})
        refuse_beyond(organization.memberships, "email")
        return organization.memberships.create(user=user, role=role, display_name=fields.get("name", ""))


def change_member(membership: Membership, fields: Mapping[str, Any], *, by: Principal) -> Membership:
    """Changes `name` and `role`.

    Raises `ValidationError` on `email` when another is sent and on `role` when the last owner would be demoted;
    `PermissionDenied` where an owner is concerned and `by` is a member who is none.
    """
    with transaction.atomic():
        organization = locked_organization(membership.organization)
        membership = locked(membership)
        if email := fields.get("email"):
            keep("email", membership.email, {"email": User.objects.normalize_email(email)})
        role = Role(fields.get("role", membership.role))
        if Role.OWNER in {role, membership.role}:
            refuse_below_owner(by)
        if role is not Role.OWNER:
            keep_an_owner(organization, membership)
        membership.role = role
        membership.display_name = fields.get("name", membership.display_name)
        membership.save(update_fields=["role", "display_name"])
    return membership


def remove_member(membership: Membership, *, by: Principal, revoke_keys: bool = False) -> None:
    """Removes the member from the organization and its teams; raises as `change_member` does.

    revoke_keys: whether the keys of the organization that the member created are revoked with that.
    """
    with transaction.atomic():
        organization = locked_organization(membership.organization)
        membership = locked(membership)
        if membership.role == Role.OWNER:
            refuse_below_owner(by)
        keep_an_owner(organization, membership)
        if revoke_keys:
            created = organization.api_keys.filter(creator=membership.user_id, revoked=None)
            created.update(revoked=timezone.now())
            transaction.on_commit(keyring.forget)
        membership.delete()


def user_of(email: str) -> User:
    """The user of that address, made where there is none; also where two requests make him at once."""
    user = User.objects.with_email(email).first()
    if user is not None:
        return user
    try:
        with transaction.atomic():
            return User.objects.create_user(email)
    except IntegrityError:
        return User.objects.with_email(email).get()


def refuse_below_owner(by: Principal) -> None:
    if by.is_below_owner:
        raise PermissionDenied("Only an owner may change or remove an owner.")


def keep_an_owner(organization: Organization, leaving: Membership) -> None:
    """Raises `ValidationError` on `role` where `leaving` is the last owner."""
    others = organization.memberships.filter(role=Role.OWNER).exclude(pk=leaving.pk)
    if leaving.role == Role.OWNER and not others.exists():
        error = ValidationError("An organization always has an owner, and this is the last one.", "last_owner")
        raise ValidationError({"role": error})


def person_behind(principal: Principal) -> User | None:
    """The person who signed in; or the key's creator, if he is still an active member; or the first owner."""
    if principal.user_id is not None:
        return User.objects.get(pk=principal.user_id)
    members = Membership.objects.filter(organization=principal.organization, user__is_active=True)
    keys = ApiKey.objects.filter(pk=principal.key_id)  # type: ignore[misc] # who is no person came with a key
    maker = members.filter(user__in=keys.values("creator"))
    membership = maker.first() or members.filter(role=Role.OWNER).order_by("pk").first()
    return membership.user if membership else None
