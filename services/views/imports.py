"""The editor's import: send a file, read the dry run, say yes or no."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from services import access, actions
from services.errors import ImportRefused
from services.forms import ImportForm
from services.hsds.notes import Note
from services.hsds.reading import MAX_BYTES, too_large
from services.models import ImportRun
from services.queries import import_runs
from services.queries.entries import import_rows


def _to(address: str) -> HttpResponse:
    response = HttpResponseRedirect(address)
    response.status_code = 303
    return response


def _was_too_large(request: HttpRequest) -> bool:
    """Say whether a file was sent that no upload handler took, so that it seems to be missing."""
    length = request.META.get("CONTENT_LENGTH") or ""
    return "file" not in request.FILES and length.isdecimal() and int(length) > MAX_BYTES


@require_http_methods(["GET", "HEAD", "POST"])
def imports(request: HttpRequest) -> HttpResponse:
    """Ask for a file; a file that is taken leads to its dry run."""
    unlocked = access.editor(request)
    form = ImportForm(request.POST or None, request.FILES or None)
    refused = None
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            run = actions.import_hsds(
                file.read(MAX_BYTES + 1),
                source=form.cleaned_data["source"],
                file_name=file.name or "",
                by=unlocked,
            )
        except ImportRefused as error:
            refused = error
        else:
            return _to(reverse("services:import_run", args=[run.pk]))
    elif request.method == "POST" and _was_too_large(request):
        refused = too_large()
        form = ImportForm(initial={"source": request.POST.get("source", "")})
    context = {"form": form, "refused": refused, "runs": import_runs()}
    return render(request, "services/import.html", context, status=400 if refused or form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def run(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """Show a dry run row by row; ``commit`` writes it, ``drop`` forgets it."""
    unlocked, found = access.run_for_editor(request, run_id)
    refused = None
    if request.method == "POST":
        try:
            if "commit" in request.POST:
                actions.commit_import(found.pk, by=unlocked)
                return _to(f"{reverse('services:import_run', args=[found.pk])}?done=imported")
            actions.drop_import(found.pk)
            return _to(reverse("services:import"))
        except ImportRefused as error:
            refused = error
    rows = [{"row": row, "notes": [Note(**note) for note in row.notes]} for row in import_rows(found)]
    context = {
        "run": found,
        "rows": rows,
        "refused": refused,
        "waits": found.state == ImportRun.State.TRIED,
        "is_committed": found.state == ImportRun.State.COMMITTED,
    }
    return render(request, "services/import_run.html", context, status=409 if refused else 200)
