"""What the Makefile runs: the demo, the tests, the checks, the catalogues, the lock files.

Nothing here is part of the product: no room imports it, and it imports no room.
"""
