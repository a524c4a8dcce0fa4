"""Notices without content: who has updates, what waits to be sent, and how it leaves the site.

A notice says "you have an update", in the person's language, and nothing else: no case, no service, no
sender, no name, no link. What the update is stands behind the sign-in. What happened is decided in the
rooms above; they name people and a page, and know nothing of channels.
"""

from accounts.notices.outbox import counts, seen, send_due, tell

__all__ = ["counts", "seen", "send_due", "tell"]
