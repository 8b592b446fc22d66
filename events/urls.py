"""Under `/api/{org}/{project}/`, with and without its trailing slash."""

from django.urls import re_path

from events.views import EventViewSet

urlpatterns = [re_path(r"^tasks/events/?$", EventViewSet.as_view({"get": "events"}), name="task-events")]
