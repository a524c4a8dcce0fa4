"""Dates in English: the day first, as papers and the other languages have it, and never torn over two lines.
Times by 24 hours, as in the other languages and as opening hours are written; Django's «4 p.m.» at the end
of a sentence is two full stops."""

DATE_FORMAT = "j\u00a0N\u00a0Y"
DATETIME_FORMAT = "j\u00a0N\u00a0Y, H:i"
MONTH_DAY_FORMAT = "j\u00a0F"
TIME_FORMAT = "H:i"
SHORT_DATETIME_FORMAT = "d/m/Y H:i"
