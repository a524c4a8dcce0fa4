"""Dates in Russian. Django's own day of a month says «30 Ноябрь»; its other formats are right."""

MONTH_DAY_FORMAT = "j E"
