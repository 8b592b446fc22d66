"""What PostgreSQL alone has: room on each page for progress updates, and an index over tags."""

from django.db import migrations

FORWARD = (
    # A new version of a row fits beside the old one, so that a progress update touches no index (HOT).
    "ALTER TABLE tasks_task SET (fillfactor = 85)",
    # `?tag=name:value`
    "CREATE INDEX task_list_by_tag ON tasks_task USING gin (tags jsonb_path_ops)",
)
BACKWARD = ("DROP INDEX task_list_by_tag", "ALTER TABLE tasks_task RESET (fillfactor)")


def run(statements):
    def execute(apps, schema_editor):
        if schema_editor.connection.vendor == "postgresql":
            for statement in statements:
                schema_editor.execute(statement)

    return execute


class Migration(migrations.Migration):
    dependencies = [("tasks", "0001_initial")]
    operations = [migrations.RunPython(run(FORWARD), run(BACKWARD))]
