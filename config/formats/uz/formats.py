"""Dates in Uzbek: the year first, as Uzbek writes them. Django has «19-Sentabr, 2027-yil».

No date is torn over two lines: behind each hyphen stands a word joiner, which is not seen."""

DATE_FORMAT = "Y-\u2060\\y\\i\\l\u00a0j-\u2060E"
DATETIME_FORMAT = "Y-\u2060\\y\\i\\l\u00a0j-\u2060E, G:i"
YEAR_MONTH_FORMAT = r"Y-\y\i\l E"
