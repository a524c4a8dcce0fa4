"""Filters of the casework pages: time left in words. What is shown is decided in views and queries."""

from datetime import datetime, timedelta

from django import template
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

register = template.Library()


def in_words(span: timedelta) -> str:
    """Return a length of time in one unit: minutes below an hour, hours below three days, then days.

    Rounded down, so that nobody believes to have more time than there is.
    """
    minutes = max(int(span.total_seconds() // 60), 0)
    if minutes < 60:
        return ngettext("%(n)d minute", "%(n)d minutes", minutes) % {"n": minutes}
    hours = minutes // 60
    if hours < 72:
        return ngettext("%(n)d hour", "%(n)d hours", hours) % {"n": hours}
    days = hours // 24
    return ngettext("%(n)d day", "%(n)d days", days) % {"n": days}


@register.filter
def time_left(until: datetime) -> str:
    """Return “3 hours left”, or “overdue by 20 minutes”."""
    span = until - timezone.now()
    if span < timedelta(0):
        return _("overdue by %(time)s") % {"time": in_words(-span)}
    return _("%(time)s left") % {"time": in_words(span)}
