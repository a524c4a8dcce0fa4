"""Load the invented demo network: places, services through the import, publication, availability.

Running it again changes nothing but what the demo files changed. Never in production.
"""

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from services import actions, places
from services.models import AvailabilityReport, Service

DEMO = Path(__file__).parents[2] / "demo"
SOURCE = "demo"


class Command(BaseCommand):
    help = "Load the invented demo directory."

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("The demo directory is invented: it must not stand among real services.")
        with transaction.atomic():
            places.load()
            for path in sorted(DEMO.glob("*.json")):
                if path.name != "availability.json":
                    run = actions.import_hsds(
                        path.read_bytes(), source=SOURCE, dry_run=False, file_name=path.name
                    )
                    if "quarantined" in run.counts:
                        raise CommandError(f"{path.name}: some rows were put aside.")
            services = Service.objects.filter(source=SOURCE)
            actions.publish(services.values_list("pk", flat=True))
            self._confirm(services)
            self._report_availability()
        self.stdout.write(f"{services.count()} invented services.")

    def _confirm(self, services: Any) -> None:
        for service in services.filter(assured_date__isnull=True):
            given = service.raw.get("assured_date")
            if given:
                day = min(date.fromisoformat(given), timezone.localdate())
                actions.confirm(service.pk, on=day)

    def _report_availability(self) -> None:
        """Add the reports once, counted back from now, so that the demo is fresh when it starts."""
        if AvailabilityReport.objects.filter(service__source=SOURCE).exists():
            return
        now = timezone.now()
        reports = json.loads((DEMO / "availability.json").read_text("utf-8"))
        for report in sorted(reports, key=lambda one: -one["hours_ago"]):
            actions.report_availability(
                service_id=report["service_id"],
                status=report["status"],
                source=report["source"],
                places_total=report["places_total"],
                places_free=report["places_free"],
                wait_days=report["wait_days"],
                reported_at=now - timedelta(hours=report["hours_ago"]),
            )
