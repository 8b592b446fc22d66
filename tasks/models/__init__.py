from tasks.models.action import Action
from tasks.models.ends import EndCount, EndsCounted
from tasks.models.global_action import GlobalAction, Streak
from tasks.models.status_change import StatusChange
from tasks.models.task import Task

__all__ = ["Action", "EndCount", "EndsCounted", "GlobalAction", "StatusChange", "Streak", "Task"]
