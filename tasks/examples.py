"""Bodies that the OpenAPI document shows. A test sends those of requests to the server: they work as they stand."""

from typing import Any

ID = "0198d1a2-5f00-7a3b-9c4d-2f6e8b1a0c3d"
BASE = "https://tasks.example.org"

TASK: dict[str, Any] = {
    "id": ID,
    "number": 1207,
    "organization": "acme",
    "project": "web",
    "name": "account.export",
    "status": "processing",
    "value": 250,
    "value_max": 1000,
    "value_percent": 25,
    "data": {"account": 4711},
    "tags": {"customer": "globex", "env": "production"},
    "queue": "exports",
    "external_id": "celery-8f14e45f",
    "parent": None,
    "max_runtime": 3600,
    "stale_timeout": 300,
    "stall_timeout": None,
    "start_time": "2026-01-31T12:00:02.501000Z",
    "end_time": None,
    "time_to_start": "00:00:02.250000",
    "created": "2026-01-31T12:00:00.251000Z",
    "updated": "2026-01-31T12:04:10.117000Z",
    "monitor": None,
    "url": f"{BASE}/a/acme/tasks/{ID}/",
    "public_url": f"{BASE}/public/tasks/{ID}/Zk3v9sXw1r0b7QmT5yHc2A/",
}

NEW_TASK = {
    "name": "account.export",
    "status": "pending",
    "value_max": 1000,
    "data": {"account": 4711},
    "tags": {"customer": "globex", "env": "production"},
    "queue": "exports",
    "external_id": "celery-8f14e45f",
    "max_runtime": 3600,
    "stale_timeout": 300,
}
NEW_TASK_WITH_ACTION = {
    "name": "account.export",
    "actions": [{"trigger": "error,max_runtime_exceeded", "integration": "email", "config": {"to": "ops@example.org"}}],
}
WHOLE_TASK = {"name": "account.export", "status": "processing", "value": 250, "tags": {"env": "production"}}
PROGRESS = {"status": "processing", "value": 250}
PING: dict[str, Any] = {}
TAGS = {"tags": {"env": "staging", "customer": None}}
FINISHED = {"status": "success", "value": 1000, "data": {"account": 4711, "rows": 98213}}
ADD_ACTION = {"actions": [{"trigger": "*/25%,success", "integration": "email", "config": {"to": "ops@example.org"}}]}

ACTION: dict[str, Any] = {
    "id": 31,
    "task": ID,
    "trigger": "*/25%,success",
    "integration": "email",
    "config": {"to": "ops@example.org, owner@example.org"},
    "status": "active",
    "created": "2026-01-31T12:00:00.251000Z",
    "updated": "2026-01-31T12:00:00.251000Z",
}
NEW_ACTION = {
    "trigger": "*/25%,success",
    "integration": "email",
    "config": {"to": "ops@example.org, owner@example.org"},
}
OTHER_TRIGGER = {"trigger": "error,cancelled"}
