"""Who belongs to an organization: members and teams."""

from django.urls import re_path

from dashboard.views import members, teams

urlpatterns = [
    re_path(r"^a/(?P<org>[^/]+)/members/?$", members.member_list, name="members"),
    re_path(r"^a/(?P<org>[^/]+)/members/(?P<id>[0-9]{1,18})/?$", members.member_page, name="member"),
    re_path(r"^a/(?P<org>[^/]+)/teams/?$", teams.team_list, name="teams"),
    re_path(r"^a/(?P<org>[^/]+)/teams/(?P<id>[0-9]{1,18})/?$", teams.team_page, name="team"),
]
