"""What administrators set up."""

from django.urls import re_path

from dashboard.views import channels, custom_fields, keys, projects, rules, setup, workflow_statuses

ID = r"(?P<id>[0-9]{1,18})"

urlpatterns = [
    re_path(r"^a/(?P<org>[^/]+)/setup/?$", setup.setup_page, name="setup"),
    re_path(r"^a/(?P<org>[^/]+)/projects/?$", projects.project_list, name="projects"),
    re_path(r"^a/(?P<org>[^/]+)/projects/(?P<slug>[^/]+)/?$", projects.project_page, name="project"),
    re_path(r"^a/(?P<org>[^/]+)/keys/?$", keys.key_list, name="keys"),
    re_path(rf"^a/(?P<org>[^/]+)/keys/{ID}/?$", keys.key_page, name="key"),
    re_path(r"^a/(?P<org>[^/]+)/integrations/?$", channels.channel_list, name="integrations"),
    re_path(rf"^a/(?P<org>[^/]+)/integrations/{ID}/?$", channels.channel_page, name="integration"),
    re_path(r"^a/(?P<org>[^/]+)/actions/?$", rules.rule_list, name="global-actions"),
    re_path(r"^a/(?P<org>[^/]+)/actions/new/?$", rules.rule_new, name="global-action-new"),
    re_path(rf"^a/(?P<org>[^/]+)/actions/{ID}/?$", rules.rule_page, name="global-action"),
    re_path(
        r"^a/(?P<org>[^/]+)/workflow-statuses/?$", workflow_statuses.workflow_status_list, name="workflow-statuses"
    ),
    re_path(
        rf"^a/(?P<org>[^/]+)/workflow-statuses/{ID}/?$", workflow_statuses.workflow_status_page, name="workflow-status"
    ),
    re_path(r"^a/(?P<org>[^/]+)/custom-fields/?$", custom_fields.custom_field_list, name="custom-fields"),
    re_path(rf"^a/(?P<org>[^/]+)/custom-fields/{ID}/?$", custom_fields.custom_field_page, name="custom-field"),
]
