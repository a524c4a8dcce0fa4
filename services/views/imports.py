"""Import: a file, the meaning of its columns, what would happen, and a yes or no."""

import csv
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.unlocked import Unlocked
from services import access, actions, work
from services.errors import ImportRefused, MappingNeeded
from services.files.tables import Table
from services.forms import ImportForm, MappingForm
from services.hsds import columns
from services.hsds.opening import opened
from services.hsds.reading import MAX_BYTES, too_large
from services.models import ImportRow, ImportRun, ImportUpload
from services.queries import import_runs
from services.queries.imports import (
    OUTCOMES,
    REPORT_HEADER,
    has_reviews,
    import_rows,
    is_broken_off,
    is_working,
    report_rows,
)


def _to(address: str) -> HttpResponse:
    response = HttpResponseRedirect(address)
    response.status_code = 303
    return response


def _was_too_large(request: HttpRequest) -> bool:
    """Say whether a file was sent that no upload handler took, so that it seems to be missing."""
    length = request.META.get("CONTENT_LENGTH") or ""
    return "file" not in request.FILES and length.isdecimal() and int(length) > MAX_BYTES


def _begin(content: bytes, unlocked: Unlocked, *, source: str, file_name: str, **how: Any) -> HttpResponse:
    """Try a file and lead to its run. Raises ImportRefused."""
    run, key = actions.begin(content, source=source, file_name=file_name, by=unlocked, **how)
    if key is not None:
        work.start(run.pk, key)
    return _to(reverse("services:import_run", args=[run.pk]))


@require_http_methods(["GET", "HEAD", "POST"])
def imports(request: HttpRequest) -> HttpResponse:
    """Ask for a file; one that is taken leads to its dry run, or first to the meaning of its columns."""
    unlocked = access.editor(request)
    form = ImportForm(request.POST or None, request.FILES or None)
    refused = None
    if request.method == "POST" and form.is_valid():
        file, source = form.cleaned_data["file"], form.cleaned_data["source"]
        content = file.read(MAX_BYTES + 1)
        try:
            return _begin(
                content,
                unlocked,
                source=source,
                file_name=file.name or "",
                ask_again=form.cleaned_data["ask_again"],
            )
        except MappingNeeded as needed:
            upload, key = actions.keep_upload(
                content, source=source, file_name=file.name or "", person=unlocked.person.pk
            )
            chosen = columns.guess(needed.table.header) | {
                name: field for name, field in needed.known.items() if field
            }
            initial = {
                "key": urlsafe_b64encode(key).decode(),
                "empty_clears": needed.empty_clears,
            }
            return _ask_mapping(
                request, upload, needed.table, MappingForm(needed.table, chosen=chosen, initial=initial)
            )
        except ImportRefused as error:
            refused = error
    elif request.method == "POST" and _was_too_large(request):
        refused = too_large()
        form = ImportForm(initial={"source": request.POST.get("source", "")})
    context = {"form": form, "refused": refused, "runs": import_runs(), "has_reviews": has_reviews()}
    return render(request, "services/import.html", context, status=400 if refused or form.errors else 200)


def _ask_mapping(
    request: HttpRequest,
    upload: ImportUpload,
    table: Table,
    form: MappingForm,
    *,
    refused: ImportRefused | None = None,
) -> HttpResponse:
    context = {
        "upload": upload,
        "form": form,
        "refused": refused,
        # A guess that went wrong shows in the samples: so say what was guessed.
        "encoding": {"cp1251": "Windows-1251", "latin-1": "Latin-1"}.get(table.encoding, ""),
    }
    status = 400 if refused or form.errors else 200
    return render(request, "services/import_map.html", context, status=status)


def _key(text: str) -> bytes:
    try:
        return urlsafe_b64decode(text.encode("ascii", "replace"))
    except ValueError:
        return b""


@require_http_methods(["GET", "HEAD", "POST"])
def mapping(request: HttpRequest, upload_id: UUID) -> HttpResponse:
    """Take what the columns mean. Without the form's key the file cannot be opened: it is sent again."""
    unlocked, upload = access.upload_for_editor(request, upload_id)
    content = actions.opened_upload(upload, _key(request.POST.get("key", "")))
    table = opened(content, upload.file_name).table if content is not None else None
    if content is None or table is None:
        return _to(reverse("services:import"))
    form = MappingForm(table, request.POST)
    if not form.is_valid():
        return _ask_mapping(request, upload, table, form)
    try:
        response = _begin(
            content,
            unlocked,
            source=upload.source,
            file_name=upload.file_name,
            mapping=form.mapping,
            empty_clears=form.cleaned_data["empty_clears"],
        )
    except ImportRefused as error:
        return _ask_mapping(request, upload, table, form, refused=error)
    actions.forget_upload(upload.pk)
    return response


def _change(request: HttpRequest, unlocked: Unlocked, run: ImportRun) -> HttpResponse:
    """Do what a button of the run's page says. Raises ImportRefused."""
    here = reverse("services:import_run", args=[run.pk])
    if "commit" in request.POST:
        if actions.commit_later(run.pk, by=unlocked):
            work.start(run.pk)
            return _to(here)
        return _to(f"{here}?done=imported")
    if "again" in request.POST:
        if is_broken_off(run):
            work.start(run.pk)
        return _to(here)
    actions.drop_import(run.pk)
    return _to(reverse("services:import"))


def _tabs(run: ImportRun) -> tuple[list[dict[str, Any]], str]:
    """Return the outcomes that this run has, with numbers, and the one to look at first."""
    tabs = [
        {"outcome": outcome, "label": outcome.label, "count": run.counts[outcome]}
        for outcome in OUTCOMES
        if run.counts.get(outcome)
    ]
    return tabs, str(tabs[0]["outcome"]) if tabs else ""


@require_http_methods(["GET", "HEAD", "POST"])
def run(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """Show how far a run is, or its dry run row by row; ``commit`` writes it, ``drop`` forgets it."""
    unlocked, found = access.run_for_editor(request, run_id)
    refused = None
    if request.method == "POST":
        try:
            return _change(request, unlocked, found)
        except ImportRefused as error:
            refused = error
            found.refresh_from_db()
    tabs, first = _tabs(found)
    shown = request.GET.get("show", "")
    shown = shown if any(tab["outcome"] == shown for tab in tabs) else first
    after = request.GET.get("after", "")
    rows, following = import_rows(
        found, outcome=shown, after=int(after) if after.isdecimal() and len(after) < 10 else 0
    )
    here = reverse("services:import_run", args=[found.pk])
    waits = found.state == ImportRun.State.TRIED
    context = {
        "run": found,
        "tabs": tabs,
        "shown": shown,
        "rows": rows,
        "next_url": f"{here}?show={shown}&after={following}" if following else "",
        "first_url": f"{here}?show={shown}" if after else "",
        "refused": refused,
        "waits": waits,
        "is_mine": found.started_by == unlocked.person.pk,
        "is_working": is_working(found),
        "is_broken_off": is_broken_off(found),
        "is_committed": found.state == ImportRun.State.COMMITTED,
        "has_suspects": any(row.row.review == ImportRow.Review.WAITING for row in rows),
    }
    response = render(request, "services/import_run.html", context, status=409 if refused else 200)
    if context["is_working"] and not context["is_broken_off"]:
        # Without script; the page says so, and nothing is typed on it that would be lost.
        response["Refresh"] = "3"
    return response


class _Echo:
    """What a csv writer writes to when its lines are wanted one by one."""

    def write(self, value: str) -> str:
        return value


@require_safe
def report(request: HttpRequest, run_id: UUID) -> HttpResponseBase:
    """Send the report of a run as CSV, a line for each remark."""
    _unlocked, found = access.run_for_editor(request, run_id)
    writer = csv.writer(_Echo())

    def lines() -> Iterator[str]:
        yield "\ufeff"  # or Excel takes it for an old encoding
        yield writer.writerow(REPORT_HEADER)
        for line in report_rows(found):
            yield writer.writerow(line)

    response = StreamingHttpResponse(lines(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="import-report.csv"'
    return response
