"""Pages that no link leads to: they come after a form, once, or when something failed.

Each function plays one scene and stops wherever there is something to see: it yields the name of the
picture and the page. What it changed and what others see it puts back, so the next language begins alike.
"""

import base64
import hmac
import struct
import time
from collections.abc import Iterator
from datetime import timedelta

from django.test import override_settings
from django.utils import timezone
from playwright.sync_api import Page

from accounts.models import Membership, NoticeChoice
from accounts.notices.words import code_of
from referrals.demo.network import PASSWORD
from tools.catalogues import PROJECT
from tools.screenshots import moments_casework, moments_directory
from tools.screenshots.acting import Scene, Visit, send

NEW_PASSWORD = "four plain words together"  # noqa: S105 - of a person who lives for one picture
ERRORS = (400, 404, 405, 409, 413, 429, 500, 503)


def errors(visit: Visit) -> Iterator[tuple[str, Page]]:
    """Every error page, and the one for a form that was open too long."""
    page = visit("")
    for status in ERRORS:
        page.goto(f"/error/{status}/")
        yield f"error {status}", page
    page.goto("/error/form/")
    yield "error form", page


def refused_forms(visit: Visit) -> Iterator[tuple[str, Page]]:
    """Forms sent empty or wrong: the error summary and the errors beside the fields."""
    page = visit("")
    page.goto("/sign-in/")
    page.locator("[name=name]").fill("nobody")
    page.locator("[name=password]").fill("not the password")
    send(page)
    yield "sign in, refused", page
    for path, name in (("/sign-in/recovery/", "recovery, refused"), ("/join/", "join, refused")):
        page.goto(path)
        send(page)
        yield name, page
    page = visit("dilnoza")
    for path, name in (("/account/password/", "password, refused"), ("/confirm/", "step-up, refused")):
        page.goto(path)
        send(page)
        yield name, page
    page.goto("/work/cases/new/")
    send(page)
    yield "new case, refused", page


def joining(visit: Visit) -> Iterator[tuple[str, Page]]:
    """An administrator invites somebody, who joins and is activated; then they leave again."""
    admin, guest = visit("karima"), visit("")
    admin.goto("/people/invite/")
    send(admin)
    yield "invite, refused", admin
    admin.locator("[name=display_name]").fill("Shahnoza Sinova-Namunova")
    admin.locator("[name=name]").fill(f"shahnoza-{time.time_ns() % 10**9}")
    admin.locator("[name=roles][value=caseworker]").check()
    send(admin)
    yield "invited", admin
    code = admin.locator(".code").inner_text()
    admin.goto("/people/")
    yield "people, one invited", admin
    guest.goto("/join/")
    guest.locator("[name=code]").fill(code)
    send(guest)
    yield "join, password", guest
    guest.locator("[name=new_password]").fill(NEW_PASSWORD)
    guest.locator("[name=again]").fill(NEW_PASSWORD)
    send(guest)
    yield "join, papers", guest
    admin.goto("/people/")
    yield "people, one waits", admin
    link = admin.locator("main a[href$='/activate/']")
    address = str(link.get_attribute("href"))
    link.click()
    yield "activate", admin
    send(admin)
    admin.locator("main form.form input[type=checkbox]").check()
    send(admin)
    yield "people, activated", admin
    admin.goto(address.replace("/activate/", "/remove/"))
    yield "remove", admin
    send(admin, "main form")


def papers(visit: Visit) -> Iterator[tuple[str, Page]]:
    """New card and recovery code, shown once; made without a card, so the next visit needs none."""
    page = visit("malika")
    page.goto("/account/papers/")
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("[name=with_card]").uncheck()
    send(page)
    yield "new papers", page


def phone_code(visit: Visit) -> Iterator[tuple[str, Page]]:
    """Switch the telephone's code on, be asked for it at sign-in, switch it off."""
    page, second = visit("malika"), visit("")
    page.goto("/account/phone-code/")
    page.locator("[name=code]").fill("000000")
    send(page)
    yield "phone code, refused", page
    page.locator("[name=code]").fill(_digits(page.locator(".code").inner_text()))
    send(page)
    yield "account with phone code", page
    second.goto("/sign-in/")
    second.locator("[name=name]").fill("malika")
    second.locator("[name=password]").fill(PASSWORD)
    send(second)
    yield "sign-in code", second
    second.locator("[name=code]").fill("000000")
    send(second)
    yield "sign-in code, refused", second
    page.goto("/account/phone-code/off/")
    yield "phone code off", page
    send(page, "main form")


def _digits(secret: str) -> str:
    """Return the six digits an authenticator shows now (RFC 6238, SHA-1, 30 seconds)."""
    key = base64.b32decode("".join(secret.split()).rstrip("="), casefold=True)
    mac = hmac.digest(key, struct.pack(">Q", int(time.time()) // 30), "sha1")
    at = mac[-1] & 15
    return f"{(int.from_bytes(mac[at : at + 4]) & 0x7FFFFFFF) % 10**6:06}"


def cases_locked(visit: Visit) -> Iterator[tuple[str, Page]]:
    """The day after somebody's training ran out."""
    mine = Membership.objects.filter(person__name="malika")
    until = mine.get().trained_until
    mine.update(trained_until=timezone.localdate() - timedelta(days=1))
    try:
        page = visit("malika")
        page.goto("/work/")
        yield "cases locked", page
        page.goto("/account/")
        yield "account, cases locked", page
    finally:
        mine.update(trained_until=until)


def log(visit: Visit) -> Iterator[tuple[str, Page]]:
    """The log is checked, found whole, and searched."""
    page = visit("saida")
    page.goto("/log/")
    page.locator("form[action$='/verify/'] .button").click()
    page.locator(".notice--ok").wait_for()
    yield "log, verified", page
    page.goto("/log/")
    page.locator(".more:has(form) summary").click()
    page.locator("[name=outcome]").select_option("denied")
    send(page, ".more form.form")
    yield "log, searched", page


def importing(visit: Visit) -> Iterator[tuple[str, Page]]:
    """A file is tried, and what would happen is shown; then it is dropped."""
    page = visit("saida")
    page.goto("/directory/import/")
    send(page)
    yield "import, refused", page
    page.goto("/directory/import/")
    page.locator("[name=source]").fill("pictures")
    page.locator("[type=file]").set_input_files(PROJECT / "services" / "demo" / "jizzakh.json")
    send(page)
    page.locator("[name=drop]").wait_for(timeout=60_000)
    yield "import, what would happen", page
    page.locator("[name=drop]").click()
    page.goto("/directory/import/")
    yield "import, with runs", page


def elsewhere(visit: Visit) -> Iterator[tuple[str, Page]]:
    """Leaving that another site began is asked about; a locked screen leads to sign in again."""
    page = visit("")
    page.goto("/")
    address = f"{page.url}exit/"
    page.goto("about:blank")
    page.set_content(f"<form method=post action='{address}'><button>Go</button></form>")
    page.locator("button").click()
    page.locator("h1").wait_for()
    yield "exit, begun elsewhere", page
    page.goto("/sign-in/?next=/work/&done=locked")
    yield "sign in, locked", page


def keys(visit: Visit) -> Iterator[tuple[str, Page]]:
    """An administrator gives a role whose key somebody else hands over; then takes it away."""
    admin, holder = visit("karima"), visit("saida")
    person = f"/people/{Membership.objects.get(person__name='malika').person_id}/"
    role = admin.locator("[name=roles][value=supervisor]")
    admin.goto(person)
    role.check()
    send(admin, "main form[action$='/roles/']")
    yield "person, role given", admin
    holder.goto("/account/")
    yield "account, a key to hand over", holder
    send(holder, "main form[action*='/hand-over/']")
    yield "account, key handed over", holder
    admin.goto(person)
    role.uncheck()
    send(admin, "main form[action$='/roles/']")


def address(visit: Visit) -> Iterator[tuple[str, Page]]:
    """Where the site sends mail: an address is given, confirmed by its code, and deleted."""
    page = visit("malika")
    with override_settings(MAIL_HOST="mail.example"):
        page.goto("/account/notices/")
        send(page, "main form[action$='/address/']")
        yield "address, refused", page
        page.locator("[name=email]").fill("malika@mail.example")
        send(page, "main form[action$='/address/']")
        yield "address, code on its way", page
        page.locator("[name=code]").fill("0")
        send(page, "main form[action$='/code/']")
        yield "address code, refused", page
        page.locator("[name=code]").fill(code_of(NoticeChoice.objects.get(person__name="malika")))
        send(page, "main form[action$='/code/']")
        yield "address, confirmed", page
        send(page, "main form[action$='/forget/']")


def consent(visit: Visit) -> Iterator[tuple[str, Page]]:
    """From a case to the page that is sent; nothing is recorded."""
    page = visit("dilnoza")
    page.goto("/work/")
    page.locator("[data-test=cases] a").first.click()
    page.locator("[data-test=find]").first.click()
    page.locator("[name=service_type][value=legal_assistance]").check()
    page.locator("[data-test=search]").click()
    page.locator("[data-test=matches]").wait_for()
    yield "find, found", page
    page.locator("[data-test=refer]").first.click()
    yield "consent, duty", page
    page.locator("[name=read_aloud]").check()
    page.locator("[data-test=go-on]").click()
    page.locator("[name=purpose]").wait_for()
    yield "consent, decide", page
    page.locator("[data-test=read-it]").click()
    page.locator(".summary-of-errors").wait_for()
    yield "consent, refused form", page
    page.locator("[name=told]").first.check()
    page.locator("[name=purpose]").fill("so that they can prepare")
    if page.locator("[name=given_by]:checked").count() == 0:
        page.locator("[name=given_by]").first.check()
    page.locator("[data-test=read-it]").click()
    page.locator("[data-test=reading]").wait_for()
    yield "consent, read to her", page


def desk(visit: Visit) -> Iterator[tuple[str, Page]]:
    """A referral is taken, looked at before the decision, and laid back."""
    page = visit("nodira")
    page.goto("/work/inbox/")
    for row in range(page.locator("[data-test=inbox] a").count()):
        page.goto("/work/inbox/")
        page.locator("[data-test=inbox] a").nth(row).click()
        if page.locator("[data-test=claim]").count():
            break
    page.locator("[data-test=claim]").first.click()
    page.locator("[data-test=accept]").first.wait_for()
    yield "desk, claimed", page
    page.locator("[data-test=decline]").first.click()
    page.locator("[name=reason]").first.wait_for()
    yield "desk, decline", page
    page.go_back()
    page.locator("[data-test=release]").first.click()
    page.wait_for_load_state()


SCENES: tuple[Scene, ...] = (
    errors,
    refused_forms,
    joining,
    papers,
    phone_code,
    cases_locked,
    elsewhere,
    keys,
    address,
    log,
    importing,
    consent,
    desk,
    *moments_casework.SCENES,
    *moments_directory.SCENES,
)
