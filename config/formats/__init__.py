"""Dates of a language as Django does not know them; the folder's name is the locale's."""
