"""How numbers are written on pages of figures."""

from django import template

from dashboard.work_time import in_words

register = template.Library()


@register.filter
def thousands(value: float) -> str:
    """12,345; what is no whole number and small, with one digit: 3.4."""
    return f"{value:,.1f}" if value % 1 and value < 100 else f"{value:,.0f}"


@register.filter
def at_least(value: int, is_more: bool) -> str:
    """A number that was not counted to its end is so many "or more": 5,000+."""
    return f"{value:,}+" if is_more else f"{value:,}"


@register.filter
def work_time(minutes: int) -> str:
    """1 h 30 min: what people have worked, of which a day has no fixed number."""
    return in_words(minutes)
