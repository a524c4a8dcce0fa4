"""What this room tells the rooms above it."""

from django.dispatch import Signal

# Sent inside the transaction that removes a person: every room deletes what was granted to them.
# Arguments: person (Person), unlocked (the administrator, Unlocked).
person_removed = Signal()

# Sent inside the transaction that sets somebody's roles. Arguments: person, roles, unlocked, as above.
roles_changed = Signal()
