from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import connection, migrations, models

# So that nobody waits for an index of a large table. SQLite has one writer at a time anyway.
IS_POSTGRESQL = connection.vendor == 'postgresql'
AddIndex = AddIndexConcurrently if IS_POSTGRESQL else migrations.AddIndex
RemoveIndex = RemoveIndexConcurrently if IS_POSTGRESQL else migrations.RemoveIndex


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('integrations', '0003_shared_bodies_and_mail_hours'),
    ]

    operations = [
        AddIndex(
            model_name='delivery',
            index=models.Index(condition=models.Q(('status', 'pending')), fields=['organization', 'due_at'], name='delivery_due_of_organization'),
        ),
        AddIndex(
            model_name='delivery',
            index=models.Index(condition=models.Q(('channel__isnull', False), ('status', 'pending')), fields=['organization', 'channel', 'due_at'], name='delivery_due_in_lane'),
        ),
        AddIndex(
            model_name='delivery',
            index=models.Index(condition=models.Q(('channel', None), ('status', 'pending')), fields=['organization', 'due_at'], name='delivery_due_in_mail_lane'),
        ),
        AddIndex(
            model_name='delivery',
            index=models.Index(condition=models.Q(('rule_id__isnull', False)), fields=['rule_id', '-number'], name='delivery_of_rule'),
        ),
        AddIndex(
            model_name='delivery',
            index=models.Index(condition=models.Q(('shared_body__isnull', False)), fields=['shared_body'], name='delivery_of_shared_body'),
        ),
        RemoveIndex(
            model_name='delivery',
            name='delivery_due_of_channel',
        ),
        RemoveIndex(
            model_name='delivery',
            name='delivery_due_of_mail',
        ),
    ]
