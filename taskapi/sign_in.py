"""Signing in to the pages and out again, for people; programs send a key."""

from typing import Any

from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.generic import View

from taskapi.rest.errors import envelope
from taskapi.rest.limited_form import LimitedFormView


class UnderApi(View):
    """A page under `/api/`, where every failure has the same form."""

    http_method_names = ["get", "post", "head", "options"]

    def http_method_not_allowed(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = envelope(405, "method_not_allowed", f"Method “{(request.method or '').lower()}” not allowed.")
        response["Allow"] = ", ".join(name.upper() for name in self.http_method_names if hasattr(self, name))
        return response


class SignInView(UnderApi, LimitedFormView, LoginView):
    """By e-mail and password. An address that tries too often waits (429): no password is guessed here."""

    template_name = "taskapi/login.html"
    redirect_authenticated_user = True


class SignOutView(UnderApi, LogoutView):
    http_method_names = ["post", "options"]


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Django's view for a form that came without its token: its page was old, or it was not ours."""
    if "text/html" in request.META.get("HTTP_ACCEPT", ""):
        return render(request, "taskapi/csrf_failure.html", {"next": request.get_full_path()}, status=403)
    return envelope(403, "permission_denied", f"CSRF Failed: {reason}")
