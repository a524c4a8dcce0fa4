"""Dates in Uzbek Cyrillic. Without these Django takes those of Uzbek Latin, with Latin letters in them."""

DATE_FORMAT = "Y-\u2060йил\u00a0j-\u2060E"
DATETIME_FORMAT = "Y-\u2060йил\u00a0j-\u2060E, G:i"
YEAR_MONTH_FORMAT = "Y-йил E"
