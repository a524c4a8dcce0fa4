"""Dates in Russian. Django's own day of a month says «30 Ноябрь», and its year ends in «г.»: at the end of
a sentence that is two full stops. No date is torn over two lines."""

DATE_FORMAT = "j\u00a0E\u00a0Y"
DATETIME_FORMAT = "j\u00a0E\u00a0Y, G:i"
MONTH_DAY_FORMAT = "j\u00a0E"
YEAR_MONTH_FORMAT = "F Y"
