"""Scenes of the directory: told by the public, changed by editors, checked, said by link, brought in."""

from collections.abc import Iterator
from datetime import timedelta

from django.utils import timezone
from playwright.sync_api import Page

from services import links
from services.codes import LinkKind
from services.models import Service, WorkingGroup
from tools.screenshots.acting import Scene, Visit, choose, press, send, write

_TABLE = "Xizmat,Kim,Telefon,Manzil\nListening room,Namuna,+998 00 000 99 01,Zomin\n"


def _entry() -> Service:
    """Return an entry of an organisation without an account, with a site that everybody may know."""
    return Service.objects.filter(organization__agency=None, is_confidential=False).order_by("name")[0]


def told(visit: Visit) -> Iterator[tuple[str, Page]]:
    """Somebody says what is wrong with an entry; an editor looks at it and deletes it."""
    page, editor = visit(""), visit("saida")
    page.goto(f"/directory/services/{_entry().pk}/wrong/")
    send(page)
    yield "wrong, refused", page
    choose(page, "about")
    write(page, "text", "Nobody answers there any more.")
    send(page)
    yield "service, told", page
    editor.goto("/directory/edit/told/")
    yield "told, one waits", editor
    editor.locator("main a[href*='/told/']").first.click()
    yield "services:told_one", editor
    send(editor)
    yield "told one, refused", editor
    editor.locator("[name=spam]").click()
    editor.wait_for_load_state()
    yield "told, deleted", editor


def proposing(visit: Visit) -> Iterator[tuple[str, Page]]:
    """A new entry is proposed, seen by who proposed it and by who decides, and taken back."""
    author, second = visit("saida"), visit("lobar")
    author.goto("/directory/edit/new/")
    send(author)
    yield "new entry, refused", author
    for name in ("organization_name", "name", "description"):
        write(author, name, "Namuna maslahat xonasi")
    for name in ("service_type", "place"):
        author.locator(f"main [name={name}]").select_option(index=2)
    send(author)
    yield "proposal, of mine", author
    second.goto(author.url.partition("?")[0])
    yield "services:edit_proposal", second
    second.locator("[name=reject]").click()
    second.wait_for_load_state()
    yield "proposal, refused form", second
    author.locator("[name=withdraw]").click()
    author.wait_for_load_state()
    yield "proposal, taken back", author
    author.goto(f"/directory/edit/{_entry().pk}/publication/")
    send(author)
    yield "publication, refused", author


def group(visit: Visit) -> Iterator[tuple[str, Page]]:
    """A working group is written down, shown and changed."""
    editor, page = visit("saida"), visit("")
    editor.goto("/directory/groups/new/")
    send(editor)
    yield "group, refused", editor
    write(editor, "name", "Namuna guruhi")
    editor.locator("main [name=district]").select_option(index=1)
    choose(editor, "member_kinds")
    write(editor, "description", "Har oyning birinchi dushanbasi.")
    send(editor)
    yield "group, saved", editor
    page.goto("/directory/groups/")
    yield "groups, one meets", page
    page.goto(editor.url.partition("?")[0])
    yield "services:group", page
    editor.locator("main a[href$='/edit/']").click()
    yield "services:group_edit", editor
    editor.locator("[name=is_active]").uncheck()
    send(editor)
    yield "group, meets no longer", editor
    WorkingGroup.objects.filter(name="Namuna guruhi").delete()


def duplicate(visit: Visit) -> Iterator[tuple[str, Page]]:
    """Two entries are compared, and it is asked once more; nothing is merged."""
    page = visit("saida")
    first, second = Service.objects.filter(service_type="legal_assistance").order_by("pk")[:2]
    page.goto(f"/directory/verify/duplicates/{first.pk}/{second.pk}/")
    yield "services:duplicate", page
    press(page, "keep-first")
    yield "duplicate, sure", page


def checking(visit: Visit) -> Iterator[tuple[str, Page]]:
    """An entry that nobody checked for long, its check, and the question to its provider."""
    editor, provider, service = visit("saida"), visit(""), _entry()
    before = {"assured_date": service.assured_date, "vouched_on": service.vouched_on}
    long_ago = timezone.localdate() - timedelta(days=400)
    Service.objects.filter(pk=service.pk).update(assured_date=long_ago, vouched_on=long_ago)
    try:
        editor.goto("/directory/verify/")
        yield "verify, one is late", editor
        editor.goto(f"/directory/verify/{service.pk}/")
        yield "services:verify_entry", editor
        send(editor)
        yield "check, refused", editor
    finally:
        Service.objects.filter(pk=service.pk).update(**before)
    link, token = links.make(kind=LinkKind.STILL_CORRECT, service=service, lasts=timedelta(days=1), by=None)
    provider.goto(f"/directory/still-correct/{token}/")
    yield "services:still_correct", provider
    provider.locator("summary").last.click()
    provider.locator("[name=changed]").click()
    yield "still correct, refused", provider
    links.revoke(link)


def places_by_link(visit: Visit) -> Iterator[tuple[str, Page]]:
    """A provider says by a link how much room there is; a caseworker what she heard by phone."""
    editor, page, provider, service = visit("saida"), visit("dilnoza"), visit(""), _entry()
    editor.goto(f"/directory/services/{service.pk}/link/")
    press(editor, "make")
    yield "link, made", editor
    provider.goto(editor.locator("[data-test=link]").inner_text())
    yield "services:provider_link", provider
    provider.locator(".bigtap").nth(1).click()
    yield "provider link, how many", provider
    press(provider, "save")
    provider.locator("[data-test=used]").wait_for()
    yield "provider link, used", provider
    page.goto(f"/directory/services/{service.pk}/heard/")
    yield "services:availability_heard", page


def table(visit: Visit) -> Iterator[tuple[str, Page]]:
    """A table whose columns have to be explained; nothing is brought in."""
    page = visit("saida")
    page.goto("/directory/import/")
    write(page, "source", "a table")
    content = {"name": "table.csv", "mimeType": "text/csv", "buffer": _TABLE.encode()}
    page.locator("[type=file]").set_input_files(content)  # type: ignore[arg-type]
    send(page)
    yield "services:import_map", page
    for choice in page.locator("main select").all():
        choice.select_option(index=0)
    send(page)
    yield "import map, refused", page


SCENES: tuple[Scene, ...] = (told, proposing, group, duplicate, checking, places_by_link, table)
