"""Printed pathway sheets: where to find help, on one A4 page or on a small one that folds.

words (texts and formats) → content (what stands on a sheet) → printing (Typst makes the PDF from the
templates beside it). Which services come is decided in services/queries/sheets.py.
"""
