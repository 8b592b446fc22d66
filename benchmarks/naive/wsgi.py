"""A second yardstick: the same tables, served by what Django REST Framework's tutorial teaches.

It does less than the server does: no scopes, no history, no triggers, no strict JSON, no cursor. What it does, it does
by the book, and none of it was made slow on purpose.
"""

import os

from django.core.wsgi import get_wsgi_application

os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.naive.settings"
application = get_wsgi_application()
