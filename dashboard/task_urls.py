"""Tasks: the list, one of them, and the public page of one."""

from django.urls import re_path

from dashboard.views import public, task, task_edit, task_work, tasks

urlpatterns = [
    re_path(r"^a/(?P<org>[^/]+)/tasks/?$", tasks.task_list, name="tasks"),
    re_path(r"^a/(?P<org>[^/]+)/tasks/(?P<id>[^/]+)/?$", task.task_page, name="task-page"),
    re_path(r"^a/(?P<org>[^/]+)/tasks/(?P<id>[^/]+)/edit/?$", task_edit.task_edit, name="task-edit"),
    re_path(
        r"^a/(?P<org>[^/]+)/tasks/(?P<id>[^/]+)/time-reports/(?P<row_id>[^/]+)/?$",
        task_work.report_page,
        name="task-report",
    ),
    re_path(
        r"^a/(?P<org>[^/]+)/tasks/(?P<id>[^/]+)/extra-costs/(?P<row_id>[^/]+)/?$",
        task_work.cost_page,
        name="task-cost",
    ),
    re_path(r"^public/tasks/(?P<id>[^/]+)/(?P<token>[^/]+)/badge\.svg$", public.task_badge, name="task-badge"),
    re_path(r"^public/tasks/(?P<id>[^/]+)/(?P<token>[^/]+)/?$", public.public_page, name="public-task-page"),
]
