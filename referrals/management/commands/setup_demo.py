"""``manage.py setup_demo``: an invented network on one's own machine, to see everything working."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.urls import reverse

from referrals.demo.cases import make_cases
from referrals.demo.network import CASEWORK, PASSWORD, PROVIDERS, make_agencies, make_directory
from referrals.demo.tour import WAYS


class Command(BaseCommand):
    help = "Make the demo network once, and print where to go and who to sign in as. Never in production."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=8000, help="where the server will listen")

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("The demo has a printed password: it is never made in production.")
        self.stdout.write("Making the demo network, unless it is there; that takes about a minute ...")
        self.stdout.flush()
        made = [make_directory(), make_agencies(), make_cases()]
        self.stdout.write("The demo network is ready." if any(made) else "The demo network was kept.")
        self._print_tour(options["port"])
        self._print_people()

    def _print_tour(self, port: int) -> None:
        site = f"http://localhost:{port}"
        self.stdout.write(f"\nA short tour; the front page, {site}/, shows it too:")
        for way in WAYS:
            who = f"as {way.person}" if way.person else "without signing in"
            self.stdout.write(f"\n  {way.title}, {who}")
            for stop in way.stops:
                self.stdout.write(f"    {site + reverse(stop.route):<40} {stop.text}")
        self.stdout.write(f"\n  Guides for each role, on two pages to print: {site}{reverse('help')}")

    def _print_people(self) -> None:
        self.stdout.write(f"\nSign in as one of these, all with the password: {PASSWORD}\n")
        for agency in (*CASEWORK, *PROVIDERS):
            self.stdout.write(f"  {agency.name}")
            for person in agency.people:
                roles = ", ".join(str(role.label).lower() for role in person.roles)
                self.stdout.write(f"    {person.name:<10} {roles}")
