"""Every setting, read from the environment, each with a default that works or a refusal that says what to set."""

from pathlib import Path
from urllib.parse import urlsplit

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from integrations.addresses import networks

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

# -- Who we are on the network ---------------------------------------------------------------------------------------

DEBUG = env.bool("DEBUG", False)
BASE_URL = env.str("BASE_URL", "http://127.0.0.1:8000").rstrip("/")
_base = urlsplit(BASE_URL)
if _base.scheme not in {"http", "https"} or not _base.hostname or _base.path or _base.query:
    raise ImproperlyConfigured("BASE_URL must be the server's address without a path: https://tasks.example.org")
HTTPS = _base.scheme == "https"

SECRET_KEY = env.str("SECRET_KEY", "insecure-key-for-debugging-alone" if DEBUG else "")
if not SECRET_KEY:
    raise ImproperlyConfigured("Set SECRET_KEY to a long random text (or DEBUG=1 on your own machine).")

# A name that is not ours is refused with 400: absolute links in answers are built from BASE_URL, never from `Host`.
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[]) or [_base.hostname, "localhost", "127.0.0.1", "[::1]"]

# -- Rooms -----------------------------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "taskapi",
    "projects",
    "integrations",
    "monitors",
    "tasks",
    "planning",
    "events",
    "compat",
    "dashboard",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "csp",
    "django_htmx",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "drf_standardized_errors",
    "rest_framework",
    "template_partials",
]
# What `?embed=` can show with a task: each module has a table `EMBEDS`.
TASK_EMBEDS = ["tasks.embeds", "planning.embeds"]
MIDDLEWARE = [
    "taskapi.server.middleware.RequestMiddleware",
    "taskapi.server.middleware.HostMiddleware",
    "taskapi.rest.browser.KeyShortcut",  # from here ...
    "django.middleware.security.SecurityMiddleware",
    "taskapi.rest.headers.ContentSecurityPolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "taskapi.rest.browser.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "taskapi.failures.NotAllowedMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "taskapi.rest.browser.shortcut_end",  # ... to here, where a request brings a key
]
ROOT_URLCONF = "taskapi.urls"
APPEND_SLASH = False  # a redirected POST loses its body: every path is served with and without its slash instead
WSGI_APPLICATION = "taskapi.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# -- Data ------------------------------------------------------------------------------------------------------------

# Milliseconds, on PostgreSQL; 0: none. `serve` sets it for its web processes: what nobody waits for any more must hold
# neither a thread nor a lock. Migrations and the worker take the time that they need.
STATEMENT_TIMEOUT = env.int("TASKAPI_STATEMENT_TIMEOUT", 0)
DATABASE_URL = env.str("DATABASE_URL", f"sqlite:///{BASE_DIR / 'var' / 'taskapi.sqlite3'}")
DATABASES = {"default": env.db_url_config(DATABASE_URL)}
_database = DATABASES["default"]
_database["CONN_MAX_AGE"] = None  # a connection for each thread, kept: opening one costs more than a request
if _database["ENGINE"] == "django.db.backends.sqlite3":
    _database["ENGINE"] = "taskapi.sqlite"
    Path(_database["NAME"]).parent.mkdir(parents=True, exist_ok=True)
    _database["OPTIONS"] = {
        # Read, then write: a deferred transaction can't be upgraded while another writes, it fails at once. Immediate
        # ones queue, for up to `timeout` seconds.
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        # FULL: what was answered with 2xx is on disk also after a power failure.
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-4000;",
    }
elif _database["ENGINE"] == "django.db.backends.postgresql":
    _database["ENGINE"] = "taskapi.postgresql"
    _database["CONN_HEALTH_CHECKS"] = True
    _database["OPTIONS"] = {
        "connect_timeout": 3,  # seconds; a client waits five for its answer
        "keepalives_idle": 30,
        "keepalives_interval": 5,
        "keepalives_count": 3,
        "tcp_user_timeout": 10_000,  # milliseconds; a server that is gone without a word is noticed
        "server_side_binding": True,
        # A statement that a connection repeats is planned once. Off (TASKAPI_PREPARED_STATEMENTS=0) behind a pooler
        # that shares connections between transactions.
        "prepare_threshold": 3 if env.bool("TASKAPI_PREPARED_STATEMENTS", True) else None,
        **_database.get("OPTIONS", {}),
    }
    if STATEMENT_TIMEOUT:
        limits = ("statement_timeout", "idle_in_transaction_session_timeout")
        _database["OPTIONS"]["options"] = " ".join(f"-c {limit}={STATEMENT_TIMEOUT}" for limit in limits)
else:
    raise ImproperlyConfigured("DATABASE_URL must start with sqlite:/// or postgres://")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# -- People ----------------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "projects.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "/api/"

# -- Mail ------------------------------------------------------------------------------------------------------------

globals().update(env.email_url("EMAIL_URL", "consolemail://"))
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.str("TASKAPI_FROM_EMAIL", f"taskapi@{_base.hostname}")

# -- Messages --------------------------------------------------------------------------------------------------------

# What webhook secrets and the like are encrypted with: the first encrypts, all decrypt. Without any, SECRET_KEY does.
TASKAPI_ENCRYPTION_KEYS = env.list("TASKAPI_ENCRYPTION_KEYS", default=[])
TASKAPI_WEBHOOK_ALLOW = env.list("TASKAPI_WEBHOOK_ALLOW", default=[])  # CIDRs of one's own networks that may be called
try:
    networks(tuple(TASKAPI_WEBHOOK_ALLOW))
except ValueError as error:
    raise ImproperlyConfigured(f"TASKAPI_WEBHOOK_ALLOW: {error}") from None
TASKAPI_APPRISE_SCHEMES = env.list("TASKAPI_APPRISE_SCHEMES", default=[])  # beside those of services with a fixed host
TASKAPI_DELIVERY_THREADS = env.int("TASKAPI_DELIVERY_THREADS", 16)  # messages that a worker sends at the same time
TASKAPI_DELIVERY_DEADLINE = env.float("TASKAPI_DELIVERY_DEADLINE", 15)  # seconds that a receiver has for its answer
TASKAPI_MAILS_PER_HOUR = env.int("TASKAPI_MAILS_PER_HOUR", 1000)  # recipients, an organization; 0: no limit
TASKAPI_KEEP_DELIVERIES_DAYS = env.int("TASKAPI_KEEP_DELIVERIES_DAYS", 30)  # those that are delivered or given up

# -- Pages -----------------------------------------------------------------------------------------------------------

LANGUAGE_CODE = "en"
USE_I18N = False  # codes and details are part of the wire contract: they are never translated
TIME_ZONE = "UTC"
USE_TZ = True
STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True  # serves the packages' own files: no collecting step between migrate and serve

# -- Security --------------------------------------------------------------------------------------------------------

SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz/?$", r"^readyz/?$", r"^metrics/?$"]
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_TRUSTED_ORIGINS = [BASE_URL]
CSRF_FAILURE_VIEW = "taskapi.sign_in.csrf_failure"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "connect-src": [SELF],
        "font-src": [SELF],
        "img-src": [SELF, "data:"],
        "form-action": [SELF],
        "base-uri": [SELF],
        "frame-ancestors": [NONE],
    }
}

# -- The API ---------------------------------------------------------------------------------------------------------

DATA_UPLOAD_MAX_MEMORY_SIZE = TASKAPI_MAX_BODY = env.int("TASKAPI_MAX_BODY", 4 * 1024 * 1024)  # bytes
TASKAPI_FAILED_KEYS_PER_MINUTE = env.int("TASKAPI_FAILED_KEYS_PER_MINUTE", 300)  # an address; 0: no limit
TASKAPI_SIGN_INS_PER_MINUTE = env.int("TASKAPI_SIGN_INS_PER_MINUTE", 10)  # tries of an address; 0: no limit
TASKAPI_PROXIES = env.int("TASKAPI_PROXIES", 0)  # trusted proxies in front that append to X-Forwarded-For
TASKAPI_METRICS_TOKEN = env.str("TASKAPI_METRICS_TOKEN", "")  # bearer token for /metrics from elsewhere than loopback
TASKAPI_KEY_CACHE_SECONDS = env.float("TASKAPI_KEY_CACHE_SECONDS", 3)  # a revoked key lives on at most this long
TASKAPI_HEARTBEAT_FILE = env.str("TASKAPI_HEARTBEAT_FILE", "")  # the worker touches it after each sweep that ended well
TASKAPI_THREADS = env.int("TASKAPI_THREADS", 0) or (1 if _database["ENGINE"] == "taskapi.sqlite" else 3)  # of a process
TASKAPI_CONNECTIONS = env.int("TASKAPI_CONNECTIONS", 4096)  # of a web process, idle ones and event streams included
TASKAPI_STREAMS_PER_KEY = env.int("TASKAPI_STREAMS_PER_KEY", 100)  # event streams of a key or member, in a web process
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "projects.authentication.KeyAuthentication",
        "projects.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["projects.permissions.HasScope"],
    "DEFAULT_RENDERER_CLASSES": ["taskapi.rest.rendering.JSONRenderer", "taskapi.rest.browsable.BrowsableAPIRenderer"],
    "DEFAULT_PARSER_CLASSES": ["taskapi.rest.parsing.StrictJSONParser"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "taskapi.rest.rendering.ContentNegotiation",
    "DEFAULT_SCHEMA_CLASS": "taskapi.rest.schema.AutoSchema",
    "DEFAULT_METADATA_CLASS": "taskapi.rest.metadata.PathMetadata",
    "EXCEPTION_HANDLER": "drf_standardized_errors.handler.exception_handler",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
DRF_STANDARDIZED_ERRORS = {
    "EXCEPTION_HANDLER_CLASS": "taskapi.rest.errors.ExceptionHandler",
    "EXCEPTION_FORMATTER_CLASS": "taskapi.rest.errors.ExceptionFormatter",
    "ENABLE_IN_DEBUG_FOR_UNHANDLED_EXCEPTIONS": True,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "taskapi",
    "DESCRIPTION": (
        "Self-hosted task monitoring that speaks the Task Badger API. "
        "Every path works with and without its trailing slash, every failure has the same form."
    ),
    "VERSION": "1.0.0",
    "OAS_VERSION": "3.1.1",
    "SERVERS": [{"url": "/"}],  # in the committed document; the served one names BASE_URL
    "TAGS": [
        {"name": "Tasks", "description": "Units of work that are monitored: progress, status, data."},
        {"name": "Actions", "description": "What a task does when it reaches a point: a trigger, and who hears of it."},
        {
            "name": "Global actions",
            "description": "Rules of an organization: actions of every task or monitor that matches.",
        },
        {"name": "Plans", "description": "What is meant with a task: dates, people, estimates, prices."},
        {"name": "Time reports", "description": "Time spent on tasks: who, when, how long."},
        {"name": "Extra costs", "description": "Money spent on tasks beside time."},
        {"name": "Roll-ups", "description": "Time, cost and price of all that a project has."},
        {"name": "Workflow statuses", "description": "A project's own names for where work is."},
        {"name": "Custom fields", "description": "Fields that an organization adds to its plans."},
        {"name": "Monitors", "description": "Schedules: when a run is expected, and what was heard of it."},
        {"name": "Integrations", "description": "Channels: where messages go."},
        {"name": "Deliveries", "description": "Messages that were sent or are owed, with every attempt."},
        {"name": "Organizations", "description": "Tenants. Nothing of one is ever seen from another."},
        {"name": "Projects", "description": "Systems within an organization: what tasks belong to."},
        {"name": "Members", "description": "People in an organization, each with a role."},
        {"name": "Teams", "description": "Named groups of members."},
        {"name": "Keys", "description": "API keys of a project, or of a whole organization."},
        {"name": "ProjectBubble", "description": "The same tasks by the ProjectBubble v2 API."},
        {"name": "GoodDay", "description": "The same tasks by the GoodDay-synced v0 API."},
        {"name": "Server", "description": "Where to begin."},
    ],
    "COMPONENT_SPLIT_REQUEST": True,
    "ENFORCE_NON_BLANK_FIELDS": True,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "ENUM_NAME_OVERRIDES": {
        "StatusEnum": "tasks.serializers.STATUS_CHOICES",
        "ChannelKindEnum": "integrations.serializers.KINDS",
        "CustomFieldTypeEnum": "planning.models.custom_field.FIELD_TYPES",
    },
    "SCHEMA_PATH_PREFIX": "/api",
    "SORT_OPERATION_PARAMETERS": False,
    "PREPROCESSING_HOOKS": ["taskapi.rest.schema.without_trailing_slash"],
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "taskapi.rest.schema.allow_any_json",
    ],
}

# -- Log -------------------------------------------------------------------------------------------------------------

TASKAPI_ACCESS_LOG = env.bool("TASKAPI_ACCESS_LOG", False)
LOG_LEVEL = env.str("TASKAPI_LOG_LEVEL", "INFO").upper()
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"()": "taskapi.logs.formatter", "style": env.str("TASKAPI_LOG_FORMAT", "json")},
    },
    "handlers": {
        "nowhere": {"class": "logging.NullHandler"},
        "stderr": {"class": "logging.StreamHandler", "formatter": "line"},
    },
    "root": {"handlers": ["stderr"], "level": LOG_LEVEL},
    "loggers": {
        # It writes whole URLs, tokens and all; what went wrong is in the log of the attempt.
        "apprise": {"handlers": ["nowhere"], "propagate": False},
        # By the root's handler alone: its own would write whole lines beside ours where DEBUG is on.
        "django": {"level": "INFO"},
        # Django logs each 4xx as a warning: a client's mistake is the client's to see, it is in the answer.
        "django.request": {"level": "ERROR"},
        "django.server": {"handlers": [], "propagate": True},
    },
}
