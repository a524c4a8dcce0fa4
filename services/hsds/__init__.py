"""HSDS 3.1 at the edge: reading files, our profile of it, and turning objects into rows.

Nothing here writes to the database; ``services.actions.imports`` does. Output is services/publish.
"""
