"""The pages that a task's `url` and `public_url` lead to."""

from django.urls import re_path

from dashboard import views

urlpatterns = [
    re_path(r"^a/(?P<org>[^/]+)/tasks/(?P<id>[^/]+)/?$", views.task_page, name="task-page"),
    re_path(r"^public/tasks/(?P<id>[^/]+)/(?P<token>[^/]+)/?$", views.public_page, name="public-task-page"),
]
