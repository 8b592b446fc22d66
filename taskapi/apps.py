from django.apps import AppConfig


class TaskapiConfig(AppConfig):
    name = "taskapi"
