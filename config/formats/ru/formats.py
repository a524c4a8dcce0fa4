"""Dates in Russian. Django's own day of a month says «30 Ноябрь», and its year ends in «г.»: at the end of
a sentence that is two full stops."""

DATE_FORMAT = "j E Y"
DATETIME_FORMAT = "j E Y, G:i"
MONTH_DAY_FORMAT = "j E"
YEAR_MONTH_FORMAT = "F Y"
