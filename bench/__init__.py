"""Measurements: what Hamroh's keys and log cost beside the same work without them.

Run by ``make bench``; nothing here belongs to the product, and the product imports nothing from
here. Ratios between things measured in turn in one run are the point: times depend on the machine.
No test asserts a time.
"""
