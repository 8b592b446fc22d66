"""One person's password: forgotten, or to be changed. Django's views and tokens, with pages and mails of our own."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import views as auth
from django.contrib.auth.forms import PasswordChangeForm, SetPasswordForm
from django.contrib.auth.tokens import default_token_generator
from django.http import HttpResponse
from django.urls import reverse_lazy
from django.utils.decorators import method_decorator
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.views.decorators.cache import never_cache
from rest_framework.exceptions import Throttled

from dashboard.mails import address, letter_to, send_unheard
from projects.models import User
from taskapi.rest import limits
from taskapi.rest.limited_form import LimitedFormView

MOST_TO_ONE = 1  # mails a minute
# What AUTH_PASSWORD_VALIDATORS ask for.
RULES = "At least 10 characters, nothing that many others use, and nothing like your e-mail address."


class NewPasswordForm(SetPasswordForm):
    """Two times the new password, with the rules for it in words."""

    def __init__(self, user: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(user, *args, **kwargs)
        self.fields["new_password1"].help_text = RULES
        self.fields["new_password1"].label = "New password"
        self.fields["new_password2"].label = "The same once more"
        self.fields["new_password2"].help_text = ""
        self.fields["new_password1"].widget.attrs["autofocus"] = True


class ChangedPasswordForm(NewPasswordForm, PasswordChangeForm):
    """The same, after the old one."""

    def __init__(self, user: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(user, *args, **kwargs)
        self.fields["old_password"].label = "Old password"
        del self.fields["new_password1"].widget.attrs["autofocus"]


class EmailForm(forms.Form):
    email = forms.EmailField(
        label="E-mail", max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True})
    )


class WrongFormView(LimitedFormView):
    """A form with errors answers 422; of one that came too soon nothing is looked at, also not whether it is right."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        if "wait" in kwargs:
            typed = {**self.get_form_kwargs(), "data": None, "files": None, "initial": self.request.POST.dict()}
            kwargs["form"] = self.get_form_class()(**typed)
        return super().get_context_data(**kwargs)

    def form_invalid(self, form: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)


@method_decorator(never_cache, name="dispatch")
class PasswordResetView(WrongFormView, auth.PasswordResetView):
    """`/account/password-reset/`. Neither the answer nor how long it takes tells whether the address is known."""

    template_name = "dashboard/account/reset.html"
    form_class = EmailForm  # type: ignore[assignment] # Django's own writes the mail, ours asks alone
    success_url = reverse_lazy("password-reset-sent")
    title = "Forgot your password?"

    def form_valid(self, form: Any) -> HttpResponse:
        send_link(form.cleaned_data["email"])
        return super(auth.PasswordResetView, self).form_valid(form)


@method_decorator(never_cache, name="dispatch")
class PasswordResetSentView(auth.PasswordResetDoneView):
    """`/account/password-reset/sent/`"""

    template_name = "dashboard/account/reset_sent.html"
    title = "Check your mail"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(lasts=lasts(), **kwargs)


class PasswordResetConfirmView(WrongFormView, auth.PasswordResetConfirmView):
    """`/account/password-reset/{user}/{token}/`: good once. Whoever chose his password is signed in by that."""

    template_name = "dashboard/account/reset_confirm.html"
    form_class = NewPasswordForm
    post_reset_login = True
    success_url = reverse_lazy("home")
    title = "Choose a password"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return context if self.validlink else {**context, "title": "This link opens nothing", "lasts": lasts()}

    def get_user(self, uidb64: str) -> User | None:
        user: User | None = super().get_user(uidb64)
        return user if user is not None and user.is_active else None

    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        messages.success(self.request, "You have a new password, and are signed in.")
        return response


@method_decorator(never_cache, name="dispatch")
class PasswordChangeView(WrongFormView, auth.PasswordChangeView):
    """`/account/password/`. All other sessions of the person end."""

    template_name = "dashboard/account/change.html"
    form_class = ChangedPasswordForm
    success_url = reverse_lazy("home")
    title = "Change password"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(person=self.request.user, **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        messages.success(self.request, "You have a new password. Wherever else you were signed in, you are no more.")
        return response


def send_link(email: str) -> None:
    """To the user's address as we have it; also to who has no password yet. For nobody, the same is done but sent."""
    try:
        limits.count(f"password reset of {User.objects.normalize_email(email)}", MOST_TO_ONE)
    except Throttled:
        return  # one was sent a moment ago
    user = User.objects.with_email(email).filter(is_active=True).first()
    somebody = user or User(email=email)
    letter = letter_to(
        somebody.email, "password_reset", {"email": somebody.email, "link": link_of(somebody), "lasts": lasts()}
    )
    send_unheard(letter if user else None)


def link_of(user: User) -> str:
    place = {"uidb64": urlsafe_base64_encode(force_bytes(user.pk)), "token": default_token_generator.make_token(user)}
    return address("password-reset-confirm", **place)


def lasts() -> str:
    """How long a link is good, in words."""
    hours = settings.PASSWORD_RESET_TIMEOUT // 3600
    return f"{hours // 24} days" if hours >= 48 else f"{hours} hours"
