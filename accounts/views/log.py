"""The access log's pages, for supervisors: read it, verify it, take it elsewhere.

They live here because the log's own room knows no people. Reading is itself recorded, before anything
is shown. Filters travel by POST: ids of cases belong in no address and in no browser's history.
"""

import base64
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse, QueryDict, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import access, queries
from accounts.roles import RoleName
from accounts.unlocked import Unlocked
from accounts.witness import has_seen_before, remember_check, witness_log
from audit import notes, registry, site_keys, verify_audit
from audit.actions import make_checkpoint, record_first
from audit.entries import Body
from audit.queries import Filter, OpenedEntry, Progress, entries, export_lines, verify_log
from audit.registry import register
from vault.errors import Refused
from vault.keys import KeyPair

LOG_READ = register("log.read", _("Access log read"))
LOG_VERIFIED = register("log.verify", _("Access log verified"))
LOG_EXPORTED = register("log.export", _("Access log downloaded"), is_rare=True)
CHECKPOINT_TAKEN = register("log.checkpoint", _("Checkpoint downloaded"))

PER_PAGE = 50
# So many entries are verified in one step of the page: about a second.
PER_STEP = 20_000

KINDS: dict[str, Promise | str] = {
    "agency": _("Organisation"),
    "case": _("Case"),
    "log": _("Access log"),
    "page": _("Page"),
    "person": _("Person"),
    "referral": _("Referral"),
    "service": _("Service"),
    "session": _("Session"),
}
# What else an entry says, in words; what is not here keeps its code, as an action that nobody knows does.
DETAILS: dict[str, Promise | str] = {
    "action": _("What was done"),
    "actor": _("Who"),
    "answer": _("The answer"),
    "count": _("How many"),
    "decision": _("Decision"),
    "document": _("Document"),
    "disposition": _("What came of it?"),
    "documents": _("Documents"),
    "epoch": _("Key"),
    "first": _("First"),
    "format": _("File"),
    "item": _("Number"),
    "key": _("Key"),
    "kind": _("Kind"),
    "last": _("Last"),
    "link": _("The link"),
    "method": _("How"),
    "object": _("With what"),
    "offer": _("Number"),
    "opening": _("Emergency openings"),
    "other": _("Entry"),
    "outcome": _("Outcome"),
    "person": _("Person"),
    "reason": _("Reason"),
    "referral": _("Referral"),
    "result": _("Result"),
    "role": _("Role"),
    "section": _("Part"),
    "status": _("State"),
    "stays": _("Stays on it"),
    "to": _("What it allows"),
    "version": _("Number"),
    "what": _("What"),
    "why": _("Why"),
}
registry.say("documents", [("yes", _("Yes"))])
registry.say("outcome", [("allowed", _("Allowed")), ("denied", _("Denied"))])
registry.say("reason", [("unusual", _("What needs a look"))])
registry.say("role", RoleName.choices)
registry.say("stays", [("yes", _("Yes")), ("no", _("No"))])
registry.say("to", [("view", _("May read")), ("edit", _("May read and change"))])
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class FilterForm(forms.Form):
    """What to look for. Empty means everything."""

    action = forms.ChoiceField(label=_("What was done"), required=False)
    actor = forms.ChoiceField(label=_("Who"), required=False)
    outcome = forms.ChoiceField(
        label=_("Outcome"),
        required=False,
        choices=[("", _("All")), ("allowed", _("Allowed")), ("denied", _("Denied"))],
    )
    about = forms.UUIDField(
        label=_("Number of a case, referral or person"),
        help_text=_("The long number from a line of this log."),
        required=False,
    )

    def __init__(self, data: QueryDict | dict[str, str], *, people: dict[UUID, str]) -> None:
        super().__init__(data)
        everyone = sorted(people.items(), key=lambda one: one[1])
        self.fields["actor"].choices = [("", _("All")), *((str(key), name) for key, name in everyone)]  # type: ignore[attr-defined]
        labels = sorted(((one.name, str(one.label)) for one in registry.actions()), key=lambda one: one[1])
        self.fields["action"].choices = [("", _("All")), *labels]  # type: ignore[attr-defined]

    def filter(self) -> Filter:
        """Return the filter of a valid form."""
        chosen = self.cleaned_data
        return Filter(
            action=chosen["action"],
            actor=UUID(chosen["actor"]) if chosen["actor"] else None,
            object=str(chosen["about"] or ""),
            outcome=chosen["outcome"],
        )


@dataclass(frozen=True, slots=True)
class Line:
    """One entry in a supervisor's words. ``time`` is None where the entry cannot be opened."""

    seq: int
    time: datetime | None
    who: str | Promise
    what: str | Promise
    kind: str | Promise
    object: str
    object_is_id: bool
    denied: bool
    detail: list[tuple[str | Promise, str | Promise]]


@require_http_methods(["GET", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """Show who opened what and when, newest first."""
    unlocked, keys = access.auditor(request)
    people = _people(unlocked)
    form = FilterForm(request.POST if request.method == "POST" else {}, people=people)
    filters = form.filter() if form.is_valid() else Filter()
    only = request.POST.get("only", "")
    if _UUID.fullmatch(only):
        filters = Filter(object=only)
        form = FilterForm({"about": only}, people=people)
    _record(LOG_READ.name, unlocked, **_as_detail(filters))
    asked = request.POST.get("before", "")
    before = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 19 else None
    found = entries(
        agency=unlocked.agency.id,
        keys=_pairs(keys),
        before=before,
        filters=filters,
        limit=PER_PAGE,
    )
    context = {
        "form": form,
        "is_filtered": not filters.is_empty,
        "chosen": [(name, form.data[name]) for name in form.fields if form.data.get(name)],
        "lines": [_line(entry, people) for entry in found.entries],
        "next": found.next,
        "is_older": before is not None,
        "searched_to": found.searched_to,
        "key": _text(site_keys.checkpoint_keys().public.sign),
    }
    return render(request, "audit/log.html", context)


@require_POST
def verify(request: HttpRequest) -> HttpResponse:
    """Verify the whole log, in steps that each show how far it is, then what it found.

    At the end the log is also compared with the last checkpoint in the supervisor's own keyring.
    """
    unlocked, _keys = access.auditor(request)
    agency = unlocked.agency.id
    try:
        progress = (
            Progress.from_text(request.POST["progress"], agency) if "progress" in request.POST else None
        )
    except Refused:
        progress = None
    result = verify_log(agency=agency, progress=progress, limit=PER_STEP)
    if not result.finished:
        step = {"result": result, "token": result.progress.to_text(agency)}
        return render(request, _part(request, "verifying"), step)
    found = result.finding.code if result.finding else "fits"
    _record(LOG_VERIFIED.name, unlocked, result=found)
    remember_check(unlocked, found=found, size=result.size)
    context: dict[str, object] = {"result": result, "root": _text(result.root), "now": unlocked.now}
    if result.finding is None:
        context["is_first"] = not has_seen_before(unlocked)
        context["witnessed"] = witness_log(unlocked)
    return render(request, _part(request, "verified"), context)


@require_GET
def rewritten(request: HttpRequest) -> HttpResponse:
    """Tell a supervisor, right after signing in, that the log is not the one they saw before."""
    unlocked, _keys = access.auditor(request)
    _record(LOG_VERIFIED.name, unlocked, result="not_the_log_seen")
    return render(request, "audit/rewritten.html")


@require_POST
def export(request: HttpRequest) -> StreamingHttpResponse:
    """Send the whole log as one file that anybody can verify and nobody can read."""
    unlocked, _keys = access.auditor(request)
    agency = unlocked.agency.id
    _record(LOG_EXPORTED.name, unlocked)
    note = make_checkpoint(agency=agency)
    own = {notes.witness_name(unlocked.person.id): unlocked.keys.public.sign}
    lines = export_lines(agency=agency, note=note, witnesses=own)
    name = f"access-log-{timezone.localdate()}-{notes.parse(note).size}.jsonl"
    return StreamingHttpResponse(lines, content_type="application/jsonl", headers=_attachment(name))


@require_POST
def checkpoint(request: HttpRequest) -> HttpResponse:
    """Send the signed checkpoint of the log as it stands, to keep or to print."""
    unlocked, _keys = access.auditor(request)
    _record(CHECKPOINT_TAKEN.name, unlocked)
    note = make_checkpoint(agency=unlocked.agency.id)
    name = f"checkpoint-{timezone.localdate()}-{notes.parse(note).size}.txt"
    return HttpResponse(note, content_type="text/plain; charset=utf-8", headers=_attachment(name))


@require_GET
def verifier(request: HttpRequest) -> HttpResponse:
    """Send the program that verifies a downloaded log on another machine."""
    access.auditor(request)
    program = Path(verify_audit.__file__).read_bytes()
    headers = _attachment("verify_audit.py")
    return HttpResponse(program, content_type="text/x-python; charset=utf-8", headers=headers)


def _attachment(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}"'}


def _record(action: str, unlocked: Unlocked, /, **detail: str) -> None:
    record_first(
        action, agency=unlocked.agency.id, actor=unlocked.person.id, kind="log", object="", detail=detail
    )


def _as_detail(filters: Filter) -> dict[str, str]:
    parts = {
        "action": filters.action,
        "actor": str(filters.actor or ""),
        "object": filters.object,
        "outcome": filters.outcome,
    }
    return {name: value for name, value in parts.items() if value}


def _part(request: HttpRequest, name: str) -> str:
    """Return the template of the whole page, or of the part that htmx exchanges."""
    return f"audit/{name}_part.html" if request.headers.get("HX-Request") else f"audit/{name}.html"


def _pairs(keys: Iterable[tuple[int, KeyPair]]) -> list[KeyPair]:
    return [pair for _epoch, pair in keys]


def _people(unlocked: Unlocked) -> dict[UUID, str]:
    return {line.person.id: line.person.display_name for line in queries.people_page(unlocked)}


def _line(entry: OpenedEntry, people: dict[UUID, str]) -> Line:
    body = entry.body
    if body is None:
        return Line(entry.seq, None, "", _("None of your keys opens this entry."), "", "", False, False, [])
    return Line(
        seq=entry.seq,
        time=body.time,
        who=_who(body, people),
        what=_label(body.action),
        kind=KINDS.get(body.kind, body.kind),
        object=body.object,
        object_is_id=_UUID.fullmatch(body.object) is not None,
        denied=body.outcome == "denied",
        detail=[_detail(name, value, people) for name, value in sorted(body.detail.items())],
    )


def _detail(name: str, value: str, people: dict[UUID, str]) -> tuple[str | Promise, str | Promise]:
    """Return a detail in a supervisor's words: people by name, other things by the start of their number."""
    words = registry.said(name, value)
    if _UUID.fullmatch(value):
        words = people.get(UUID(value), value[:8])
    return DETAILS.get(name, name), words


def _who(body: Body, people: dict[UUID, str]) -> str | Promise:
    if body.actor is None:
        return _("Nobody signed in")
    return people.get(body.actor, _("Somebody of another organisation"))


def _label(name: str) -> str | Promise:
    """Return what an action is called; one that this version no longer knows keeps its code."""
    try:
        return registry.action(name).label
    except registry.UnknownAction:
        return name


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()
