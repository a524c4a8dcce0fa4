"""Files that come in from outside: text of any encoding, CSV, XLSX, zip. Strict, and within bounds.

Nothing here knows HSDS or the database. Each reader returns plain tables or texts, or raises
``ImportRefused`` with the place; no other exception leaves this package, and nothing is written to
disk.
"""
