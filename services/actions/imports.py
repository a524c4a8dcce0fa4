"""Import files: a dry run first, a report per row, all or nothing on commit.

The dry run keeps the file's rows (cleared of confidential addresses) in the database, so that
the commit needs no second upload. Imports publish and assure nothing. What the file holds is told
apart in hsds.opening, what it would change in planning; rows are written in writing. Work that is
long leaves the request: ``begin`` and ``go_on`` are its two ends (services.work).
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Person
from accounts.unlocked import Unlocked
from audit.actions import record
from audit.registry import Action
from services import entries
from services.actions.differences import published_among, without_values
from services.actions.indexing import reindex
from services.actions.planning import Plan, Progress, make_plan
from services.actions.sources import checked_name, remember, source_for
from services.actions.uploads import forget_upload, keep_upload, opened_upload
from services.actions.writing import changed_since, check_still, split_for_index, write
from services.chunks import CHUNK, chunks
from services.errors import ImportRefused, MappingNeeded
from services.hsds import columns
from services.hsds.notes import SUSPECT
from services.hsds.opening import Opened, fingerprint, opened
from services.hsds.reading import Root
from services.models import ImportRow, ImportRun, ImportSource, ImportUpload

AT_ONCE = 300  # records; more leave the request
_FORGOTTEN = timedelta(days=30)
_SAID_EVERY = timedelta(seconds=1)
State = ImportRun.State


@dataclass(frozen=True)
class By:
    """Who imports: a person and their agency, without their keys."""

    person: UUID
    agency: UUID


def by_of(unlocked: Unlocked | None) -> By | None:
    return By(unlocked.person.pk, unlocked.agency.pk) if unlocked else None


def _by_person(person: UUID | None) -> By | None:
    agency = Person.objects.filter(pk=person).values_list("agency_id", flat=True).first() if person else None
    return By(person, agency) if person and agency else None


def _silent(done: int, total: int) -> None:
    """Say nothing: somebody waits for the answer itself."""


# --- reading and trying ---


@dataclass(frozen=True)
class _Read:
    source: ImportSource
    roots: list[Root]
    mapping: columns.Mapping | None
    empty_clears: bool


def _read(
    content: bytes,
    *,
    source: str,
    file_name: str,
    agency: UUID | None,
    mapping: columns.Mapping | None,
    empty_clears: bool | None = None,
    ask_again: bool = False,
    limit: int | None,
) -> _Read:
    known = source_for(checked_name(source), agency)
    if empty_clears is None:
        empty_clears = known.empty_clears
    found = opened(content, file_name, limit=limit)
    return _of_opened(found, known, mapping, empty_clears=empty_clears, ask_again=ask_again)


def _of_opened(
    found: Opened,
    source: ImportSource,
    mapping: columns.Mapping | None,
    *,
    empty_clears: bool,
    ask_again: bool,
) -> _Read:
    table = found.table
    if table is None:
        return _Read(source, found.roots, None, source.empty_clears)
    header = [name for name in table.header if name]
    if columns.is_our_own(header) and mapping is None:
        roots = columns.roots_of(table, columns.guess(header))
        return _Read(source, roots, None, source.empty_clears)
    if mapping is not None:
        used = columns.checked(mapping, header)
        # Columns that were left out are remembered too: a new column is then noticed.
        kept = {name: used.get(name, "") for name in header}
    elif source.mapping and set(header) <= set(source.mapping) and not ask_again:
        used, kept = columns.checked(source.mapping, header), None
    else:
        raise MappingNeeded(table, source.mapping, empty_clears=source.empty_clears)
    roots = columns.roots_of(table, used, empty_clears=empty_clears)
    return _Read(source, roots, kept, empty_clears)


def import_hsds(
    content: bytes,
    *,
    source: str,
    dry_run: bool = True,
    file_name: str = "",
    by: Unlocked | None = None,
    mapping: columns.Mapping | None = None,
    empty_clears: bool | None = None,
    limit: int | None = None,
    progress: Progress = _silent,
) -> ImportRun:
    """Read a file of any kind we know and return the run with its rows and counts.

    ``source`` names where the file comes from and must stay the same for later versions of it.
    ``mapping`` is needed for a table of somebody's own, the first time. ``empty_clears`` says what its empty
    cells mean (None: as the last time, at first that they say nothing). ``limit`` is in bytes.
    Raises ImportRefused, and writes nothing, when the file as a whole cannot be taken; of that
    MappingNeeded where columns are to be mapped first.
    """
    who = by_of(by)
    found = _read(
        content,
        source=source,
        file_name=file_name,
        agency=who.agency if who else None,
        mapping=mapping,
        empty_clears=empty_clears,
        limit=limit,
    )
    plan = make_plan(found.roots, source=found.source.name, progress=progress)
    run = ImportRun(
        source=found.source.name,
        file_name=file_name[:200],
        file_hash=fingerprint(content),
        started_by=who.person if who else None,
        committed_by=who.person if who and not dry_run else None,
    )
    try:
        with transaction.atomic():
            remember(found.source, found.mapping, found.empty_clears)
            _keep(run, plan)
            if not dry_run:
                _check_second(run, plan, who)
                _write_all(run, plan)
            _log(entries.IMPORT_TRIED if dry_run else entries.IMPORTED, run, who)
    except IntegrityError:
        # Another import wrote the same records between our plan and our rows.
        raise changed_since() from None
    if not dry_run:
        _index(run, progress)
    return run


def _keep(run: ImportRun, plan: Plan) -> None:
    """Write a run and its rows as the dry run found them."""
    run.state = State.TRIED
    run.counts = plan.counts
    run.needs_second = any(result.is_published for result in plan.results)
    run.problem = {}
    run.save()
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
                changes=result.changes,
                is_published=result.is_published,
                data=result.tree.clean,
            )
            for number, result in enumerate(plan.results, start=1)
        ],
        batch_size=CHUNK,
    )


# --- work that leaves the request ---


def begin(
    content: bytes,
    *,
    source: str,
    file_name: str = "",
    by: Unlocked,
    mapping: columns.Mapping | None = None,
    empty_clears: bool | None = None,
    ask_again: bool = False,
) -> tuple[ImportRun, bytes | None]:
    """Try a file: at once where it is small, else later, by ``go_on`` with the key that is returned.

    ``ask_again`` asks what the columns of a table mean although that is known. Raises ImportRefused as
    ``import_hsds`` does.
    """
    _forget_old()
    found = _read(
        content,
        source=source,
        file_name=file_name,
        agency=by.agency.pk,
        mapping=mapping,
        empty_clears=empty_clears,
        ask_again=ask_again,
        limit=None,
    )
    if len(found.roots) <= AT_ONCE:
        run = import_hsds(
            content, source=source, file_name=file_name, by=by, mapping=mapping, empty_clears=empty_clears
        )
        return run, None
    with transaction.atomic():
        remember(found.source, found.mapping, found.empty_clears)
        run = ImportRun.objects.create(
            source=found.source.name,
            file_name=file_name[:200],
            file_hash=fingerprint(content),
            state=State.READING,
            started_by=by.person.pk,
            total=len(found.roots),
            said_at=timezone.now(),
        )
        _kept, key = keep_upload(
            content, source=run.source, file_name=file_name, person=by.person.pk, upload=run.pk
        )
        _log(entries.IMPORT_TRIED, run, by_of(by))
    return run, key


def _saying(run: ImportRun) -> Progress:
    """Return a progress that writes how far the run is, at most once a second."""
    said = [timezone.now() - _SAID_EVERY]

    def say(done: int, total: int) -> None:
        now = timezone.now()
        if now - said[0] >= _SAID_EVERY:
            said[0] = now
            ImportRun.objects.filter(pk=run.pk).update(done=done, total=total, said_at=now)

    return say


def go_on(run_id: UUID, *, key: bytes = b"") -> ImportRun:
    """Do what a run waits for: read its file, write its rows, or index them. Raises nothing of the file."""
    run = ImportRun.objects.get(pk=run_id)
    try:
        if run.state == State.READING:
            _try_kept(run, key)
        elif run.state == State.WRITING:
            _commit(run.pk, _by_person(run.committed_by), _saying(run))
        _index(run, _saying(run))
    except ImportRefused as refused:
        # A commit that was refused waits for a yes again; a file that was refused does not.
        ImportRun.objects.filter(pk=run.pk, state__in=(State.READING, State.WRITING)).update(
            state=State.REFUSED if run.state == State.READING else State.TRIED, problem=_told(refused)
        )
        if run.state == State.READING:
            forget_upload(run.pk)
    run.refresh_from_db()
    return run


def _told(refused: ImportRefused) -> dict[str, Any]:
    return {
        "message": str(refused.message),
        "advice": str(refused.advice),
        "line": refused.line,
        "column": refused.column,
        "path": refused.path,
    }


def _try_kept(run: ImportRun, key: bytes) -> None:
    upload = ImportUpload.objects.filter(pk=run.pk).first()
    content = opened_upload(upload, key) if upload else None
    if content is None:
        raise ImportRefused(_("The file is no longer here."), advice=_("Send it again."))
    who = _by_person(run.started_by)
    found = _read(
        content,
        source=run.source,
        file_name=run.file_name,
        agency=who.agency if who else None,
        mapping=None,
        limit=None,
    )
    plan = make_plan(found.roots, source=run.source, progress=_saying(run))
    with transaction.atomic():
        locked = ImportRun.objects.select_for_update().get(pk=run.pk)
        if locked.state == State.READING:
            _keep(locked, plan)
            forget_upload(run.pk)


def _forget_old() -> None:
    """Drop dry runs that nobody said yes to for a month, and files that nobody came back for."""
    before = timezone.now() - _FORGOTTEN
    for run in ImportRun.objects.filter(state__in=(State.TRIED, State.READING), created_at__lt=before):
        drop_import(run.pk)


# --- commit ---


def commit_later(run_id: UUID, *, by: Unlocked) -> bool:
    """Commit a small run now and return False; mark a large one to be written and return True."""
    if ImportRow.objects.filter(run=run_id, number__gt=AT_ONCE).exists():
        with transaction.atomic():
            run = ImportRun.objects.select_for_update().get(pk=run_id)
            if run.state == State.TRIED:
                if run.needs_second and run.started_by == by.person.pk:
                    raise _second_needed()
                run.state, run.committed_by, run.said_at = State.WRITING, by.person.pk, timezone.now()
                run.done = 0
                run.save(update_fields=["state", "committed_by", "said_at", "done"])
                return True
    commit_import(run_id, by=by)
    return False


def commit_import(run_id: UUID, *, by: Unlocked | None = None, progress: Progress = _silent) -> ImportRun:
    """Write what the dry run showed. All or nothing; a second commit changes nothing.

    Raises ImportRefused when the directory has changed since, so that the report no longer tells
    what would happen, and when it changes what is published and ``by`` is who tried it.
    """
    run = _commit(run_id, by_of(by), progress)
    _index(run, progress)
    return run


def _second_needed() -> ImportRefused:
    return ImportRefused(
        _("This changes entries that are published, so a second editor has to look at it and import it."),
        advice=_("Ask another editor to open this page."),
    )


def _check_second(run: ImportRun, plan: Plan, by: By | None) -> None:
    """Refuse where one editor alone would change what the public sees. A command is the operator's."""
    if by is not None and by.person == run.started_by and published_among(plan.affected):
        raise _second_needed()


def _commit(run_id: UUID, by: By | None, progress: Progress) -> ImportRun:
    run = ImportRun.objects.get(pk=run_id)
    if run.state == State.COMMITTED:
        return run
    _check_waits(run)
    rows = list(run.rows.exclude(outcome=ImportRow.Outcome.QUARANTINED).order_by("number"))
    # Planned before the transaction: SQLite lets nobody else write while it is open.
    plan = make_plan(
        [Root(row.kind, row.path, row.data, row.line) for row in rows], source=run.source, progress=progress
    )
    if [result.outcome for result in plan.results] != [row.outcome for row in rows]:
        raise changed_since()
    try:
        with transaction.atomic():
            run = ImportRun.objects.select_for_update().get(pk=run_id)
            if run.state == State.COMMITTED:
                return run
            _check_waits(run)
            check_still(plan)
            _check_second(run, plan, by)
            run.committed_by = by.person if by else None
            _write_all(run, plan)
            _log(entries.IMPORTED, run, by)
    except IntegrityError:
        # Another import wrote the same records between our plan and our rows.
        raise changed_since() from None
    return run


def _check_waits(run: ImportRun) -> None:
    if run.state not in (State.TRIED, State.WRITING):
        raise ImportRefused(_("This import was dropped."), advice=_("Send the file again."))


def _write_all(run: ImportRun, plan: Plan) -> None:
    """Write the plan, then what becomes of the run and its rows; the caller's transaction holds all."""
    # Here, because sites drop imports that wait: else each would wait for the other.
    from services.actions.sites import forget_whereabouts

    affected = write(plan)
    now, later = split_for_index(affected)
    reindex(now)
    run.state = State.COMMITTED
    run.committed_at = timezone.now()
    run.problem = {}
    run.to_index = [str(pk) for pk in later]
    run.save(update_fields=["state", "committed_at", "committed_by", "problem", "to_index"])
    for site in sorted(plan.withheld):
        forget_whereabouts(site)
    _send_to_review(run)
    forget_values(run.rows.exclude(review=ImportRow.Review.WAITING))


def _send_to_review(run: ImportRun) -> None:
    """Put suspect rows into the queue; an older row of the same record there is replaced."""
    suspects = [
        row
        for row in run.rows.filter(outcome=ImportRow.Outcome.QUARANTINED)
        if any(note["code"] in SUSPECT for note in row.notes)
    ]
    for chunk in chunks(suspects):
        again = [row.object_id for row in chunk if row.object_id]
        older = ImportRow.objects.filter(
            run__source=run.source,
            object_id__in=again,
            review__in=(ImportRow.Review.WAITING, ImportRow.Review.ASKED_PUBLIC),
        ).exclude(run=run)
        older.update(review=ImportRow.Review.REPLACED, data={})
        run.rows.filter(pk__in=[row.pk for row in chunk]).update(review=ImportRow.Review.WAITING)


def forget_values(rows: Any) -> None:
    """Keep of rows that are done what happened, and none of the file's values."""
    changed = list(rows.exclude(changes=[]).only("pk", "changes"))
    for row in changed:
        row.changes = without_values(row.changes)
    ImportRow.objects.bulk_update(changed, ["changes"], batch_size=CHUNK)
    rows.update(data={})


def _index(run: ImportRun, progress: Progress) -> None:
    """Write the search rows that the commit left for later; a run that was broken off goes on here."""
    run.refresh_from_db(fields=["to_index"])
    total = len(run.to_index)
    while run.to_index:
        chunk, rest = run.to_index[:CHUNK], run.to_index[CHUNK:]
        with transaction.atomic():
            reindex([UUID(pk) for pk in chunk])
            run.to_index = rest
            run.save(update_fields=["to_index"])
        progress(total - len(rest), total)


def drop_import(run_id: UUID) -> None:
    """Forget a dry run: nothing of it will be written."""
    with transaction.atomic():
        waiting = ImportRun.objects.filter(pk=run_id, state__in=(State.TRIED, State.READING))
        if waiting.update(state=State.DROPPED):
            forget_values(ImportRow.objects.filter(run=run_id))
            forget_upload(run_id)


def _log(action: Action, run: ImportRun, by: By | None) -> None:
    """Write the entry into the editor's agency's log; a command on the server has no person."""
    if by is not None:
        record(action, agency=by.agency, actor=by.person, kind="import", object=str(run.pk))
