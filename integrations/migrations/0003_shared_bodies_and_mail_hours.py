import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """New tables, and columns that are null in all rows there are: no table is rewritten."""

    dependencies = [
        ('integrations', '0002_delivery_list_by_integration'),
        ('projects', '0002_rules_version'),
    ]

    operations = [
        migrations.CreateModel(
            name='MailHour',
            fields=[
                ('organization', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='+', serialize=False, to='projects.organization')),
                ('hour', models.DateTimeField()),
                ('recipients', models.IntegerField(default=0)),
                ('put_off', models.IntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name='SharedBody',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.TextField()),
                ('project', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='projects.project')),
            ],
            options={
                'verbose_name_plural': 'shared bodies',
            },
        ),
        migrations.AddField(
            model_name='delivery',
            name='rule_id',
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name='delivery',
            name='shared_body',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='deliveries', to='integrations.sharedbody'),
        ),
    ]
