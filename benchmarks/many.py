"""A million tasks, made by the database itself: thirty days of a busy project, with all that hangs on them.

Only for measuring: rows are right in form, and nothing has heard of them.
"""

from collections.abc import Mapping

import psycopg

PUBLIC_TOKEN = "token-of-a-benchmark"
NAMES = 24
QUEUES = 6
TASKS = """
INSERT INTO tasks_task (public_id, project_id, name, status, value, value_max, data, tags, queue, external_id,
    start_time, end_time, time_to_start, created, updated, status_before_stale, wake_at, is_overrun, has_actions,
    public_token, stale_timeout, parent_id)
SELECT id, %(project)s, 'job.' || (n * 7919 %% %(names)s), status,
    CASE WHEN status = 'success' THEN 100 ELSE n %% 100 END, 100,
    '{"order": ' || n || ', "note": "' || repeat('x', 120) || '"}',
    jsonb_build_object('env', CASE WHEN n %% 5 = 0 THEN 'staging' ELSE 'prod' END, 'region', 'r' || n %% 9),
    'queue-' || n %% %(queues)s, 'ext-' || n,
    CASE WHEN status <> 'pending' THEN born + interval '2 seconds' END,
    CASE WHEN status IN ('success', 'error', 'cancelled') THEN born + interval '2 seconds' + length END,
    CASE WHEN status <> 'pending' THEN interval '2 seconds' END,
    born, born + interval '2 seconds' + length, CASE WHEN status = 'stale' THEN 'processing' ELSE '' END, NULL, false,
    n %% 1000 = 0, %(token)s, NULL, NULL
FROM (
    SELECT n, gen_random_uuid() AS id,
        now() - interval '30 days' * (1 - n::float / %(count)s) - interval '1 minute' AS born,
        interval '1 second' * exp(ln(0.4) + (n * 104729 %% 1000) / 1000.0 * 7) AS length,
        CASE WHEN n > %(count)s - 6000 AND n %% 3 = 0 THEN 'pending'
             WHEN n > %(count)s - 6000 AND n %% 3 = 1 THEN 'processing'
             WHEN n %% 41 = 0 THEN 'error' WHEN n %% 97 = 0 THEN 'cancelled' WHEN n %% 997 = 0 THEN 'stale'
             ELSE 'success' END AS status
    FROM generate_series(1::bigint, %(count)s) n
) made
"""
HISTORY = """
INSERT INTO tasks_statuschange (task_id, old, new, at)
SELECT number, 'pending', 'processing', start_time FROM tasks_task WHERE start_time IS NOT NULL
UNION ALL SELECT number, 'processing', status, end_time FROM tasks_task WHERE end_time IS NOT NULL
ORDER BY 4
"""
# Of the newest task that has ended: its parts, its actions.
PARTS = """
UPDATE tasks_task SET parent_id = whole.public_id, has_actions = false FROM (
    SELECT public_id, number FROM tasks_task WHERE status = 'success' ORDER BY number DESC LIMIT 1
) whole WHERE tasks_task.number BETWEEN whole.number - 60 AND whole.number - 1
"""
ACTIONS = """
INSERT INTO tasks_action (task_id, trigger, integration, config, status, created, updated)
SELECT number, 'error', 'email', '{"to": "a@example.org"}', 'active', created, created FROM tasks_task WHERE has_actions
"""
MONITORS = """
INSERT INTO monitors_monitor (id, project_id, name, interval, cron, timezone, grace, enabled, status, failed,
    last_check_in, next_due, created)
SELECT gen_random_uuid(), %(project)s, 'Monitor ' || n, 3600, '', 'UTC', 300, true,
    CASE WHEN n %% 9 = 0 THEN 'late' ELSE 'up' END, false, now() - interval '20 minutes',
    now() + interval '40 minutes', now()
FROM generate_series(1, 100) n
"""
DELIVERIES = """
INSERT INTO integrations_delivery (public_id, organization_id, project_id, integration, config, task_id, point, body,
    status, due_at, attempt_count, attempts_before, created, finished)
SELECT gen_random_uuid(), %(organization)s, %(project)s, 'email', '{"to": "a@example.org"}', public_id, status,
    '{"type": "task.triggered", "data": {"task": {"name": "export"}}}', 'delivered', created, 1, 0, created, created
FROM tasks_task WHERE number %% 10 = 0
"""
STATEMENTS = (TASKS, HISTORY, PARTS, ACTIONS, MONITORS, DELIVERIES)


def seed(url: str, count: int) -> Mapping[str, str]:
    """Fills the one project that there is; gives ids of a task with parts, of a monitor, and of a delivery."""
    params = {
        "count": count,
        "names": NAMES,
        "queues": QUEUES,
        "token": PUBLIC_TOKEN,
    }
    with psycopg.connect(url.replace("postgres://", "postgresql://", 1), autocommit=True) as connection:
        place = connection.execute("SELECT number, organization_id FROM projects_project").fetchone()
        params["project"], params["organization"] = place
        for statement in STATEMENTS:
            connection.execute(statement, params)
        connection.execute("VACUUM ANALYZE")
        rows = {
            "task": "SELECT public_id FROM tasks_task WHERE status = 'success' ORDER BY number DESC LIMIT 1",
            "monitor": "SELECT id FROM monitors_monitor LIMIT 1",
            "delivery": "SELECT public_id FROM integrations_delivery ORDER BY number DESC LIMIT 1",
        }
        return {name: str(connection.execute(sql).fetchone()[0]) for name, sql in rows.items()}
