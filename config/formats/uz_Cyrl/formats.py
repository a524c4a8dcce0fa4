"""Dates in Uzbek Cyrillic. Without these Django takes those of Uzbek Latin: «19-Сентябрь, 2027-yil»."""

DATE_FORMAT = "j-E, Y-йил"
DATETIME_FORMAT = "j-E, Y-йил G:i"
YEAR_MONTH_FORMAT = "F Y-йил"
