"""Dates in Uzbek: the year first, as Uzbek writes them. Django has «19-Sentabr, 2027-yil»."""

DATE_FORMAT = r"Y-\y\i\l j-E"
DATETIME_FORMAT = r"Y-\y\i\l j-E, G:i"
YEAR_MONTH_FORMAT = r"Y-\y\i\l E"
