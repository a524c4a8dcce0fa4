"""Write the published directory into a file: the same formats as on the page of files."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from services.exports import FORMATS, export


class Command(BaseCommand):
    """``export_directory --format json --output FILE``: published services only, written piece by piece."""

    help = "Write all published services into a file."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--format", required=True, choices=sorted(FORMATS))
        parser.add_argument("--output", required=True, type=Path, help="the file to write; it must not exist")
        parser.add_argument("--from", dest="origin", default="", help="the site's address, for the watermark")

    def handle(self, *args: Any, **options: Any) -> None:
        names = [host for host in settings.ALLOWED_HOSTS if host != "*"]
        origin = options["origin"] or (f"https://{names[0]}/" if names else "hamroh")
        path: Path = options["output"]
        try:
            with path.open("xb") as file:
                for piece in export(options["format"], origin=origin, at=timezone.now()):
                    file.write(piece)
        except FileExistsError:
            raise CommandError(f"{path} exists already. Name another file.") from None
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror}") from None
        self.stdout.write(f"{path}: {path.stat().st_size} bytes.")
