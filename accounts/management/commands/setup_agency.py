"""Set up an agency on a new machine: its keys, its first people, their printed papers.

Passwords are asked on the terminal and never taken from the command line, where other users of the
machine and the shell's history would see them.
"""

import getpass
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.dateparse import parse_date

from accounts.actions import Founder, create_agency
from accounts.errors import AccountsError
from accounts.roles import RoleName


class Command(BaseCommand):
    """``setup_agency "Name" --person sign-in-name:Display Name:role,role`` (at least three people)."""

    help = "Create an organisation with its keys and first people, and print their papers once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="the organisation's name")
        parser.add_argument(
            "--person",
            action="append",
            default=[],
            metavar="NAME:DISPLAY NAME:ROLE,ROLE",
            help=f"one first person; roles: {', '.join(RoleName.values)}",
        )
        parser.add_argument("--casework", action="store_true", help="it opens cases")
        parser.add_argument("--services", action="store_true", help="it receives referrals")
        parser.add_argument("--trained-until", help="date until which everybody's training is valid")
        parser.add_argument("--code-signed-until", help="date until which the code of conduct is valid")
        parser.add_argument("--without-cards", action="store_true", help="weaker: no printed cards")

    def handle(self, *args: Any, **options: Any) -> None:
        founders = [_founder(text, with_card=not options["without_cards"]) for text in options["person"]]
        try:
            first = create_agency(
                name=options["name"],
                founders=founders,
                does_casework=options["casework"],
                provides_services=options["services"],
                trained_until=_date(options["trained_until"]),
                code_signed_until=_date(options["code_signed_until"]),
            )
        except AccountsError as error:
            raise CommandError(str(error.message)) from None
        self.stdout.write("The organisation is set up; every key was opened once as a test.")
        self.stdout.write("Print this now. It is shown only once.\n")
        for one in first:
            self.stdout.write(f"{one.person.display_name} signs in as {one.person.name}")
            if one.papers.card:
                self.stdout.write(f"  card           {one.papers.card}")
            self.stdout.write(f"  recovery code  {one.papers.recovery_code}\n")


def _founder(text: str, *, with_card: bool) -> Founder:
    name, _, rest = text.partition(":")
    display_name, _, roles = rest.partition(":")
    if not (name and display_name and roles):
        raise CommandError("Say --person sign-in-name:Display Name:role,role")
    chosen = frozenset(role.strip() for role in roles.split(","))
    unknown = chosen - set(RoleName.values)
    if unknown:
        raise CommandError(f"There is no such role: {', '.join(sorted(unknown))}")
    return Founder(
        name=name,
        display_name=display_name,
        roles=chosen,
        password=_password(name),
        with_card=with_card,
    )


def _password(name: str) -> str:
    password = getpass.getpass(f"Password of {name}: ")
    if password != getpass.getpass(f"Password of {name} once more: "):
        raise CommandError("The two passwords are not the same.")
    return password


def _date(text: str | None) -> Any:
    if text is None:
        return None
    found = parse_date(text)
    if found is None:
        raise CommandError("Write dates like 2027-01-31.")
    return found
