"""What PostgreSQL alone needs: the history in the order in which it becomes visible, for `events`.

The model knows nothing of the column: its default is the number of the transaction that inserts. Added without it and
given it afterwards, so that no row is written anew; those that are there have none, and are never read by it.
"""

from django.db import migrations

FORWARD = (
    "ALTER TABLE tasks_statuschange ADD COLUMN xact xid8",
    "ALTER TABLE tasks_statuschange ALTER COLUMN xact SET DEFAULT pg_current_xact_id()",
    # All changes of the server after a place. Of the rows that are there already it takes none.
    "CREATE INDEX history_in_order ON tasks_statuschange (xact, id) WHERE xact IS NOT NULL",
)
BACKWARD = ("DROP INDEX history_in_order", "ALTER TABLE tasks_statuschange DROP COLUMN xact")


def run(statements):
    def execute(apps, schema_editor):
        if schema_editor.connection.vendor == "postgresql":
            for statement in statements:
                schema_editor.execute(statement)

    return execute


class Migration(migrations.Migration):
    dependencies = [("tasks", "0005_end_counts")]
    operations = [migrations.RunPython(run(FORWARD), run(BACKWARD))]
