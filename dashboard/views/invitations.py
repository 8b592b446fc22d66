"""Where the link of an invitation leads: to a password, or to the organization for who has one."""

from django.contrib import messages
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from dashboard.invitations import LASTS, Invitation, choose_password, read
from dashboard.views.account import NewPasswordForm

IN_SESSION = "invitation"


@require_safe
@never_cache
def invitation_link(request: HttpRequest, token: str) -> HttpResponse:
    """`/account/invitation/{token}/`: nothing but a way. The token stays in the session, and in no address."""
    invitation = read(token)
    if invitation is None:
        return ended(request)
    if invitation.may_choose_password:
        request.session[IN_SESSION] = token
        return HttpResponseRedirect(reverse("invitation-password"))
    if request.user.is_authenticated and request.user.pk != invitation.membership.user_id:
        return shown(request, invitation, "dashboard/account/other_person.html", title="You are signed in already")
    return HttpResponseRedirect(overview_of(invitation))


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def invitation_password(request: HttpRequest) -> HttpResponse:
    """`/account/invitation/`: who was invited chooses a password, and is signed in by that."""
    token = request.session.get(IN_SESSION, "")
    invitation = read(token)
    if invitation is None or not invitation.may_choose_password:
        return ended(request)
    form = NewPasswordForm(invitation.membership.user, request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return shown(
            request, invitation, "dashboard/account/invitation.html", form=form, status=422 if form.errors else 200
        )
    user = choose_password(token, form.cleaned_data["new_password1"])
    if user is None:
        return ended(request)
    del request.session[IN_SESSION]
    login(request, user)
    messages.success(request, f"Welcome to {invitation.membership.organization.name}.")
    return HttpResponseRedirect(overview_of(invitation))


def shown(
    request: HttpRequest, invitation: Invitation, template: str, status: int = 200, **context: object
) -> HttpResponse:
    organization = invitation.membership.organization
    known = {
        "title": f"Welcome to {organization.name}",
        "organization": organization,
        "invited": invitation.membership.user,
        "overview": overview_of(invitation),
    }
    return render(request, template, {**known, **context}, status=status)


def ended(request: HttpRequest) -> HttpResponse:
    context = {"title": "This invitation has ended", "days": LASTS.days}
    return render(request, "dashboard/account/invitation_ended.html", context, status=410)


def overview_of(invitation: Invitation) -> str:
    return reverse("overview", kwargs={"org": invitation.membership.organization.slug})
