from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("monitors", "0001_initial"),
    ]

    operations = [
        # A default of the database: PostgreSQL rewrites no row (SQLite copies the table, as for any such column), and a
        # server of the version before can still insert.
        migrations.AddField(
            model_name="monitor",
            name="start_grace",
            field=models.IntegerField(db_default=60, default=60),
        ),
    ]
