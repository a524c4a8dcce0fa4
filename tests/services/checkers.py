"""An agency with two editors and somebody of each other role, for the tests of editors' pages."""

from accounts.roles import RoleName
from tests.people import Team, get_team

PEOPLE = {
    "editor": RoleName.EDITOR,
    "second": RoleName.EDITOR,
    "intake": RoleName.INTAKE,
    "owner": RoleName.CASEWORKER,
    "analyst": RoleName.ANALYST,
    "supervisor": RoleName.SUPERVISOR,
    "custodian": RoleName.CUSTODIAN,
    "administrator": RoleName.ADMINISTRATOR,
}
OTHERS = [name for name, role in PEOPLE.items() if role != RoleName.EDITOR]


def make_editors() -> Team:
    return get_team("e", PEOPLE)
