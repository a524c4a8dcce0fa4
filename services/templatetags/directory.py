"""Filters of the directory's pages: names of weekdays, ages."""

from django import template
from django.utils.dates import WEEKDAYS
from django.utils.functional import Promise

from services.queries.cards import ServiceCard
from services.queries.matching import age_text

register = template.Library()


@register.filter
def weekday(number: int) -> Promise | str:
    """Return the name of a weekday; Monday is 0."""
    return WEEKDAYS[number]


@register.filter
def ages(card: ServiceCard) -> Promise | str:
    """Return the ages a service is for; empty when it is for all."""
    return age_text(card) if card.minimum_age is not None or card.maximum_age is not None else ""
