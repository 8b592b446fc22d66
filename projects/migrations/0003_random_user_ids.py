from django.db import migrations, models

import projects.models.people


class Migration(migrations.Migration):
    dependencies = [
        ("projects", "0002_rules_version"),
    ]

    operations = [
        migrations.AlterModelOptions(name="membership", options={"ordering": ("id",)}),
        # The table stays as it is: ids are drawn by the application, and those that are there remain.
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(
                    model_name="user",
                    name="id",
                    field=models.BigAutoField(
                        default=projects.models.people.draw_user_id, primary_key=True, serialize=False
                    ),
                ),
            ],
        ),
    ]
