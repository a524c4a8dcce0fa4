"""Import HSDS files: a dry run first, a report per row, all or nothing on commit.

The dry run keeps the file's rows (cleared of confidential addresses) in the database, so that
the commit needs no second upload. Imports publish and assure nothing.
"""

import hashlib
from collections import Counter
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.unlocked import Unlocked
from audit.actions import record
from audit.registry import Action
from services import entries
from services.actions.indexing import reindex
from services.actions.planning import Plan, make_plan
from services.errors import ImportRefused
from services.hsds.profile import TABLES, WRITE_ORDER
from services.hsds.reading import Root, read
from services.models import ImportRow, ImportRun, Service

BATCH = 500


def import_hsds(
    content: bytes,
    *,
    source: str,
    dry_run: bool = True,
    file_name: str = "",
    by: Unlocked | None = None,
) -> ImportRun:
    """Read an HSDS 3.1 JSON or NDJSON file and return the run with its rows and counts.

    ``source`` names where the file comes from and must stay the same for later versions of it.
    Raises ImportRefused, and writes nothing, when the file as a whole cannot be taken.
    """
    source = " ".join(source.split())
    if not source or len(source) > 60 or not source.isprintable():
        raise ImportRefused(
            _("The source needs a name of at most 60 characters."),
            advice=_("Use the same short name each time, such as the sender's."),
        )
    plan = make_plan(read(content), source=source)
    with transaction.atomic():
        run = ImportRun.objects.create(
            source=source,
            file_name=file_name[:200],
            file_hash=hashlib.sha256(content).hexdigest(),
            started_by=by.person.pk if by else None,
            counts=dict(Counter(str(result.outcome) for result in plan.results)),
        )
        ImportRow.objects.bulk_create(
            [
                ImportRow(
                    run=run,
                    number=number,
                    path=result.tree.path[:200],
                    line=result.tree.line,
                    kind=result.tree.kind,
                    name=result.tree.name,
                    object_id=result.tree.id,
                    outcome=result.outcome,
                    notes=[note.as_json() for note in result.tree.notes],
                    data=result.tree.clean,
                )
                for number, result in enumerate(plan.results, start=1)
            ],
            batch_size=BATCH,
        )
        if not dry_run:
            _write(plan)
            _mark_committed(run)
        _log(entries.IMPORT_TRIED if dry_run else entries.IMPORTED, run, by)
    return run


def commit_import(run_id: UUID, *, by: Unlocked | None = None) -> ImportRun:
    """Write what the dry run showed. All or nothing; a second commit changes nothing.

    Raises ImportRefused when the directory has changed since, so that the report no longer tells
    what would happen.
    """
    try:
        return _commit(run_id, by)
    except IntegrityError:
        # Another import wrote the same records between our plan and our rows.
        raise _changed_since() from None


def _changed_since() -> ImportRefused:
    return ImportRefused(
        _("The directory has changed since the dry run."), advice=_("Send the file again and look anew.")
    )


@transaction.atomic
def _commit(run_id: UUID, by: Unlocked | None) -> ImportRun:
    run = ImportRun.objects.select_for_update().get(pk=run_id)
    if run.state == ImportRun.State.COMMITTED:
        return run
    if run.state == ImportRun.State.DROPPED:
        raise ImportRefused(_("This import was dropped."), advice=_("Send the file again."))
    rows = list(run.rows.exclude(outcome=ImportRow.Outcome.QUARANTINED).order_by("number"))
    plan = make_plan([Root(row.kind, row.path, row.data, row.line) for row in rows], source=run.source)
    if [result.outcome for result in plan.results] != [row.outcome for row in rows]:
        raise _changed_since()
    _write(plan)
    _mark_committed(run)
    _log(entries.IMPORTED, run, by)
    return run


def drop_import(run_id: UUID) -> None:
    """Forget a dry run: nothing of it will be written."""
    ImportRun.objects.filter(pk=run_id, state=ImportRun.State.TRIED).update(state=ImportRun.State.DROPPED)


def _log(action: Action, run: ImportRun, by: Unlocked | None) -> None:
    """Write the entry into the editor's agency's log; a command on the server has no person."""
    if by is not None:
        record(action, agency=by.agency.pk, actor=by.person.pk, kind="import", object=str(run.pk))


def _mark_committed(run: ImportRun) -> None:
    run.state = ImportRun.State.COMMITTED
    run.committed_at = timezone.now()
    run.save(update_fields=["state", "committed_at"])


def _write(plan: Plan) -> None:
    """Write the plan's rows in the order that foreign keys ask for, then the search rows."""
    if not (plan.created or plan.changed or plan.deleted):
        return
    for table, ids in plan.deleted.items():
        TABLES[table].model._default_manager.filter(pk__in=ids).delete()
    for table in WRITE_ORDER:
        model = TABLES[table].model
        created = [model(id=key[1], **plan.rows[key].values) for key in plan.created if key[0] == table]
        model._default_manager.bulk_create(created, batch_size=BATCH)
        _update(plan, table)
    _forget_checks(plan)
    reindex(_touched(plan))


def _update(plan: Plan, table: str) -> None:
    changed = {key[1]: plan.rows[key].values for key in plan.changed if key[0] == table}
    if not changed:
        return
    model = TABLES[table].model
    by_columns: dict[tuple[str, ...], list[Any]] = {}
    for instance in model._default_manager.filter(pk__in=changed):
        columns = changed[instance.pk]
        for column, value in columns.items():
            setattr(instance, column, value)
        names = [*columns]
        if hasattr(instance, "modified_at"):
            instance.modified_at = timezone.now()
            names.append("modified_at")
        by_columns.setdefault(tuple(sorted(names)), []).append(instance)
    for group, instances in by_columns.items():
        model._default_manager.bulk_update(instances, list(group), batch_size=BATCH)


def _forget_checks(plan: Plan) -> None:
    """Take the day of the last check from services that changed: nobody has called this number yet."""
    changed = {
        row_id
        for result in plan.results
        if result.outcome == ImportRow.Outcome.CHANGED
        for table, row_id in result.tree.rows
        if table == "service"
    }
    organizations = {row_id for table, row_id in plan.changed if table == "organization"}
    Service.objects.filter(Q(pk__in=changed) | Q(organization__in=organizations)).exclude(
        assured_date=None
    ).update(assured_date=None)


def _touched(plan: Plan) -> list[UUID]:
    """Return the services whose search rows may have changed, those of shared sites too."""
    of = {table: {row_id for name, row_id in plan.rows if name == table} for table in TABLES}
    found = set(of["service"])
    for condition in (
        {"organization__in": of["organization"]},
        {"service_at_locations__location__in": of["location"]},
    ):
        found |= set(Service.objects.filter(**condition).values_list("pk", flat=True))
    return sorted(found)
