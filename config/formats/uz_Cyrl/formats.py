"""Dates in Uzbek Cyrillic. Without these Django takes those of Uzbek Latin, with Latin letters in them."""

DATE_FORMAT = "Y-йил j-E"
DATETIME_FORMAT = "Y-йил j-E, G:i"
YEAR_MONTH_FORMAT = "Y-йил E"
