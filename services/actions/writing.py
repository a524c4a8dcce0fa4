"""Write a plan's rows, inside the caller's transaction. What it writes is decided in planning."""

from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from services.actions.planning import Plan
from services.chunks import CHUNK, chunks
from services.codes import Publication
from services.errors import ImportRefused
from services.hsds.profile import TABLES, WRITE_ORDER
from services.models import ImportRow, Service

_INDEX_AT_ONCE = 500  # services; beyond, those nobody sees yet are indexed after the commit


def changed_since() -> ImportRefused:
    """Return the refusal of a commit whose dry run no longer tells what would happen."""
    return ImportRefused(
        _("The directory has changed since the dry run."), advice=_("Send the file again and look anew.")
    )


def check_still(plan: Plan) -> None:
    """Refuse if a record that the plan touches was changed or made since it was planned."""
    by_table: dict[str, list[UUID]] = {}
    for table, row_id in plan.seen:
        by_table.setdefault(table, []).append(row_id)
    for table, ids in by_table.items():
        model = TABLES[table].model
        for chunk in chunks(ids):
            rows = model._default_manager.select_for_update().filter(pk__in=chunk)
            now = dict(rows.values_list("pk", "modified_at"))
            if any(now.get(pk) != plan.seen[table, pk] for pk in chunk):
                raise changed_since()


def write(plan: Plan) -> list[UUID]:
    """Write the plan's rows in the order that foreign keys ask for; return the services they show in."""
    if not (plan.created or plan.changed or plan.deleted):
        return []
    for table, ids in plan.deleted.items():
        for chunk in chunks(sorted(ids)):
            TABLES[table].model._default_manager.filter(pk__in=chunk).delete()
    created: dict[str, list[Any]] = {}
    for table, row_id in plan.created:
        created.setdefault(table, []).append(
            TABLES[table].model(id=row_id, **plan.rows[table, row_id].values)
        )
    for table in WRITE_ORDER:
        TABLES[table].model._default_manager.bulk_create(created.get(table, []), batch_size=CHUNK)
        _update(plan, table)
    shown_in = _services_of(plan)
    _forget_checks(plan, shown_in)
    return shown_in


def _update(plan: Plan, table: str) -> None:
    changed = {key[1]: plan.rows[key].values for key in plan.changed if key[0] == table}
    if not changed:
        return
    model = TABLES[table].model
    by_columns: dict[tuple[str, ...], list[Any]] = {}
    for chunk in chunks(sorted(changed)):
        for instance in model._default_manager.filter(pk__in=chunk):
            columns = changed[instance.pk]
            for column, value in columns.items():
                setattr(instance, column, value)
            names = [*columns]
            if hasattr(instance, "modified_at"):
                instance.modified_at = timezone.now()
                names.append("modified_at")
            by_columns.setdefault(tuple(sorted(names)), []).append(instance)
    for group, instances in by_columns.items():
        model._default_manager.bulk_update(instances, list(group), batch_size=CHUNK)


def _forget_checks(plan: Plan, shown_in: list[UUID]) -> None:
    """Take the day of the last check from services that changed: nobody has called this number yet.

    Also where the file names only what shows in them: a desk of the organization, a phone at the site.
    """
    changed = {
        row_id
        for result in plan.results
        if result.outcome == ImportRow.Outcome.CHANGED
        for table, row_id in result.tree.rows
        if table == "service"
    }
    new = {row_id for table, row_id in plan.created if table == "service"}
    for chunk in chunks(sorted(changed.union(shown_in) - new)):
        checked = Service.objects.filter(pk__in=chunk)
        # A service counts as changed with its parts: who asks for changes since a day gets them.
        checked.update(assured_date=None, modified_at=timezone.now())


def _services_of(plan: Plan) -> list[UUID]:
    """Return the services whose search rows may have changed, those of shared sites too."""
    found = set(plan.affected.ids("service"))
    for table, column in (
        ("organization", "organization"),
        ("location", "service_at_locations__location"),
        ("service_at_location", "service_at_locations"),
    ):
        for chunk in chunks(plan.affected.ids(table)):
            condition = Q(**{f"{column}__in": chunk})
            found |= set(Service.objects.filter(condition).values_list("pk", flat=True))
    return sorted(found)


def split_for_index(services: list[UUID]) -> tuple[list[UUID], list[UUID]]:
    """Return which services are indexed with the commit, and which after it.

    What is published always is indexed with it: search may not tell for a moment what a site no
    longer tells. Long lists of hidden ones would only keep everybody else from writing.
    """
    if len(services) <= _INDEX_AT_ONCE:
        return services, []
    shown: set[UUID] = set()
    for chunk in chunks(services):
        rows = Service.objects.filter(pk__in=chunk, publication=Publication.PUBLISHED)
        shown |= set(rows.values_list("pk", flat=True))
    return sorted(shown), [pk for pk in services if pk not in shown]
