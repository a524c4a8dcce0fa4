"""Reading the access log in tests, as a supervisor does."""

from accounts.roles import KeyName
from audit.actions import record_denied
from audit.entries import Body
from audit.errors import Denied
from audit.queries import entries
from tests import people
from tests.people import Team


def newest(team: Team, limit: int = 1) -> list[Body]:
    """Return the newest entries of an agency's log, newest first, opened with its auditor key."""
    supervisor = people.unlock(team.supervisor)
    page = entries(
        agency=team.agency.id,
        keys=[supervisor.role_keys(team.agency, KeyName.AUDITOR)],
        limit=limit,
    )
    return [entry.body for entry in page.entries if entry.body is not None]


def written_down(denied: Denied, team: Team) -> Body:
    """Let the middleware's own function write the attempt down, and return the entry."""
    record_denied(denied)
    [body] = newest(team)
    return body
