"""The forms about members, teams, and the password of one person."""

from django.core import mail

from projects.models import Membership, Team
from tests.dashboard.forms.case import NEW_PASSWORD, PASSWORD, Case, Typed, newest, page_of_newest, same

PEOPLE = [
    Case(
        "new member",
        "members",
        same({"email": "new@acme.example", "name": "Neo", "role": "viewer"}),
        {"email": "nobody"},
        kept_at=lambda world: world.path("member", id=newest(Membership).user_id),
        stored=lambda _: {"email": newest(Membership).email},
    ),
    Case("member", "member", same({"name": "Renamed", "role": "viewer"}), {"name": "x" * 256}),
    Case(
        "new team",
        "teams",
        lambda world: {"name": "Day shift", "members": [str(world.owner.pk), str(world.member.pk)]},
        {"name": ""},
        kept_at=page_of_newest("team", Team),
    ),
    Case(
        "team",
        "team",
        lambda world: {"name": "Day shift", "members": [str(world.owner.pk), str(world.member.pk)]},
        {"name": ""},
    ),
]
NEW_PASSWORDS: Typed = {"new_password1": NEW_PASSWORD, "new_password2": NEW_PASSWORD}
ACCOUNT = [
    Case(
        "password",
        "password-change",
        same({"old_password": PASSWORD, **NEW_PASSWORDS}),
        {"new_password2": "another"},
        stored=lambda world: {"old_password": PASSWORD, **world.passwords_of(world.owner)},
        secret=frozenset({"old_password", *NEW_PASSWORDS}),
    ),
    Case(
        "forgotten password",
        "password-reset",
        same({"email": "owner@acme.example"}),
        {"email": "nobody"},
        stored=lambda _: {"email": mail.outbox[-1].to[0]},
    ),
    Case(
        "password by a link",
        "password-reset-confirm",
        same(NEW_PASSWORDS),
        {"new_password2": "another"},
        stored=lambda world: world.passwords_of(world.member),
        secret=frozenset(NEW_PASSWORDS),
    ),
    Case(
        "password of an invitation",
        "invitation-password",
        same(NEW_PASSWORDS),
        {"new_password2": "another"},
        stored=lambda world: world.passwords_of(world.invited),
        secret=frozenset(NEW_PASSWORDS),
    ),
    Case(
        "sign in",
        "login",
        same({"username": "owner@acme.example", "password": PASSWORD}),
        {"password": "another"},
        stored=lambda _: {"username": "owner@acme.example", "password": PASSWORD},
        secret=frozenset({"password"}),
        refused=200,
    ),
]
