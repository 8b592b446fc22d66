"""Members: invited by mail, named, given a role, removed."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from dashboard.forms import carried_out
from dashboard.invitations import LASTS, invite
from dashboard.visits import Visit, page
from projects.members import add_member, change_member, remove_member
from projects.models import ApiKey, Membership
from projects.scopes import Role, Scope

MOST_SHOWN = 200
SEARCH_FROM = 12  # members: fewer are looked through faster than searched
ROLES_IN_WORDS = (
    "Viewers look at tasks. Members change and cancel them, too. Admins set everything up. "
    "Owners may also change owners, and delete the organization."
)


class MemberForm(forms.Form):
    name = forms.CharField(max_length=255, required=False, help_text="Without it, the e-mail up to the @.")
    role = forms.ChoiceField(help_text=ROLES_IN_WORDS)

    def __init__(self, visit: Visit, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        roles = [role for role in Role if not (visit.principal.is_below_owner and role is Role.OWNER)]
        self.fields["role"].choices = [(str(role), role.capitalize()) for role in roles]  # type: ignore[attr-defined]


class RemovalForm(forms.Form):
    revoke_keys = forms.BooleanField(required=False)

    def __init__(self, whose: str, keys: int, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["revoke_keys"].label = f"Revoke the {f'{keys} keys' if keys > 1 else 'key'} that {whose} made"


class InviteForm(MemberForm):
    email = forms.EmailField(label="E-mail", max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "off"}))
    field_order = ["email", "name", "role"]


@require_http_methods(["GET", "HEAD", "POST"])
@page(Scope.ADMIN)
def member_list(visit: Visit) -> HttpResponse:
    """`/a/{org}/members/`"""
    sent = visit.request.POST if visit.request.method == "POST" else None
    form = InviteForm(visit, sent, initial={"role": Role.MEMBER})
    made: list[Membership] = []
    if sent is not None and carried_out(
        form, lambda fields: made.append(add_member(visit.organization, fields, by=visit.principal))
    ):
        return invited(visit, made[0])
    query = visit.request.GET.get("q", "").replace("\0", "").strip()
    members = visit.organization.memberships.select_related("user").prefetch_related("teams")
    count = members.count()
    if query:
        members = members.filter(Q(display_name__icontains=query) | Q(user__email__icontains=query))
    shown = list(members.order_by("user__email")[: MOST_SHOWN + 1])
    keys = keys_of(visit, shown)
    context = {
        "title": "Members",
        "form": form,
        "query": query,
        "count": count,
        "is_searchable": count >= SEARCH_FROM,
        "members": [{"member": member, "keys": keys.get(member.user_id, 0)} for member in shown[:MOST_SHOWN]],
        "most": MOST_SHOWN if len(shown) > MOST_SHOWN else None,
        "days": LASTS.days,
    }
    return visit.render("dashboard/members.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@page(Scope.ADMIN)
def member_page(visit: Visit, id: str) -> HttpResponse:
    """`/a/{org}/members/{id}/`: the id is the user's, as in the API."""
    members = visit.organization.memberships.select_related("user").prefetch_related("teams")
    member = get_object_or_404(members, user_id=int(id))
    member.organization = visit.organization
    sent = visit.request.POST if visit.request.method == "POST" else None
    verb = next((name for name in ("remove", "invite") if name in sent), "change") if sent is not None else ""
    form = MemberForm(
        visit, sent if verb == "change" else None, initial={"name": member.display_name, "role": member.role}
    )
    keys, is_self = keys_of(visit, [member]).get(member.user_id, 0), member.user_id == visit.request.user.pk
    removal = RemovalForm("you" if is_self else member.name, keys, sent if verb == "remove" else None)
    if verb == "invite":
        refuse_untouchable(visit, member)
        return invited(visit, member)
    if verb == "remove" and carried_out(removal, lambda fields: remove_member(member, by=visit.principal, **fields)):
        messages.success(visit.request, f"{member.name} is no member any more.")
        return back(visit, member, may_stay=False)
    if verb == "change" and carried_out(form, lambda fields: change_member(member, fields, by=visit.principal)):
        messages.success(visit.request, f"{member.email} is changed.")
        return back(visit, member, may_stay=form.cleaned_data["role"] in {Role.OWNER, Role.ADMIN})
    context = {
        "title": member.name,
        "member": member,
        "is_self": is_self,
        "may_change": may_touch(visit, member),
        "is_last_owner": member.role == Role.OWNER and not other_owners(member),
        "keys": keys,
        "form": form,
        "removal": removal,
    }
    return visit.render("dashboard/member.html", context, status=422 if form.errors or removal.errors else 200)


def invited(visit: Visit, member: Membership) -> HttpResponse:
    """Whatever becomes of the mail, he is a member; where it was not sent, his page offers to send it again."""
    member.organization = visit.organization
    problem = invite(member, by=visit.membership)
    if not problem:
        messages.success(visit.request, f"The invitation is on its way to {member.email}.")
        return HttpResponseRedirect(reverse("members", kwargs={"org": visit.organization.slug}))
    text = f"{member.email} is a member, but the invitation is not on its way yet."
    messages.warning(visit.request, f"{text} {problem} Send it again from this page.")
    return HttpResponseRedirect(reverse("member", kwargs={"org": visit.organization.slug, "id": str(member.user_id)}))


def back(visit: Visit, member: Membership, *, may_stay: bool) -> HttpResponse:
    """To the list; who has just taken his own right to see it, to where he is at home."""
    if member.user_id == visit.request.user.pk and not may_stay:
        return HttpResponseRedirect(reverse("home"))
    return HttpResponseRedirect(reverse("members", kwargs={"org": visit.organization.slug}))


def may_touch(visit: Visit, member: Membership) -> bool:
    return not (visit.principal.is_below_owner and member.role == Role.OWNER)


def refuse_untouchable(visit: Visit, member: Membership) -> None:
    if not may_touch(visit, member):
        raise PermissionDenied("Only an owner may invite an owner.")


def other_owners(member: Membership) -> bool:
    return member.organization.memberships.filter(role=Role.OWNER).exclude(pk=member.pk).exists()


def keys_of(visit: Visit, members: list[Membership]) -> Mapping[int, int]:
    """How many keys that work each of them has made here, by user."""
    live = ApiKey.objects.live(timezone.now()).filter(organization=visit.organization)
    made = live.filter(creator__in=[member.user_id for member in members])
    return dict(made.values_list("creator").annotate(Count("pk")).order_by())
