"""Dates in English. Times by 24 hours, as in the other languages and as opening hours are written;
Django's «4 p.m.» at the end of a sentence is two full stops."""

DATETIME_FORMAT = "N j, Y, H:i"
TIME_FORMAT = "H:i"
SHORT_DATETIME_FORMAT = "m/d/Y H:i"
