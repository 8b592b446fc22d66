"""Teams: named groups of an organization's members."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from projects.capacity import refuse_beyond
from projects.locks import locked, locked_organization
from projects.models import Organization, Team


def create_team(organization: Organization, fields: Mapping[str, Any]) -> Team:
    """A new team of `name`, with `members` if named: ids of users.

    Raises `ValidationError` on `name` where the organization has such a team, on `members.0` for who is no member.
    """
    with transaction.atomic():
        organization = locked_organization(organization)
        refuse_beyond(organization.teams, "name")
        team = Team(organization=organization, name=fields["name"])
        save(team)
        set_members(team, fields.get("members", ()))
    return team


def change_team(team: Team, fields: Mapping[str, Any]) -> Team:
    """Changes `name` and `members`, the latter as a whole; raises as `create_team` does."""
    with transaction.atomic():
        locked_organization(team.organization)
        team = locked(team)
        team.name = fields.get("name", team.name)
        save(team)
        if "members" in fields:
            set_members(team, fields["members"])
    return team


def delete_team(team: Team) -> None:
    """The members stay what they are."""
    with transaction.atomic():
        locked_organization(team.organization)
        locked(team).delete()


def save(team: Team) -> None:
    try:
        with transaction.atomic():
            team.save()
    except IntegrityError:
        raise ValidationError({"name": ValidationError(f"There is a team “{team.name}” already.", "unique")}) from None


def set_members(team: Team, user_ids: Sequence[int]) -> None:
    """With the organization locked, nobody who is found here leaves before this is written."""
    known = dict(team.organization.memberships.values_list("user_id", "pk"))
    errors = {
        f"members.{index}": ValidationError(f"There is no member {user_id}.", "does_not_exist")
        for index, user_id in enumerate(user_ids)
        if user_id not in known
    }
    if errors:
        raise ValidationError(errors)
    team.memberships.set([known[user_id] for user_id in user_ids])
