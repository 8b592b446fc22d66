"""Invitations: a signed link by mail, with which who is new to the server chooses a password.

It needs no table. What is signed is the membership and a mark of its user as he was: the link ends after `LASTS`, with
the first password that is chosen, and with the membership.
"""

import datetime
from dataclasses import dataclass

from django.core import signing
from django.db import transaction
from django.utils.crypto import constant_time_compare, salted_hmac
from rest_framework.exceptions import Throttled

from dashboard.mails import address, letter_to, on_one_line, send
from projects.locks import locked
from projects.models import Membership, User
from taskapi.rest import limits

LASTS = datetime.timedelta(days=7)
SALT = "dashboard.invitations"
MOST_TO_ONE = 3  # a minute
MOST_OF_ORGANIZATION = 30  # a minute

SIGNER = signing.TimestampSigner(salt=SALT, sep=".")


@dataclass(frozen=True)
class Invitation:
    membership: Membership
    may_choose_password: bool


def invite(membership: Membership, *, by: Membership) -> str:
    """Sends him his link. Returns "", or why it could not be sent, as a sentence; it can be sent again."""
    organization = membership.organization
    try:
        limits.count(f"invitations of {organization.pk}", MOST_OF_ORGANIZATION)
        limits.count(f"invitation to {membership.user_id}", MOST_TO_ONE)
    except Throttled:
        return "Too many invitations were sent within a minute."
    context = {
        "organization": on_one_line(organization.name),
        "inviter": on_one_line(by.name),
        "inviter_email": by.email,
        "email": membership.email,
        "days": LASTS.days,
        "is_new": not membership.user.has_usable_password(),
        "link": address("invitation", token=token_of(membership)),
    }
    return send(letter_to(membership.email, "invitation", context))


def token_of(membership: Membership) -> str:
    return SIGNER.sign_object([membership.pk, mark_of(membership.user)])


def read(token: str) -> Invitation | None:
    """What a link invites to; None where it is none of ours, too old, used up, or the membership is gone."""
    try:
        membership_id, mark = SIGNER.unsign_object(token, max_age=LASTS)
    except signing.BadSignature:
        return None
    known = Membership.objects.filter(pk=membership_id, user__is_active=True, organization__deleted=None)
    membership = known.select_related("user", "organization").first()
    if membership is None:
        return None
    user = membership.user
    may_choose = not user.has_usable_password() and constant_time_compare(mark, mark_of(user))
    # Who has a password already needs no more than the way; he signs in with it.
    return Invitation(membership, may_choose) if may_choose or user.has_usable_password() else None


def mark_of(user: User) -> str:
    """Changes with his password, also where it is none that could be used, and with his address."""
    return salted_hmac(SALT, f"{user.email}\n{user.password}", algorithm="sha256").hexdigest()[:32]


def choose_password(token: str, password: str) -> User | None:
    """Sets it, once; None where the link is good for that no more, since another window was faster perhaps."""
    with transaction.atomic():
        if (invitation := read(token)) is None:
            return None
        user = locked(invitation.membership.user)
        invitation = read(token)  # as it is, now that nobody else can change it
        if invitation is None or not invitation.may_choose_password:
            return None
        user.set_password(password)
        user.save(update_fields=["password"])
    return user
