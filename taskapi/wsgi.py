"""The WSGI entry, for tests and other servers; `manage.py serve` runs `taskapi.asgi`."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "taskapi.settings")

application = get_wsgi_application()
