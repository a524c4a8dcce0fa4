"""Dates in English: the day before the month, as where «organisation» is written. Times by 24 hours, as in
the other languages and as opening hours are written; Django's «4 p.m.» at the end of a sentence is two full
stops."""

DATE_FORMAT = "j M Y"
DATETIME_FORMAT = "j M Y, H:i"
MONTH_DAY_FORMAT = "j F"
SHORT_DATE_FORMAT = "d/m/Y"
TIME_FORMAT = "H:i"
SHORT_DATETIME_FORMAT = "d/m/Y H:i"
