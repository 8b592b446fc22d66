"""What a person has to do with the server itself: the password, and the way in."""

from django.urls import re_path

from dashboard.views import account, invitations

urlpatterns = [
    re_path(r"^account/password/?$", account.PasswordChangeView.as_view(), name="password-change"),
    re_path(r"^account/password-reset/?$", account.PasswordResetView.as_view(), name="password-reset"),
    re_path(r"^account/password-reset/sent/?$", account.PasswordResetSentView.as_view(), name="password-reset-sent"),
    re_path(
        r"^account/password-reset/(?P<uidb64>[^/]+)/(?P<token>[^/]+)/?$",
        account.PasswordResetConfirmView.as_view(),
        name="password-reset-confirm",
    ),
    re_path(r"^account/invitation/?$", invitations.invitation_password, name="invitation-password"),
    re_path(r"^account/invitation/(?P<token>[^/]+)/?$", invitations.invitation_link, name="invitation"),
]
