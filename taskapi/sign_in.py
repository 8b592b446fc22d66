"""Signing in to the pages and out again, for people; programs send a key."""

from typing import Any
from urllib.parse import urlsplit

from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
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

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Who is signed in goes on at once; not so whom the admin has sent here, since it would send him back again."""
        is_refused = request.user.is_authenticated and request.path.startswith(reverse("admin:index"))
        self.redirect_authenticated_user = not is_refused or getattr(request.user, "is_staff", False)
        return super().dispatch(request, *args, **kwargs)

    def get_redirect_url(self, *args: Any, **kwargs: Any) -> str:
        """Where he came from, unless that is here."""
        url = super().get_redirect_url(*args, **kwargs)
        doors = {reverse("login").rstrip("/"), reverse("admin:login").rstrip("/")}
        return "" if urlsplit(url).path.rstrip("/") in doors else url


class SignOutView(UnderApi, LogoutView):
    http_method_names = ["post", "options"]


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Django's view for a form that came without its token: its page was old, or it was not ours."""
    if "text/html" in request.META.get("HTTP_ACCEPT", ""):
        return render(request, "taskapi/csrf_failure.html", {"next": request.get_full_path()}, status=403)
    return envelope(403, "permission_denied", f"CSRF Failed: {reason}")
