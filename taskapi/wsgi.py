"""The WSGI application that `manage.py serve` runs."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "taskapi.settings")
django.setup(set_prefix=False)

from taskapi.handler import Handler  # noqa: E402 - needs the settings

application = Handler()
