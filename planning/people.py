"""The people and teams of an organization by the numbers that the wire knows them by."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.core.exceptions import ValidationError

from projects.models import Membership, Organization, Team
from projects.scopes import Role


@dataclass(frozen=True)
class People:
    """user_ids, names: of each membership, by its key. memberships: their keys, by user. owner_id: the first owner."""

    user_ids: Mapping[int, int]
    names: Mapping[int, str]
    memberships: Mapping[int, int]
    owner_id: int | None

    def user_id(self, membership_id: int | None) -> int | None:
        return None if membership_id is None else self.user_ids.get(membership_id)


def people_of(organization: Organization | int) -> People:
    """One statement: all members."""
    rows = list(Membership.objects.filter(organization=organization).select_related("user").order_by("pk"))
    return People(
        user_ids={row.pk: row.user_id for row in rows},
        names={row.pk: row.name for row in rows},
        memberships={row.user_id: row.pk for row in rows},
        owner_id=next((row.user_id for row in rows if row.role == Role.OWNER), None),
    )


def memberships_of(organization_id: int, field: str, user_ids: Iterable[int]) -> list[int]:
    """The memberships of users, in their order, each once; raises `ValidationError` on `field` for who is no member."""
    wanted = list(dict.fromkeys(user_ids))
    found = Membership.objects.filter(organization=organization_id, user__in=wanted)
    known = dict(found.values_list("user_id", "pk"))
    refuse_unknown(field, "member", [user_id for user_id in wanted if user_id not in known])
    return [known[user_id] for user_id in wanted]


def teams_of(organization_id: int, field: str, ids: Iterable[int]) -> list[int]:
    """The same ids, each once; raises `ValidationError` on `field` for a team that the organization does not have."""
    wanted = list(dict.fromkeys(ids))
    known = set(Team.objects.filter(organization=organization_id, pk__in=wanted).values_list("pk", flat=True))
    refuse_unknown(field, "team", [team_id for team_id in wanted if team_id not in known])
    return wanted


def refuse_unknown(field: str, word: str, unknown: list[int]) -> None:
    if unknown:
        texts = [ValidationError(f"There is no {word} {number}.", "does_not_exist") for number in unknown]
        raise ValidationError({field: texts})
